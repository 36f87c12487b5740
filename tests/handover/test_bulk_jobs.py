"""Jobs over many registrations: begun, worked, killed, stopped."""

import uuid
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.errors import NotAllowed, WrongState
from audit.models import Event
from handover import bulk, tasks, transitions
from handover.models import (
    BulkItem,
    Custody,
    Registration,
)
from outbox.models import Notice
from tests.cast import Cast, actor, sign_in
from tests.handover.bulked import LATER, begun, figures, nobodys, ticking, worked
from tests.seen import mark, notices, verbs
from tests.stock import NOW, START, holder, registration

pytestmark = pytest.mark.django_db


def test_administrator_begins_a_job_with_one_event(cast: Cast) -> None:
    since, rows = mark(), nobodys(cast, 2)
    job = begun(cast, rows)
    event = Event.objects.get(sequence__gt=since)
    assert (event.verb, event.subject) == ("job.started", job.label)
    assert event.facts == {"kind": "take_into_care", "registrations": 2}
    assert event.about == sorted([job.label, cast.aoba.label])
    assert figures(job) == ("running", 0, 0, 2)


def test_second_press_gives_the_same_job_and_a_foreign_token_none(cast: Cast) -> None:
    token, rows = uuid.uuid4(), nobodys(cast, 2)
    job = begun(cast, rows, token=token)
    assert begun(cast, rows, token=token) == job
    with pytest.raises(WrongState):
        begun(cast, rows, token=token, actor=actor(cast.wakako))


def test_job_does_each_in_its_own_act_and_says_why_not(cast: Cast) -> None:
    rows = nobodys(cast, 3)
    held = registration(cast.aoba, "R-1", custodian=cast.taro)
    Registration.objects.filter(pk=rows[2].pk).update(status="closed")
    job = begun(cast, [*rows, held])
    since = mark()
    assert bulk.work(job.number, clock=ticking()) is False
    assert figures(job) == ("done", 2, 2, 0)
    taken = "custody.taken_into_care"
    assert verbs(since) == [taken, "package.opened", taken, "job.finished"]
    assert ("job_ended", cast.hanako.label) in notices(since)
    event = Event.objects.get(verb="job.finished")
    assert event.facts == {"kind": "take_into_care", "registrations": 4, "done": 2, "failed": 2}
    reasons = dict(BulkItem.objects.filter(status="failed").values_list("registration__number", "reason"))
    assert sorted(reasons) == ["N-002", "R-1"] and all(reasons.values())
    assert holder(held) == cast.taro


def test_job_goes_in_pieces(cast: Cast) -> None:
    job = begun(cast, nobodys(cast, 5))
    clock = ticking()
    assert [bulk.work(job.number, clock=clock, piece=2) for _piece in range(4)] == [True, True, False, False]
    assert figures(job) == ("done", 5, 0, 0)


class Killed(BaseException):
    """As a kill is: nothing catches it."""


def killing(after: int) -> bulk.BulkAct:
    """The real act, whose worker dies after the commit of number `after`, before it could note anything."""
    act, count = bulk.ACTS["take_into_care"], 0

    def run(**given: Any) -> None:
        nonlocal count
        act.run(**given)
        count += 1
        if count == after:
            raise Killed

    return replace(act, run=run)


