"""Approval, sending back, refusal: other natural persons decide than proposed. Who and when: test_table."""

from datetime import UTC, date, datetime, timedelta

import pytest

from accounts.errors import NotAllowed, Refused, WrongState
from accounts.models import Invitation, Role, User
from audit.models import Event
from desk.models import Inquiry
from handover.models import ContactPoint, Custody, Registration
from recovery import clock, transitions
from recovery.models import Approval, Claim, Evidence
from tests import claims, seen
from tests.cast import Cast, actor
from tests.claims import READY, later
from tests.letterbox import link_in, mails
from tests.recovery.decided import also, approves, proposes, talks
from tests.stock import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("plain_paper")]


# Approving


def test_approver_approves_and_the_claimant_gets_a_link(cast: Cast, lost: Registration) -> None:
    claim = claims.notified(cast, lost)
    before = seen.mark()
    claim = approves(claim, cast.approver)
    given = Approval.objects.get()
    assert (claim.status, claim.claimant) == ("approved", None)
    assert (given.by, given.role, given.signed_hash) == (cast.approver, "approver", claim.proposal_hash)
    assert seen.verbs(before) == ["claim.approved"]
    assert seen.notices(before) == [("claim_approved", claim.label)]
    assert mails("claim_approved")[0]["to"] == "sho@new.example"
    invitation = Invitation.objects.get()
    assert (invitation.organisation.kind, invitation.roles) == ("claimant", ["claimant"])
    assert Custody.objects.get().user == cast.taro
    with pytest.raises(WrongState):
        approves(claim, cast.approver)


def test_tier_4_waits_for_a_senior_as_well(cast: Cast) -> None:
    claim = claims.notified(cast, claims.held(cast, alive=False))
    claim = approves(claim, cast.approver)
    assert claim.status == "notified"
    assert not mails("claim_approved")
    with pytest.raises(WrongState):
        approves(claim, cast.approver)
    assert approves(claim, cast.senior).status == "approved"


def test_one_human_never_says_yes_twice(cast: Cast) -> None:
    claim = claims.notified(cast, claims.held(cast, alive=False))
    both = also(cast.approver, cast, Role.SENIOR)
    again = claims.same_human(cast, cast.approver, Role.SENIOR)
    approves(claim, both)
    for who in (both, again):
        with pytest.raises(WrongState):
            approves(claim, who)
    claim.refresh_from_db()
    assert claim.status == "notified"


def test_one_human_never_proposes_and_approves(cast: Cast, lost: Registration) -> None:
    claim = claims.notified(cast, lost)
    for who in (also(cast.operator, cast, Role.APPROVER), claims.same_human(cast, cast.operator, Role.APPROVER)):
        with pytest.raises(NotAllowed):
            approves(claim, who)


@pytest.mark.parametrize("through", ["own account", "another account"])
@pytest.mark.parametrize(
    "part", ["contact", "printed a code", "checked evidence", "compared a seal", "tried", "ordered"]
)
def test_who_had_a_part_in_the_case_does_not_decide_it(cast: Cast, lost: Registration, part: str, through: str) -> None:
    double = also(cast.approver, cast, Role.OPERATOR)
    claim = claims.accepted(cast, lost)
    if part == "contact":
        talks(cast, claim, double, "other")
    elif part == "printed a code":
        letter = transitions.order_letter(
            claim.pk, to=f"contact_point:{claims.point(lost, 'post').pk}", actor=actor(cast.operator), at=NOW
        )
        transitions.print_letters([letter[0].pk], actor=actor(double), at=NOW)
    elif part == "checked evidence":
        claims.prove(cast, claim, "O2", by=double)
    elif part == "compared a seal":
        transitions.second_evidence(claims.prove(cast, claim, "O3").pk, actor=actor(double), at=NOW)
    elif part == "tried":
        claims.tried(cast, claim, media=("phone",))
        claim.attempts.update(by=double)
    elif part == "ordered":
        transitions.order_mail_code(
            claim.pk, contact_point_pk=claims.point(lost, "mail").pk, actor=actor(double), at=NOW
        )
    who = double if through == "own account" else claims.same_human(cast, double, Role.APPROVER, Role.SENIOR)
    with pytest.raises(NotAllowed):
        transitions.refuse(claim.pk, reason="abuse", words="", actor=actor(who), at=NOW)
    assert (
        transitions.refuse(claim.pk, reason="abuse", words="", actor=actor(cast.senior), at=NOW).status
        == Claim.Status.REFUSED
    )


