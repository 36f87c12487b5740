"""The claimant says ready, the approver carries it out: one transaction with all of invariant 3. Who: test_table."""

from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator

from accounts import queries as people
from accounts.actors import find_actor
from accounts.errors import NotAllowed, WrongState
from accounts.models import Membership, OrganisationKind, Role, User
from audit import queries as log
from audit import verify
from audit.models import Event
from desk.models import Inquiry
from handover import custody, restricting
from handover import transitions as handing
from handover.models import (
    Certificate,
    ContactPoint,
    Custody,
    Deputy,
    GapAlert,
    Handover,
    RecoveryKit,
    Registration,
    Restriction,
    Task,
)
from recovery import clock, transitions
from recovery.models import Claim, Snapshot
from recovery.transitions import executing
from tests import claims, seen, stock
from tests.cast import Cast, actor, enrol, organisation, somebody
from tests.claims import READY, later
from tests.letterbox import mails
from tests.stock import NOW, START, holder

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("plain_paper")]


def executes(claim: Claim, who: User, *, signed: str = "", after: timedelta = timedelta()) -> Claim:
    claim.refresh_from_db()
    return transitions.execute(
        claim.pk,
        signed_hash=signed or claim.proposal_hash,
        actor=actor(who),
        at=claims.decided_at(claim) + after,
    )


def test_approver_carries_it_out_in_one_act(cast: Cast, lost: Registration) -> None:
    before_the_claim = NOW - timedelta(days=90)
    kit, _code = handing.make_recovery_kit(registration_pk=lost.pk, actor=actor(cast.taro), at=before_the_claim)
    certificate = handing.issue_certificate(
        registration_pk=lost.pk, language="ja", actor=actor(cast.taro), at=before_the_claim
    )
    claim = claims.ready(cast, lost)
    at, before = claims.decided_at(claim), seen.mark()
    claim = executes(claim, cast.approver)
    claimant = claim.claimant
    assert claimant is not None
    old, new = Custody.objects.order_by("pk")
    assert (old.user, old.to_at, new.user, new.from_at, new.to_at) == (cast.taro, at, claimant, at, None)
    assert (new.kind, new.basis, new.basis_label) == ("custodian", "recovery", claim.label)
    assert (claim.status, claim.executed_by, claim.executed_at) == ("executed", cast.approver, at)
    assert claim.cooling_off_until == at + timedelta(days=30)
    assert RecoveryKit.objects.get(pk=kit.pk).void_at == at
    assert Certificate.objects.get(pk=certificate.pk).status == "superseded"
    assert sorted(Task.objects.filter(done_at=None).values_list("kind", "owner")) == [
        ("make_recovery_kit", claimant.pk),
        ("reset_settings_password", claimant.pk),
    ]
    assert Inquiry.objects.get(pk=claim.inquiry_id).stage == "done"
    assert seen.verbs(before) == ["claim.executed"]
    mail, post = claims.point(lost, "mail"), claims.point(lost, "post")
    assert seen.notices(before) == sorted(
        [
            ("claim_executed", cast.taro.label),
            ("claim_executed", cast.hanako.label),
            ("claim_executed", f"contact_point:{mail.pk}"),
            ("claim_letter", f"contact_point:{post.pk}"),
            ("claim_done", claim.label),
        ]
    )
    written = Event.objects.get(verb="claim.executed")
    assert {lost.label, cast.aoba.label, claim.inquiry.label, claim.label} == set(written.about)
    assert written.facts["registrations"]["R-1"]["to"] == claimant.label
    assert written.facts["registrations"]["R-1"]["certificates_superseded"] == [certificate.serial]
    assert verify.run().first_bad is None
    with pytest.raises(WrongState):
        executes(claim, cast.approver)
    assert Custody.objects.count() == 2