def test_job_killed_in_the_middle_goes_on_and_does_nothing_twice(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = nobodys(cast, 5)
    job = begun(cast, rows)
    with monkeypatch.context() as planted:
        planted.setitem(bulk.ACTS, "take_into_care", killing(3))
        with pytest.raises(Killed):
            bulk.work(job.number, clock=ticking())
    assert figures(job) == ("running", 2, 0, 3)
    assert Custody.objects.filter(user=cast.hanako).count() == 3
    soon = LATER + timedelta(seconds=30)
    assert bulk.work(job.number, clock=ticking(soon)) is False, "the dead worker's claim still stands"
    assert bulk.forgotten(soon) == []
    much_later = LATER + timedelta(minutes=10)
    assert bulk.forgotten(much_later) == [job.number]
    assert bulk.work(job.number, clock=ticking(much_later)) is False
    assert figures(job) == ("done", 5, 0, 0)
    assert Event.objects.filter(verb="custody.taken_into_care").count() == 5
    assert Custody.objects.filter(user=cast.hanako).count() == 5
    assert Notice.objects.filter(template="job_ended").count() == 1
    assert bulk.forgotten(much_later + timedelta(days=1)) == []


def test_sweeper_brings_a_forgotten_job_back(cast: Cast) -> None:
    job = begun(cast, nobodys(cast, 2), at=datetime.now(UTC) - timedelta(minutes=6))
    assert tasks.sweep() == 1
    worked()
    assert figures(job) == ("done", 2, 0, 0)
    assert tasks.sweep() == 0


def test_unexpected_failure_of_one_keeps_the_others_going(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = nobodys(cast, 3)
    job = begun(cast, rows)
    real = bulk.ACTS["take_into_care"]

    def run(*, registration_pk: int, **given: Any) -> None:
        if registration_pk == rows[1].pk:
            raise ZeroDivisionError
        real.run(registration_pk=registration_pk, **given)

    monkeypatch.setitem(bulk.ACTS, "take_into_care", replace(real, run=run))
    bulk.work(job.number, clock=ticking())
    assert figures(job) == ("done", 2, 1, 0)
    assert "ZeroDivision" not in BulkItem.objects.get(status="failed").reason


def test_job_is_stopped_between_two_and_stays_stopped(cast: Cast) -> None:
    job = begun(cast, nobodys(cast, 4))
    clock = ticking()
    bulk.work(job.number, clock=clock, piece=2)
    since = mark()
    transitions.cancel_bulk(job_pk=job.pk, actor=actor(cast.hanako), at=LATER)
    assert verbs(since) == ["job.cancelled"] and notices(since) == []
    assert bulk.work(job.number, clock=clock) is False
    assert figures(job) == ("cancelled", 2, 0, 2)
    with pytest.raises(WrongState):
        transitions.cancel_bulk(job_pk=job.pk, actor=actor(cast.hanako), at=LATER)
    with pytest.raises(WrongState):
        transitions.finish_bulk(job_pk=job.pk, actor=bulk.SYSTEM, at=LATER)


@pytest.mark.parametrize("who", ["taro", "wakako", "agent", "operator"])
def test_others_cannot_stop_or_finish_a_job(cast: Cast, client: Client, who: str) -> None:
    job = begun(cast, nobodys(cast, 1))
    by = actor(getattr(cast, who))
    with pytest.raises(NotAllowed):
        transitions.cancel_bulk(job_pk=job.pk, actor=by, at=LATER)
    with pytest.raises(NotAllowed):
        transitions.finish_bulk(job_pk=job.pk, actor=by, at=LATER)  # type: ignore[arg-type]
    sign_in(client, getattr(cast, who))
    assert client.get(reverse("handover:job", args=[job.number])).status_code == 404
    assert client.post(reverse("handover:cancel_bulk", args=[job.number])).status_code == 404
    assert job.number not in client.get("/jobs/").content.decode()


def test_unfinished_job_cannot_be_finished(cast: Cast) -> None:
    job = begun(cast, nobodys(cast, 1))
    with pytest.raises(WrongState):
        transitions.finish_bulk(job_pk=job.pk, actor=bulk.SYSTEM, at=LATER)


def test_job_of_somebody_who_left_is_stopped(cast: Cast) -> None:
    from accounts.models import Membership, Role

    Membership.objects.create(user=cast.taro, organisation=cast.aoba, role=Role.ADMINISTRATOR, since=START)
    job = begun(cast, nobodys(cast, 2))
    transitions.leave(user_pk=cast.hanako.pk, actor=actor(cast.taro), at=NOW)
    assert bulk.work(job.number, clock=ticking()) is False
    assert figures(job) == ("cancelled", 0, 0, 2)
