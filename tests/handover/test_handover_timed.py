"""What happens by itself on its date. The test moves `at`; the product has no other door for time."""

from datetime import datetime, timedelta

import pytest

from accounts.errors import NotAllowed, WrongState
from audit.record import System
from handover import clock, transitions
from handover.models import Handover, Registration
from tests import seen
from tests.cast import Cast, actor
from tests.stock import NOW, accepted, drafted, holder, offered

CLOCK = System("clock")


@pytest.fixture
def held(held: Registration) -> Registration:
    """R-1 with nothing to keep: the reminder before the year-end clean-up has tests of its own."""
    held.documents.update(original_at="")
    return held


def days(number: float) -> datetime:
    return NOW + timedelta(days=number)


def test_clock_switches_accepted_handover_on_its_date_not_before(cast: Cast, held: Registration) -> None:
    made = accepted(cast, held, days=3)
    assert clock.run(at=days(2))["switched"] == 0
    assert holder(held) == cast.taro
    before = seen.mark()
    assert clock.run(at=days(3))["switched"] == 1
    assert seen.verbs(before) == ["handover.switched"]
    assert holder(held) == cast.jiro
    made.refresh_from_db()
    assert (made.status, made.effective_at) == (Handover.Status.OVERLAP, days(3))
    done = clock.run(at=days(3))
    assert not any(done[act] for act in ("switched", "expired", "reminded", "closed"))


def test_day_of_the_switch_begins_at_midnight_in_japan(cast: Cast, held: Registration) -> None:
    accepted(cast, held, days=1)
    midnight = datetime.fromisoformat("2026-11-21T00:00:00+09:00")
    assert clock.run(at=midnight - timedelta(seconds=1))["switched"] == 0
    assert clock.run(at=midnight)["switched"] == 1


def test_clock_cannot_switch_early_and_people_cannot_play_the_clock(cast: Cast, held: Registration) -> None:
    made = accepted(cast, held, days=3)
    with pytest.raises(WrongState):
        transitions.switch(handover_pk=made.pk, actor=CLOCK, at=NOW)
    with pytest.raises(NotAllowed):
        transitions.switch(handover_pk=made.pk, actor=actor(cast.hanako), at=days(3))  # type: ignore[arg-type]
    assert holder(held) == cast.taro


def test_clock_leaves_unconfirmed_handover_alone(cast: Cast, held: Registration) -> None:
    made = accepted(cast, held, days=3)
    Handover.objects.filter(pk=made.pk).update(needs_confirmation=True)
    assert clock.run(at=days(20))["switched"] == 0
    with pytest.raises(WrongState):
        transitions.switch(handover_pk=made.pk, actor=CLOCK, at=days(20))


def test_successor_is_reminded_on_days_3_7_and_12_once_each(cast: Cast, held: Registration) -> None:
    offered(cast, held)
    sent = []
    for quarter in range(4 * 13 + 1):
        before = seen.mark()
        clock.run(at=days(quarter / 4))
        sent += [(quarter / 4, recipient) for template, recipient in seen.notices(before)]
    assert sent == [(3.0, cast.jiro.label), (7.0, cast.jiro.label), (12.0, cast.jiro.label)]


def test_worker_that_slept_sends_one_reminder_not_three(cast: Cast, held: Registration) -> None:
    offered(cast, held)
    before = seen.mark()
    clock.run(at=days(13))
    assert seen.notices(before) == [("handover_reminder", cast.jiro.label)]
    clock.run(at=days(13.5))
    assert seen.verbs(before) == ["handover.reminded"]


def test_offer_expires_on_day_14_and_everybody_is_told(cast: Cast, held: Registration) -> None:
    made = offered(cast, held)
    assert clock.run(at=days(14) - timedelta(seconds=1))["expired"] == 0
    before = seen.mark()
    assert clock.run(at=days(14))["expired"] == 1
    made.refresh_from_db()
    assert (made.status, made.ended_at) == (Handover.Status.EXPIRED, days(14))
    assert seen.verbs(before) == ["handover.expired"]
    assert seen.notices(before) == sorted(
        ("handover_expired", who.label) for who in (cast.taro, cast.jiro, cast.hanako)
    )
    assert holder(held) == cast.taro
    with pytest.raises(WrongState):
        transitions.expire(handover_pk=made.pk, actor=CLOCK, at=days(15))
    drafted(cast, held)


def test_draft_never_expires(cast: Cast, held: Registration) -> None:
    drafted(cast, held)
    done = clock.run(at=days(300))
    assert not any(done[act] for act in ("switched", "expired", "reminded", "closed"))


def test_predecessor_reads_for_30_days_and_then_no_longer(cast: Cast, held: Registration) -> None:
    accepted(cast, held, days=0)
    reading = Registration.objects.visible_to(actor(cast.taro), days(29.9))
    assert list(reading) == [held]
    assert clock.run(at=days(29.9))["closed"] == 0
    before = seen.mark()
    assert clock.run(at=days(30))["closed"] == 1
    assert seen.verbs(before) == ["handover.closed"]
    assert not Registration.objects.visible_to(actor(cast.taro), days(30)).exists()
    assert Handover.objects.get().status == Handover.Status.CLOSED


def test_predecessor_can_write_nothing_after_the_switch(cast: Cast, held: Registration) -> None:
    accepted(cast, held, days=0)
    with pytest.raises(NotAllowed):
        drafted(cast, held, by=cast.taro, to=cast.saburo)
    with pytest.raises(NotAllowed):
        transitions.make_recovery_kit(registration_pk=held.pk, actor=actor(cast.taro), at=NOW)


def test_side_that_left_does_not_stop_the_clock_for_others(cast: Cast, held: Registration) -> None:
    made = accepted(cast, held, days=3)
    transitions.leave(user_pk=cast.taro.pk, actor=actor(cast.hanako), at=days(1))
    assert holder(held) == cast.hanako
    assert clock.run(at=days(3))["switched"] == 1
    made.refresh_from_db()
    assert made.status == Handover.Status.OVERLAP
    assert holder(held) == cast.jiro