def test_if_any_part_fails_nothing_has_changed(cast: Cast, lost: Registration, monkeypatch: pytest.MonkeyPatch) -> None:
    claim = claims.ready(cast, lost)
    before = seen.mark()

    def fails(*given: object, **more: object) -> None:
        raise OSError("disk full")

    with monkeypatch.context() as patch:
        patch.setattr(executing.steps, "tell_claimant", fails)
        with pytest.raises(OSError, match="disk full"):
            executes(claim, cast.approver)
    claim.refresh_from_db()
    assert (claim.status, holder(lost), seen.verbs(before)) == ("approved", cast.taro, [])
    assert not Snapshot.objects.exists()
    assert claim.claimant is not None
    assert Membership.objects.current().get(user=claim.claimant).role == Role.CLAIMANT
    assert not Restriction.objects.filter(kind="cooling_off").exists()


def test_snapshot_holds_what_can_be_put_back(cast: Cast, lost: Registration) -> None:
    Deputy.objects.create(registration=lost, user=cast.saburo, since=START)
    held = Custody.objects.get()
    claim = claims.executed(cast, lost)
    kept = Snapshot.objects.get()
    points = ContactPoint.objects.current().filter(registration=lost).order_by("pk")
    assert (kept.claim, kept.registration, kept.taken_at) == (claim, lost, claim.executed_at)
    assert kept.state == {
        "custody": {"user": cast.taro.pk, "kind": "custodian", "basis": "registered", "custody": held.pk},
        "deputies": [cast.saburo.pk],
        "contact_points": [[point.pk, "good"] for point in points],
        "mandates": [],
    }


def test_provider_held_registration_is_taken_over_and_its_alert_closes(cast: Cast, lost: Registration) -> None:
    custody.give(lost, None, kind="caretaker", basis="caretaker", basis_label="", at=NOW - timedelta(days=80))
    assert GapAlert.objects.filter(closed_at=None).exists()
    claim = claims.executed(cast, lost)
    assert holder(lost) == claim.claimant
    assert not GapAlert.objects.filter(registration=lost, closed_at=None).exists()


# The claimant's account


def test_claimant_says_ready_once_and_only_with_a_second_factor(cast: Cast, lost: Registration) -> None:
    claim = claims.approved(cast, lost)
    at = claims.decided_at(claim)
    user = claims.opens_account(claim, at=at)
    factor = Authenticator.objects.get(user=user)
    Authenticator.objects.filter(pk=factor.pk).update(type="recovery_codes")
    with pytest.raises(WrongState):
        transitions.get_ready(claim.pk, actor=actor(user), at=at)
    Authenticator.objects.filter(pk=factor.pk).update(type="totp")
    before = seen.mark()
    claim = transitions.get_ready(claim.pk, actor=actor(user), at=at)
    assert (claim.claimant, claim.claimant_ready_at, claim.status) == (user, at, "approved")
    assert seen.verbs(before) == ["claim.claimant_ready"]
    assert seen.notices(before) == []
    assert holder(lost) == cast.taro
    with pytest.raises(WrongState):
        transitions.get_ready(claim.pk, actor=actor(user), at=at)


def test_account_before_the_execution_sees_nothing_and_after_it_is_a_member(cast: Cast, lost: Registration) -> None:
    claim = claims.approved(cast, lost)
    at = claims.decided_at(claim)
    user = claims.opens_account(claim, at=at)
    who = actor(user)
    assert not Registration.objects.visible_to(who, at).exists()
    assert [one.legal_name for one in people.organisations_visible_to(who)] == [claim.number]
    assert list(Claim.objects.visible_to(who)) == [claim]
    transitions.get_ready(claim.pk, actor=who, at=at)
    assert not Registration.objects.visible_to(who, at).exists()
    executes(claim, cast.approver)
    who = actor(user)
    assert (who.organisation, who.roles) == (cast.aoba, frozenset({Role.MEMBER}))
    assert list(Registration.objects.visible_to(who, at)) == [lost]
    assert not Claim.objects.visible_to(who).exists()


