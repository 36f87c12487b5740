"""
Is this file what its name says, and free of anything that acts? Asked of a child process with hard limits.

The parsers are large and the files are hostile, so they run in a process of their own: it gets the bytes as its
standard input, none of our environment, little time and memory, may write no file and leaves no core dump. Whatever
happens to it (crash, limit, silence, nonsense) comes out as the refusal "unchecked".
"""

import json
import os
import select
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import IO, cast

from handover.vault import limits
from handover.vault.kinds import REFUSALS, Kind, Refusal, clean_name, kind_of_name, refusal_of_name

_ROOT = Path(__file__).resolve().parents[2]
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
    deadline = time.monotonic() + wall_seconds
    child = subprocess.Popen(
        [sys.executable, "-s", "-P", "-m", _CHILD, kind.value, str(wall_seconds)],
        stdin=descriptor,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={"PYTHONPATH": str(_ROOT), "LC_ALL": "C.UTF-8", "MALLOC_ARENA_MAX": "2"},  # and none of our secrets
        cwd="/",
        start_new_session=True,
    )
    with child, cast(IO[bytes], child.stdout) as answers:
        try:
            answer = _read(answers.fileno(), deadline)
            code = child.wait(max(0.1, deadline - time.monotonic()))
        except (TimeoutError, subprocess.TimeoutExpired):
            return b""
        finally:
            child.kill()
    return answer if code == 0 else b""


def _read(descriptor: int, deadline: float) -> bytes:
    answer = b""
    while True:
        # select cannot take descriptors above 1023, poll can.
        poller = select.poll()
        poller.register(descriptor, select.POLLIN)
        if not poller.poll(max(0.0, deadline - time.monotonic()) * 1000):
            raise TimeoutError
        piece = os.read(descriptor, limits.MAX_ANSWER)
        answer += piece
        if not piece:
            return answer
        if len(answer) > limits.MAX_ANSWER:
            raise TimeoutError
