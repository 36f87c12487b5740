"""The part of the log about one thing, in the form in which it was hashed, for whoever is to check it without us."""

import json
from collections.abc import Iterator
from datetime import UTC
from typing import Any

from audit import queries
from audit.models import Event

BATCH = 500


def as_hashed(event: Event) -> dict[str, Any]:
    """Return the parts of `event` that its hash covers, in the order of `audit.chain.digest`, and the hash itself."""
    return {
        "sequence": event.sequence,
        "previous_hash": event.previous_hash,
        "verb": event.verb,
        "actor": event.actor,
        "actor_organisation": event.actor_organisation,
        "subject": event.subject,
        "about": event.about,
        "facts": event.facts,
        "at": event.at.astimezone(UTC).isoformat(timespec="microseconds"),
        "hash": event.hash,
    }


def lines(label: str, *, up_to: int) -> Iterator[bytes]:
    """Give each event in the history of `label` up to sequence `up_to` as one line of JSON, the oldest first."""
    rows = queries.about(label).filter(sequence__lte=up_to).order_by("sequence")
    for event in rows.iterator(chunk_size=BATCH):
        yield json.dumps(as_hashed(event), ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
