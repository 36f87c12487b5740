"""Mandates of contractors: asked for, granted, renewed, ended; on both sides and by the clock."""

import uuid
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from accounts.errors import NotAllowed, Refused, WrongState
from audit.models import Event
from audit.record import System
from handover import clock, restricting, transitions
from handover.models import (
    Deputy,
    FaultReport,
    Mandate,
    MandateRegistration,
    Registration,
    Restriction,
)
from handover.queries import mandates as queries
from handover.rules.mandates import OPEN_QUESTIONS, SETTINGS, latest_end, reminders_passed
from tests import seen
from tests.cast import Cast, actor
from tests.handover.mandated import YEAR, approved, asked, granted, row
from tests.letterbox import mails
from tests.stock import NOW, TODAY, registration

CLOCK = System("clock")
S = Mandate.Status


@pytest.fixture
def second(cast: Cast) -> Registration:
    """R-2 of 青葉商事, held by 次郎."""
    return registration(cast.aoba, "R-2", custodian=cast.jiro)


def end(mandate: Mandate, by: Any, at: datetime = NOW) -> Mandate:
    return transitions.end_mandate(mandate_pk=mandate.pk, reason="契約終了", actor=actor(by), at=at)


def decline(mandate: Mandate, by: Any, at: datetime = NOW) -> Mandate:
    return transitions.decline_mandate(mandate_pk=mandate.pk, reason="心当たりなし", actor=actor(by), at=at)


# Asking ---------------------------------------------------------------------------------------------------------------


def test_contractor_asks_and_nothing_is_looked_up_or_told_yet(cast: Cast, held: Registration) -> None:
    before = seen.mark()
    made = asked(cast, "R-1", deliver=False)
    assert (made.status, made.customer, made.contractor) == (S.ASKED, None, cast.works)
    assert (made.named_customer, made.named_registrations) == ("青葉商事株式会社", ["R-1"])
    assert (seen.verbs(before), seen.notices(before)) == (["mandate.asked"], [])
    written = Event.objects.get(verb="mandate.asked")
    assert set(written.about) == {made.label, cast.works.label}
    assert written.facts == {
        "scope": 2,
        "settings": ["forwarding", "hours"],
        "starts_on": "2026-11-20",
        "ends_on": "2027-06-08",
        "named": 1,
    }


@pytest.mark.parametrize("customer", ["青葉商事株式会社", "1010001000006", "１０１０００１０００００６ "])
def test_clock_brings_the_question_to_administrators_and_custodians(
    cast: Cast, held: Registration, customer: str
) -> None:
    made, before = asked(cast, "R-1", deliver=False, customer=customer), seen.mark()
    clock.run(at=NOW)
    made.refresh_from_db()
    assert (made.customer, made.looked_up_at, made.status) == (cast.aoba, NOW, S.ASKED)
    assert seen.verbs(before) == ["mandate.delivered"]
    assert seen.notices(before) == sorted([("mandate_asked", cast.taro.label), ("mandate_asked", cast.hanako.label)])
    written = Event.objects.get(verb="mandate.delivered")
    assert set(written.about) == {made.label, cast.aoba.label, held.label}
    with pytest.raises(WrongState):
        transitions.deliver_mandate(mandate_pk=made.pk, actor=CLOCK, at=NOW)


@pytest.mark.parametrize(
    ("customer", "number"),
    [
        ("青葉商事株式会社", "R-9"),
        ("青葉商事", "R-1"),
        ("若葉省", "R-1"),
        ("9999999999999", "R-1"),
        ("みどり通信工事株式会社", "R-1"),
    ],
)
def test_question_that_fits_nothing_stays_asked_and_reaches_nobody(
    cast: Cast, held: Registration, customer: str, number: str
) -> None:
    before = seen.mark()
    made = asked(cast, number, customer=customer)
    assert (made.status, made.customer, made.registrations.count()) == (S.ASKED, None, 0)
    assert made.looked_up_at == NOW
    assert (seen.verbs(before), seen.notices(before)) == (["mandate.asked", "mandate.delivered"], [])
    assert Mandate.objects.visible_to(actor(cast.hanako), NOW).count() == 0


