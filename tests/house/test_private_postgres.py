"""The tests' own PostgreSQL: nothing of a run may outlive it."""

import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

from tests import postgres

needs_postgres = pytest.mark.skipif(postgres.find_programs() is None, reason="PostgreSQL is not on this machine")


def test_leftovers_of_dead_runs_are_removed(tmp_path: Path) -> None:
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    dead = tmp_path / f"{postgres.PREFIX}{gone.pid}-abc"
    alive = tmp_path / f"{postgres.PREFIX}{os.getpid()}-abc"
    other = tmp_path / "somebody-elses"
    for folder in (dead, alive, other):
        folder.mkdir()
    assert postgres.remove_leftovers(tmp_path) == [dead]
    assert alive.exists() and other.exists()


def test_leftovers_are_looked_for_in_memory_and_on_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    dead = [tmp_path / place / f"{postgres.PREFIX}{gone.pid}-abc" for place in ("memory", "disk")]
    for folder in dead:
        folder.mkdir(parents=True)
    monkeypatch.setattr(postgres, "MEMORY", tmp_path / "memory")
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "disk"))
    assert postgres.remove_leftovers() == dead


@needs_postgres
@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGTERM])
def test_server_ends_with_a_killed_run(end: signal.Signals) -> None:
    code = "import os; print(os.environ['DATABASE_URL'], flush=True); import time; time.sleep(60)"
    run = subprocess.Popen(
        [sys.executable, "-m", "tests.postgres", sys.executable, "-c", code], stdout=subprocess.PIPE, text=True
    )
    assert run.stdout is not None
    folder = Path(run.stdout.readline().strip().removeprefix("postgres:///").removesuffix("/postgres"))
    assert folder.name.startswith(postgres.PREFIX)
    server = int((folder / "data" / "postmaster.pid").read_text().splitlines()[0])
    run.send_signal(end)
    run.wait(30)
    for _ in range(100):
        if not Path(f"/proc/{server}").exists():
            break
        time.sleep(0.1)
    else:
        pytest.fail("the server outlived its run")


@needs_postgres
def test_failure_of_the_command_is_passed_on() -> None:
    command = [sys.executable, "-m", "tests.postgres", sys.executable, "-c", "raise SystemExit(3)"]
    assert subprocess.run(command, check=False).returncode == 3
