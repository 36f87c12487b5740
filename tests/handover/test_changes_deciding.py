"""A request for a change is examined and decided."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from accounts.errors import NotAllowed, Refused, WrongState
from accounts.models import Membership, Role
from handover import transitions
from handover.models import (
    ChangeApproval,
    ChangeProof,
    ChangeRequest,
    Registration,
)
from handover.rules.changes import is_current, prepared
from tests import seen
from tests.cast import JOINED, Cast, actor, somebody
from tests.changes import ISSUED, LATER, approved, asked, executed, proposed, ready, released, yes
from tests.handover.wished import KINDS, S, told
from tests.stock import NOW, TODAY, registration


@pytest.mark.parametrize("kind", KINDS)
def test_proposal_waits_for_everything_it_rests_on(cast: Cast, held: Registration, kind: str) -> None:
    change = asked(cast, kind, held)
    with pytest.raises(Refused):
        transitions.propose_change(change_pk=change.pk, reason="", actor=actor(cast.operator), at=NOW)
    change.refresh_from_db()
    assert (change.status, change.proposal_hash) == (S.REQUESTED, "")
    before = seen.mark()
    assert proposed(cast, change).status == S.PROPOSED
    assert seen.verbs(before)[-1] == "change.proposed"


@pytest.mark.parametrize(
    ("issued", "day", "counts"),
    [
        (date(2026, 8, 20), date(2026, 11, 20), True),
        (date(2026, 8, 19), date(2026, 11, 20), False),
        (date(2026, 11, 30), date(2027, 2, 28), True),
        (date(2026, 11, 30), date(2027, 3, 1), False),
        (date(2026, 11, 21), date(2026, 11, 20), False),
    ],
)
def test_paper_counts_for_three_months_from_its_issue(issued: date, day: date, counts: bool) -> None:
    assert is_current(issued, day) is counts


def test_paper_out_of_date_at_the_decision_proves_nothing(cast: Cast, held: Registration) -> None:
    change = proposed(cast, asked(cast, "rename", held))
    with pytest.raises(Refused):
        yes(change, cast.approver, NOW + timedelta(days=90))
    assert yes(change, cast.approver, NOW + timedelta(days=70)).status == S.APPROVED


def test_stated_paper_counts_only_when_an_operator_ticked_it(cast: Cast, held: Registration) -> None:
    change = asked(cast, "rename", held)
    assert change.proofs.get().checked_by is None
    given: dict[str, Any] = {"change_pk": change.pk, "issued_on": ISSUED, "reference": "会社法人等番号", "at": NOW}
    for who in (cast.taro, cast.hanako, cast.approver, cast.agent):
        with pytest.raises(NotAllowed):
            transitions.check_proof(kind="registry", **given, actor=actor(who))
    with pytest.raises(Refused):
        transitions.check_proof(kind="seal_giver", **given, actor=actor(cast.operator))
    transitions.check_proof(kind="registry", **given, actor=actor(cast.operator))
    proof = ChangeProof.objects.get()
    assert (proof.checked_by, proof.stated_by, proof.reference) == (cast.operator, cast.taro, "会社法人等番号")


def test_rename_needs_an_approver_and_a_change_of_holder_legal_as_well(cast: Cast, held: Registration) -> None:
    assert yes(proposed(cast, asked(cast, "rename", held)), cast.approver).status == S.APPROVED
    other = registration(cast.aoba, "R-2", custodian=cast.taro)
    change = yes(proposed(cast, asked(cast, "transfer", other)), cast.approver)
    assert change.status == S.PROPOSED
    with pytest.raises(WrongState):
        yes(change, cast.approver)
    before = seen.mark()
    assert yes(change, cast.senior).status == S.APPROVED
    assert seen.verbs(before) == ["change.approved"]
    assert seen.notices(before) == told("change_approved", cast.hanako, cast.taro, cast.wakako)


def test_two_accounts_of_one_human_never_count_as_two(cast: Cast, held: Registration) -> None:
    change = proposed(cast, asked(cast, "transfer", held))
    for email, person in (
        ("twin@provider.example", cast.operator.person),
        ("two@provider.example", cast.approver.person),
    ):
        twin = somebody(cast.provider, "別名", "ベツメイ", email, Role.APPROVER, Role.SENIOR)
        twin.person = person
        twin.save()
        if person == cast.operator.person:
            assert prepared(twin, change)
            with pytest.raises(NotAllowed):
                yes(change, twin)
        else:
            yes(change, cast.approver)
            with pytest.raises(WrongState):
                yes(change, twin)
    assert [one.by for one in ChangeApproval.objects.all()] == [cast.approver]


def test_who_ticked_a_paper_or_recorded_a_consent_does_not_decide(cast: Cast, held: Registration) -> None:
    Membership.objects.create(user=cast.colleague, organisation=cast.provider, role=Role.APPROVER, since=JOINED)
    change = asked(cast, "rename", held)
    transitions.check_proof(
        change_pk=change.pk, kind="registry", issued_on=ISSUED, reference="1", actor=actor(cast.colleague), at=NOW
    )
    transitions.propose_change(change_pk=change.pk, reason="", actor=actor(cast.operator), at=NOW)
    change.refresh_from_db()
    with pytest.raises(NotAllowed):
        yes(change, cast.colleague)


@pytest.mark.parametrize("who", ["taro", "hanako", "wakako", "agent", "supervisor", "operator", "editor", "auditor"])
def test_nobody_else_decides_or_carries_out(cast: Cast, held: Registration, who: str) -> None:
    change, by = proposed(cast, asked(cast, "succession", held)), getattr(cast, who)
    with pytest.raises(NotAllowed):
        yes(change, by)
    with pytest.raises(NotAllowed):
        transitions.refuse_change(change_pk=change.pk, reason="", actor=actor(by), at=NOW)
    yes(yes(change, cast.approver), cast.senior)
    signed: dict[str, Any] = {"change_pk": change.pk, "signed_hash": change.proposal_hash, "at": LATER}
    for act in (transitions.release_for_change, transitions.execute_change):
        with pytest.raises(NotAllowed):
            act(**signed, actor=actor(by))
    change.refresh_from_db()
    assert change.status == S.APPROVED


def test_yes_is_to_the_text_that_was_shown(cast: Cast, held: Registration) -> None:
    change = proposed(cast, asked(cast, "rename", held))
    with pytest.raises(WrongState):
        transitions.approve_change(
            change_pk=change.pk, signed_hash="0" * 64, reason="", actor=actor(cast.approver), at=NOW
        )
    transitions.check_proof(
        change_pk=change.pk, kind="registry", issued_on=TODAY, reference="2", actor=actor(cast.operator), at=NOW
    )
    with pytest.raises(WrongState):
        yes(change, cast.approver)
    again = transitions.propose_change(change_pk=change.pk, reason="", actor=actor(cast.operator), at=NOW)
    assert again.proposal_hash != change.proposal_hash
    assert yes(again, cast.approver).status == S.APPROVED


def test_proposing_anew_voids_the_yes_to_the_old_text(cast: Cast, held: Registration) -> None:
    change = yes(proposed(cast, asked(cast, "transfer", held)), cast.approver)
    transitions.propose_change(change_pk=change.pk, reason="再", actor=actor(cast.operator), at=LATER)
    assert ChangeApproval.objects.get().void_at == LATER
    assert yes(change, cast.senior).status == S.PROPOSED


def test_refusal_says_why_and_frees_the_registration(cast: Cast, held: Registration) -> None:
    change = proposed(cast, asked(cast, "transfer", held))
    before = seen.mark()
    transitions.refuse_change(change_pk=change.pk, reason="印影が違います", actor=actor(cast.approver), at=NOW)
    change.refresh_from_db()
    assert (change.status, change.end_reason, change.ended_by) == (S.REFUSED, "印影が違います", cast.approver)
    assert seen.verbs(before) == ["change.refused"]
    assert seen.notices(before) == told("change_ended", cast.hanako, cast.taro, cast.wakako)
    assert asked(cast, "rename", held).is_open


@pytest.mark.parametrize("stage", [ready, proposed, approved])
@pytest.mark.parametrize("kind", ["rename", "cancellation"])
def test_request_is_withdrawn_until_it_is_carried_out(
    cast: Cast, held: Registration, stage: Callable[..., ChangeRequest], kind: str
) -> None:
    change = stage(cast, asked(cast, kind, held))
    for who in (cast.jiro, cast.wakako, cast.operator, cast.approver):
        with pytest.raises(NotAllowed):
            transitions.withdraw_change(change_pk=change.pk, reason="", actor=actor(who), at=NOW)
    before = seen.mark()
    transitions.withdraw_change(change_pk=change.pk, reason="取りやめ", actor=actor(cast.taro), at=NOW)
    assert (seen.verbs(before), seen.notices(before)) == (["change.withdrawn"], told("change_ended", cast.hanako))
    for act in (lambda: executed(cast, change), lambda: yes(change, cast.senior)):
        with pytest.raises((WrongState, NotAllowed)):
            act()


WRONG: list[Callable[[Cast, ChangeRequest], Any]] = [
    lambda cast, change: transitions.withdraw_change(
        change_pk=change.pk, reason="", actor=actor(cast.hanako), at=LATER
    ),
    lambda cast, change: transitions.refuse_change(
        change_pk=change.pk, reason="", actor=actor(cast.approver), at=LATER
    ),
    lambda cast, change: transitions.propose_change(
        change_pk=change.pk, reason="", actor=actor(cast.operator), at=LATER
    ),
    lambda cast, change: yes(change, cast.approver),
    lambda cast, change: released(cast, change),
    lambda cast, change: executed(cast, change),
]


@pytest.mark.parametrize("act", WRONG)
def test_after_it_was_carried_out_every_press_is_too_late(
    cast: Cast, held: Registration, act: Callable[[Cast, ChangeRequest], Any]
) -> None:
    change = executed(cast, approved(cast, asked(cast, "rename", held)))
    before = seen.mark()
    with pytest.raises(WrongState):
        act(cast, change)
    assert seen.verbs(before) == []


def test_row_that_contradicts_itself_is_refused_by_the_database(cast: Cast, held: Registration) -> None:
    change = asked(cast, "transfer", held)
    for wrong in ({"status": "approved"}, {"receiver": cast.aoba}):
        with pytest.raises(IntegrityError), transaction.atomic():
            ChangeRequest.objects.filter(pk=change.pk).update(**wrong)