def test_second_press_gives_back_the_first_question(cast: Cast, held: Registration) -> None:
    token = uuid.uuid4()
    first, before = asked(cast, "R-1", token=token), seen.mark()
    assert asked(cast, "R-1", token=token) == first
    assert (Mandate.objects.count(), seen.verbs(before)) == (1, [])


@pytest.mark.parametrize(
    ("field", "changes"),
    [
        ("scope", {"scope": 3}),
        ("scope", {"settings": ["forwarding", "change_of_holder"]}),
        ("settings", {"settings": []}),
        ("settings", {"scope": 1}),
        ("ends_on", {"ends_on": TODAY - timedelta(days=1)}),
        ("ends_on", {"ends_on": YEAR + timedelta(days=1)}),
    ],
)
def test_question_that_cannot_be_is_refused(
    cast: Cast, held: Registration, field: str, changes: dict[str, Any]
) -> None:
    with pytest.raises(Refused) as refused:
        asked(cast, "R-1", **changes)
    assert (list(refused.value.fields), Mandate.objects.count()) == ([field], 0)


@pytest.mark.parametrize("numbers", [[], [" "], ["R" * 41], [f"R-{place}" for place in range(51)]])
def test_question_names_one_to_fifty_registrations(cast: Cast, numbers: list[str]) -> None:
    with pytest.raises(Refused) as refused:
        asked(cast, *numbers)
    assert list(refused.value.fields) == ["registrations"]


def test_contractor_with_ten_open_questions_asks_no_more(cast: Cast, held: Registration) -> None:
    for _place in range(OPEN_QUESTIONS):
        asked(cast, "R-9", deliver=False)
    with pytest.raises(Refused):
        asked(cast, "R-1")


@pytest.mark.parametrize("who", ["hanako", "taro", "wakako", "agent", "operator", "auditor"])
def test_nobody_but_a_contractor_asks(cast: Cast, who: str) -> None:
    cast_as = actor(getattr(cast, who))
    with pytest.raises(NotAllowed):
        transitions.ask_mandate(
            customer="青葉商事株式会社",
            registrations=["R-1"],
            scope=1,
            settings=[],
            ends_on=TODAY,
            reason="",
            token=uuid.uuid4(),
            actor=cast_as,
            at=NOW,
        )


def test_settings_hold_no_act_that_changes_holder_address_or_contract() -> None:
    """T5 acts are nobody's to delegate: the list is of daily settings, and this is the whole of it."""
    daily = {"forwarding", "announcements", "ringing", "hours", "short_numbers", "displayed_number"}
    assert set(SETTINGS) == daily


# The answer -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["taro", "hanako"])
def test_customer_grants_what_was_asked_and_both_sides_are_told(cast: Cast, held: Registration, who: str) -> None:
    made, before = asked(cast, "R-1"), seen.mark()
    done = approved(made, getattr(cast, who))
    assert (done.status, done.granted_by, done.granted_at) == (S.ACTIVE, getattr(cast, who), NOW)
    assert (row(done, held).since, row(done, held).until) == (NOW, None)
    assert seen.verbs(before) == ["mandate.granted"]
    people = [cast.taro, cast.hanako, cast.worker]
    assert seen.notices(before) == sorted(("mandate_granted", one.label) for one in people)
    written = Event.objects.get(verb="mandate.granted")
    assert set(written.about) == {made.label, cast.aoba.label, cast.works.label, held.label}
    assert (written.facts["not_granted"], "rest" in written.facts) == (0, False)


