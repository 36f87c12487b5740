"""Worker, mail server and desk killed at any moment: no receipt is lost, none goes under two Message-IDs."""

import json
import os
import random
import shutil
import socket
import subprocess
import sys
import time
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.migrated import Kept

ROOT = Path(__file__).resolve().parents[2]
KILLS = 5  # `make soak` takes 200
SOAK_KILLS = 200


class House:
    """The processes of an installation in one folder: desk, worker and a mail server on a port that stays."""

    def __init__(self, folder: Path) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = int(free.getsockname()[1])
        self.folder, self.inbox = folder, folder / "inbox.jsonl"
        self.running: dict[str, subprocess.Popen[str]] = {}
        self.told: set[str] = set()
        self.hours = 0.0

    def start(self, who: str) -> None:
        """Start one of them; a worker begins a quarter of an hour after the last one."""
        if who == "mail":
            words = ["tests.desk.mailserver", str(self.port), str(self.inbox)]
        elif who == "work":
            self.hours += 0.25
            words = ["tests.desk.receiver", "work", str(self.hours)]
        else:
            words = ["tests.desk.receiver", who]
        self.running[who] = self._process(*words)
        if who != "desk":
            stdout = self.running[who].stdout
            assert stdout and stdout.readline(), self.running[who].communicate()[1]

    def errand(self, *words: str) -> str:
        """Let one do its work to the end; return what it printed last."""
        out, err = self._process("tests.desk.receiver", *words).communicate(timeout=600)
        assert out.strip() or words[0] == "prepare", err
        return out.strip().rpartition("\n")[2]

    def kill(self, who: str) -> None:
        """End it as a power cut would."""
        process = self.running.pop(who)
        process.kill()
        out, err = process.communicate(timeout=60)
        assert process.returncode == -9, err
        if who == "desk":
            self.told |= set(out.split())

    def accepted(self) -> list[tuple[str, str]]:
        """Return receipt number and Message-ID of every mail that reached the server's disk."""
        lines = self.inbox.read_text(encoding="utf-8").splitlines() if self.inbox.exists() else []
        found = [json.loads(line) for line in lines if line.endswith("}")]
        return [(one["number"], one["id"]) for one in found]

    def _process(self, *words: str) -> "subprocess.Popen[str]":
        env = {
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "DATA_DIR": str(self.folder),
            "SECRET_KEY": "tests",
            "FIELD_KEYS": urlsafe_b64encode(b"f" * 32).decode(),
            "KEY_ENCRYPTION_KEYS": "k1:" + b64encode(b"k" * 32).decode(),
            "DEBUG": "on",
            "LOG_LEVEL": "CRITICAL",
            "EMAIL_URL": f"smtp://127.0.0.1:{self.port}",
            "PYTHONPATH": str(ROOT),
            "PATH": os.environ["PATH"],
        }
        pipe = subprocess.PIPE
        return subprocess.Popen([sys.executable, "-m", *words], env=env, cwd=ROOT, stdout=pipe, stderr=pipe, text=True)


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory, kept_tables: Kept | None) -> Path:
    """A data folder with the cast."""
    folder = tmp_path_factory.mktemp("prepared")
    if kept_tables:
        kept_tables.lay(folder / "hikitsugi.sqlite3")  # else `prepare` has every migration to run
    House(folder).errand("prepare")
    return folder


@pytest.fixture
def house(prepared: Path, tmp_path: Path) -> Iterator[House]:
    found = House(shutil.copytree(prepared, tmp_path / "data"))
    yield found
    for who in list(found.running):
        found.running[who].kill()


def killed_at_any_moment(house: House, kills: int, chance: random.Random) -> None:
    """Kill one of them again and again while receipts go out, then let everything come to rest."""
    for who in ("mail", "work", "desk"):
        house.start(who)
    time.sleep(3)
    for _number in range(kills):
        time.sleep(chance.uniform(0, 1.5))
        who = chance.choice(["work", "work", "mail", "mail", "desk"])
        house.kill(who)
        time.sleep(chance.uniform(0, 0.3))  # for a moment the others meet nobody there
        house.start(who)
    time.sleep(1)
    house.kill("desk")
    house.kill("work")
    assert house.errand("drain", str(house.hours + 1)) == "0", "a receipt still waits"
    judged(house)


def judged(house: House) -> None:
    """Compare what was acknowledged with what reached the mail server."""
    accepted = house.accepted()
    assert house.told, "nothing was acknowledged: nothing was tried"
    assert house.told <= {number for number, _id in accepted}, "an acknowledgement is lost"
    ids: dict[str, set[str]] = {}
    for number, message_id in accepted:
        ids.setdefault(number, set()).add(message_id)
    assert [number for number, known in ids.items() if len(known) > 1] == [], "one went twice under different names"


def test_receipts_survive_kills_at_any_moment(house: House) -> None:
    killed_at_any_moment(house, KILLS, random.Random(7))


@pytest.mark.soak
def test_receipts_survive_two_hundred_kills_at_any_moment(house: House) -> None:
    killed_at_any_moment(house, SOAK_KILLS, random.Random())
