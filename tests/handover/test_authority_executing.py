"""A reassignment on authority is carried out, or ends."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from accounts.errors import NotAllowed, WrongState
from accounts.models import Membership
from audit.models import Event
from handover import clock, transitions
from handover.models import (
    READING_AFTER,
    AuthorityCase,
    Certificate,
    Custody,
    RecoveryKit,
    Registration,
    Restriction,
    Task,
)
from handover.queries.replay import replay
from tests import seen
from tests.cast import Cast, actor
from tests.handover.on_authority import CUSTOMERS, Status, records
from tests.handover.reassigning import (
    DUE,
    executed,
    notified,
    proposed,
)
from tests.stock import NOW, holder, registration, tell_first


def test_approver_carries_it_out_and_everything_changes_hands_at_once(cast: Cast, two: list[Registration]) -> None:
    for one in two:
        tell_first(one)
    transitions.issue_certificate(registration_pk=two[0].pk, language="ja", actor=actor(cast.hanako), at=NOW)
    transitions.make_recovery_kit(registration_pk=two[0].pk, actor=actor(cast.hanako), at=NOW)
    case, before = notified(cast, *two), seen.mark()
    done = executed(case, cast.approver)
    assert (done.status, done.executed_by, done.executed_at) == (Status.EXECUTED, cast.approver, DUE)
    for one in two:
        current = Custody.objects.current().get(registration=one)
        assert (current.user, current.kind, current.from_at) == (cast.jiro, "custodian", DUE)
        assert (current.basis, current.basis_label) == ("authority", case.number)
        assert Task.objects.filter(registration=one, owner=cast.jiro, done_at=None).count() == 2
    assert Certificate.objects.get().status == Certificate.Status.SUPERSEDED
    assert RecoveryKit.objects.get().void_at == DUE
    assert not Restriction.objects.in_force(DUE).exists() and not case.items.filter(is_open=True).exists()
    assert seen.verbs(before) == ["authority.executed"]
    facts = Event.objects.get(verb="authority.executed").facts
    assert sorted(facts["registrations"]) == ["R-1", "R-2"]
    assert facts["registrations"]["R-1"]["basis_label"] == case.number
    people = [("authority_executed", one.label) for one in (cast.hanako, cast.jiro)]
    assert seen.notices(before) == sorted([*people, *records(two, "authority_executed_record")])
    assert replay().differences == []
    assert list(Registration.objects.visible_to(actor(cast.jiro), DUE)) == two
    with pytest.raises(WrongState):
        executed(case, cast.approver, DUE + timedelta(minutes=1))


def test_predecessor_who_is_no_administrator_reads_for_thirty_days(cast: Cast) -> None:
    of_taro = registration(cast.aoba, "R-3", custodian=cast.taro)
    Membership.objects.filter(user=cast.hanako).update(until=NOW)
    executed(notified(cast, of_taro, ground="refuses"), cast.approver)
    taro = actor(cast.taro)
    assert Registration.objects.visible_to(taro, DUE + READING_AFTER - timedelta(seconds=1)).exists()
    assert not Registration.objects.visible_to(taro, DUE + READING_AFTER).exists()


@pytest.mark.parametrize("who", [*CUSTOMERS, "operator", "colleague", "senior", "auditor"])
def test_only_an_approver_carries_it_out(cast: Cast, two: list[Registration], who: str) -> None:
    case = notified(cast, *two)
    with pytest.raises(NotAllowed):
        executed(case, getattr(cast, who))
    assert holder(two[0]) == cast.hanako


def test_notice_runs_for_three_whole_business_days(cast: Cast, two: list[Registration]) -> None:
    case = notified(cast, *two)
    with pytest.raises(WrongState):
        executed(case, cast.approver, DUE - timedelta(hours=9, seconds=1))
    assert holder(two[0]) == cast.hanako
    assert executed(case, cast.approver, DUE - timedelta(hours=9)).status == Status.EXECUTED


def test_clock_carries_nothing_out(cast: Cast, two: list[Registration]) -> None:
    case = notified(cast, *two)
    clock.run(at=DUE + timedelta(days=400))
    case.refresh_from_db()
    assert (case.status, holder(two[0])) == (Status.NOTIFIED, cast.hanako)


def test_what_changed_meanwhile_is_not_carried_out(cast: Cast, two: list[Registration]) -> None:
    case = notified(cast, *two)
    with pytest.raises(WrongState):
        transitions.execute_reassignment(case_pk=case.pk, signed_hash="0" * 64, actor=actor(cast.approver), at=DUE)
    transitions.leave(user_pk=cast.jiro.pk, actor=actor(cast.hanako), at=NOW)
    with pytest.raises(WrongState):
        executed(case, cast.approver)
    assert holder(two[0]) == holder(two[1]) == cast.hanako


def test_predecessor_who_left_meanwhile_needs_no_case(cast: Cast, two: list[Registration]) -> None:
    case = notified(cast, *two)
    transitions.leave(user_pk=cast.hanako.pk, actor=actor(cast.approver), at=NOW)
    with pytest.raises(WrongState):
        executed(case, cast.approver)


@pytest.mark.parametrize("told", [False, True])
@pytest.mark.parametrize(
    ("act", "who", "status"),
    [
        (transitions.refuse_reassignment, "approver", Status.REFUSED),
        (transitions.refuse_reassignment, "senior", Status.REFUSED),
        (transitions.withdraw_reassignment, "operator", Status.WITHDRAWN),
        (transitions.withdraw_reassignment, "colleague", Status.WITHDRAWN),
    ],
)
def test_case_ends_with_a_reason_and_nothing_changes(
    cast: Cast, two: list[Registration], act: Callable[..., AuthorityCase], who: str, status: str, told: bool
) -> None:
    case = notified(cast, *two) if told else proposed(cast, *two)
    before, by = seen.mark(), actor(getattr(cast, who))
    ended = act(case_pk=case.pk, reason="理由", actor=by, at=NOW)
    assert (ended.status, ended.reason, ended.ended_by) == (status, "理由", by.user)
    assert seen.verbs(before) == [f"authority.{status}"]
    wanted = [("authority_ended", cast.hanako.label), *records(two, "authority_ended_record")] if told else []
    assert seen.notices(before) == sorted(wanted)
    assert not Restriction.objects.in_force(NOW).exists() and holder(two[0]) == cast.hanako
    with pytest.raises(WrongState):
        act(case_pk=case.pk, reason="理由", actor=by, at=NOW)
    assert proposed(cast, *two).status == Status.PROPOSED


@pytest.mark.parametrize("who", [*CUSTOMERS, "approver", "auditor"])
def test_only_an_operator_withdraws(cast: Cast, two: list[Registration], who: str) -> None:
    case = proposed(cast, *two)
    with pytest.raises(NotAllowed):
        transitions.withdraw_reassignment(case_pk=case.pk, reason="x", actor=actor(getattr(cast, who)), at=NOW)


@pytest.mark.parametrize(
    "changes",
    [{"status": "notified"}, {"status": "executed"}, {"status": "refused"}, {"successor": "predecessor"}],
)
def test_row_that_contradicts_itself_is_refused_by_the_database(
    cast: Cast, two: list[Registration], changes: dict[str, Any]
) -> None:
    case = proposed(cast, *two)
    if "successor" in changes:
        changes = {"successor": cast.hanako}
    with pytest.raises(IntegrityError), transaction.atomic():
        AuthorityCase.objects.filter(pk=case.pk).update(**changes)
