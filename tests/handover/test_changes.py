"""Change of name, succession, transfer, cancellation: asked, agreed to, examined, decided (R8, R14)."""

import uuid
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from accounts.errors import NotAllowed, Refused, WrongState
from accounts.models import Membership, Role
from audit.models import Event
from handover import transitions
from handover.changing import Proof
from handover.models import (
    ChangeApproval,
    ChangeConsent,
    ChangeItem,
    ChangeProof,
    ChangeRequest,
    Custody,
    Registration,
    Restriction,
)
from handover.restricting import restrict
from handover.rules.changes import is_current, prepared
from tests import seen
from tests.cast import JOINED, Cast, actor, somebody
from tests.changes import ISSUED, LATER, approved, asked, executed, proposed, ready, released, wish, yes
from tests.stock import NOW, TODAY, registration

S = ChangeRequest.Status
KINDS = ["rename", "succession", "transfer", "cancellation"]


def told(template: str, *people: Any) -> list[tuple[str, str]]:
    return sorted((template, one if isinstance(one, str) else one.label) for one in people)


@pytest.mark.parametrize("kind", ["rename", "succession", "transfer"])
def test_custodian_asks_and_nothing_changes_but_the_request(cast: Cast, held: Registration, kind: str) -> None:
    before, custody = seen.mark(), list(Custody.objects.values())
    change = asked(cast, kind, held)
    assert (change.status, change.organisation, change.on_paper) == (S.REQUESTED, cast.aoba, False)
    assert seen.verbs(before) == ["change.requested"]
    assert seen.notices(before) == told("change_requested", cast.hanako)
    written = Event.objects.get(verb="change.requested")
    assert (written.subject, written.facts) == (
        change.label,
        {"kind": kind, "status": "requested", "registrations": 1, "on_paper": False},
    )
    assert set(written.about) == {change.label, held.label, cast.aoba.label}
    assert list(Custody.objects.values()) == custody
    assert not change.proofs.filter(checked_by__isnull=False).exists()


def test_wish_to_cancel_keeps_what_was_read(cast: Cast, held: Registration) -> None:
    beside = registration(cast.aoba, "R-2", custodian=cast.jiro)
    before = seen.mark()
    change = asked(cast, "cancellation", held)
    assert (change.impact["papers"], change.impact["others"], change.impact["others_hidden"]) == (1, [], 1)
    assert beside.number not in str(change.impact)
    assert seen.verbs(before) == ["change.cancellation_asked"]
    assert seen.notices(before) == told("change_requested", cast.hanako)


def test_wish_to_cancel_without_reading_is_refused(cast: Cast, held: Registration) -> None:
    with pytest.raises(Refused) as refused:
        transitions.ask_to_cancel(
            wish=wish("cancellation", held), has_read=False, token=uuid.uuid4(), actor=actor(cast.taro), at=NOW
        )
    assert (list(refused.value.fields), ChangeRequest.objects.count()) == (["has_read"], 0)


STRANGERS = ["jiro", "saburo", "wakako", "minoru", "worker", "agent", "supervisor"]
NOT_OPERATORS = ["approver", "senior", "editor", "auditor"]


@pytest.mark.parametrize("who", STRANGERS + NOT_OPERATORS)
@pytest.mark.parametrize("kind", KINDS)
def test_nobody_else_asks(cast: Cast, held: Registration, who: str, kind: str) -> None:
    # Who does not see the registration hears the same as for a number that nobody has.
    with pytest.raises((NotAllowed, Refused)):
        asked(cast, kind, held, by=getattr(cast, who))
    assert not ChangeRequest.objects.exists()


def test_numbers_of_others_are_refused_like_unknown_ones(cast: Cast, held: Registration) -> None:
    theirs = registration(cast.wakaba, "W-1", custodian=cast.minoru)
    words = []
    for number in (theirs.number, "W-9"):
        with pytest.raises(Refused) as refused:
            transitions.request_change(
                wish=replace(wish("rename", held), numbers=(held.number, number)),
                token=uuid.uuid4(),
                actor=actor(cast.hanako),
                at=NOW,
            )
        words.append(str(refused.value.words).replace(number, ""))
    assert words[0] == words[1]


def test_custodian_of_one_cannot_ask_for_all_of_the_holder(cast: Cast, held: Registration) -> None:
    registration(cast.aoba, "R-2", custodian=cast.jiro)
    with pytest.raises(NotAllowed):
        asked(cast, "rename", held, everything=True)
    assert asked(cast, "rename", held, by=cast.hanako, everything=True).items.count() == 2