def test_claimant_of_another_claim_is_nobody_here(cast: Cast, lost: Registration) -> None:
    claim = claims.approved(cast, lost)
    stranger = claimant(cast, "C-0000-000-000")
    for who in (stranger, cast.taro, cast.hanako, cast.approver):
        with pytest.raises(NotAllowed):
            transitions.get_ready(claim.pk, actor=actor(who), at=claims.decided_at(claim))


def claimant(cast: Cast, number: str) -> User:
    """Create the account of somebody whose own claim was approved."""
    home = organisation(OrganisationKind.CLAIMANT, number, "")
    user = somebody(home, "他人", "", "stranger@new.example", Role.CLAIMANT)
    enrol(user)
    return user


@pytest.mark.parametrize("lack", ["account", "ready", "factor", "ended"])
def test_nothing_is_carried_out_without_a_claimant_who_is_ready(cast: Cast, lost: Registration, lack: str) -> None:
    claim = claims.approved(cast, lost)
    at = claims.decided_at(claim)
    if lack != "account":
        user = claims.opens_account(claim, at=at)
        if lack != "ready":
            transitions.get_ready(claim.pk, actor=actor(user), at=at)
        if lack == "factor":
            Authenticator.objects.filter(user=user).delete()
        if lack == "ended":
            User.objects.filter(pk=user.pk).update(is_active=False)
            Membership.objects.filter(user=user).update(until=at)
    with pytest.raises(WrongState):
        executes(claim, cast.approver)
    assert holder(lost) == cast.taro


# Everything is asked again


@pytest.mark.parametrize(
    "what", ["signed", "evidence", "approval void", "objection", "custodian", "closed", "cooling off of another"]
)
def test_what_happened_after_the_approval_blocks_the_execution(cast: Cast, lost: Registration, what: str) -> None:
    claim = claims.ready(cast, lost)
    at = claims.decided_at(claim)
    if what == "evidence":
        claim.evidence.filter(code="A2").update(taken_back_at=at, taken_back_by=cast.operator)
    elif what == "approval void":
        claim.approvals.update(void_at=at)
    elif what == "objection":
        transitions.object_to(typed=claims.objection_made(claim, at=at), words="", actor=claims.PUBLIC, at=at)
    elif what == "custodian":
        claims.came(cast.taro, at)
    elif what == "closed":
        Registration.objects.filter(pk=lost.pk).update(status="closed")
    elif what == "cooling off of another":
        restricting.restrict(
            lost, "cooling_off", case="C-1", at=READY, blocks=restricting.COOLING_OFF_BLOCKS, until=later(days=90)
        )
    with pytest.raises(WrongState):
        executes(claim, cast.approver, signed="0" * 64 if what == "signed" else "")
    claim.refresh_from_db()
    assert (claim.status, holder(lost)) == ("approved", cast.taro)
    assert not Snapshot.objects.exists()


@pytest.mark.parametrize("status", ["draft", "offered"])
def test_handover_that_nobody_accepted_ends_with_the_execution(cast: Cast, lost: Registration, status: str) -> None:
    made = stock.drafted(cast, lost, by=cast.hanako, days=10)
    if status == "offered":
        handing.offer(handover_pk=made.pk, actor=actor(cast.hanako), at=NOW)
    claim = claims.ready(cast, lost, at=NOW + timedelta(minutes=1))
    before = seen.mark()
    executes(claim, cast.approver)
    made.refresh_from_db()
    assert made.status == Handover.Status.WITHDRAWN
    assert not made.items.filter(is_open=True).exists()
    assert ("handover_withdrawn", cast.jiro.label) in seen.notices(before)
    assert Event.objects.get(verb="claim.executed").facts["handovers_ended"] == [made.number]


def test_handover_that_was_accepted_meanwhile_goes_first(cast: Cast, lost: Registration) -> None:
    made = stock.offered(cast, lost, by=cast.hanako, days=25)
    claim = claims.ready(cast, lost, at=NOW + timedelta(minutes=1))
    handing.accept(
        handover_pk=made.pk, marks=stock.all_received(made), answers=stock.ALL_YES, actor=actor(cast.jiro), at=READY
    )
    with pytest.raises(WrongState):
        executes(claim, cast.approver)
    assert holder(lost) == cast.taro
    assert not Snapshot.objects.exists()


