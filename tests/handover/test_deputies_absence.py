"""An absence is reported; a deputy stands in after it."""

from datetime import date, datetime, timedelta

import pytest
from django.db import transaction

from accounts.errors import NotAllowed, WrongState
from accounts.models import User
from audit import record
from audit.models import Event
from handover import clock, transitions
from handover.models import (
    Custody,
    Deputy,
    HandoverItem,
    Registration,
    StandIn,
)
from tests import seen
from tests.cast import Cast, actor
from tests.handover.deputised import BEFORE, LATER, STRANGERS, activated, named, record_of, reported
from tests.letterbox import mails
from tests.stock import NOW, drafted, holder, registration

# NOW is Friday 2026-11-20; Monday 23 is a holiday. Ten business days end on 7 December.
READY = datetime.fromisoformat("2026-12-08T00:00:00+09:00")


def stood_in(held: Registration, by: User, at: datetime = READY) -> StandIn:
    return transitions.stand_in(registration_pk=held.pk, actor=actor(by), at=at)


def came_in(user: User, at: datetime) -> None:
    """Write what a sign-in writes."""
    with transaction.atomic():
        record.event("accounts.signed_in", actor=actor(user), at=at, subject=user.label)


def test_deputy_reports_an_absence_and_every_channel_is_told_at_once(
    cast: Cast, held: Registration, deputy: Deputy
) -> None:
    before = seen.mark()
    made = reported(held, cast.saburo)
    assert (made.deputy, made.ready_on, made.ended_at) == (deputy, date(2026, 12, 8), None)
    assert made.custody == Custody.objects.current().get(registration=held)
    assert seen.verbs(before) == ["absence.reported"]
    assert seen.notices(before) == sorted(
        [
            ("absence_reported", cast.taro.label),
            ("absence_reported", cast.hanako.label),
            ("absence_reported_record", record_of(held)),
        ]
    )
    facts = Event.objects.get(verb="absence.reported").facts
    assert facts == {"deputy": cast.saburo.label, "absent": cast.taro.label, "ready_on": "2026-12-08"}
    texts = {mail["recipient"]: mail["body"] for mail in mails("absence_reported")}
    assert texts[cast.taro.label] != texts[cast.hanako.label].replace(cast.hanako.display_name, "")
    with pytest.raises(WrongState):
        reported(held, cast.saburo, LATER)
    assert not StandIn.objects.exists()


@pytest.mark.parametrize("who", [*STRANGERS, "taro", "hanako"])
def test_only_deputies_report_and_stand_in(cast: Cast, held: Registration, deputy: Deputy, who: str) -> None:
    before = seen.mark()
    with pytest.raises(NotAllowed):
        reported(held, getattr(cast, who))
    with pytest.raises(NotAllowed):
        stood_in(held, getattr(cast, who))
    assert seen.verbs(before) == []


def test_deputy_stands_in_after_ten_business_days_and_not_before(
    cast: Cast, held: Registration, deputy: Deputy
) -> None:
    with pytest.raises(WrongState):
        stood_in(held, cast.saburo)
    report = reported(held, cast.saburo)
    with pytest.raises(WrongState):
        stood_in(held, cast.saburo, READY - timedelta(seconds=1))
    before = seen.mark()
    made = stood_in(held, cast.saburo)
    report.refresh_from_db()
    assert (made.basis, made.report, made.by, made.since) == ("absence", report, cast.saburo, READY)
    assert (report.ended_at, report.end_reason) == (READY, "stood_in")
    assert seen.verbs(before) == ["deputy.stood_in"]
    assert seen.notices(before) == sorted(
        [
            ("deputy_activated", cast.taro.label),
            ("deputy_activated", cast.hanako.label),
            ("deputy_activated_record", record_of(held)),
        ]
    )
    with pytest.raises(WrongState):
        stood_in(held, cast.saburo)
    assert drafted(cast, held, by=cast.saburo, days=12).offered_by == cast.saburo


def test_clock_never_lets_anybody_stand_in(cast: Cast, held: Registration, deputy: Deputy) -> None:
    reported(held, cast.saburo)
    clock.run(at=READY + timedelta(days=100))
    assert (StandIn.objects.count(), holder(held)) == (0, cast.taro)


@pytest.mark.parametrize("when", [timedelta(0), timedelta(days=3), READY - NOW - timedelta(seconds=1)])
def test_custodian_who_was_here_ends_the_report(
    cast: Cast, held: Registration, deputy: Deputy, when: timedelta
) -> None:
    first = reported(held, cast.saburo)
    came_in(cast.taro, NOW + when)
    with pytest.raises(WrongState):
        stood_in(held, cast.saburo)
    second = reported(held, cast.saburo, READY)
    first.refresh_from_db()
    assert (first.ended_at, first.end_reason) == (READY, "holder_here")
    assert second.ready_on > date(2026, 12, 20)


def test_acts_of_others_and_of_before_do_not_count(cast: Cast, held: Registration, deputy: Deputy) -> None:
    came_in(cast.taro, NOW - timedelta(seconds=1))
    reported(held, cast.saburo)
    came_in(cast.hanako, LATER)
    assert stood_in(held, cast.saburo).basis == "absence"


def test_report_ends_with_the_custody_it_is_about(cast: Cast, held: Registration, deputy: Deputy) -> None:
    report = reported(held, cast.saburo)
    transitions.leave(user_pk=cast.taro.pk, actor=actor(cast.hanako), at=LATER)
    report.refresh_from_db()
    assert (report.ended_at, report.end_reason) == (LATER, "custody_changed")
    with pytest.raises(WrongState):
        stood_in(held, cast.saburo)


def test_nobody_is_absent_where_the_provider_keeps_it(cast: Cast) -> None:
    kept = registration(cast.aoba, "R-9", custodian=None)
    named(kept, cast.saburo, cast.hanako)
    with pytest.raises(WrongState):
        reported(kept, cast.saburo)


def test_second_deputy_may_stand_in_on_the_report_of_the_first(cast: Cast, held: Registration, deputy: Deputy) -> None:
    named(held, cast.jiro, cast.taro, BEFORE)
    reported(held, cast.saburo)
    assert stood_in(held, cast.jiro).deputy.user == cast.jiro


def test_former_deputy_offers_nothing(cast: Cast, held: Registration, deputy: Deputy) -> None:
    activated(deputy, cast.hanako)
    made = drafted(cast, held, by=cast.saburo, days=10)
    transitions.end_deputy(deputy_pk=deputy.pk, actor=actor(cast.taro), at=NOW)
    with pytest.raises(NotAllowed):
        transitions.offer(handover_pk=made.pk, actor=actor(cast.saburo), at=NOW)
    assert HandoverItem.objects.filter(handover=made, is_open=True).count() == 1
