"""Checkpoints: how far the log reached, signed, to be kept where nobody who could change the log reaches it.

A chain shows that nothing in it was changed; that its end was cut off, or that all of it was written anew, shows only
by a checkpoint from outside.
"""

import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from audit import sealed
from audit.chain import GENESIS
from audit.models import Event

FORMAT = "hikitsugi-checkpoint-1"
HOLDS, OLDER, DIFFERENT = "holds", "older", "different"


@dataclass(frozen=True)
class Checkpoint:
    """The log had `sequence` events, the last with hash `head`, when this was signed at `at` (ISO 8601)."""

    sequence: int
    head: str
    at: str


def sign(sequence: int, head: str, *, at: datetime) -> dict[str, Any]:
    """Return the signed checkpoint of a log that ends with event `sequence` and its hash `head`."""
    return sealed.sign({"format": FORMAT, "sequence": sequence, "head": head, "at": at.isoformat()})


def opened(document: Any) -> Checkpoint:
    """Return what a signed checkpoint says. Raises `sealed.NotOurs`."""
    body = sealed.opened(document, kind=FORMAT)
    return Checkpoint(int(body["sequence"]), str(body["head"]), str(body["at"]))


def read(path: Path) -> Checkpoint:
    """Return the checkpoint in the file `path`. Raises `sealed.NotOurs`, `OSError`."""
    try:
        document = json.loads(path.read_text())
    except ValueError:
        raise sealed.NotOurs(f"this is no {FORMAT}") from None
    return opened(document)


def compare(outside: Checkpoint) -> str:
    """Tell how the log stands to a checkpoint that was kept outside.

    `HOLDS`: it reached that event and has it still; `OLDER`: it ends before; `DIFFERENT`: there is another event.
    """
    if outside.sequence == 0:
        return HOLDS if outside.head == GENESIS else DIFFERENT
    found = Event.objects.filter(sequence=outside.sequence).values_list("hash", flat=True).first()
    if found is None:
        return OLDER
    return HOLDS if found == outside.head else DIFFERENT
