"""
The database is away for a while (trust.md, X5): what was acknowledged stays, each refusal says so, the worker lives on,
and every receipt goes out as one message. A server refuses everybody; the file of SQLite is locked by another.
"""

import socket
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from subprocess import Popen
from threading import Thread
from typing import IO

import psycopg
import pytest
from django.db import connection
from psycopg import sql

from tests.config.places import Builder, Place
from tests.desk.test_receipts_killed import House

SECONDS = 4  # `make soak` takes 30, as trust.md asks
SOAK_SECONDS = 30
LOCK_SECONDS = 20  # how long SQLite waits by itself (settings)
AWAY = "tests.config.away"


class Voice:
    """A process and every line that it has printed."""

    def __init__(self, process: "Popen[str]") -> None:
        self.process = process
        self.lines: list[str] = []
        self.errors: list[str] = []
        for pipe, lines in ((process.stdout, self.lines), (process.stderr, self.errors)):
            Thread(target=self._listen, args=(pipe, lines), daemon=True).start()

    def _listen(self, pipe: IO[str], lines: list[str]) -> None:
        for line in pipe:  # a pipe that nobody empties would stop who fills it
            lines.append(line.strip())

    def kept(self) -> list[str]:
        return [line.split()[1] for line in self.lines if line.startswith("kept")]

    def refused(self) -> list[str]:
        return [line for line in self.lines if line.startswith("refused")]

    def goes_on(self, more: int) -> None:
        """Wait until it has kept `more` than now."""
        wanted, patience = len(self.kept()) + more, time.monotonic() + 180
        while len(self.kept()) < wanted:
            assert self.process.poll() is None and time.monotonic() < patience, (self.lines, self.errors[-30:])
            time.sleep(0.05)

    def end(self) -> None:
        assert self.process.stdin
        self.process.stdin.close()
        assert self.process.wait(120) == 0


@contextmanager
def away(place: Place) -> Iterator[None]:
    """Nobody writes to the database of `place`; a server drops those who are in and lets nobody in."""
    if connection.vendor == "sqlite":
        with closing(sqlite3.connect(place.url.removeprefix("sqlite:///"), timeout=60, isolation_level=None)) as raw:
            raw.execute("BEGIN IMMEDIATE")
            yield
            raw.execute("ROLLBACK")
        return
    host, _, name = place.url.removeprefix("postgres:///").rpartition("/")
    with psycopg.connect(host=host, dbname="postgres", autocommit=True) as raw:
        open_to_all = sql.SQL("ALTER DATABASE {} ALLOW_CONNECTIONS {}")
        raw.execute(open_to_all.format(sql.Identifier(name), sql.SQL("false")))
        raw.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name])
        yield
        raw.execute(open_to_all.format(sql.Identifier(name), sql.SQL("true")))


@pytest.fixture
def place(places: Builder) -> Place:
    """An installation with the cast and one registration, and its mail server's port."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    made = places.migrated()
    made.done("prepare")
    made = replace(made, keys=made.keys | {"EMAIL_URL": f"smtp://127.0.0.1:{port}", "DEBUG": "off"})
    assert made.manage("collectstatic", "--noinput").returncode == 0
    return made


@contextmanager
def running(place: Place, writer: str = "write") -> Iterator[dict[str, Voice]]:
    house = House(place.folder, place.url)
    house.port = int(place.keys["EMAIL_URL"].rpartition(":")[2])
    house.start("mail")
    errands = {"work": "work", "write": writer, "ask": "ask"}
    voices = {name: Voice(place.started(errand, module=AWAY)) for name, errand in errands.items()}
    try:
        yield voices
        for name in ("write", "ask"):
            voices[name].end()
        assert voices["work"].process.poll() is None, voices["work"].errors[-30:]
        voices["work"].process.terminate()
        assert voices["work"].process.wait(60) == 0
        assert house.errand("drain", "1") == "0", "a receipt still waits"
        accepted = house.accepted()
        assert set(voices["ask"].kept()) <= {number for number, _id in accepted}, "an acknowledgement is lost"
        assert len(dict(accepted)) == len(set(accepted)), "one went twice under different names"
    finally:
        for voice in voices.values():
            voice.process.kill()
        for who in house.running.values():
            who.kill()


def goes_away(place: Place, seconds: float, *, is_refused: bool, writer: str = "write") -> None:
    with running(place, writer) as voices:
        sender, asker = voices["write"], voices["ask"]
        for voice in (sender, asker):
            voice.goes_on(2)
        with away(place):
            was = len(sender.kept())
            time.sleep(seconds)
            assert writer != "write" or len(sender.kept()) <= was + 1, "it was not away: nothing was tried"
        for voice in (sender, asker):
            voice.goes_on(2)
    judged(place, sender, is_refused=is_refused)


def judged(place: Place, writer: Voice, *, is_refused: bool) -> None:
    """Compare what was acknowledged and refused with what is there."""
    assert set(writer.refused()) == ({"refused 500 clear"} if is_refused else set()), "not refused, or not clearly"
    found = place.told("check", module="tests.handover.uploader")
    assert found["good"] == found["rows"] == sorted(map(int, writer.kept())), "a paper is lost, or there twice"
    assert found["events"] == found["blobs"] == len(found["rows"])
    assert found["left_is_named"] and found["first_bad_event"] is None


@pytest.mark.django_db
def test_database_is_away_for_a_moment(place: Place) -> None:
    goes_away(place, SECONDS, is_refused=connection.vendor == "postgresql")


FAULTS = {"forget": "a paper is lost", "babble": "not refused, or not clearly"}


@pytest.mark.django_db
@pytest.mark.parametrize("fault", FAULTS)
def test_planted_fault_is_found(place: Place, fault: str) -> None:
    """The writer calls kept what was refused; the portal refuses without a word. Neither waits for a lock."""
    with pytest.raises(AssertionError, match=FAULTS[fault]):
        goes_away(place, SECONDS, is_refused=fault == "babble", writer=fault)


@pytest.mark.soak
@pytest.mark.django_db
def test_database_is_away_for_half_a_minute(place: Place) -> None:
    assert SOAK_SECONDS > LOCK_SECONDS
    goes_away(place, SOAK_SECONDS, is_refused=True)