# The protected time


def test_clock_ends_the_protected_time_after_30_days_and_tells(cast: Cast, lost: Registration) -> None:
    claim = claims.executed(cast, lost)
    end = claim.cooling_off_until
    assert end is not None
    assert clock.run(at=end - timedelta(minutes=1))["cooled_off"] == 0
    with pytest.raises(WrongState):
        transitions.end_cooling_off(claim.pk, actor=clock.CLOCK, at=end - timedelta(minutes=1))
    before = seen.mark()
    assert clock.run(at=end)["cooled_off"] == 1
    claim.refresh_from_db()
    assert claim.cooled_off_at == end
    assert seen.verbs(before) == ["claim.cooled_off"]
    assert {template for template, _to in seen.notices(before)} == {"claim_ended", "claim_letter"}
    assert claim.claimant and ("claim_ended", claim.claimant.label) in seen.notices(before)
    assert not Restriction.objects.in_force(end).exists()
    assert clock.run(at=end)["cooled_off"] == 0
    with pytest.raises(WrongState):
        transitions.end_cooling_off(claim.pk, actor=clock.CLOCK, at=end)


@pytest.mark.parametrize("outcome", ["", "upheld", "dismissed"])
def test_objection_to_what_was_carried_out_keeps_the_protection(cast: Cast, lost: Registration, outcome: str) -> None:
    claim = claims.executed(cast, lost)
    at, end = claims.decided_at(claim), claim.cooling_off_until
    assert end is not None
    sent = claim.dispatches.get(purpose="executed", to=cast.taro.label)
    transitions.object_to(typed=claims.objection_sent(sent), words="", actor=claims.PUBLIC, at=at)
    claim.refresh_from_db()
    assert (claim.status, claim.frozen_at) == ("executed", None)
    assert Restriction.objects.in_force(at).filter(kind="contested").exists()
    objection = claim.objections.get()
    if outcome:
        transitions.review_objection(
            objection.pk, recommendation="upheld", actor=actor(cast.colleague), at=at + timedelta(days=1)
        )
        transitions.decide_objection(
            objection.pk, outcome=outcome, reason="", actor=actor(cast.senior), at=at + timedelta(days=1)
        )
    else:
        objection.identified_at = at
        objection.save()
    clock.run(at=end)
    claim.refresh_from_db()
    protected = Restriction.objects.in_force(end - timedelta(minutes=1))
    if outcome == "dismissed":
        assert claim.cooled_off_at == end
        assert not Restriction.objects.filter(kind="contested", ended_at=None).exists()
    else:
        assert claim.cooled_off_at is None
        assert set(protected.values_list("kind", flat=True)) == {"cooling_off", "contested"}


def test_objection_to_what_was_carried_out_lapses_and_leaves_no_mark(cast: Cast, lost: Registration) -> None:
    claim = claims.executed(cast, lost)
    at = claims.decided_at(claim)
    sent = claim.dispatches.get(purpose="executed", to=cast.taro.label)
    transitions.object_to(typed=claims.objection_sent(sent), words="", actor=claims.PUBLIC, at=at)
    assert clock.run(at=at + timedelta(days=14))["objections_lapsed"] == 1
    assert not Restriction.objects.filter(kind="contested", ended_at=None).exists()
    assert holder(lost) == claim.claimant


def test_old_custodian_reads_for_a_while_and_holds_no_more(cast: Cast, lost: Registration) -> None:
    claim = claims.executed(cast, lost)
    assert claim.executed_at is not None
    assert log.about(lost.label).first().verb == "claim.executed"  # type: ignore[union-attr]
    with pytest.raises(NotAllowed):
        handing.make_recovery_kit(registration_pk=lost.pk, actor=actor(cast.taro), at=claim.executed_at)
    assert find_actor(cast.taro) is not None
    assert "sho@new.example" not in str(mails("claim_executed"))
