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
from typing import IO, Any

import psycopg
import pytest
from django.db import connection
from psycopg import sql

from tests.migrated import Kept

pytestmark = pytest.mark.django_db  # so that these run on both databases
ROOT = Path(__file__).resolve().parents[2]
KILLS = 5  # `make soak` takes 200, on either database
SOAK_KILLS = 200


def new_database(folder: Path, template: str = "") -> str:
    """Return the URL of a database for the installation in `folder`: on the tests' server, else a file that is there.

    `template` is the URL of one to copy from, else it is this run's own; a file is copied with its folder.
    """
    if connection.vendor == "sqlite":
        return f"sqlite:///{folder}/hikitsugi.sqlite3"
    host, name = str(connection.settings_dict["HOST"]), f"killed_{os.getpid()}_{time.monotonic_ns()}"
    source = template.rpartition("/")[2] or str(connection.settings_dict["NAME"])
    connection.close()  # the server copies none that somebody is in
    with psycopg.connect(host=host, dbname="postgres", autocommit=True) as server:
        create = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
        server.execute(create.format(sql.Identifier(name), sql.Identifier(source)))
    return f"postgres:///{host}/{name}"


class House:
    """The processes of an installation in one folder: desk, worker and a mail server on a port that stays."""

    def __init__(self, folder: Path, database: str) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = int(free.getsockname()[1])
        self.folder, self.inbox, self.database = folder, folder / "inbox.jsonl", database
        self.heard = folder / "acknowledged.txt"
        self.running: dict[str, subprocess.Popen[str]] = {}
        self.hours = 0.0

    @property
    def told(self) -> set[str]:
        """Numbers of the inquiries that the desk acknowledged; a number that was cut off by a kill is none."""
        lines = self.heard.read_text().splitlines(keepends=True) if self.heard.exists() else []
        return {line.strip() for line in lines if line.endswith("\n")}

    def start(self, who: str, fault: str = "") -> None:
        """Start one of them and wait until it works; a worker begins a quarter of an hour after the last one.

        `fault` is one of tests/desk/careless.py.
        """
        module = ["tests.desk.careless", fault] if fault else ["tests.desk.receiver"]
        if who == "mail":
            words = ["tests.desk.mailserver", str(self.port), str(self.inbox)]
        elif who == "work":
            self.hours += 0.25
            words = [*module, "work", str(self.hours)]
        else:
            words = [*module, who]
        if who == "desk":
            known = len(self.told)
            with self.heard.open("a") as heard:
                self.running[who] = self._process(*words, stdout=heard)
            # A busy machine needs a while for its first one.
            while len(self.told) == known and self.running[who].poll() is None:
                time.sleep(0.05)
            return
        self.running[who] = self._process(*words)
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
        err = process.communicate(timeout=60)[1]
        assert process.returncode == -9, err

    def await_mail(self) -> None:
        """Wait until one more mail is on the server's disk: it is not answered yet, and not marked as sent.

        Returns early when the worker dies by itself.
        """
        size, patience = self.inbox.stat().st_size, time.monotonic() + 60
        while self.inbox.stat().st_size == size and time.monotonic() < patience:
            if self.running["work"].poll() is not None:
                return
            time.sleep(0.002)

    def accepted(self) -> list[tuple[str, str]]:
        """Return receipt number and Message-ID of every mail that reached the server's disk."""
        lines = self.inbox.read_text(encoding="utf-8").splitlines() if self.inbox.exists() else []
        found = [json.loads(line) for line in lines if line.endswith("}")]
        return [(one["number"], one["id"]) for one in found]

    def _process(self, *words: str, stdout: IO[str] | int = subprocess.PIPE) -> "subprocess.Popen[str]":
        env = {
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "DATA_DIR": str(self.folder),
            "DATABASE_URL": self.database,
            "PGUSER": os.environ.get("PGUSER", ""),
            "SECRET_KEY": "tests",
            "FIELD_KEYS": urlsafe_b64encode(b"f" * 32).decode(),
            "KEY_ENCRYPTION_KEYS": "k1:" + b64encode(b"k" * 32).decode(),
            "DEBUG": "on",
            "LOG_LEVEL": "CRITICAL",
            "EMAIL_URL": f"smtp://127.0.0.1:{self.port}",
            "PYTHONPATH": str(ROOT),
            "PATH": os.environ["PATH"],
        }
        words = (sys.executable, "-m", *words)
        return subprocess.Popen(words, env=env, cwd=ROOT, stdout=stdout, stderr=subprocess.PIPE, text=True)