def test_second_press_of_the_same_form_gives_back_the_first_request(cast: Cast, held: Registration) -> None:
    token = uuid.uuid4()
    given: dict[str, Any] = {"wish": wish("rename", held), "token": token, "at": NOW}
    first = transitions.request_change(**given, actor=actor(cast.taro))
    before = seen.mark()
    assert transitions.request_change(**given, actor=actor(cast.taro)) == first
    with pytest.raises(WrongState):
        transitions.request_change(**given, actor=actor(cast.hanako))
    assert (ChangeRequest.objects.count(), seen.verbs(before)) == (1, [])


def test_second_request_about_a_registration_waits_for_the_first(cast: Cast, held: Registration) -> None:
    first = asked(cast, "rename", held)
    with pytest.raises(WrongState):
        asked(cast, "cancellation", held)
    transitions.withdraw_change(change_pk=first.pk, reason="", actor=actor(cast.taro), at=NOW)
    assert asked(cast, "cancellation", held).is_open
    with pytest.raises(IntegrityError), transaction.atomic():
        ChangeItem.objects.filter(change=first).update(is_open=True)


@pytest.mark.parametrize(
    ("kind", "changes", "field"),
    [
        ("rename", {"new_name": ""}, "new_name"),
        ("rename", {"new_name": "青葉商事株式会社"}, "new_name"),
        ("succession", {"receiver_name": ""}, "receiver_name"),
        ("transfer", {"receiver_corporate_number": "1000012010004"}, "receiver_corporate_number"),
        ("reorganisation", {}, "numbers"),
        ("rename", {"proofs": (Proof("registry", TODAY + timedelta(days=1), "1"),)}, "registry_issued_on"),
    ],
)
def test_incomplete_wish_is_refused_at_its_field(
    cast: Cast, held: Registration, kind: str, changes: dict[str, Any], field: str
) -> None:
    with pytest.raises(Refused) as refused:
        asked(cast, kind, held, **changes)
    assert (list(refused.value.fields), ChangeRequest.objects.count()) == ([field], 0)


def test_paper_of_another_registration_proves_nothing(cast: Cast, held: Registration) -> None:
    other = registration(cast.aoba, "R-2", custodian=cast.taro)
    stated = (Proof("registry", ISSUED, "1", document_pk=held.documents.get().pk),)
    with pytest.raises(Refused):
        asked(cast, "rename", other, proofs=stated)
    assert asked(cast, "rename", held, proofs=stated).proofs.get().document == held.documents.get()


def test_closed_registration_is_not_changed(cast: Cast, held: Registration) -> None:
    Registration.objects.update(status=Registration.Status.CLOSED)
    for kind in KINDS:
        with pytest.raises(WrongState):
            asked(cast, kind, held, by=cast.hanako)


@pytest.mark.parametrize("mark", Restriction.Kind.values)
@pytest.mark.parametrize("kind", KINDS)
def test_marks_of_a_recovery_keep_changes_away_with_words(cast: Cast, held: Registration, mark: str, kind: str) -> None:
    until = NOW + timedelta(days=30) if mark == "cooling_off" else None
    restrict(held, mark, case="C-1", at=NOW - timedelta(days=1), until=until)
    # A claim that is only open never hinders the custodian, but for closing what somebody says to have lost.
    if mark == "claim_open" and kind != "cancellation":
        assert asked(cast, kind, held).is_open
        return
    with pytest.raises(WrongState) as no:
        asked(cast, kind, held)
    assert "R-1" in str(no.value.words)


# Both sides -----------------------------------------------------------------------------------------------------------


def found(cast: Cast, change: ChangeRequest) -> ChangeRequest:
    return transitions.find_receiver(
        change_pk=change.pk, organisation_pk=cast.wakaba.pk, actor=actor(cast.operator), at=NOW
    )


def test_receiving_administrators_see_it_once_the_operator_found_them(cast: Cast, held: Registration) -> None:
    change = asked(cast, "transfer", held)
    assert not ChangeRequest.objects.visible_to(actor(cast.wakako)).exists()
    before = seen.mark()
    found(cast, change)
    assert ChangeRequest.objects.visible_to(actor(cast.wakako)).get() == change
    assert not ChangeRequest.objects.visible_to(actor(cast.minoru)).exists()
    assert seen.verbs(before) == ["change.receiver_found"]
    assert seen.notices(before) == told("change_requested", cast.hanako, cast.taro, cast.wakako)