def test_customer_grants_less_than_was_asked(cast: Cast, held: Registration, second: Registration) -> None:
    made = asked(cast, "R-1", "R-2")
    soon = TODAY + timedelta(days=10)
    done = approved(made, cast.hanako, registrations=[held.pk], scope=1, settings=[], ends_on=soon)
    assert (done.scope, done.settings, done.ends_on) == (1, [], soon)
    assert (row(done, held).since, row(done, second).since, row(done, second).until) == (NOW, None, NOW)
    assert Event.objects.get(verb="mandate.granted").facts["not_granted"] == 1
    assert done.reminded == 2


@pytest.mark.parametrize(
    "changes",
    [
        {"scope": 2, "settings": ["forwarding", "ringing"]},
        {"ends_on": TODAY + timedelta(days=201)},
        {"ends_on": TODAY - timedelta(days=1)},
        {"registrations": []},
        {"registrations": [999_999]},
    ],
)
def test_customer_grants_nothing_that_was_not_asked(cast: Cast, held: Registration, changes: dict[str, Any]) -> None:
    made = asked(cast, "R-1")
    with pytest.raises(Refused):
        approved(made, cast.hanako, **changes)
    made.refresh_from_db()
    assert made.status == S.ASKED


def test_view_that_was_asked_is_not_widened_to_settings(cast: Cast, held: Registration) -> None:
    made = asked(cast, "R-1", scope=1, settings=[])
    with pytest.raises(Refused):
        approved(made, cast.hanako, scope=2, settings=["forwarding"])


def test_custodian_decides_for_the_own_and_the_rest_goes_on_as_a_question(
    cast: Cast, held: Registration, second: Registration
) -> None:
    made = asked(cast, "R-1", "R-2", "R-9")
    done = approved(made, cast.taro, registrations=[held.pk])
    rest = Mandate.objects.exclude(pk=done.pk).get()
    assert done.registrations.filter(until=None).get().registration == held
    assert (rest.status, rest.named_registrations, rest.customer) == (S.ASKED, ["R-2", "R-9"], cast.aoba)
    assert rest.registrations.get().registration == second
    assert approved(rest, cast.jiro).status == S.ACTIVE
    # What is left over of it names a registration that nobody has: asked like the one before.
    last = Mandate.objects.exclude(pk__in=[done.pk, rest.pk]).get()
    assert (last.status, last.named_registrations, last.customer) == (S.ASKED, ["R-9"], None)


def test_custodian_does_not_decide_for_another(cast: Cast, held: Registration, second: Registration) -> None:
    made = asked(cast, "R-1", "R-2")
    with pytest.raises(Refused):
        approved(made, cast.taro, registrations=[held.pk, second.pk])
    only = asked(cast, "R-2")
    for act in (approved, decline):
        with pytest.raises(NotAllowed):
            act(only, cast.taro)


def test_customer_declines_and_the_contractor_is_told(cast: Cast, held: Registration) -> None:
    made, before = asked(cast, "R-1"), seen.mark()
    done = decline(made, cast.taro)
    assert (done.status, done.ended_at, done.ended_by, done.end_reason) == (S.DECLINED, NOW, cast.taro, "心当たりなし")
    assert seen.verbs(before) == ["mandate.declined"]
    people = [cast.taro, cast.hanako, cast.worker]
    assert seen.notices(before) == sorted(("mandate_declined", one.label) for one in people)


def test_no_of_one_custodian_leaves_the_question_with_the_other(
    cast: Cast, held: Registration, second: Registration
) -> None:
    made, before = asked(cast, "R-1", "R-2"), seen.mark()
    assert decline(made, cast.taro).status == S.ASKED
    assert ("mandate_declined", cast.worker.label) not in seen.notices(before)
    assert decline(made, cast.jiro).status == S.DECLINED
    assert ("mandate_declined", cast.worker.label) in seen.notices(before)


STRANGERS = ["jiro", "saburo", "wakako", "minoru", "worker", "agent", "operator", "approver", "auditor"]


