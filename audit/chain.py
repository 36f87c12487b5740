"""How one event is bound to the one before it."""

from datetime import UTC, datetime
from typing import Any

from audit.signed import hash_of

GENESIS = "0" * 64


def digest(
    *,
    sequence: int,
    previous_hash: str,
    verb: str,
    actor: str,
    actor_organisation: str,
    subject: str,
    about: list[str],
    facts: dict[str, Any],
    at: datetime,
) -> str:
    """Return the SHA-256 in hex over the canonical JSON of one event and its predecessor's hash.

    Anyone with the rows and this description can recompute it: keys sorted, no white space, UTF-8, time in UTC
    with microseconds.
    """
    body = [
        sequence,
        previous_hash,
        verb,
        actor,
        actor_organisation,
        subject,
        about,
        facts,
        at.astimezone(UTC).isoformat(timespec="microseconds"),
    ]
    return hash_of(body, tight=True)