def test_approval_is_of_what_was_read(cast: Cast, lost: Registration) -> None:
    claim = claims.notified(cast, lost)
    for signed in ("0" * 64, "x"):
        with pytest.raises(WrongState):
            approves(claim, cast.approver, signed=signed)
    assert not Approval.objects.exists()


def test_evidence_out_of_date_on_the_day_of_approval_blocks_it(cast: Cast, lost: Registration) -> None:
    claim = claims.proven(cast, lost)
    # A registry extract of three months less a day before the approval is good, one day more is not.
    Evidence.objects.filter(claim=claim, code="O2").update(source="claimant", issued_on=date(2026, 9, 10))
    claim = proposes(claim, cast.operator)
    claims.all_delivered(cast, claim, at=READY)
    clock.run(at=READY)
    claim.refresh_from_db()
    assert claim.window_ends_on == date(2026, 12, 11)
    with pytest.raises(WrongState):
        approves(claim, cast.approver, at=datetime(2026, 12, 14, 1, tzinfo=UTC))


@pytest.mark.parametrize("what", ["added", "taken back", "endpoint died", "critical", "mailbox"])
def test_what_changed_after_the_proposal_blocks_the_approval(cast: Cast, lost: Registration, what: str) -> None:
    claim = claims.notified(cast, lost)
    evidence = Evidence.objects.get(claim=claim, code="O2")
    if what == "added":
        Evidence.objects.create(claim=claim, code="P2", checked_by=cast.operator, checked_at=READY)
    elif what == "taken back":
        Evidence.objects.filter(pk=evidence.pk).update(taken_back_at=READY, taken_back_by=cast.operator)
    elif what == "endpoint died":
        ContactPoint.objects.filter(registration=lost, kind="post").update(health="returned")
    elif what == "critical":
        Registration.objects.filter(pk=lost.pk).update(is_critical=True)
    elif what == "mailbox":
        other = claims.received(statement={"mail": "thief@new.example"}, at=READY)
        Claim.objects.filter(pk=claim.pk).update(sealed_mailbox=other.sealed_mailbox)
    with pytest.raises(WrongState):
        approves(claim, cast.approver)
    assert not Approval.objects.exists()


def test_another_try_to_reach_the_predecessor_takes_nothing_away(cast: Cast, lost: Registration) -> None:
    claim = claims.notified(cast, lost)
    claims.tried(cast, claim, media=("phone",), at=READY + timedelta(days=1))
    assert approves(claim, cast.approver).status == "approved"


def test_approver_asks_for_a_new_link_and_the_old_one_is_dead(cast: Cast, lost: Registration) -> None:
    claim = claims.approved(cast, lost)
    old, at, before = link_in(mails("claim_approved")[0]["body"]), claims.decided_at(claim), seen.mark()
    claim = transitions.invite_claimant(claim.pk, actor=actor(cast.approver), at=at + timedelta(days=8))
    assert seen.verbs(before) == ["claim.claimant_invited"]
    assert seen.notices(before) == [("claim_approved", claim.label)]
    assert link_in(mails("claim_approved")[-1]["body"]) != old
    assert sorted(Invitation.objects.values_list("status", flat=True)) == ["sent", "withdrawn"]
    claims.opens_account(claim, at=at + timedelta(days=8))
    with pytest.raises(WrongState):  # there is an account now
        transitions.invite_claimant(claim.pk, actor=actor(cast.approver), at=at + timedelta(days=8))


