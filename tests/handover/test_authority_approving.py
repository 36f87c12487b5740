"""A reassignment on authority is decided, and is under notice."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from accounts.errors import NotAllowed, WrongState
from accounts.models import Membership, Role, User
from audit.models import Event
from handover import clock, restricting, transitions
from handover.models import (
    AuthorityCase,
    AuthorityObjection,
    Handover,
    Registration,
    Restriction,
)
from tests import seen
from tests.cast import Cast, actor
from tests.handover.on_authority import CUSTOMERS, Status, records
from tests.handover.reassigning import (
    BY_SEAL,
    DUE,
    LAST_OF_NOTICE,
    answered,
    approved,
    executed,
    notified,
    objected,
    proposed,
    seconded,
    yeses,
)
from tests.letterbox import mails
from tests.stock import ALL_YES, NOW, START, all_received, drafted, holder, offered

# Approval -----------------------------------------------------------------------------------------------------------


def test_approver_and_senior_say_yes_and_the_predecessor_gets_notice(cast: Cast, two: list[Registration]) -> None:
    case, before = proposed(cast, *two), seen.mark()
    approved(case, cast.approver)
    case.refresh_from_db()
    assert (case.status, seen.notices(before), yeses(case)) == (Status.PROPOSED, [], 1)
    approved(case, cast.senior)
    case.refresh_from_db()
    assert (case.status, case.notified_at, case.notice_ends_on) == (Status.NOTIFIED, NOW, LAST_OF_NOTICE)
    assert seen.verbs(before) == ["authority.approved"] * 2
    assert seen.notices(before) == sorted(
        [("authority_notice", cast.hanako.label), *records(two, "authority_notice_record")]
    )
    [mail] = mails("authority_notice")
    assert "R-1" in mail["body"] and "R-2" in mail["body"] and f"/authority/{case.number}/object/" in mail["body"]
    first, second = Event.objects.filter(verb="authority.approved").order_by("sequence")
    assert first.about == [case.label]
    wanted = {case.label, cast.aoba.label, cast.hanako.label, cast.jiro.label, two[0].label, two[1].label}
    assert set(second.about) == wanted
    assert second.facts == {"hash": case.proposal_hash, "role": "senior", "complete": True}


@pytest.mark.parametrize("who", [*CUSTOMERS, "operator", "colleague", "editor", "auditor"])
def test_only_who_decides_approves_or_refuses(cast: Cast, two: list[Registration], who: str) -> None:
    case = proposed(cast, *two)
    by = getattr(cast, who)
    with pytest.raises(NotAllowed):
        approved(case, by)
    with pytest.raises(NotAllowed):
        transitions.refuse_reassignment(case_pk=case.pk, reason="x", actor=actor(by), at=NOW)
    assert yeses(case) == 0


def test_who_prepared_it_never_approves_whatever_account(cast: Cast, two: list[Registration]) -> None:
    """One natural person with two accounts counts once (invariant 10)."""
    case = proposed(cast, *two)
    User.objects.filter(pk=cast.approver.pk).update(person=cast.operator.person)
    cast.approver.refresh_from_db()
    for act in (approved, executed):
        with pytest.raises(NotAllowed):
            act(case, cast.approver)


def test_one_human_says_yes_once(cast: Cast, two: list[Registration]) -> None:
    case = proposed(cast, *two)
    User.objects.filter(pk=cast.senior.pk).update(person=cast.approver.person)
    approved(case, cast.approver)
    cast.senior.refresh_from_db()
    for by in (cast.senior, cast.approver):
        with pytest.raises(WrongState):
            approved(case, by)
    assert yeses(case) == 1


def test_second_approver_is_not_the_senior_that_is_missing(cast: Cast, two: list[Registration]) -> None:
    case = proposed(cast, *two)
    approved(case, cast.approver)
    Membership.objects.create(user=cast.editor, organisation=cast.provider, role=Role.APPROVER, since=START)
    with pytest.raises(WrongState):
        approved(case, cast.editor)


def test_yes_is_to_what_the_page_showed(cast: Cast, two: list[Registration]) -> None:
    case = proposed(cast, *two)
    with pytest.raises(WrongState):
        transitions.approve_reassignment(case_pk=case.pk, signed_hash="0" * 64, actor=actor(cast.approver), at=NOW)
    case.proofs.filter(code="A2").update(reference="CALL-18")
    with pytest.raises(WrongState):
        approved(case, cast.approver)
    assert yeses(case) == 0


def test_seal_is_compared_by_two_people(cast: Cast, two: list[Registration]) -> None:
    case = proposed(cast, *two, proofs=BY_SEAL)
    with pytest.raises(WrongState):
        approved(case, cast.approver)
    with pytest.raises(WrongState):
        seconded(case, cast.operator)
    with pytest.raises(NotAllowed):
        seconded(case, cast.approver)
    before = seen.mark()
    proof = seconded(case, cast.colleague)
    assert (proof.seconded_by, seen.verbs(before)) == (cast.colleague, ["authority.seconded"])
    with pytest.raises(WrongState):
        seconded(case, cast.colleague)
    approved(case, cast.approver)
    assert yeses(case) == 1


def test_proof_that_aged_meanwhile_is_not_approved(cast: Cast, two: list[Registration]) -> None:
    case = proposed(cast, *two, proofs=BY_SEAL)
    seconded(case, cast.colleague)
    with pytest.raises(WrongState):
        approved(case, cast.approver, NOW + timedelta(days=90))


def test_nothing_moves_while_it_is_contested_who_the_organisation_is(cast: Cast, two: list[Registration]) -> None:
    """Two people both claim to be the organisation: status quo, and words that say so (A7)."""
    blocks, kind = restricting.CONTESTED_BLOCKS, Restriction.Kind.CONTESTED
    restricting.restrict(two[1], kind, case="C-1", at=START, blocks=blocks)
    with pytest.raises(WrongState) as refused:
        proposed(cast, *two)
    assert "2" not in str(refused.value.words) and not AuthorityCase.objects.exists()
    restricting.lift("C-1", at=NOW, kinds=[kind])
    case = proposed(cast, *two)
    restricting.restrict(two[1], kind, case="C-2", at=NOW, blocks=blocks)
    with pytest.raises(WrongState):
        approved(case, cast.approver)
    restricting.lift("C-2", at=NOW, kinds=[kind])
    approved(case, cast.approver)
    approved(case, cast.senior)
    restricting.restrict(two[1], kind, case="C-3", at=NOW, blocks=blocks)
    with pytest.raises(WrongState):
        executed(case, cast.approver)
    assert holder(two[0]) == holder(two[1]) == cast.hanako


# Under notice -------------------------------------------------------------------------------------------------------


def test_dangerous_operations_are_frozen_under_notice_also_for_the_administrator(
    cast: Cast, two: list[Registration]
) -> None:
    prepared = drafted(cast, two[0], by=cast.hanako, to=cast.saburo)
    case = notified(cast, *two)
    acts: list[Callable[[], Any]] = [
        lambda: drafted(cast, two[1], by=cast.hanako, to=cast.saburo),
        lambda: transitions.offer(handover_pk=prepared.pk, actor=actor(cast.hanako), at=NOW),
        lambda: transitions.end_contact_point(
            contact_point_pk=two[0].contact_points.get().pk, actor=actor(cast.hanako), at=NOW
        ),
    ]
    for act in acts:
        with pytest.raises(WrongState):
            act()
    withdrawn = transitions.withdraw_reassignment(case_pk=case.pk, reason="x", actor=actor(cast.operator), at=NOW)
    assert withdrawn.status == Status.WITHDRAWN
    assert drafted(cast, two[1], by=cast.hanako, to=cast.saburo).status == Handover.Status.DRAFT


def test_accepted_handover_does_not_slip_through_under_notice(cast: Cast, two: list[Registration]) -> None:
    made = offered(cast, two[0], by=cast.hanako, to=cast.saburo, days=4)
    transitions.accept(handover_pk=made.pk, marks=all_received(made), answers=ALL_YES, actor=actor(cast.saburo), at=NOW)
    case = notified(cast, *two)
    clock.run(at=DUE)
    assert holder(two[0]) == cast.hanako
    before = seen.mark()
    executed(case, cast.approver)
    made.refresh_from_db()
    assert (made.status, holder(two[0])) == (Handover.Status.WITHDRAWN, cast.jiro)
    assert ("handover_withdrawn", cast.saburo.label) in seen.notices(before)
    assert Event.objects.get(verb="authority.executed").facts["handovers_ended"] == [made.number]


def test_predecessor_is_heard_once_and_answered_by_a_senior(cast: Cast, two: list[Registration]) -> None:
    case, before = notified(cast, *two), seen.mark()
    objected(case, cast.hanako)
    assert seen.verbs(before) == ["authority.objected"]
    told = [cast.operator, cast.approver, cast.senior]
    assert seen.notices(before) == sorted(("authority_objected", one.label) for one in told)
    assert Event.objects.get(verb="authority.objected").facts == {}
    with pytest.raises(WrongState):
        objected(case, cast.hanako)
    with pytest.raises(WrongState):
        executed(case, cast.approver)
    for who in ("operator", "approver", "hanako", "jiro"):
        with pytest.raises(NotAllowed):
            answered(case, getattr(cast, who))
    before = seen.mark()
    found = answered(case, cast.senior)
    assert (found.words, found.answer, found.answered_by) == ("私が続けます", "会社の決定が優先します", cast.senior)
    assert (seen.verbs(before), seen.notices(before)) == (
        ["authority.answered"],
        [("authority_answered", cast.hanako.label)],
    )
    with pytest.raises(WrongState):
        answered(case, cast.senior)
    assert executed(case, cast.approver).status == Status.EXECUTED


@pytest.mark.parametrize("who", ["taro", "jiro", "wakako", "operator", "approver"])
def test_only_the_predecessor_objects(cast: Cast, two: list[Registration], who: str) -> None:
    case = notified(cast, *two)
    with pytest.raises(NotAllowed):
        objected(case, getattr(cast, who))
    assert not AuthorityObjection.objects.exists()


def test_nobody_objects_or_answers_before_the_notice(cast: Cast, two: list[Registration]) -> None:
    case = proposed(cast, *two)
    for act, by in ((objected, cast.hanako), (answered, cast.senior), (executed, cast.approver)):
        with pytest.raises(WrongState):
            act(case, by)


def test_answer_without_a_question_is_refused(cast: Cast, two: list[Registration]) -> None:
    case = notified(cast, *two)
    with pytest.raises(WrongState):
        answered(case, cast.senior)