@pytest.mark.parametrize("who", STRANGERS)
def test_nobody_else_decides(cast: Cast, held: Registration, who: str) -> None:
    Deputy.objects.create(registration=held, user=cast.saburo, since=NOW)
    made = asked(cast, "R-1")
    for act in (approved, decline):
        with pytest.raises(NotAllowed):
            act(made, getattr(cast, who))


@pytest.mark.parametrize("first", [approved, decline])
def test_second_answer_finds_the_question_answered(cast: Cast, held: Registration, first: Callable[..., Any]) -> None:
    made = asked(cast, "R-1")
    first(made, cast.hanako)
    for act in (approved, decline):
        with pytest.raises(WrongState):
            act(made, cast.hanako)


def test_closed_registration_and_one_protected_after_a_recovery_are_not_granted(cast: Cast, held: Registration) -> None:
    made = asked(cast, "R-1")
    restricting.restrict(
        held,
        Restriction.Kind.COOLING_OFF,
        case="C-1",
        at=NOW,
        blocks=restricting.COOLING_OFF_BLOCKS,
        until=NOW + timedelta(days=30),
    )
    with pytest.raises(WrongState):
        approved(made, cast.hanako)
    assert approved(made, cast.hanako, scope=1, settings=[]).status == S.ACTIVE  # looking is not blocked
    other = asked(cast, "R-1", scope=1, settings=[])
    Registration.objects.update(status="closed")
    with pytest.raises(Refused):
        approved(other, cast.hanako)


# Granted without a question -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["taro", "hanako"])
def test_customer_grants_without_being_asked(cast: Cast, held: Registration, who: str) -> None:
    before = seen.mark()
    made = granted(cast, "R-1", by=getattr(cast, who))
    assert (made.status, made.contractor, made.starts_on, made.ends_on) == (S.ACTIVE, cast.works, TODAY, YEAR)
    assert row(made, held).since == NOW
    assert seen.verbs(before) == ["mandate.granted"]
    people = [cast.taro, cast.hanako, cast.worker]
    assert seen.notices(before) == sorted(("mandate_granted", one.label) for one in people)


def test_second_press_of_a_grant_gives_back_the_first(cast: Cast, held: Registration) -> None:
    token = uuid.uuid4()
    first = granted(cast, "R-1", token=token)
    assert (granted(cast, "R-1", token=token), Mandate.objects.count()) == (first, 1)
    with pytest.raises(WrongState):
        granted(cast, "R-1", token=token, by=cast.taro)


@pytest.mark.parametrize("contractor", ["みどり", "青葉商事株式会社", "1010001000006", ""])
def test_mandate_goes_to_a_known_contractor_only(cast: Cast, held: Registration, contractor: str) -> None:
    with pytest.raises(Refused) as refused:
        granted(cast, "R-1", contractor=contractor)
    assert list(refused.value.fields) == ["contractor"]


def test_custodian_grants_what_is_held_and_nobody_what_is_another_customers(
    cast: Cast, held: Registration, second: Registration
) -> None:
    registration(cast.wakaba, "W-1", custodian=cast.minoru)
    for by, number in ((cast.taro, "R-2"), (cast.taro, "W-1"), (cast.hanako, "W-1"), (cast.hanako, "R-9")):
        with pytest.raises(Refused) as refused:
            granted(cast, "R-1", number, by=by)
        assert number in str(refused.value.words)
    with pytest.raises(NotAllowed):
        granted(cast, "R-1", by=cast.worker)
    assert Mandate.objects.count() == 0


# Going on -------------------------------------------------------------------------------------------------------------


def renew(mandate: Mandate, cast: Cast, at: datetime) -> Mandate:
    return transitions.renew_mandate(mandate_pk=mandate.pk, actor=actor(cast.worker), at=at)


def days_before(mandate: Mandate, days: int) -> datetime:
    """Return ten in the morning in Japan, so many days before the last one."""
    return NOW + (mandate.ends_on - timedelta(days=days) - TODAY)