# Sending back and refusing


@pytest.mark.parametrize("stage", ["proposed", "notified", "approved", "ready"])
def test_approver_sends_a_proposal_back_from_any_stage(cast: Cast, lost: Registration, stage: str) -> None:
    claim: Claim = getattr(claims, stage)(cast, lost)
    account = claim.claimant
    at, before = claims.decided_at(claim), seen.mark()
    claim = transitions.send_back(claim.pk, reason="印影がちがう", actor=actor(cast.approver), at=at)
    assert (claim.status, claim.proposal, claim.proposal_hash, claim.window_ends_on) == ("collecting", None, "", None)
    assert (claim.decision_words, claim.invitation, claim.claimant) == ("印影がちがう", None, None)
    assert seen.verbs(before) == ["claim.sent_back"]
    assert seen.notices(before) == []
    assert not Approval.objects.filter(void_at=None).exists()
    assert not Invitation.objects.filter(status="sent").exists()
    if account:
        assert not User.objects.get(pk=account.pk).is_active
    with pytest.raises(WrongState):
        transitions.send_back(claim.pk, reason="", actor=actor(cast.approver), at=at)


def test_claim_that_was_sent_back_goes_the_whole_way_again(cast: Cast, lost: Registration) -> None:
    claim = claims.ready(cast, lost)
    at = claims.decided_at(claim)
    transitions.send_back(claim.pk, reason="", actor=actor(cast.approver), at=at)
    claim = proposes(claim, cast.operator, at=at)
    claims.all_delivered(cast, claim, at=at)
    clock.run(at=at)
    claim = approves(claim, cast.approver)
    user = claims.opens_account(claim, at=claims.decided_at(claim))
    transitions.get_ready(claim.pk, actor=actor(user), at=claims.decided_at(claim))
    claim = transitions.execute(
        claim.pk, signed_hash=claim.proposal_hash, actor=actor(cast.approver), at=claims.decided_at(claim)
    )
    assert claim.status == "executed"


@pytest.mark.parametrize("stage", ["received", "accepted", "notified", "ready"])
def test_approver_refuses_and_the_claimant_reads_the_fixed_sentence(cast: Cast, lost: Registration, stage: str) -> None:
    claim: Claim = claims.received() if stage == "received" else getattr(claims, stage)(cast, lost)
    before, told = seen.mark(), claim.mailbox_verified_at is not None
    at = later(days=60)
    claim = transitions.refuse(claim.pk, reason="abuse", words="なりすましの疑い", actor=actor(cast.senior), at=at)
    assert (claim.status, claim.end_reason, claim.decision_words) == ("refused", "abuse", "なりすましの疑い")
    assert seen.verbs(before) == ["claim.refused"]
    assert seen.notices(before) == ([("claim_closed", claim.label)] if told else [])
    assert "なりすまし" not in str(mails("claim_closed")) + str(Event.objects.get(verb="claim.refused").facts)
    assert Inquiry.objects.get(pk=claim.inquiry_id).stage == "not_confirmed"
    assert not Invitation.objects.filter(status="sent").exists()
    assert not User.objects.filter(email="sho@new.example", is_active=True).exists()
    with pytest.raises(WrongState):
        transitions.refuse(claim.pk, reason="abuse", words="", actor=actor(cast.senior), at=at)


@pytest.mark.parametrize("reason", ["", "by_claimant", "custodian_active", "anything"])
def test_refusal_has_a_reason_from_the_list(cast: Cast, lost: Registration, reason: str) -> None:
    claim = claims.accepted(cast, lost)
    with pytest.raises(Refused):
        transitions.refuse(claim.pk, reason=reason, words="", actor=actor(cast.senior), at=NOW)
