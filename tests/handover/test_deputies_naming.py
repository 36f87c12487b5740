"""Deputies are named, ended, activated and deactivated."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from accounts.errors import NotAllowed, Refused, WrongState
from audit.models import Event
from handover import transitions
from handover.models import (
    Deputy,
    Registration,
    StandIn,
)
from tests import seen
from tests.cast import Cast, actor
from tests.handover.deputised import LATER, STRANGERS, activated, named, record_of, reported
from tests.stock import NOW

Act = Callable[..., Any]


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
