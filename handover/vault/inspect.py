"""
Is this file what its name says, and free of anything that acts? Asked of a child process with hard limits.

The parsers are large and the files are hostile, so they run in a process of their own: it gets the bytes as its
standard input, none of our environment, little time and memory, may write no file and leaves no core dump. Whatever
happens to it (crash, limit, silence, nonsense) comes out as the refusal "unchecked".
"""

import json
import os
from dataclasses import dataclass
from pathlib import Path

from handover.vault import confined, limits
from handover.vault.kinds import REFUSALS, Kind, Refusal, clean_name, kind_of_name, refusal_of_name

_ROOT = confined.ROOT
_CHILD = "handover.vault.child"


@dataclass(frozen=True)
class Verdict:
    """What the check found. `kind` and `content_type` count only when `accepted`."""

    name: str  # cleaned, as it is kept and shown
    kind: Kind | None
    content_type: str
    refusals: tuple[Refusal, ...]

    @property
    def accepted(self) -> bool:
        """Whether the file may be stored."""
        return self.kind is not None and not self.refusals

    @property
    def codes(self) -> tuple[str, ...]:
        """The codes of the refusals: facts for the log."""
        return tuple(refusal.code for refusal in self.refusals)


def inspect(source: Path | int, filename: str, *, wall_seconds: float = limits.WALL_SECONDS) -> Verdict:
    """
    Check the file at a path, or behind a descriptor positioned at its beginning, under the name its sender gave it.

    Never raises for anything in the file; takes at most about `wall_seconds`.
    """
    name = clean_name(filename)
    kind = kind_of_name(name)
    by_name = refusal_of_name(name)
    if kind is None or by_name is not None:
        return Verdict(name, None, "", (by_name or REFUSALS["kind_unknown"],))
    if isinstance(source, int):
        codes = _codes(source, kind, wall_seconds)
    else:
        with source.open("rb") as file:
            codes = _codes(file.fileno(), kind, wall_seconds)
    if codes:
        return Verdict(name, None, "", tuple(REFUSALS[code] for code in codes))
    return Verdict(name, kind, kind.content_type, ())


def _codes(descriptor: int, kind: Kind, wall_seconds: float) -> list[str]:
    size = os.fstat(descriptor).st_size
    if size == 0:
        return ["empty"]
    if size > limits.MAX_FILE_SIZE:
        return ["too_large"]
    answer = _ask_child(descriptor, kind, wall_seconds)
    try:
        codes = json.loads(answer)
    except ValueError:
        return ["unchecked"]
    if not isinstance(codes, list) or not all(isinstance(code, str) and code in REFUSALS for code in codes):
        return ["unchecked"]
    return codes


def _ask_child(descriptor: int, kind: Kind, wall_seconds: float) -> bytes:
    """The child's answer, or b"" when it ended badly or not in time."""
    given = [kind.value, str(wall_seconds)]
    return confined.ask(_CHILD, given, descriptor, wall_seconds=wall_seconds, most=limits.MAX_ANSWER, root=_ROOT)
