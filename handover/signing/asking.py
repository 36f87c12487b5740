"""What a presented file's signature is worth, asked of a child process with hard limits: the file may be hostile."""

import json
import subprocess
import sys
from collections.abc import Collection
from pathlib import Path
from threading import BoundedSemaphore

from handover.signing import limits
from handover.signing.reasons import Reason, Verdict

_ROOT = Path(__file__).resolve().parents[2]
_CHILD = "handover.signing.child"
_few = BoundedSemaphore(limits.AT_ONCE)

UNCHECKED = Verdict(Reason.UNCHECKED)


def ask(data: bytes, ours: Collection[str], *, wall_seconds: float = limits.WALL_SECONDS) -> Verdict:
    """Judge `data`; `ours` are the prints of the signers that count (`chain.print_of`).

    Never raises for anything in the file. Whatever happens to the child (crash, limit, silence, nonsense) comes out as
    the reason "unchecked", and so does a file of more than `limits.LARGEST` bytes.
    """
    if len(data) > limits.LARGEST or not _few.acquire(timeout=limits.WAIT_SECONDS):
        return UNCHECKED
    try:
        return _read(_answer(data, ours, wall_seconds))
    finally:
        _few.release()


def _answer(data: bytes, ours: Collection[str], wall_seconds: float) -> bytes:
    child = subprocess.Popen(
        [sys.executable, "-s", "-P", "-B", "-m", _CHILD, str(wall_seconds), *sorted(ours)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={"PYTHONPATH": str(_ROOT), "LC_ALL": "C.UTF-8", "MALLOC_ARENA_MAX": "2"},  # and none of our secrets
        cwd="/",
        start_new_session=True,
    )
    with child:
        try:
            answer, _nothing = child.communicate(data, timeout=wall_seconds)
        except subprocess.TimeoutExpired:
            return b""
        finally:
            child.kill()
    return answer if child.returncode == 0 else b""


def _read(answer: bytes) -> Verdict:
    try:
        reason, signer = json.loads(answer)
        return Verdict(Reason(reason) if reason else None, str(signer))
    except (ValueError, TypeError):
        return UNCHECKED
