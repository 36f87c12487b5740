"""A process killed while papers are kept: none that was acknowledged is lost, no row is without its bytes (X4)."""

import json
import os
import random
import shutil
import subprocess
import sys
import time
from base64 import b64encode, urlsafe_b64encode
from pathlib import Path
from typing import Any

import pytest

from tests.handover import uploader
from tests.migrated import Kept

ROOT = Path(__file__).resolve().parents[2]
# Where the process kills itself while it keeps the third paper, and whether that paper is there afterwards.
POINTS = {
    "write>": False,  # arrived, not checked
    "pwrite<": False,  # checked, the header that opens it not written
    "fsync<": False,
    "rename<": False,
    "rename>": False,  # bytes are there, no row
    "commit<": False,  # rows written, not committed
    "commit>": True,  # committed, nobody told
}
ROUNDS = 2  # kills at any moment; `make soak` takes 200, as trust.md's X4 asks
SOAK_ROUNDS = 200
AT_ONCE = 8


def temporary(folder: Path) -> Path:
    """Return the folder for temporary files of the processes that work on `folder`, which a kill does not empty."""
    made = folder / "temporary"
    made.mkdir(parents=True, exist_ok=True)
    return made


def in_clear(folder: Path) -> list[str]:
    """Names of files, the database's among them, that hold a line of a paper and the beginning of the next one."""
    lines = "\r\n書類".encode()
    return [path.name for path in folder.rglob("*") if path.is_file() and lines in path.read_bytes()]


def started(
    folder: Path, *words: str, module: str = "tests.handover.uploader", stdin: int | None = None
) -> "subprocess.Popen[str]":
    """Start `module` on the data in `folder`, with settings as an installation has them."""
    settings = {
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "DATA_DIR": str(folder),
        "TMPDIR": str(temporary(folder)),
        "SECRET_KEY": "tests",
        "FIELD_KEYS": urlsafe_b64encode(b"f" * 32).decode(),
        "KEY_ENCRYPTION_KEYS": "k1:" + b64encode(b"k" * 32).decode(),
        "DEBUG": "on",
        "LOG_LEVEL": "ERROR",
        "PYTHONPATH": str(ROOT),
        "PATH": os.environ["PATH"],
    }
    return subprocess.Popen(
        [sys.executable, "-m", module, *words],
        env=settings,
        cwd=ROOT,
        stdin=stdin,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def ended(process: "subprocess.Popen[str]") -> str:
    out, err = process.communicate(timeout=120)
    assert process.returncode == 0, err
    return out


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory, kept_tables: Kept | None) -> Path:
    """A data folder with the cast and one registration."""
    folder = tmp_path_factory.mktemp("prepared")
    if kept_tables:
        kept_tables.lay(folder / "hikitsugi.sqlite3")  # else `prepare` has every migration to run
    ended(started(folder, "prepare"))
    return folder


@pytest.fixture
def folder(prepared: Path, tmp_path: Path) -> Path:
    """A copy of `prepared`; every process of a test works on the same one at once."""
    return shutil.copytree(prepared, tmp_path / "data")


def kept_until_killed(processes: list["subprocess.Popen[str]"], chance: random.Random | None = None) -> list[int]:
    """Return the numbers of all acknowledged papers; with `chance`, kill each process at some moment."""
    told: list[int] = []
    for process in processes:
        assert process.stdout is not None
        lines = [process.stdout.readline()]
        if chance:
            time.sleep(chance.uniform(0, 0.6))
            process.kill()
        lines += process.stdout.readlines()
        assert process.wait(120) == -9, process.communicate()[1]
        told += [int(line) for line in lines]
    return told


def judged(folder: Path, told: list[int]) -> dict[str, Any]:
    """Compare what was acknowledged with what is there; returns what the check found."""
    assert in_clear(folder) == [], "a killed process left a paper in clear"
    found: dict[str, Any] = json.loads(ended(started(folder, "check")).splitlines()[-1])
    assert found["good"] == found["rows"], "a row without its bytes"
    assert set(told) <= set(found["rows"]), "an acknowledged paper is lost"
    assert found["events"] == found["blobs"] == len(found["rows"])
    assert found["left_is_named"], "the sweeper left a file that no row names, or took one that a row names"
    assert found["first_bad_event"] is None
    return found


def test_process_killed_at_each_step_keeps_what_it_told_and_nothing_half(folder: Path) -> None:
    errands = [f"{number}00:{point}" for number, point in enumerate(POINTS, 1)]
    told = kept_until_killed([started(folder, "upload", *errands)])
    assert sorted(told) == sorted(number * 100 + each for number in range(1, len(POINTS) + 1) for each in (0, 1))
    found = judged(folder, told)
    there = {point: number * 100 + 2 in found["rows"] for number, point in enumerate(POINTS, 1)}
    assert there == POINTS
    assert found["swept"] == sum(not is_there for is_there in POINTS.values())


# Each fault of tests/handover/careless.py: where one kill meets it, and what the experiment says of it.
FAULTS = {
    "told early": ("write>", "an acknowledged paper is lost"),
    "row first": ("rename<", "a row without its bytes"),
    "in clear": ("write>", "left a paper in clear"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_planted_fault_is_found_by_one_kill(folder: Path, fault: str) -> None:
    point, words = FAULTS[fault]
    told = kept_until_killed([started(folder, fault, f"100:{point}", module="tests.handover.careless")])
    assert told, "nothing was acknowledged: nothing was tried"
    with pytest.raises(AssertionError, match=words):
        judged(folder, told)


def test_line_of_a_paper_that_was_left_is_found(folder: Path) -> None:
    (temporary(folder) / "left").write_bytes(uploader.contents(7)[:100])
    assert in_clear(folder) == ["left"]


def killed_at_any_moment(folder: Path, rounds: int, chance: random.Random) -> None:
    told: list[int] = []
    for first in range(0, rounds, AT_ONCE):
        numbers = range(first, min(first + AT_ONCE, rounds))
        running = [started(folder, "upload", f"{number * 1000}:") for number in numbers]
        told += kept_until_killed(running, chance)
    assert len(told) >= rounds, "a process was killed before it kept anything: nothing was tried"
    found = judged(folder, told)
    # A kill between commit and answer leaves a paper that nobody was told of; at most one a process.
    assert len(found["rows"]) - len(told) <= rounds


def test_process_killed_at_any_moment_keeps_what_it_told(folder: Path) -> None:
    killed_at_any_moment(folder, ROUNDS, random.Random(11))


@pytest.mark.soak
def test_process_killed_two_hundred_times_keeps_what_it_told(folder: Path) -> None:
    killed_at_any_moment(folder, SOAK_ROUNDS, random.Random())