def test_contractor_asks_to_go_on_from_the_fortieth_day_before_the_end(cast: Cast, held: Registration) -> None:
    made = granted(cast, "R-1")
    with pytest.raises(WrongState):
        renew(made, cast, days_before(made, 41))
    at, before = days_before(made, 40), seen.mark()
    more = renew(made, cast, at)
    assert (more.status, more.renewed_from, more.starts_on) == (S.ASKED, made, YEAR + timedelta(days=1))
    assert more.ends_on == date(2028, 11, 19)
    assert seen.verbs(before) == ["mandate.renewal_asked"]
    people = [cast.taro, cast.hanako]
    assert seen.notices(before) == sorted(("mandate_asked", one.label) for one in people)
    with pytest.raises(WrongState):
        renew(made, cast, at)
    done = approved(more, cast.taro, at=at)
    assert (done.status, done.starts_on) == (S.ACTIVE, YEAR + timedelta(days=1))
    assert not Mandate.objects.in_force(at).filter(pk=done.pk).exists()
    assert Mandate.objects.in_force(at + timedelta(days=41)).get() == done


def test_nobody_but_the_contractor_asks_to_go_on_and_not_after_the_end(cast: Cast, held: Registration) -> None:
    made = granted(cast, "R-1")
    for who in (cast.hanako, cast.taro, cast.wakako, cast.operator):
        with pytest.raises(NotAllowed):
            transitions.renew_mandate(mandate_pk=made.pk, actor=actor(who), at=days_before(made, 20))
    with pytest.raises(WrongState):
        renew(made, cast, days_before(made, -1))


# The end --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["taro", "hanako", "saburo", "worker"])
def test_either_side_ends_at_once_and_a_deputy_too(cast: Cast, held: Registration, who: str) -> None:
    Deputy.objects.create(registration=held, user=cast.saburo, since=NOW)
    made, before = granted(cast, "R-1"), seen.mark()
    assert queries.find_row(actor(cast.worker), made.number, "R-1", NOW)
    done = end(made, getattr(cast, who))
    assert (done.status, done.ended_at, done.ended_by, row(done, held).until) == (
        S.ENDED,
        NOW,
        getattr(cast, who),
        NOW,
    )
    assert queries.find_row(actor(cast.worker), made.number, "R-1", NOW) is None
    assert seen.verbs(before) == ["mandate.ended"]
    people = [cast.taro, cast.hanako, cast.worker]
    assert seen.notices(before) == sorted(("mandate_ended", one.label) for one in people)
    side = "contractor" if who == "worker" else "customer"
    assert Event.objects.get(verb="mandate.ended").facts == {"was": "active", "by": side, "renewals": []}
    with pytest.raises(WrongState):
        end(made, cast.hanako)


def test_who_ends_a_mandate_ends_what_would_follow_it(cast: Cast, held: Registration) -> None:
    made = granted(cast, "R-1")
    at = days_before(made, 10)
    more = approved(renew(made, cast, at), cast.taro, at=at)
    end(made, cast.taro, at=at)
    more.refresh_from_db()
    assert (more.status, row(more, held).until) == (S.ENDED, at)


def test_custodian_of_one_does_not_end_the_others_mandate(cast: Cast, held: Registration, second: Registration) -> None:
    made = granted(cast, "R-1", "R-2")
    with pytest.raises(NotAllowed):
        end(made, cast.taro)
    assert end(made, cast.hanako).status == S.ENDED


@pytest.mark.parametrize("who", ["jiro", "wakako", "minoru", "agent", "operator", "approver"])
def test_nobody_else_ends_or_takes_out(cast: Cast, held: Registration, who: str) -> None:
    made = granted(cast, "R-1")
    with pytest.raises(NotAllowed):
        end(made, getattr(cast, who))
    with pytest.raises(NotAllowed):
        transitions.remove_registration(row_pk=row(made, held).pk, actor=actor(getattr(cast, who)), at=NOW)


