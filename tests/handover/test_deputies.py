"""Deputies: named, ended, activated, deactivated; an absence reported; a deputy who stands in after it."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from accounts.errors import NotAllowed, Refused, WrongState
from accounts.models import User
from audit import record
from audit.models import Event
from handover import clock, transitions
from handover.models import (
    AbsenceReport,
    Custody,
    Deputy,
    Handover,
    HandoverItem,
    Registration,
    StandIn,
)
from tests import seen
from tests.cast import Cast, actor
from tests.letterbox import mails
from tests.stock import ALL_YES, NOW, all_received, drafted, holder, registration

Act = Callable[..., Any]
BEFORE = NOW - timedelta(hours=1)
LATER = NOW + timedelta(minutes=5)
STRANGERS = ["jiro", "wakako", "minoru", "worker", "agent", "operator", "approver", "auditor"]
# NOW is Friday 2026-11-20; Monday 23 is a holiday. Ten business days end on 7 December.
READY = datetime.fromisoformat("2026-12-08T00:00:00+09:00")


def named(held: Registration, person: User, by: User, at: datetime = NOW) -> Deputy:
    return transitions.name_deputy(registration_pk=held.pk, deputy=person, actor=actor(by), at=at)


def activated(deputy: Deputy, by: User, at: datetime = NOW) -> StandIn:
    return transitions.activate_deputy(deputy_pk=deputy.pk, reason="入院中", actor=actor(by), at=at)


def reported(held: Registration, by: User, at: datetime = NOW) -> AbsenceReport:
    return transitions.report_absence(registration_pk=held.pk, reason="連絡がつかない", actor=actor(by), at=at)


def stood_in(held: Registration, by: User, at: datetime = READY) -> StandIn:
    return transitions.stand_in(registration_pk=held.pk, actor=actor(by), at=at)


def came_in(user: User, at: datetime) -> None:
    """Write what a sign-in writes."""
    with transaction.atomic():
        record.event("accounts.signed_in", actor=actor(user), at=at, subject=user.label)


def record_of(held: Registration) -> str:
    return f"contact_point:{held.contact_points.get().pk}"


@pytest.fixture
def deputy(cast: Cast, held: Registration) -> Deputy:
    """三郎, deputy of R-1."""
    return named(held, cast.saburo, cast.taro, BEFORE)


def test_custodian_names_a_deputy_and_the_deputy_is_told(cast: Cast, held: Registration) -> None:
    before = seen.mark()
    made = named(held, cast.saburo, cast.taro)
    assert (made.user, made.named_by, made.since, made.until, made.place) == (cast.saburo, cast.taro, NOW, None, 1)
    assert (seen.verbs(before), seen.notices(before)) == (["deputy.named"], [("deputy_named", cast.saburo.label)])
    written = Event.objects.get(verb="deputy.named")
    assert (written.subject, written.facts) == (held.label, {"deputy": cast.saburo.label})
    assert set(written.about) == {held.label, cast.aoba.label, cast.saburo.label}
    assert Registration.objects.visible_to(actor(cast.saburo), NOW).get() == held


def test_administrator_names_a_deputy_and_both_are_told(cast: Cast, held: Registration) -> None:
    before = seen.mark()
    named(held, cast.saburo, cast.hanako)
    assert seen.notices(before) == sorted([("deputy_named", cast.saburo.label), ("deputy_named", cast.taro.label)])


def test_caretaker_names_a_deputy(cast: Cast, held: Registration) -> None:
    transitions.leave(user_pk=cast.taro.pk, actor=actor(cast.hanako), at=NOW)
    assert named(held, cast.saburo, cast.hanako, LATER).place == 1


@pytest.mark.parametrize("who", [*STRANGERS, "saburo"])
def test_nobody_else_names_a_deputy(cast: Cast, held: Registration, deputy: Deputy, who: str) -> None:
    before = seen.mark()
    with pytest.raises(NotAllowed):
        named(held, cast.jiro, getattr(cast, who))
    assert (Deputy.objects.count(), seen.verbs(before)) == (1, [])


@pytest.mark.parametrize("who", ["taro", "minoru", "operator", "worker"])
def test_holder_and_people_of_elsewhere_are_no_deputies(cast: Cast, held: Registration, who: str) -> None:
    with pytest.raises(Refused) as refused:
        named(held, getattr(cast, who), cast.hanako)
    assert (list(refused.value.fields), Deputy.objects.count()) == (["deputy"], 0)


def test_who_has_left_is_no_deputy(cast: Cast, held: Registration) -> None:
    transitions.leave(user_pk=cast.saburo.pk, actor=actor(cast.hanako), at=NOW)
    with pytest.raises(Refused):
        named(held, cast.saburo, cast.taro, LATER)


def test_second_press_and_a_third_deputy_are_refused(cast: Cast, held: Registration, deputy: Deputy) -> None:
    with pytest.raises(Refused):
        named(held, cast.saburo, cast.taro)
    second = named(held, cast.jiro, cast.taro)
    before = seen.mark()
    with pytest.raises(Refused):
        named(held, cast.hanako, cast.taro)
    assert (second.place, seen.verbs(before)) == (2, [])
    transitions.end_deputy(deputy_pk=deputy.pk, actor=actor(cast.taro), at=LATER)
    assert named(held, cast.hanako, cast.taro, LATER).place == 1


def test_third_deputy_is_refused_by_the_database_too(cast: Cast, held: Registration, deputy: Deputy) -> None:
    for place in (1, 3):
        with pytest.raises(IntegrityError), transaction.atomic():
            Deputy.objects.create(registration=held, user=cast.jiro, since=NOW, place=place)


def test_closed_registration_gets_no_deputy_and_no_standing_in(cast: Cast, held: Registration, deputy: Deputy) -> None:
    Registration.objects.filter(pk=held.pk).update(status=Registration.Status.CLOSED)
    for act in (
        lambda: named(held, cast.jiro, cast.taro),
        lambda: activated(deputy, cast.hanako),
        lambda: reported(held, cast.saburo),
    ):
        with pytest.raises(WrongState):
            act()
    assert transitions.end_deputy(deputy_pk=deputy.pk, actor=actor(cast.taro), at=LATER).until == LATER


@pytest.mark.parametrize(("who", "told"), [("taro", ["saburo"]), ("hanako", ["saburo", "taro"]), ("saburo", ["taro"])])
def test_holder_administrator_and_deputy_end_it(
    cast: Cast, held: Registration, deputy: Deputy, who: str, told: list[str]
) -> None:
    activated(deputy, cast.hanako)
    before = seen.mark()
    ended = transitions.end_deputy(deputy_pk=deputy.pk, actor=actor(getattr(cast, who)), at=LATER)
    assert (ended.until, ended.ended_by) == (LATER, getattr(cast, who))
    assert StandIn.objects.get().until == LATER
    assert seen.verbs(before) == ["deputy.ended"]
    assert seen.notices(before) == sorted(("deputy_ended", getattr(cast, one).label) for one in told)
    before = seen.mark()
    with pytest.raises(WrongState):
        transitions.end_deputy(deputy_pk=deputy.pk, actor=actor(cast.taro), at=LATER)
    assert seen.verbs(before) == []


@pytest.mark.parametrize("who", STRANGERS)
def test_nobody_else_ends_activates_or_deactivates(cast: Cast, held: Registration, deputy: Deputy, who: str) -> None:
    activated(deputy, cast.hanako)
    before, by = seen.mark(), actor(getattr(cast, who))
    acts: list[Act] = [transitions.end_deputy, transitions.deactivate_deputy]
    for act in acts:
        with pytest.raises(NotAllowed):
            act(deputy_pk=deputy.pk, actor=by, at=LATER)
    with pytest.raises(NotAllowed):
        transitions.activate_deputy(deputy_pk=deputy.pk, reason="x", actor=by, at=LATER)
    assert seen.verbs(before) == []


@pytest.mark.parametrize("who", ["taro", "saburo"])
def test_only_an_administrator_activates(cast: Cast, held: Registration, deputy: Deputy, who: str) -> None:
    with pytest.raises(NotAllowed):
        activated(deputy, getattr(cast, who))
    assert not StandIn.objects.exists()


def test_administrator_lets_a_deputy_stand_in_and_everybody_knows(
    cast: Cast, held: Registration, deputy: Deputy
) -> None:
    before = seen.mark()
    made = activated(deputy, cast.hanako)
    assert (made.basis, made.reason, made.by, made.since) == ("administrator", "入院中", cast.hanako, NOW)
    assert seen.verbs(before) == ["deputy.activated"]
    assert Event.objects.get(verb="deputy.activated").facts == {
        "deputy": cast.saburo.label,
        "basis": "administrator",
    }
    assert seen.notices(before) == sorted(
        [
            ("deputy_activated", cast.saburo.label),
            ("deputy_activated", cast.taro.label),
            ("deputy_activated_record", record_of(held)),
        ]
    )
    with pytest.raises(WrongState):
        activated(deputy, cast.hanako, LATER)


@pytest.mark.parametrize("who", ["taro", "hanako", "saburo"])
def test_standing_in_ends_and_its_row_stays(cast: Cast, held: Registration, deputy: Deputy, who: str) -> None:
    activated(deputy, cast.hanako)
    before, by = seen.mark(), getattr(cast, who)
    ended = transitions.deactivate_deputy(deputy_pk=deputy.pk, actor=actor(by), at=LATER)
    assert (ended.until, ended.ended_by) == (LATER, by)
    people = {cast.saburo, cast.taro, cast.hanako} - {by}
    assert seen.verbs(before) == ["deputy.deactivated"]
    assert seen.notices(before) == sorted(("deputy_deactivated", one.label) for one in people)
    with pytest.raises(WrongState):
        transitions.deactivate_deputy(deputy_pk=deputy.pk, actor=actor(by), at=LATER)
    again = activated(deputy, cast.hanako, LATER)
    assert list(StandIn.objects.order_by("pk")) == [ended, again]


# What a deputy who stands in may do ---------------------------------------------------------------------------------


def test_deputy_prepares_a_handover_only_while_standing_in(cast: Cast, held: Registration, deputy: Deputy) -> None:
    with pytest.raises(NotAllowed):
        drafted(cast, held, by=cast.saburo, days=10)
    activated(deputy, cast.hanako)
    made = drafted(cast, held, by=cast.saburo, days=10)
    assert (made.given_by, made.offered_by, made.needs_confirmation) == (cast.taro, cast.saburo, True)
    transitions.deactivate_deputy(deputy_pk=deputy.pk, actor=actor(cast.taro), at=NOW)
    with pytest.raises(NotAllowed):
        transitions.offer(handover_pk=made.pk, actor=actor(cast.saburo), at=NOW)
    assert transitions.withdraw(handover_pk=made.pk, reason="", actor=actor(cast.saburo), at=NOW).status == "withdrawn"


def test_deputy_gives_the_custodian_three_business_days(cast: Cast, held: Registration, deputy: Deputy) -> None:
    activated(deputy, cast.hanako)
    with pytest.raises(Refused) as refused:
        drafted(cast, held, by=cast.saburo, days=3)  # Monday is a holiday: Thursday 26 is the third business day
    assert list(refused.value.fields) == ["effective_on"]
    assert drafted(cast, held, by=cast.saburo, days=6).effective_on == date(2026, 11, 26)


def test_handover_of_a_deputy_takes_effect_only_when_an_administrator_confirms(
    cast: Cast, held: Registration, deputy: Deputy
) -> None:
    activated(deputy, cast.hanako)
    made = drafted(cast, held, by=cast.saburo, days=6)
    transitions.offer(handover_pk=made.pk, actor=actor(cast.saburo), at=NOW)
    made = transitions.accept(
        handover_pk=made.pk, marks=all_received(made), answers=ALL_YES, actor=actor(cast.jiro), at=NOW
    )
    then = NOW + timedelta(days=7)
    clock.run(at=then)
    assert (Handover.objects.get().status, holder(held)) == (Handover.Status.ACCEPTED, cast.taro)
    transitions.confirm(handover_pk=made.pk, actor=actor(cast.hanako), at=then)
    current = Custody.objects.current().get(registration=held)
    assert (current.user, current.basis) == (cast.jiro, Custody.Basis.REASSIGNMENT)
    # Who stood in did so for 太郎; 三郎 is 次郎's deputy now.
    assert not StandIn.objects.current().exists()
    assert Deputy.objects.current().get() == deputy


def test_deputy_who_stands_in_changes_daily_settings_and_no_channel_of_record(
    cast: Cast, held: Registration, deputy: Deputy
) -> None:
    def alias() -> Any:
        return transitions.add_alias(registration_pk=held.pk, alias="別館", actor=actor(cast.saburo), at=NOW)

    with pytest.raises(NotAllowed):
        alias()
    activated(deputy, cast.hanako)
    made = alias()
    assert transitions.end_alias(alias_pk=made.pk, actor=actor(cast.saburo), at=NOW).until == NOW
    with pytest.raises(NotAllowed):
        transitions.end_contact_point(contact_point_pk=held.contact_points.get().pk, actor=actor(cast.saburo), at=NOW)


def test_deputyship_ends_when_the_deputy_leaves_or_takes_over(cast: Cast, held: Registration, deputy: Deputy) -> None:
    other = named(held, cast.jiro, cast.taro)
    activated(deputy, cast.hanako)
    transitions.leave(user_pk=cast.saburo.pk, actor=actor(cast.hanako), at=LATER)
    deputy.refresh_from_db()
    assert (deputy.until, StandIn.objects.get().until) == (LATER, LATER)
    made = drafted(cast, held, days=0)
    transitions.offer(handover_pk=made.pk, actor=actor(cast.taro), at=NOW)
    later = LATER + timedelta(minutes=1)
    transitions.accept(handover_pk=made.pk, marks=all_received(made), answers=ALL_YES, actor=actor(cast.jiro), at=later)
    other.refresh_from_db()
    assert (holder(held), other.until) == (cast.jiro, later)


# Absence ------------------------------------------------------------------------------------------------------------


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
