"""The worker over a job of many certificates: killed, replaced when it has grown, and its bar tells the truth."""

import json
import random
import signal
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from subprocess import Popen
from typing import Any

import pytest
from django.core.management import call_command
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from config import working
from outbox import tasks
from tests.config.places import Builder, Place

FEW, MANY = 22, 1_000  # certificates; a piece is 20
SOAK_KILLS = 40
BULKER = "tests.config.bulker"


class Watcher:
    """Somebody who looks at the page of the job again and again."""

    def __init__(self, place: Place) -> None:
        self.process = place.started("look", module=BULKER)
        self.seen: list[dict[str, Any]] = []

    def look(self) -> dict[str, Any]:
        assert self.process.stdin and self.process.stdout
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        assert line, self.process.communicate()[1]
        self.seen.append(json.loads(line))
        return self.seen[-1]

    def judged(self, count: int) -> None:
        """The bar never goes back, never promises what is not there, and lacks at most what is issued just now."""
        bar = [seen["value"] for seen in self.seen]
        assert bar == sorted(bar) and {seen["max"] for seen in self.seen} == {count}
        wrong = [seen for seen in self.seen if not seen["before"] - 1 <= seen["value"] <= seen["after"]]
        assert wrong == [], "the bar does not tell the truth"
        assert bar[-1] == count and len(set(bar)) > 2, "nobody saw it move: nothing was tried"


@pytest.fixture
def place(places: Builder) -> Place:
    return places.migrated()


@pytest.fixture
def watcher(place: Place) -> Iterator[list[Watcher]]:
    made: list[Watcher] = []
    yield made
    for one in made:
        one.process.kill()


def begun(place: Place, hours: float, *fault: str) -> "Popen[str]":
    process = place.started("work", str(hours), *fault, module=BULKER)
    assert process.stdout and process.stdout.readline() == "working\n", process.communicate()[1]
    return process


def ended(place: Place, count: int) -> None:
    assert place.told("check", module=BULKER) == {
        "figures": ["done", count, 0, 0],
        "certificates": count,
        "registrations": count,
        "events": count,
        "readable": count,
        "told": 1,
        "first_bad_event": None,
    }, "not one certificate of each"


