"""A registration is cancelled; its unit is changed."""

from datetime import timedelta
from typing import Any

import pytest

from accounts.errors import NotAllowed, Refused, WrongState
from handover import transitions
from handover.folding import search_words
from handover.models import (
    GapAlert,
    Handover,
    Package,
    Registration,
    Task,
    UnitAlias,
)
from handover.restricting import restrict
from tests import seen
from tests.cast import Cast, actor
from tests.changes import approved, asked, executed
from tests.handover.carried_out import AFTER, certified, periods
from tests.stock import NOW, holder, offered, registration

# Cancelling -----------------------------------------------------------------------------------------------------------


def test_cancelled_registration_is_closed_and_keeps_its_history(cast: Cast, held: Registration) -> None:
    running, certificate = offered(cast, held), certified(cast, held)
    Task.objects.create(kind="find_missing", registration=held, owner=cast.taro, opened_at=NOW)
    before = periods(held)
    change = approved(cast, asked(cast, "cancellation", held))
    held.refresh_from_db()
    assert held.status == "active"
    mark = seen.mark()
    executed(cast, change)
    for each in (held, running, certificate):
        each.refresh_from_db()
    assert (held.status, running.status, certificate.status) == ("closed", "withdrawn", "superseded")
    assert periods(held) == before
    assert held.documents.count() == 1
    assert not Task.objects.filter(done_at=None).exists()
    assert not GapAlert.objects.filter(closed_at=None).exists()
    assert seen.verbs(mark) == ["change.executed"]
    told = {template for template, _who in seen.notices(mark)}
    assert told == {"change_executed", "handover_withdrawn"}
    assert Registration.objects.visible_to(actor(cast.taro), AFTER).get() == held


def test_closed_registration_leaves_no_gap_when_its_last_custodian_leaves(cast: Cast, held: Registration) -> None:
    executed(cast, approved(cast, asked(cast, "cancellation", held)))
    transitions.leave(user_pk=cast.taro.pk, actor=actor(cast.hanako), at=AFTER)
    assert not GapAlert.objects.filter(closed_at=None).exists()


def test_closed_registration_is_not_handed_over_when_its_last_custodian_leaves(cast: Cast, held: Registration) -> None:
    executed(cast, approved(cast, asked(cast, "cancellation", held)))
    transitions.leave(user_pk=cast.taro.pk, actor=actor(cast.hanako), at=AFTER)
    assert holder(held) == cast.hanako
    assert not Handover.objects.open().exists() and not Package.objects.open().exists()


def test_cancelling_what_nobody_holds_closes_its_gap(cast: Cast) -> None:
    nobodys = registration(cast.aoba, "R-9", custodian=None)
    assert GapAlert.objects.filter(closed_at=None).exists()
    change = asked(cast, "cancellation", nobodys, by=cast.hanako)
    executed(cast, approved(cast, change))
    assert not GapAlert.objects.filter(closed_at=None).exists()


@pytest.mark.parametrize("mark", ["claim_open", "contested", "cooling_off"])
def test_recovery_that_begins_after_the_decision_stops_the_cancellation(
    cast: Cast, held: Registration, mark: str
) -> None:
    change = approved(cast, asked(cast, "cancellation", held))
    restrict(held, mark, case="C-1", at=NOW)
    with pytest.raises(WrongState):
        executed(cast, change)
    held.refresh_from_db()
    assert held.status == "active"


# Units ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["taro", "hanako"])
def test_unit_is_changed_and_the_old_one_still_finds_it(cast: Cast, held: Registration, who: str) -> None:
    certificate, mark = certified(cast, held), seen.mark()
    transitions.change_unit(registration_pk=held.pk, unit="経理課", actor=actor(getattr(cast, who)), at=NOW)
    held.refresh_from_db()
    certificate.refresh_from_db()
    assert (held.unit, UnitAlias.objects.get().alias, certificate.status) == ("経理課", "本社", "superseded")
    assert search_words("本社")[0] in held.search_text
    assert seen.verbs(mark) == ["unit.changed"]
    other = cast.hanako if who == "taro" else cast.taro
    assert ("unit_changed", other.label) in seen.notices(mark)
    for same in ("経理課", ""):
        with pytest.raises(Refused):
            transitions.change_unit(registration_pk=held.pk, unit=same, actor=actor(cast.taro), at=AFTER)


@pytest.mark.parametrize("who", ["jiro", "saburo", "wakako", "worker", "agent", "operator", "approver"])
def test_nobody_else_changes_or_confirms_the_unit(cast: Cast, held: Registration, who: str) -> None:
    for act in (
        lambda by: transitions.change_unit(registration_pk=held.pk, unit="x", actor=by, at=NOW),
        lambda by: transitions.confirm_unit(registration_pk=held.pk, actor=by, at=NOW),
    ):
        with pytest.raises(NotAllowed):
            act(actor(getattr(cast, who)))


def test_unit_that_nobody_asks_about_is_not_confirmed(cast: Cast, held: Registration) -> None:
    with pytest.raises(WrongState):
        transitions.confirm_unit(registration_pk=held.pk, actor=actor(cast.taro), at=NOW)


def test_operator_asks_the_administrators_for_coarse_units_once_a_month(cast: Cast, held: Registration) -> None:
    given: dict[str, Any] = {
        "organisation_pk": cast.aoba.pk,
        "registered_name": "青葉商事株式会社",
        "unit": "本社",
        "actor": actor(cast.operator),
    }
    with pytest.raises(WrongState):
        transitions.ask_for_unit(**given, at=NOW)
    registration(cast.aoba, "R-2", custodian=cast.taro)
    mark = seen.mark()
    transitions.ask_for_unit(**given, at=NOW)
    assert (seen.verbs(mark), seen.notices(mark)) == (["unit.asked_for"], [("unit_asked_for", cast.hanako.label)])
    with pytest.raises(WrongState):
        transitions.ask_for_unit(**given, at=NOW + timedelta(days=29))
    transitions.ask_for_unit(**given, at=NOW + timedelta(days=31))
    for who in ("hanako", "agent", "approver"):
        with pytest.raises(NotAllowed):
            transitions.ask_for_unit(**{**given, "actor": actor(getattr(cast, who))}, at=NOW)
