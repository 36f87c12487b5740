"""Reassignment on proven authority: proposed, approved by two others, told, heard, carried out by a person."""

import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from accounts.errors import NotAllowed, Refused, WrongState
from accounts.models import Membership, Role, User
from audit.models import Event
from handover import clock, restricting, transitions
from handover.models import (
    READING_AFTER,
    AuthorityCase,
    AuthorityObjection,
    Certificate,
    Custody,
    Handover,
    RecoveryKit,
    Registration,
    Restriction,
    Task,
)
from handover.queries.replay import replay
from tests import seen
from tests.cast import Cast, actor
from tests.handover.reassigning import (
    BY_REGISTRY,
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
from tests.stock import ALL_YES, NOW, START, all_received, drafted, holder, offered, registration, tell_first

Status = AuthorityCase.Status
CUSTOMERS = ["hanako", "taro", "jiro", "wakako", "worker", "agent", "supervisor"]


@pytest.fixture
def two(cast: Cast) -> list[Registration]:
    """R-1 and R-2, which the only administrator holds and does not want to give."""
    return [registration(cast.aoba, number, custodian=cast.hanako) for number in ("R-1", "R-2")]


def records(two: list[Registration], template: str) -> list[tuple[str, str]]:
    return [(template, f"contact_point:{one.contact_points.get().pk}") for one in two]


def test_operator_proposes_and_the_customer_learns_nothing_yet(cast: Cast, two: list[Registration]) -> None:
    before = seen.mark()
    case = proposed(cast, *two)
    assert (case.status, case.predecessor, case.successor) == (Status.PROPOSED, cast.hanako, cast.jiro)
    assert sorted(case.items.values_list("registration__number", "is_open")) == [("R-1", True), ("R-2", True)]
    assert (seen.verbs(before), seen.notices(before)) == (["authority.proposed"], [])
    written = Event.objects.get(verb="authority.proposed")
    assert (written.subject, written.about) == (case.label, [case.label])
    assert written.facts == {"hash": case.proposal_hash, "registrations": 2, "proofs": ["A2", "O1"]}
    assert not Restriction.objects.exists()
    assert not AuthorityCase.objects.against(actor(cast.hanako)).exists()


@pytest.mark.parametrize("who", [*CUSTOMERS, "approver", "senior", "editor", "auditor"])
def test_only_an_operator_proposes(cast: Cast, two: list[Registration], who: str) -> None:
    with pytest.raises(NotAllowed):
        proposed(cast, *two, by=getattr(cast, who))
    assert not AuthorityCase.objects.exists()


def test_second_press_gives_back_the_case_and_a_second_case_is_refused(cast: Cast, two: list[Registration]) -> None:
    token = uuid.uuid4()
    case, before = proposed(cast, *two, token=token), seen.mark()
    assert proposed(cast, *two, token=token) == case
    with pytest.raises(WrongState):
        proposed(cast, *two, token=token, by=cast.colleague)
    with pytest.raises(WrongState):
        proposed(cast, two[1])
    assert (AuthorityCase.objects.count(), seen.verbs(before)) == (1, [])


@pytest.mark.parametrize(
    ("proofs", "enough"),
    [
        (BY_REGISTRY, True),
        (BY_SEAL, True),
        ({"O1": BY_REGISTRY["O1"]}, False),
        ({"O3": BY_SEAL["O3"], "A2": BY_SEAL["A2"]}, False),
        ({"A1": BY_SEAL["A1"], "A2": BY_SEAL["A2"]}, False),
        ({"O3": BY_SEAL["O3"], "A1": BY_SEAL["A1"]}, False),
        ({**BY_SEAL, "O3": ("OLD", NOW.date() - timedelta(days=93))}, False),
        ({**BY_SEAL, "A1": ("AHEAD", NOW.date() + timedelta(days=1))}, False),
    ],
)
def test_only_whole_and_recent_proofs_are_enough(
    cast: Cast, two: list[Registration], proofs: Any, enough: bool
) -> None:
    if enough:
        assert proposed(cast, *two, proofs=proofs).proofs.count() == len(proofs)
        return
    with pytest.raises(Refused):
        proposed(cast, *two, proofs=proofs)
    assert not AuthorityCase.objects.exists()


@pytest.mark.parametrize("who", ["minoru", "operator", "hanako", "nobody"])
def test_successor_is_a_member_of_the_customer_and_another_person(
    cast: Cast, two: list[Registration], who: str
) -> None:
    email = getattr(cast, who).email if hasattr(cast, who) else "nobody@aoba.example"
    with pytest.raises(Refused) as refused:
        proposed(cast, *two, successor_email=email)
    assert list(refused.value.fields) == ["successor_email"]


def test_numbers_must_be_of_one_person_of_one_customer(cast: Cast, two: list[Registration]) -> None:
    of_taro = registration(cast.aoba, "R-3", custodian=cast.taro)
    of_nobody = registration(cast.aoba, "R-4", custodian=None)
    of_wakaba = registration(cast.wakaba, "W-1", custodian=cast.wakako)
    unknown = Registration(number="X-1")
    words = set()
    for other in (of_taro, of_nobody, of_wakaba, unknown):
        with pytest.raises(Refused) as refused:
            proposed(cast, *two, other)
        words.add(str(refused.value.words))
    assert len(words) == 1
    with pytest.raises(Refused):
        proposed(cast)


def test_provider_keeps_out_where_an_administrator_can_reassign(cast: Cast, two: list[Registration]) -> None:
    Membership.objects.create(user=cast.saburo, organisation=cast.aoba, role=Role.ADMINISTRATOR, since=START)
    with pytest.raises(Refused):
        proposed(cast, *two)
    # To the other administrator somebody else has to give it, and nobody is left for that.
    assert proposed(cast, *two, successor_email=cast.saburo.email).successor == cast.saburo


def test_ground_has_to_be_true(cast: Cast, two: list[Registration]) -> None:
    with pytest.raises(Refused) as refused:
        proposed(cast, *two, ground="refuses")
    assert list(refused.value.fields) == ["ground"]
    of_taro = registration(cast.aoba, "R-3", custodian=cast.taro)
    Membership.objects.filter(user=cast.hanako).update(until=NOW)
    with pytest.raises(Refused):
        proposed(cast, of_taro)
    assert proposed(cast, of_taro, ground="refuses").predecessor == cast.taro


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


# Carried out --------------------------------------------------------------------------------------------------------


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