def killed_at_any_moment(place: Place, watcher: list[Watcher], count: int, kills: int, chance: random.Random) -> None:
    assert place.started("prepare", str(count), module=BULKER).wait(600) == 0
    watcher.append(eyes := Watcher(place))
    hours, worker = 0.25, begun(place, 0.25)
    step, kills_wanted, done = count // (kills + 1), kills - 1, 0
    while eyes.look()["status"] == "running":
        if kills and eyes.seen[-1]["value"] >= done + step:
            done = eyes.seen[-1]["value"]
            time.sleep(chance.uniform(0, 0.5))
            worker.kill()
            assert worker.wait(60) == -signal.SIGKILL
            kills, hours = kills - 1, hours + 0.25
            worker = begun(place, hours)
        assert worker.poll() is None, worker.communicate()[1]
        time.sleep(0.05)
    worker.terminate()
    assert worker.wait(60) in (0, -signal.SIGTERM)  # the latter while one is only beginning
    assert hours >= 0.25 * (2 + kills_wanted // 2), "too few were killed in the middle: nothing was tried"
    eyes.judged(count)
    ended(place, count)


@pytest.mark.django_db
def test_killed_workers_issue_each_certificate_once_and_the_bar_tells_the_truth(
    place: Place, watcher: list[Watcher]
) -> None:
    killed_at_any_moment(place, watcher, FEW, 2, random.Random(4))


@pytest.mark.soak
@pytest.mark.django_db
def test_thousand_certificates_are_issued_once_each_by_forty_killed_workers(
    place: Place, watcher: list[Watcher]
) -> None:
    killed_at_any_moment(place, watcher, MANY, SOAK_KILLS, random.Random())


def ran(place: Place, eyes: Watcher, worker: "Popen[str]") -> None:
    while eyes.look()["status"] == "running" and worker.poll() is None:
        time.sleep(0.05)


@pytest.mark.django_db
def test_planted_fault_bar_that_promises_is_found(place: Place, watcher: list[Watcher]) -> None:
    assert place.started("prepare", "6", module=BULKER).wait(600) == 0
    watcher.append(eyes := Watcher(place))
    worker = begun(place, 0.25, "counts first")
    ran(place, eyes, worker)
    worker.kill()
    ended(place, 6)
    with pytest.raises(AssertionError, match="does not tell the truth"):
        eyes.judged(6)


@pytest.mark.django_db
def test_planted_fault_worker_that_forgets_what_it_did_is_found_by_one_kill(
    place: Place, watcher: list[Watcher]
) -> None:
    assert place.started("prepare", "6", module=BULKER).wait(600) == 0
    watcher.append(eyes := Watcher(place))
    killed = begun(place, 0.25, "asks not")
    ran(place, eyes, killed)
    assert killed.wait(60) == -signal.SIGKILL
    worker = begun(place, 0.5, "asks not")
    ran(place, eyes, worker)
    worker.kill()
    with pytest.raises(AssertionError, match="not one certificate of each"):
        ended(place, 6)


@pytest.mark.django_db
def test_worker_that_has_grown_is_replaced_and_nobody_who_watches_over_it_sees_an_end(
    place: Place, watcher: list[Watcher]
) -> None:
    assert place.started("prepare", str(FEW), module=BULKER).wait(600) == 0
    small = replace(place, keys=place.keys | {"WORKER_MEMORY_MB": "1", "LIVES_AT_LEAST": "0"})
    watcher.append(eyes := Watcher(place))
    worker = begun(small, 0.25)
    while eyes.look()["status"] == "running":
        assert worker.poll() is None, worker.communicate()[1]
        time.sleep(0.2)
    worker.terminate()
    out, err = worker.communicate(timeout=60)
    assert worker.returncode in (0, -signal.SIGTERM), err  # the latter while a fresh one is only beginning
    assert "working" in out, "it went on after the first piece as the process it was"
    ended(place, FEW)


# By itself ------------------------------------------------------------------------------------------------------------


def waiting(count: int) -> None:
    for _number in range(count):
        tasks.deliver.enqueue("00000000-0000-0000-0000-000000000000")


def lasting(**given: Any) -> working.LastingWorker:
    usual = {"queue_names": ["*"], "interval": 0, "batch": False, "backend_name": "default", "startup_delay": False}
    usual |= {"max_tasks": None, "worker_id": "tests", "excluded_queue_names": []}
    return working.LastingWorker(**usual | given)


def left() -> int:
    return int(DBTaskResult.objects.filter(status=TaskResultStatus.READY).count())


@pytest.mark.django_db(transaction=True)
def test_worker_over_its_memory_ends_between_two_tasks_and_not_before_its_time(settings: Any) -> None:
    settings.WORKER_MEMORY_MB = 1
    waiting(3)
    worker = lasting()
    worker.began -= working.LIVES_AT_LEAST + 1
    worker.run()
    assert (worker.outgrown, left()) == (True, 2)
    young = lasting(max_tasks=1)
    young.run()
    assert (young.outgrown, left()) == (False, 1)
    settings.WORKER_MEMORY_MB = 100_000
    slim = lasting(max_tasks=1)
    slim.began -= working.LIVES_AT_LEAST + 1
    slim.run()
    assert (slim.outgrown, left()) == (False, 0)


@pytest.mark.django_db(transaction=True)
def test_whoever_runs_it_once_is_never_left_with_half(settings: Any) -> None:
    settings.WORKER_MEMORY_MB = 1
    working_before = working.LIVES_AT_LEAST
    working.LIVES_AT_LEAST = 0
    try:
        waiting(2)
        call_command("work", "--once")
    finally:
        working.LIVES_AT_LEAST = working_before
    assert left() == 0


def test_memory_is_told_in_mib() -> None:
    told = working.resident()
    [line] = [one for one in Path("/proc/self/status").read_text().splitlines() if one.startswith("VmRSS")]
    assert abs(told - int(line.split()[1]) / 1024) < 20
