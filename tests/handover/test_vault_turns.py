"""Processes that look at hostile files take much memory, so few run at once and the others wait for their turn."""

import threading
import time
from pathlib import Path

import pytest

from handover.vault import confined, limits
from handover.vault.inspect import inspect

SLEEPS = "import time, sys; time.sleep(0.3); sys.stdout.write('done')"


@pytest.fixture
def module(tmp_path: Path) -> Path:
    (tmp_path / "sleeper.py").write_text(SLEEPS)
    return tmp_path


def asked(root: Path) -> bytes:
    with open("/dev/null", "rb") as nothing:
        return confined.ask("sleeper", [], nothing.fileno(), wall_seconds=20, most=100, root=root)


def test_no_more_than_a_few_run_at_once(module: Path) -> None:
    answers: list[bytes] = []
    began = time.monotonic()
    asking = [threading.Thread(target=lambda: answers.append(asked(module))) for _ in range(limits.CHILDREN * 2 + 1)]
    for each in asking:
        each.start()
    for each in asking:
        each.join()
    assert answers == [b"done"] * len(asking)
    assert time.monotonic() - began > 0.9, "three rounds of 0.3 s"


def test_whoever_waits_too_long_is_told_and_turns_come_back(
    module: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "TURN_SECONDS", 0.1)
    paper = tmp_path / "a.txt"
    paper.write_text("引継ぎ")
    for _turn in range(limits.CHILDREN):
        assert confined._few.acquire(timeout=1)
    try:
        assert asked(module) == b""
        assert inspect(paper, "a.txt").codes == ("unchecked",)
    finally:
        for _turn in range(limits.CHILDREN):
            confined._few.release()
    assert asked(module) == b"done"
    assert inspect(paper, "a.txt").accepted