def test_contractor_takes_a_question_back_and_it_is_told_to_nobody(cast: Cast, held: Registration) -> None:
    for number in ("R-1", "R-9"):
        made, before = asked(cast, number), seen.mark()
        assert end(made, cast.worker).status == S.ENDED
        assert (seen.verbs(before), seen.notices(before)) == (["mandate.ended"], [])
    with pytest.raises(NotAllowed):  # the customer declines a question, it does not end it
        end(asked(cast, "R-1"), cast.hanako)


def test_one_registration_leaves_and_the_other_stays(cast: Cast, held: Registration, second: Registration) -> None:
    made, before = granted(cast, "R-1", "R-2"), seen.mark()
    out = transitions.remove_registration(row_pk=row(made, held).pk, actor=actor(cast.taro), at=NOW)
    made.refresh_from_db()
    assert (out.since, out.until, made.status) == (NOW, NOW, S.ACTIVE)
    assert queries.find_row(actor(cast.worker), made.number, "R-1", NOW) is None
    assert queries.find_row(actor(cast.worker), made.number, "R-2", NOW)
    assert seen.verbs(before)[-1:] == ["mandate.registration_removed"]
    written = Event.objects.get(verb="mandate.registration_removed")
    assert (written.facts, held.label in written.about) == ({"registration": "R-1", "ended": False}, True)
    with pytest.raises(WrongState):
        transitions.remove_registration(row_pk=out.pk, actor=actor(cast.taro), at=NOW)
    transitions.remove_registration(row_pk=row(made, second).pk, actor=actor(cast.worker), at=NOW)
    made.refresh_from_db()
    assert (made.status, made.ended_at) == (S.ENDED, NOW)


def test_clock_reminds_both_sides_twice_and_writes_the_end_down(cast: Cast, held: Registration) -> None:
    made = granted(cast, "R-1")
    people = [cast.taro, cast.hanako, cast.worker]
    for days, told in ((41, False), (40, True), (39, False), (15, False), (14, True), (3, False), (0, False)):
        before = seen.mark()
        clock.run(at=days_before(made, days))
        clock.run(at=days_before(made, days))
        expected = sorted(("mandate_ending", one.label) for one in people) if told else []
        assert [one for one in seen.notices(before) if one[0].startswith("mandate")] == expected, days
    assert queries.find_row(actor(cast.worker), made.number, "R-1", days_before(made, 0))
    over = days_before(made, -1)
    assert queries.find_row(actor(cast.worker), made.number, "R-1", over) is None  # before the clock came by
    before = seen.mark()
    clock.run(at=over)
    clock.run(at=over)
    made.refresh_from_db()
    assert (made.status, made.ended_at, made.ended_by, row(made, held).until) == (S.EXPIRED, over, None, over)
    assert [verb for verb in seen.verbs(before) if verb.startswith("mandate")] == ["mandate.expired"]
    assert [one for one in seen.notices(before) if one[0] == "mandate_expired"] == sorted(
        ("mandate_expired", one.label) for one in people
    )


def test_clock_does_neither_too_early(cast: Cast, held: Registration) -> None:
    made = granted(cast, "R-1")
    with pytest.raises(WrongState):
        transitions.expire_mandate(mandate_pk=made.pk, actor=CLOCK, at=days_before(made, 0))
    with pytest.raises(WrongState):
        transitions.remind_mandate(mandate_pk=made.pk, reached=1, actor=CLOCK, at=NOW)
    for act in (transitions.expire_mandate, transitions.deliver_mandate):
        with pytest.raises(NotAllowed):
            act(mandate_pk=made.pk, actor=actor(cast.hanako), at=NOW)


def test_nobody_is_reminded_of_the_end_of_what_goes_on(cast: Cast, held: Registration) -> None:
    made = granted(cast, "R-1")
    at = days_before(made, 30)
    clock.run(at=at)
    approved(renew(made, cast, at), cast.taro, at=at)
    before = seen.mark()
    clock.run(at=days_before(made, 14))
    assert "mandate_ending" not in [template for template, _who in seen.notices(before)]


