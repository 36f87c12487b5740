"""How one event is bound to the one before it."""

import hashlib
import json
from datetime import UTC, datetime
from typing import Any

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
    text = json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