@pytest.mark.parametrize("who", ["aoba", "works", "provider"])
def test_receiver_is_another_customer(cast: Cast, held: Registration, who: str) -> None:
    change = asked(cast, "transfer", held)
    with pytest.raises(Refused):
        transitions.find_receiver(
            change_pk=change.pk, organisation_pk=getattr(cast, who).pk, actor=actor(cast.operator), at=NOW
        )


def test_change_of_name_has_no_receiver(cast: Cast, held: Registration) -> None:
    with pytest.raises(Refused):
        found(cast, asked(cast, "rename", held))


def test_both_administrators_agree_to_a_transfer_once_each(cast: Cast, held: Registration) -> None:
    change = found(cast, asked(cast, "transfer", held))
    before = seen.mark()
    for who in (cast.hanako, cast.wakako):
        transitions.consent(change_pk=change.pk, actor=actor(who), at=NOW)
        with pytest.raises(WrongState):
            transitions.consent(change_pk=change.pk, actor=actor(who), at=NOW)
    assert dict(change.consents.values_list("side", "by")) == {"giver": cast.hanako.pk, "receiver": cast.wakako.pk}
    assert seen.verbs(before) == ["change.consented"] * 2
    assert Event.objects.filter(verb="change.consented").first().facts["side"] == "giver"  # type: ignore[union-attr]
    with pytest.raises(WrongState):
        found(cast, change)


@pytest.mark.parametrize("who", ["taro", "jiro", "minoru", "worker", "agent", "operator", "approver", "auditor"])
def test_nobody_else_agrees_to_a_transfer(cast: Cast, held: Registration, who: str) -> None:
    change = found(cast, asked(cast, "transfer", held))
    with pytest.raises(NotAllowed):
        transitions.consent(change_pk=change.pk, actor=actor(getattr(cast, who)), at=NOW)
    assert not ChangeConsent.objects.exists()


def test_side_without_an_account_agrees_on_paper(cast: Cast, held: Registration) -> None:
    change = asked(cast, "transfer", held)
    paper: dict[str, Any] = {"signed_on": ISSUED, "reference": "承諾書 1", "actor": actor(cast.operator), "at": NOW}
    with pytest.raises(Refused):
        transitions.record_consent(change_pk=change.pk, side="receiver", **paper)
    found(cast, change)
    transitions.record_consent(change_pk=change.pk, side="receiver", **paper)
    with pytest.raises(WrongState):
        transitions.record_consent(change_pk=change.pk, side="receiver", **paper)
    with pytest.raises(Refused):
        transitions.record_consent(change_pk=change.pk, side="colleague", **paper)
    with pytest.raises(Refused):
        transitions.record_consent(change_pk=change.pk, side="giver", **{**paper, "signed_on": TODAY + timedelta(1)})
    with pytest.raises(NotAllowed):
        transitions.record_consent(change_pk=change.pk, side="giver", **{**paper, "actor": actor(cast.approver)})
    assert [(one.side, one.on_paper) for one in change.consents.all()] == [("receiver", True)]


def test_cancellation_wants_another_administrator_not_the_asker(cast: Cast, held: Registration) -> None:
    change = asked(cast, "cancellation", held, by=cast.hanako)
    with pytest.raises(NotAllowed):
        transitions.consent(change_pk=change.pk, actor=actor(cast.hanako), at=NOW)
    # Without another administrator it is the custodian.
    transitions.consent(change_pk=change.pk, actor=actor(cast.taro), at=NOW)
    assert change.consents.get().side == "colleague"


def test_cancellation_by_the_custodian_is_agreed_to_by_an_administrator_only(cast: Cast, held: Registration) -> None:
    change = asked(cast, "cancellation", held)
    for who in (cast.taro, cast.jiro, cast.wakako):
        with pytest.raises(NotAllowed):
            transitions.consent(change_pk=change.pk, actor=actor(who), at=NOW)
    transitions.consent(change_pk=change.pk, actor=actor(cast.hanako), at=NOW)


def test_cancellation_by_the_only_person_there_is_needs_nobody_else(cast: Cast) -> None:
    lonely = registration(cast.wakaba, "W-1", custodian=cast.wakako)
    change = asked(cast, "cancellation", lonely, by=cast.wakako)
    assert proposed(cast, change).status == S.PROPOSED


# Examined and decided -------------------------------------------------------------------------------------------------


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