@pytest.fixture(scope="module")
def prepared(
    tmp_path_factory: pytest.TempPathFactory, kept_tables: Kept | None, django_db_setup: None, django_db_blocker: Any
) -> House:
    """An installation with the cast."""
    folder = tmp_path_factory.mktemp("prepared")
    if kept_tables:
        kept_tables.lay(folder / "hikitsugi.sqlite3")  # else `prepare` has every migration to run
    with django_db_blocker.unblock():
        found = House(folder, new_database(folder))
    found.errand("prepare")
    return found


@pytest.fixture
def house(prepared: House, tmp_path: Path) -> Iterator[House]:
    folder = shutil.copytree(prepared.folder, tmp_path / "data")
    found = House(folder, new_database(folder, prepared.database))
    yield found
    for who in list(found.running):
        found.running[who].kill()


def killed_at_any_moment(house: House, kills: int, chance: random.Random) -> int:
    """Kill one of them again and again while receipts go out, then let everything come to rest; return as `judged`."""
    for who in ("mail", "work", "desk"):
        house.start(who)
    for number in range(kills):
        who = chance.choice(["work", "work", "mail", "mail", "desk"])
        if number % 2:
            time.sleep(chance.uniform(0, 1.5))
        else:
            house.await_mail()
        house.kill(who)
        time.sleep(chance.uniform(0, 0.3))  # for a moment the others meet nobody there
        house.start(who)
    time.sleep(1)
    house.kill("desk")
    house.kill("work")
    assert house.errand("drain", str(house.hours + 1)) == "0", "a receipt still waits"
    return judged(house)


def judged(house: House) -> int:
    """Compare what was acknowledged with what reached the mail server; return how many mails it met twice."""
    accepted = house.accepted()
    assert house.told, "nothing was acknowledged: nothing was tried"
    assert house.told <= {number for number, _id in accepted}, "an acknowledgement is lost"
    ids: dict[str, set[str]] = {}
    for number, message_id in accepted:
        ids.setdefault(number, set()).add(message_id)
    assert [number for number, known in ids.items() if len(known) > 1] == [], "one went twice under different names"
    print(
        f"{len(house.told)} acknowledged, {len(accepted)} mails, {len(accepted) - len(ids)} of them for a second time"
    )
    return len(accepted) - len(ids)


def test_receipts_survive_kills_at_any_moment(house: House) -> None:
    killed_at_any_moment(house, KILLS, random.Random(8))


# Each fault of tests/desk/careless.py: who has it, and what the experiment says of it.
FAULTS = {
    "told early": ("desk", "an acknowledgement is lost"),
    "marked first": ("work", "an acknowledgement is lost"),
    "another name": ("work", "under different names"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_planted_fault_is_found_by_a_few_kills(house: House, fault: str) -> None:
    culprit, words = FAULTS[fault]
    house.start("mail")
    house.start("desk", fault if culprit == "desk" else "")
    while len(house.told) < 3 and house.running["desk"].poll() is None:
        time.sleep(0.05)
    house.kill("desk")
    for _kill in range(3 if culprit == "work" else 0):
        house.start("work", fault)
        house.await_mail()
        house.kill("work")
    assert house.errand("drain", str(house.hours + 1)) == "0"
    with pytest.raises(AssertionError, match=words):
        judged(house)


@pytest.mark.soak
def test_receipts_survive_two_hundred_kills_at_any_moment(house: House) -> None:
    # A kill between the mail server's disk and our own mark lets a mail go again: without one, nothing was tried.
    assert killed_at_any_moment(house, SOAK_KILLS, random.Random()) > 0