# What a contractor does by it -----------------------------------------------------------------------------------------


def test_contractor_looks_and_the_access_history_says_by_which_mandate(cast: Cast, held: Registration) -> None:
    made = granted(cast, "R-1")
    written = transitions.look_by_mandate(row_pk=row(made, held).pk, actor=actor(cast.worker), at=NOW)
    assert (written.verb, written.subject) == ("registration.viewed", held.label)
    assert written.facts == {"page": "mandate", "as": "contractor", "mandate": made.number}


def test_contractor_reports_a_fault_to_the_person_in_charge_once(cast: Cast, held: Registration) -> None:
    made, token = granted(cast, "R-1"), uuid.uuid4()
    before = seen.mark()
    for _press in range(2):
        report = transitions.report_fault(
            row_pk=row(made, held).pk, text="発信できない", token=token, actor=actor(cast.worker), at=NOW
        )
    assert (FaultReport.objects.get(), report.text) == (report, "発信できない")
    assert (seen.verbs(before), seen.notices(before)) == (
        ["mandate.fault_reported"],
        [("mandate_fault", cast.taro.label)],
    )
    assert "発信できない" in mails("mandate_fault")[0]["body"]
    assert "発信できない" not in str(Event.objects.get(verb="mandate.fault_reported").facts)


@pytest.mark.parametrize("who", ["hanako", "taro", "wakako", "agent", "operator"])
def test_nobody_else_acts_by_a_mandate(cast: Cast, held: Registration, who: str) -> None:
    pk = row(granted(cast, "R-1"), held).pk
    with pytest.raises(NotAllowed):
        transitions.look_by_mandate(row_pk=pk, actor=actor(getattr(cast, who)), at=NOW)
    with pytest.raises(NotAllowed):
        transitions.report_fault(row_pk=pk, text="x", token=uuid.uuid4(), actor=actor(getattr(cast, who)), at=NOW)


def test_registrations_of_a_mandate_stay_invisible_as_registrations(cast: Cast, held: Registration) -> None:
    granted(cast, "R-1")
    assert not Registration.objects.visible_to(actor(cast.worker), NOW).exists()


# The database ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "changes",
    [
        {"ends_on": TODAY - timedelta(days=1)},
        {"ends_on": YEAR + timedelta(days=1)},
        {"scope": 3},
        {"scope": 1},  # with a setting
        {"customer": None},
        {"granted_by": None},
        {"ended_at": NOW},
        {"status": "ended"},
    ],
)
def test_database_refuses_what_no_mandate_can_be(cast: Cast, held: Registration, changes: dict[str, Any]) -> None:
    made = granted(cast, "R-1")
    with pytest.raises(IntegrityError), transaction.atomic():
        Mandate.objects.filter(pk=made.pk).update(**changes)


def test_database_keeps_a_registration_once_in_a_mandate_and_its_end_after_its_beginning(
    cast: Cast, held: Registration
) -> None:
    made = granted(cast, "R-1")
    with pytest.raises(IntegrityError), transaction.atomic():
        MandateRegistration.objects.create(mandate=made, registration=held)
    with pytest.raises(IntegrityError), transaction.atomic():
        MandateRegistration.objects.update(until=NOW - timedelta(days=1))


@pytest.mark.parametrize(
    ("first", "last"),
    [("2026-11-20", "2027-11-19"), ("2028-02-29", "2029-02-27"), ("2027-03-01", "2028-02-29")],
)
def test_longest_mandate_ends_the_day_before_the_same_day_next_year(cast: Cast, first: str, last: str) -> None:
    starts_on, ends_on = date.fromisoformat(first), date.fromisoformat(last)
    assert latest_end(starts_on) == ends_on
    Mandate.objects.create(number="M-1", contractor=cast.works, scope=1, starts_on=starts_on, ends_on=ends_on)
    assert [reminders_passed(ends_on, ends_on - timedelta(days=days)) for days in (41, 40, 14)] == [0, 1, 2]
