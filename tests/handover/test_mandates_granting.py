"""A customer answers a contractor's question, or grants a mandate without one."""

import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from accounts.errors import NotAllowed, Refused, WrongState
from audit.models import Event
from handover import restricting, transitions
from handover.models import (
    Deputy,
    Mandate,
    Registration,
    Restriction,
)
from tests import seen
from tests.cast import Cast, actor
from tests.handover.mandated import YEAR, S, approved, asked, granted, row
from tests.stock import NOW, TODAY, registration


def decline(mandate: Mandate, by: Any, at: datetime = NOW) -> Mandate:
    return transitions.decline_mandate(mandate_pk=mandate.pk, reason="心当たりなし", actor=actor(by), at=at)


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
