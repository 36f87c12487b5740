"""Proposal, window, approval, refusal: an operator proposes, other natural persons decide. Who and when: test_table."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from accounts.errors import NotAllowed, Refused, WrongState
from accounts.models import Invitation, Membership, Role, User
from audit.models import Event
from desk import transitions as desk
from desk.models import Inquiry
from handover.calendar import is_business_day
from handover.models import ContactPoint, Custody, Registration
from recovery import clock, transitions
from recovery.models import Approval, Claim, Evidence
from recovery.queries import weighing
from tests import claims, seen
from tests.cast import Cast, actor, somebody
from tests.claims import PUBLIC, READY, later
from tests.letterbox import link_in, mails
from tests.stock import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("plain_paper")]


@pytest.fixture
def lost(cast: Cast) -> Registration:
    return claims.held(cast)


def proposes(claim: Claim, who: User, *, at: datetime = READY) -> Claim:
    return transitions.propose(claim.pk, reason="そろいました", actor=actor(who), at=at)


def approves(claim: Claim, who: User, *, at: datetime | None = None, signed: str = "") -> Claim:
    claim.refresh_from_db()
    return transitions.approve(
        claim.pk,
        signed_hash=signed or claim.proposal_hash,
        reason="よい",
        actor=actor(who),
        at=at or claims.decided_at(claim),
    )


def talks(cast: Cast, claim: Claim, who: User, party: str) -> None:
    """Somebody notes a contact of the case."""
    desk.note_contact(
        claim.inquiry_id,
        direction="in",
        channel="phone",
        party=party,
        minutes=3,
        text="",
        actor=actor(who),
        at=later(days=1),
    )


def also(user: User, cast: Cast, *roles: Role) -> User:
    """Give `user` more roles at the provider."""
    for role in roles:
        Membership.objects.create(user=user, organisation=cast.provider, role=role, since=NOW - timedelta(days=99))
    return user


# Proposing


def test_operator_proposes_and_everybody_is_told_with_a_code(cast: Cast, lost: Registration) -> None:
    claim = claims.proven(cast, lost)
    before = seen.mark()
    claim = proposes(claim, cast.operator)
    mail, post = claims.point(lost, "mail"), claims.point(lost, "post")
    assert (claim.status, claim.proposed_by, claim.proposed_at) == ("proposed", cast.operator, READY)
    assert seen.verbs(before) == ["claim.proposed"]
    assert seen.notices(before) == sorted(
        [
            ("claim_proposed", cast.taro.label),
            ("claim_proposed", cast.hanako.label),
            ("claim_proposed", f"contact_point:{mail.pk}"),
            ("claim_letter", f"contact_point:{post.pk}"),
        ]
    )
    written = Event.objects.get(verb="claim.proposed")
    assert written.facts == {"hash": claim.proposal_hash, "tier": 3, "points": 130}
    assert lost.label in written.about
    codes = {claims.objection_sent(one) for one in claim.dispatches.filter(purpose="proposed")}
    assert len(codes) == 4  # one each
    with pytest.raises(WrongState):
        proposes(claim, cast.operator)


def test_incomplete_claim_is_not_proposed_and_the_types_are_named(cast: Cast, lost: Registration) -> None:
    claim = claims.accepted(cast, lost)
    claims.prove(cast, claim, "O2")
    with pytest.raises(Refused) as refused:
        proposes(claim, cast.operator)
    assert str(refused.value).count("/") >= 3
    assert "R-1" not in str(refused.value)


def test_claim_without_a_confirmed_mailbox_is_not_proposed(cast: Cast, lost: Registration) -> None:
    claim = claims.proven(cast, lost)
    Claim.objects.filter(pk=claim.pk).update(mailbox_verified_at=None)
    with pytest.raises(Refused):
        proposes(claim, cast.operator)


def test_mailbox_of_somebody_with_an_account_is_not_proposed(cast: Cast, lost: Registration) -> None:
    claim = claims.proven(cast, lost)
    somebody(cast.wakaba, "渡邉 翔", "", "sho@new.example", Role.MEMBER)
    with pytest.raises(Refused):
        proposes(claim, cast.operator)


def test_custodian_who_was_here_a_month_ago_is_overridden_only_if_the_organisation_says_so(
    cast: Cast, lost: Registration
) -> None:
    claims.came(cast.taro, NOW - timedelta(minutes=1))
    claim = claims.proven(cast, lost)
    Evidence.objects.filter(claim=claim).update(departure_stated=False)
    assert weighing.standing_of(claim, READY).missing == ("inactivity",)
    assert "inactivity" not in weighing.standing_of(claim, later(days=31)).missing
    Evidence.objects.filter(claim=claim, code="A2").update(departure_stated=True)
    assert proposes(claim, cast.operator).status == "proposed"


@pytest.mark.parametrize(
    "way", ["spoke", "spoke through another account", "printed", "printed through another account"]
)
def test_operator_who_spoke_or_saw_a_code_does_not_propose(cast: Cast, lost: Registration, way: str) -> None:
    claim = claims.proven(cast, lost)  # the colleague has printed the letter with the code
    other = claims.same_human(cast, cast.colleague, Role.OPERATOR)
    operator_again = claims.same_human(cast, cast.operator, Role.OPERATOR)
    if way.startswith("spoke"):
        talks(cast, claim, cast.operator, "claimant")
    who = {
        "spoke": cast.operator,
        "spoke through another account": operator_again,
        "printed": cast.colleague,
        "printed through another account": other,
    }[way]
    with pytest.raises(NotAllowed):
        proposes(claim, who)


def test_operator_who_called_the_organisation_may_propose(cast: Cast, lost: Registration) -> None:
    claim = claims.proven(cast, lost)
    assert claim.inquiry.contacts.filter(by=cast.operator, party="organisation").exists()
    assert proposes(claim, cast.operator).status == "proposed"


# The window


@pytest.mark.parametrize(
    ("begun", "tier", "last_day"),
    [
        (date(2026, 12, 2), 3, date(2026, 12, 7)),  # C1 and A2 passed: three business days
        (date(2027, 4, 28), 3, date(2027, 5, 7)),  # 29 Apr and 3 to 5 May are holidays
        (date(2027, 8, 10), 3, date(2027, 8, 18)),  # Mountain Day, Obon 13 to 16 Aug
        (date(2026, 12, 26), 3, date(2027, 1, 5)),  # 29 Dec to 3 Jan
        (date(2027, 4, 28), 4, date(2027, 5, 18)),
        (date(2026, 12, 26), 4, date(2027, 1, 15)),
    ],
)
def test_nobody_approves_before_the_last_day_is_over(cast: Cast, begun: date, tier: int, last_day: date) -> None:
    lost = claims.held(cast, alive=tier == 3)
    at = datetime(begun.year, begun.month, begun.day, 1, tzinfo=UTC)
    claim = claims.notified(cast, lost, at=at - (READY - NOW))
    assert (claim.tier, claim.window_begun_on) == (tier, begun)
    assert claim.window_ends_on is not None
    days = [begun + timedelta(days=step) for step in range(1, (claim.window_ends_on - begun).days + 1)]
    assert sum(is_business_day(day) for day in days) >= (3 if tier == 3 else 10)
    assert tier == 3 or len(days) >= 14
    assert claim.window_ends_on == last_day
    last_minute = datetime(last_day.year, last_day.month, last_day.day, 14, 59, tzinfo=UTC)  # 23:59 in Japan
    with pytest.raises(WrongState):
        approves(claim, cast.approver, at=last_minute)
    assert not Approval.objects.exists()
    approves(claim, cast.approver, at=last_minute + timedelta(minutes=1))


def test_window_of_weaker_evidence_is_a_week_and_five_business_days(cast: Cast, lost: Registration) -> None:
    claim = claims.accepted(cast, lost)
    for code in ("O2", "P1", "A2", "C2"):
        claims.prove(cast, claim, code)
    claims.tried(cast, claim)
    claim = proposes(claim, cast.operator)
    claims.all_delivered(cast, claim, at=READY)
    clock.run(at=READY)
    claim.refresh_from_db()
    # From Tuesday 8 December: seven days end on the 15th, when five business days are over as well.
    assert (claim.window_begun_on, claim.window_ends_on) == (date(2026, 12, 8), date(2026, 12, 15))


def test_silence_decides_nothing(cast: Cast, lost: Registration) -> None:
    claim = claims.notified(cast, lost)
    before = seen.mark()
    for days in (1, 10, 100, 400):
        clock.run(at=claims.decided_at(claim) + timedelta(days=days))
    claim.refresh_from_db()
    # It tells and reminds people, once each.
    assert claim.status == "notified"
    assert sorted(seen.verbs(before)) == ["claim.holding_answered", "claim.passed_on", "claim.silence_noticed"]


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


# The custodian is still there


@pytest.mark.parametrize("stage", ["linked", "accepted", "proven", "proposed", "notified", "approved", "ready"])
def test_custodian_signs_in_and_the_claim_stops(cast: Cast, lost: Registration, stage: str) -> None:
    claim: Claim = getattr(claims, stage)(cast, lost)
    claims.came(cast.taro, later(days=1))
    at = claims.decided_at(claim) if claim.window_ends_on else READY
    acts: dict[str, Any] = {
        "linked": lambda: transitions.accept(claim.pk, actor=actor(cast.operator), at=at),
        "proven": lambda: proposes(claim, cast.operator),
        "notified": lambda: approves(claim, cast.approver),
        "ready": lambda: transitions.execute(
            claim.pk, signed_hash=claim.proposal_hash, actor=actor(cast.approver), at=at
        ),
    }
    if stage in acts:
        with pytest.raises(WrongState):
            acts[stage]()
    before = seen.mark()
    assert clock.run(at=at)["claims_stopped"] == 1
    claim.refresh_from_db()
    assert (claim.status, claim.end_reason) == ("stopped", "custodian_active")
    assert seen.verbs(before) == ["claim.stopped"]
    told = [("claim_stopped", cast.taro.label), ("claim_stopped", cast.hanako.label)]
    closed = [("claim_closed", claim.label)] if claim.mailbox_verified_at else []
    assert seen.notices(before) == sorted(told + closed)
    assert Custody.objects.get().user == cast.taro
    assert not User.objects.filter(email="sho@new.example", is_active=True).exists()
    assert clock.run(at=at)["claims_stopped"] == 0


def test_custodian_who_was_here_before_the_claim_stops_nothing(cast: Cast, lost: Registration) -> None:
    claims.came(cast.taro, NOW - timedelta(days=60))
    claims.came(cast.jiro, NOW + timedelta(days=1))  # a colleague is not the custodian
    claim = claims.notified(cast, lost)
    assert clock.run(at=claims.decided_at(claim))["claims_stopped"] == 0
    with pytest.raises(WrongState):
        transitions.stop(claim.pk, actor=clock.CLOCK, at=claims.decided_at(claim))
    assert approves(claim, cast.approver).status == "approved"


def test_public_page_of_objections_is_no_way_to_approve(cast: Cast, lost: Registration) -> None:
    claim = claims.notified(cast, lost)
    for who in (PUBLIC, clock.CLOCK, actor(cast.agent), actor(cast.taro)):
        with pytest.raises(NotAllowed):
            transitions.approve(
                claim.pk,
                signed_hash=claim.proposal_hash,
                reason="",
                actor=who,  # type: ignore[arg-type]
                at=claims.decided_at(claim),
            )
