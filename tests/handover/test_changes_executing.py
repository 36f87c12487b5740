"""What is decided is carried out: custody never changes in the step that changes name or holder."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from accounts.errors import NotAllowed, Refused, WrongState
from audit.models import Event
from audit.record import System
from handover import clock, custody, transitions
from handover.folding import search_words
from handover.models import (
    Certificate,
    ChangeItem,
    ChangeRequest,
    ContactPoint,
    Custody,
    Deputy,
    GapAlert,
    Handover,
    Package,
    Registration,
    Task,
    UnitAlias,
)
from handover.queries.replay import replay
from handover.restricting import restrict
from handover.rules import changes as rules
from tests import seen
from tests.cast import Cast, actor
from tests.changes import LATER, approved, asked, executed, released
from tests.stock import ALL_YES, NOW, all_received, holder, offered, registration, tell_first

S = ChangeRequest.Status
NEW = "青空商事株式会社"
AFTER = LATER + timedelta(hours=1)


def periods(held: Registration) -> list[tuple[Any, ...]]:
    """Return every custody row of a registration as the database has it."""
    return list(Custody.objects.filter(registration=held).order_by("pk").values_list())


def certified(cast: Cast, held: Registration) -> Certificate:
    return transitions.issue_certificate(registration_pk=held.pk, language="ja", actor=actor(cast.taro), at=NOW)


# Change of name -------------------------------------------------------------------------------------------------------


def test_change_of_name_leaves_custody_as_it_is(cast: Cast, held: Registration) -> None:
    branch = registration(cast.aoba, "R-2", custodian=cast.jiro)
    Registration.objects.filter(pk=branch.pk).update(registered_name="青葉商事株式会社 大阪支店")
    untouched = registration(cast.aoba, "R-3", custodian=cast.jiro)
    certificate, before = certified(cast, held), periods(held) + periods(branch)
    change = approved(cast, asked(cast, "rename", held, branch, by=cast.hanako, renames_organisation=True))
    mark = seen.mark()
    executed(cast, change)
    assert periods(held) + periods(branch) == before
    for each in (held, branch, untouched, cast.aoba, certificate, change):
        each.refresh_from_db()
    assert (cast.aoba.legal_name, cast.aoba.former_names) == (NEW, ["青葉商事株式会社"])
    assert (held.registered_name, held.former_names) == (NEW, ["青葉商事株式会社"])
    assert branch.registered_name == f"{NEW} 大阪支店"
    assert untouched.registered_name == "青葉商事株式会社"
    assert (change.status, change.old_name, change.executed_by) == (S.EXECUTED, "青葉商事株式会社", cast.approver)
    assert certificate.status == Certificate.Status.SUPERSEDED
    for one in (held, branch, untouched):
        assert search_words(NEW)[0] in one.search_text
        assert search_words("青葉商事")[0] in one.search_text
    assert seen.verbs(mark) == ["change.executed"]
    facts = Event.objects.get(verb="change.executed").facts
    assert (facts["registrations"], facts["step"]) == (["R-1", "R-2"], "execute")
    people = {(template, who) for template, who in seen.notices(mark) if who.startswith("user:")}
    assert people == {("change_executed", one.label) for one in (cast.hanako, cast.taro, cast.jiro)}
    assert len(seen.notices(mark)) == 5


def test_change_of_registered_names_only_leaves_the_organisation(cast: Cast, held: Registration) -> None:
    executed(cast, approved(cast, asked(cast, "rename", held, renames_organisation=False)))
    held.refresh_from_db()
    cast.aoba.refresh_from_db()
    assert (held.registered_name, cast.aoba.legal_name, cast.aoba.former_names) == (NEW, "青葉商事株式会社", [])


def test_contact_points_are_confirmed_afresh(cast: Cast, held: Registration) -> None:
    transitions.add_contact_point(
        registration_pk=held.pk,
        kind="phone",
        value="03-1234-5678",
        postal_code="",
        purposes=["fault"],
        hours="",
        receiver_pays=False,
        actor=actor(cast.taro),
        at=NOW,
    )
    executed(cast, approved(cast, asked(cast, "rename", held)))
    first, second = ContactPoint.objects.order_by("pk")
    task = Task.objects.get(kind="confirm_contact_points")
    assert (first.to_confirm, second.to_confirm, task.owner, task.done_at) == (True, True, cast.taro, None)
    with pytest.raises(WrongState):
        transitions.finish_task(task_pk=task.pk, actor=actor(cast.taro), at=AFTER)
    for who in ("jiro", "wakako", "worker", "agent", "operator", "approver"):
        with pytest.raises(NotAllowed):
            transitions.confirm_contact_point(contact_point_pk=first.pk, actor=actor(getattr(cast, who)), at=AFTER)
    before = seen.mark()
    transitions.confirm_contact_point(contact_point_pk=first.pk, actor=actor(cast.taro), at=AFTER)
    with pytest.raises(WrongState):
        transitions.confirm_contact_point(contact_point_pk=first.pk, actor=actor(cast.taro), at=AFTER)
    first.refresh_from_db()
    task.refresh_from_db()
    assert (first.confirmed_on, first.to_confirm, first.since, task.done_at) == (
        AFTER.date(),
        False,
        held.registered_at.date(),
        None,
    )
    # Ending the wrong one answers as well.
    transitions.end_contact_point(contact_point_pk=second.pk, actor=actor(cast.taro), at=AFTER)
    task.refresh_from_db()
    assert task.done_at == AFTER
    assert seen.verbs(before) == ["contact_point.confirmed", "contact_point.ended"]


def test_confirmation_waits_for_the_next_person_in_charge(cast: Cast, held: Registration) -> None:
    executed(cast, approved(cast, asked(cast, "rename", held)))
    running = offered(cast, held, days=0)
    transitions.accept(
        handover_pk=running.pk, marks=all_received(running), answers=ALL_YES, actor=actor(cast.jiro), at=AFTER
    )
    assert Task.objects.get(kind="confirm_contact_points").owner == cast.jiro


# Another holder -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["succession", "transfer"])
def test_holder_changes_with_one_custody_at_every_instant(cast: Cast, held: Registration, kind: str) -> None:
    tell_first(held)
    Deputy.objects.create(registration=held, user=cast.saburo, since=NOW)
    certificate = certified(cast, held)
    change = approved(cast, asked(cast, kind, held))
    with pytest.raises(WrongState):
        transitions.execute_change(
            change_pk=change.pk, signed_hash=change.proposal_hash, actor=actor(cast.approver), at=LATER
        )
    mark = seen.mark()
    released(cast, change)
    current = Custody.objects.current().get(registration=held)
    assert (current.user, current.kind, current.basis, current.basis_label) == (
        None,
        "caretaker",
        "caretaker",
        change.label,
    )
    assert GapAlert.objects.get(closed_at=None, registration=held).organisation == cast.aoba
    held.refresh_from_db()
    assert held.organisation == cast.aoba
    assert seen.verbs(mark) == ["change.released"]
    assert ("change_released", cast.taro.label) in seen.notices(mark)

    before, mark = periods(held), seen.mark()
    executed(cast, ChangeRequest.objects.get(pk=change.pk))
    assert periods(held) == before
    for each in (held, certificate):
        each.refresh_from_db()
    assert (held.organisation, held.registered_name) == (cast.wakaba, "若葉省")
    assert held.former_names == ["青葉商事株式会社"]
    assert certificate.status == Certificate.Status.SUPERSEDED
    assert not Deputy.objects.current().exists()
    assert GapAlert.objects.get(closed_at=None, registration=held).organisation == cast.wakaba
    assert seen.verbs(mark) == ["change.executed"]
    told = {who for template, who in seen.notices(mark) if template == "change_executed"}
    assert {cast.hanako.label, cast.taro.label, cast.wakako.label} <= told
    assert any(who.startswith("contact_point:") for who in told)
    assert [one.to_at for one in Custody.objects.filter(registration=held).order_by("from_at")] == [LATER, None]
    assert not replay().differences


@pytest.mark.parametrize("kind", ["succession", "transfer"])
def test_nobody_of_the_old_holder_acts_for_the_new_one(cast: Cast, held: Registration, kind: str) -> None:
    Deputy.objects.create(registration=held, user=cast.saburo, since=NOW)
    executed(cast, approved(cast, asked(cast, kind, held)))
    for who in (cast.hanako, cast.taro, cast.jiro, cast.saburo):
        assert not Registration.objects.visible_to(actor(who), AFTER).filter(pk=held.pk).exists()
        for act in (
            lambda by: transitions.take_into_care(registration_pk=held.pk, actor=by, at=AFTER),
            lambda by: transitions.add_alias(registration_pk=held.pk, alias="x", actor=by, at=AFTER),
            lambda by: transitions.change_unit(registration_pk=held.pk, unit="x", actor=by, at=AFTER),
        ):
            with pytest.raises(NotAllowed):
                act(actor(who))
    # The new holder's administrator takes it into care, then names somebody: acts of their own.
    transitions.take_into_care(registration_pk=held.pk, actor=actor(cast.wakako), at=AFTER)
    assert holder(held) == cast.wakako
    assert Registration.objects.visible_to(actor(cast.wakako), AFTER).get() == held


def test_contact_points_of_the_old_holder_begin_anew_for_the_new_one(cast: Cast, held: Registration) -> None:
    executed(cast, approved(cast, asked(cast, "transfer", held)))
    old, new = ContactPoint.objects.order_by("pk")
    assert (old.until, old.to_confirm) == (LATER.date(), False)
    assert (new.value, new.until, new.since, new.health, new.to_confirm) == (
        old.value,
        None,
        LATER.date(),
        "unverified",
        True,
    )
    assert Task.objects.get(kind="confirm_contact_points").owner is None
    transitions.take_into_care(registration_pk=held.pk, actor=actor(cast.wakako), at=AFTER)
    running = offered(cast, held, by=cast.wakako, to=cast.minoru, days=0)
    transitions.accept(
        handover_pk=running.pk, marks=all_received(running), answers=ALL_YES, actor=actor(cast.minoru), at=AFTER
    )


def test_open_handover_ends_when_the_holder_changes(cast: Cast, held: Registration) -> None:
    running = offered(cast, held)
    change, mark = approved(cast, asked(cast, "transfer", held)), seen.mark()
    released(cast, change)
    running.refresh_from_db()
    assert running.status == Handover.Status.WITHDRAWN
    assert ("handover_withdrawn", cast.jiro.label) in seen.notices(mark)
    with pytest.raises(WrongState):
        transitions.accept(
            handover_pk=running.pk, marks=all_received(running), answers=ALL_YES, actor=actor(cast.jiro), at=AFTER
        )


def test_nobody_takes_it_back_between_release_and_change(cast: Cast, held: Registration) -> None:
    change = released(cast, approved(cast, asked(cast, "succession", held)))
    with pytest.raises(WrongState):
        transitions.take_into_care(registration_pk=held.pk, actor=actor(cast.hanako), at=AFTER)
    with pytest.raises(WrongState):
        offered(cast, held, by=cast.hanako)
    assert holder(held) is None
    transitions.withdraw_change(change_pk=change.pk, reason="中止", actor=actor(cast.hanako), at=AFTER)
    transitions.take_into_care(registration_pk=held.pk, actor=actor(cast.hanako), at=AFTER)
    assert holder(held) == cast.hanako


def test_what_was_recovered_in_between_is_left_out(cast: Cast, held: Registration) -> None:
    other = registration(cast.aoba, "R-2", custodian=cast.taro)
    change = released(cast, approved(cast, asked(cast, "succession", held, other)))
    # As a recovery does it.
    custody.give(held, cast.jiro, kind="custodian", basis="recovery", basis_label="claim:C-1", at=AFTER)
    before = periods(held)
    executed(cast, change, AFTER)
    assert periods(held) == before
    assert {one.registration.number: one.left_out for one in ChangeItem.objects.all()} == {"R-1": True, "R-2": False}
    assert Registration.objects.get(number="R-1").organisation == cast.aoba
    assert Registration.objects.get(number="R-2").organisation == cast.wakaba


@pytest.mark.parametrize("act", [released, executed])
def test_recovery_that_begins_after_the_decision_stops_it(
    cast: Cast, held: Registration, act: Callable[[Cast, ChangeRequest], ChangeRequest]
) -> None:
    change = approved(cast, asked(cast, "transfer", held))
    restrict(held, "contested", case="C-1", at=NOW)
    with pytest.raises(WrongState):
        act(cast, change)
    assert holder(held) == cast.taro


def test_change_of_name_needs_no_release(cast: Cast, held: Registration) -> None:
    change = approved(cast, asked(cast, "rename", held))
    with pytest.raises(WrongState):
        released(cast, change)
    assert holder(held) == cast.taro


def test_many_go_in_pieces_and_the_clock_finishes_what_people_began(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rules, "PIECE", 2)
    many = [registration(cast.aoba, f"R-{number}", custodian=cast.taro) for number in range(1, 6)]
    change = approved(cast, asked(cast, "succession", many[0], by=cast.hanako, everything=True))
    change = released(cast, change)
    assert (change.status, Custody.objects.current().filter(user=None).count()) == (S.RELEASING, 2)
    with pytest.raises(WrongState):
        executed(cast, change)
    with pytest.raises(NotAllowed):
        transitions.continue_change(change_pk=change.pk, actor=actor(cast.approver), at=AFTER)
    assert [clock.run(at=LATER + timedelta(minutes=minute))["changes"] for minute in (1, 2, 3)] == [1, 1, 0]
    change.refresh_from_db()
    assert (change.status, Custody.objects.current().filter(user=None).count()) == (S.RELEASED, 5)
    change = executed(cast, change, AFTER)
    assert (change.status, Registration.objects.filter(organisation=cast.wakaba).count()) == (S.EXECUTING, 2)
    mark = seen.mark()
    assert [clock.run(at=AFTER + timedelta(minutes=minute))["changes"] for minute in (7, 8, 9)] == [1, 1, 0]
    change.refresh_from_db()
    assert (change.status, Registration.objects.filter(organisation=cast.wakaba).count()) == (S.EXECUTED, 5)
    assert seen.verbs(mark) == ["change.continued"] * 2
    with pytest.raises(WrongState):
        transitions.continue_change(change_pk=change.pk, actor=System("clock"), at=AFTER)


def test_last_registration_leaves_no_administrator_gap_behind(cast: Cast, held: Registration) -> None:
    gap = GapAlert.objects.create(kind="no_administrator", organisation=cast.aoba, opened_at=NOW)
    executed(cast, approved(cast, asked(cast, "transfer", held)))
    gap.refresh_from_db()
    assert gap.closed_at is not None


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
