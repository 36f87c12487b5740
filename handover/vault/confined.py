"""
Asking a process of its own: it gets bytes as its standard input, none of our environment, little time and memory.

What is asked runs `handover.vault.child.confine` before it looks at the bytes. Whatever becomes of it (crash, limit,
silence, too many words) comes out as b"".
"""

import os
import select
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from threading import BoundedSemaphore
from typing import IO, cast

from handover.vault import limits

ROOT = Path(__file__).resolve().parents[2]
_PIECE = 1 << 16
_few = BoundedSemaphore(limits.CHILDREN)


def ask(
    module: str, arguments: Sequence[str], descriptor: int, *, wall_seconds: float, most: int, root: Path = ROOT
) -> bytes:
    """
    The answer of `python -m module arguments` to the bytes behind `descriptor`, at most `most` bytes of it.

    b"" when it ended badly, said more, was not ready within `wall_seconds`, or had to wait too long for its turn: each
    may take much memory, so few run at once. `root` is where modules are found.
    """
    if not _few.acquire(timeout=limits.TURN_SECONDS):
        return b""
    try:
        return _answer(module, arguments, descriptor, wall_seconds, most, root)
    finally:
        _few.release()


def _answer(
    module: str, arguments: Sequence[str], descriptor: int, wall_seconds: float, most: int, root: Path
) -> bytes:
    deadline = time.monotonic() + wall_seconds
    child = subprocess.Popen(
        [sys.executable, "-s", "-P", "-m", module, *arguments],
        stdin=descriptor,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={"PYTHONPATH": str(root), "LC_ALL": "C.UTF-8", "MALLOC_ARENA_MAX": "2"},  # and none of our secrets
        cwd="/",
        start_new_session=True,
    )
    with child, cast(IO[bytes], child.stdout) as answers:
        try:
            answer = _read(answers.fileno(), deadline, most)
            code = child.wait(max(0.1, deadline - time.monotonic()))
        except (TimeoutError, subprocess.TimeoutExpired):
            return b""
        finally:
            child.kill()
    return answer if code == 0 else b""


def _read(descriptor: int, deadline: float, most: int) -> bytes:
    answer = bytearray()
    while True:
        # select cannot take descriptors above 1023, poll can.
        poller = select.poll()
        poller.register(descriptor, select.POLLIN)
        if not poller.poll(max(0.0, deadline - time.monotonic()) * 1000):
            raise TimeoutError
        piece = os.read(descriptor, _PIECE)
        answer += piece
        if not piece:
            return bytes(answer)
        if len(answer) > most:
            raise TimeoutError
