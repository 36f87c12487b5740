"""A change of holder is carried out."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from accounts.errors import NotAllowed, Refused, WrongState
from audit.record import System
from handover import clock, custody, transitions
from handover.models import (
    Certificate,
    ChangeItem,
    ChangeRequest,
    ContactPoint,
    Custody,
    Deputy,
    GapAlert,
    Handover,
    Registration,
    Task,
)
from handover.queries.replay import replay
from handover.restricting import restrict
from handover.rules import changes as rules
from tests import seen
from tests.cast import Cast, actor
from tests.changes import LATER, approved, asked, executed, released
from tests.handover import mandated
from tests.handover.carried_out import AFTER, S, certified, periods
from tests.stock import ALL_YES, NOW, all_received, holder, offered, registration, tell_first


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


@pytest.mark.parametrize("kind", ["succession", "transfer"])
def test_former_holder_gives_no_mandate_that_was_asked_for_before(cast: Cast, held: Registration, kind: str) -> None:
    kept = registration(cast.aoba, "R-9", custodian=cast.taro)
    both = mandated.asked(cast, held.number, kept.number)
    alone = mandated.asked(cast, held.number)
    executed(cast, released(cast, approved(cast, asked(cast, kind, held))))
    for mandate in (both, alone):
        with pytest.raises(Refused):
            mandated.approved(mandate, cast.hanako, at=AFTER, registrations=[held.pk])
    mandated.approved(both, cast.hanako, at=AFTER, registrations=[kept.pk])
    assert list(both.registrations.filter(until=None).values_list("registration", flat=True)) == [kept.pk]
    assert transitions.decline_mandate(mandate_pk=alone.pk, reason="", actor=actor(cast.hanako), at=AFTER).ended_at
