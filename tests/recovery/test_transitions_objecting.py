"""Objections and competing claims: frozen at once, settled by people, approved by nothing. Who and when: test_table."""

from datetime import timedelta

import pytest

from accounts.errors import NotAllowed, Refused, WrongState
from accounts.models import Membership, Role, User
from audit.models import Event
from desk.models import Inquiry
from handover.models import Registration, Restriction
from recovery import clock, transitions
from recovery.models import Claim, Objection
from tests import claims, seen
from tests.cast import Cast, actor
from tests.claims import PUBLIC, READY, later
from tests.stock import NOW, holder

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("plain_paper")]


def objected(claim: Claim, *, at: object = None, words: str = "頼んでいません") -> Objection:
    """Somebody who got a notice objects."""
    when = at or (claims.decided_at(claim) if claim.window_ends_on else NOW)
    typed = claims.objection_made(claim, at=when)  # type: ignore[arg-type]
    transitions.object_to(typed=typed, words=words, actor=PUBLIC, at=when)  # type: ignore[arg-type]
    claim.refresh_from_db()
    return claim.objections.latest("pk")


def settled(cast: Cast, objection: Objection, outcome: str, *, at: object) -> Objection:
    """Two people look at it."""
    transitions.review_objection(
        objection.pk,
        recommendation=outcome,
        actor=actor(cast.colleague),
        at=at,  # type: ignore[arg-type]
    )
    return transitions.decide_objection(
        objection.pk,
        outcome=outcome,
        reason="電話で確認",
        actor=actor(cast.approver),
        at=at,  # type: ignore[arg-type]
    )


# One word freezes


@pytest.mark.parametrize("stage", ["accepted", "proposed", "notified", "approved", "ready"])
def test_whoever_was_told_objects_and_the_claim_is_frozen_at_once(cast: Cast, lost: Registration, stage: str) -> None:
    claim: Claim = getattr(claims, stage)(cast, lost)
    status, at = claim.status, later(days=50)
    before = seen.mark()
    made = objected(claim, at=at)
    assert (claim.status, claim.frozen_at, claim.frozen_by) == (status, at, "objection")
    assert (made.status, made.words, made.identify_by) == ("open", "頼んでいません", at + timedelta(days=14))
    assert made.told.startswith("accepted:holder")
    assert seen.verbs(before) == ["claim.objected"]
    assert seen.notices(before) == []
    assert "頼んで" not in str(Event.objects.get(verb="claim.objected").facts)
    assert not claim.approvals.filter(void_at=None).exists()
    assert Inquiry.objects.get(pk=claim.inquiry_id).stage == "frozen"
    assert Restriction.objects.get(kind="contested").blocks == ["end_contact_point"]
    assert holder(lost) == cast.taro


def test_objection_code_of_the_letter_works_once_in_any_spelling(cast: Cast, lost: Registration) -> None:
    claim = claims.accepted(cast, lost)
    code = claims.objection_sent(claim.dispatches.get(channel="letter"))
    transitions.object_to(typed=code.lower().replace("-", " "), words="", actor=PUBLIC, at=NOW)
    with pytest.raises(Refused):
        transitions.object_to(typed=code, words="", actor=PUBLIC, at=NOW)
    assert Objection.objects.count() == 1


@pytest.mark.parametrize("typed", ["", "2222-22222-22222", "x" * 300, "９"])
def test_wrong_objection_code_freezes_nothing(cast: Cast, lost: Registration, typed: str) -> None:
    claim = claims.accepted(cast, lost)
    with pytest.raises(Refused):
        transitions.object_to(typed=typed, words="", actor=PUBLIC, at=NOW)
    claim.refresh_from_db()
    assert claim.frozen_at is None


def test_guesses_at_one_code_end_after_five_and_leave_the_others(cast: Cast, lost: Registration) -> None:
    claim = claims.accepted(cast, lost)
    first, second = (claims.objection_sent(one) for one in claim.dispatches.order_by("pk")[:2])
    for _try in range(5):
        with pytest.raises(Refused):
            transitions.object_to(typed=f"{first[:4]}-22222-22222", words="", actor=PUBLIC, at=NOW)
    with pytest.raises(Refused):
        transitions.object_to(typed=first, words="", actor=PUBLIC, at=NOW)
    transitions.object_to(typed=second, words="", actor=PUBLIC, at=NOW)


def test_code_that_gives_evidence_is_no_objection_code(cast: Cast, lost: Registration) -> None:
    claim = claims.accepted(cast, lost)
    to = f"contact_point:{claims.point(lost, 'post').pk}"
    sent = transitions.order_letter(claim.pk, to=to, actor=actor(cast.operator), at=NOW)[0]
    with pytest.raises(Refused):
        transitions.object_to(typed=claims.code_sent(sent), words="", actor=PUBLIC, at=NOW)


def test_objection_after_the_end_of_a_claim_is_not_needed(cast: Cast, lost: Registration) -> None:
    claim = claims.accepted(cast, lost)
    code = claims.objection_sent(claim.dispatches.get(channel="letter"))
    transitions.withdraw(claim.pk, actor=PUBLIC, at=NOW)
    with pytest.raises(Refused):
        transitions.object_to(typed=code, words="", actor=PUBLIC, at=NOW)


def test_frozen_claim_goes_nowhere(cast: Cast, lost: Registration) -> None:
    claim = claims.ready(cast, lost)
    objected(claim)
    at, user = claims.decided_at(claim), claim.claimant
    assert user is not None
    signed = {"signed_hash": claim.proposal_hash, "actor": actor(cast.approver), "at": at}
    for status, act in (
        ("approved", lambda: transitions.execute(claim.pk, **signed)),  # type: ignore[arg-type]
        ("approved", lambda: transitions.get_ready(claim.pk, actor=actor(user), at=at)),
        ("notified", lambda: transitions.approve(claim.pk, reason="", **signed)),  # type: ignore[arg-type]
        ("proposed", lambda: transitions.begin_window(claim.pk, actor=clock.CLOCK, at=at)),
        ("collecting", lambda: transitions.propose(claim.pk, reason="", actor=actor(cast.operator), at=at)),
        ("collecting", lambda: transitions.order_letter(claim.pk, to="", actor=actor(cast.operator), at=at)),
        ("matched", lambda: transitions.accept(claim.pk, actor=actor(cast.operator), at=at)),
        ("matched", lambda: transitions.link(claim.pk, registration_number="R-1", actor=actor(cast.operator), at=at)),
    ):
        Claim.objects.filter(pk=claim.pk).update(status=status)
        with pytest.raises(WrongState, match=r"異議|止|frozen|Somebody objected"):
            act()
    assert holder(lost) == cast.taro


def test_custodian_signs_in_after_an_objection_and_the_claim_stops_all_the_same(cast: Cast, lost: Registration) -> None:
    claim = claims.notified(cast, lost)
    objected(claim)
    claims.came(cast.taro, claims.decided_at(claim))
    clock.run(at=claims.decided_at(claim))
    claim.refresh_from_db()
    assert (claim.status, claim.frozen_at) == ("stopped", None)
    assert not Restriction.objects.filter(ended_at=None).exists()


# Two people settle it


def test_operator_reviews_and_an_approver_upholds(cast: Cast, lost: Registration) -> None:
    claim = claims.ready(cast, lost)
    made, at, before = objected(claim), claims.decided_at(claim), seen.mark()
    account = claim.claimant
    with pytest.raises(WrongState):  # nobody has reviewed it
        transitions.decide_objection(made.pk, outcome="upheld", reason="", actor=actor(cast.approver), at=at)
    settled(cast, made, "upheld", at=at)
    claim.refresh_from_db()
    made.refresh_from_db()
    assert (made.status, made.reviewed_by, made.decided_by) == ("upheld", cast.colleague, cast.approver)
    assert (claim.status, claim.end_reason) == ("refused", "objection_upheld")
    assert seen.verbs(before) == ["objection.reviewed", "objection.decided"]
    assert seen.notices(before) == [("claim_closed", claim.label)]
    assert account and not User.objects.get(pk=account.pk).is_active
    assert not Restriction.objects.filter(ended_at=None).exists()
    for act in (
        lambda: transitions.review_objection(made.pk, recommendation="upheld", actor=actor(cast.colleague), at=at),
        lambda: transitions.decide_objection(made.pk, outcome="dismissed", reason="", actor=actor(cast.senior), at=at),
    ):
        with pytest.raises(WrongState):
            act()


@pytest.mark.parametrize("through", ["own account", "another account"])
def test_who_reviewed_does_not_decide(cast: Cast, lost: Registration, through: str) -> None:
    made = objected(claims.accepted(cast, lost))
    Membership.objects.create(user=cast.operator, organisation=cast.provider, role=Role.APPROVER, since=NOW)
    transitions.review_objection(made.pk, recommendation="dismissed", actor=actor(cast.operator), at=NOW)
    who = cast.operator if through == "own account" else claims.same_human(cast, cast.operator, Role.SENIOR)
    with pytest.raises(NotAllowed):
        transitions.decide_objection(made.pk, outcome="dismissed", reason="", actor=actor(who), at=NOW)


@pytest.mark.parametrize("outcome", ["", "open", "lapsed", "yes"])
def test_outcome_is_upheld_or_dismissed(cast: Cast, lost: Registration, outcome: str) -> None:
    made = objected(claims.accepted(cast, lost))
    with pytest.raises(Refused):
        transitions.review_objection(made.pk, recommendation=outcome, actor=actor(cast.operator), at=NOW)
    transitions.review_objection(made.pk, recommendation="upheld", actor=actor(cast.operator), at=NOW)
    with pytest.raises(Refused):
        transitions.decide_objection(made.pk, outcome=outcome, reason="", actor=actor(cast.approver), at=NOW)


@pytest.mark.parametrize("way", ["dismissed", "lapsed"])
def test_objection_that_falls_approves_nothing_and_owes_a_second_look(cast: Cast, lost: Registration, way: str) -> None:
    claim = claims.approved(cast, lost)
    user = claims.opens_account(claim, at=claims.decided_at(claim))
    made, at, before = objected(claim), claims.decided_at(claim), seen.mark()
    if way == "dismissed":
        settled(cast, made, "dismissed", at=at)
    else:
        assert clock.run(at=at + timedelta(days=13))["objections_lapsed"] == 0
        with pytest.raises(WrongState):
            transitions.lapse_objection(made.pk, actor=clock.CLOCK, at=at + timedelta(days=13))
        assert seen.verbs(before) == ["claim.holding_answered"]  # what is due anyhow
        at, before = at + timedelta(days=14), seen.mark()
        assert clock.run(at=at)["objections_lapsed"] == 1
        assert seen.verbs(before) == ["objection.lapsed"]
        with pytest.raises(WrongState):
            transitions.lapse_objection(made.pk, actor=clock.CLOCK, at=at)
    claim.refresh_from_db()
    assert (claim.status, claim.frozen_at, claim.needs_second_look) == ("notified", None, True)
    assert seen.notices(before) == []
    assert not Restriction.objects.filter(kind="contested", ended_at=None).exists()
    # What the first approval gave is gone; the next one gives it anew.
    assert not User.objects.get(pk=user.pk).is_active
    signed = {"signed_hash": claim.proposal_hash, "reason": "", "at": at}
    claim = transitions.approve(claim.pk, actor=actor(cast.approver), **signed)  # type: ignore[arg-type]
    assert claim.status == "notified"  # a tier 3 that owes a second look
    claim = transitions.approve(claim.pk, actor=actor(cast.senior), **signed)  # type: ignore[arg-type]
    assert claim.status == "approved"
    again = claims.opens_account(claim, at=at)
    transitions.get_ready(claim.pk, actor=actor(again), at=at)
    done = transitions.execute(claim.pk, signed_hash=claim.proposal_hash, actor=actor(cast.approver), at=at)
    assert done.claimant == again == holder(lost)


def test_sending_back_does_not_get_round_the_senior(cast: Cast, lost: Registration) -> None:
    claim = claims.notified(cast, lost)
    at = claims.decided_at(claim)
    settled(cast, objected(claim), "dismissed", at=at)
    transitions.send_back(claim.pk, reason="", actor=actor(cast.approver), at=at)
    transitions.propose(claim.pk, reason="", actor=actor(cast.operator), at=at)
    claims.all_delivered(cast, claim, at=at)
    clock.run(at=at)
    claim.refresh_from_db()
    claim = transitions.approve(
        claim.pk,
        signed_hash=claim.proposal_hash,
        reason="",
        actor=actor(cast.approver),
        at=claims.decided_at(claim),
    )
    assert claim.status == "notified"


def test_claim_stays_frozen_until_the_last_objection_falls(cast: Cast, lost: Registration) -> None:
    claim = claims.notified(cast, lost)
    first, second, at = objected(claim), objected(claim), claims.decided_at(claim)
    settled(cast, first, "dismissed", at=at)
    claim.refresh_from_db()
    assert claim.frozen_by == "objection"
    settled(cast, second, "dismissed", at=at)
    claim.refresh_from_db()
    assert claim.frozen_at is None


def test_identified_objection_never_lapses(cast: Cast, lost: Registration) -> None:
    made = objected(claims.accepted(cast, lost))
    made.identified_at = NOW
    made.save()
    assert clock.run(at=later(days=100))["objections_lapsed"] == 0


# Competing claims


@pytest.mark.parametrize("order", ["first is older", "first is younger"])
def test_competing_claims_freeze_alike_whichever_came_first(cast: Cast, lost: Registration, order: str) -> None:
    one = claims.received(at=NOW)
    two = claims.received(at=later(minutes=5), statement={"mail": "two@new.example"})
    if order == "first is younger":
        one, two = two, one
    one = claims.accepted(cast, lost, claim=one, at=later(minutes=10))
    claims.prove(cast, one, "O2", at=later(minutes=12))
    before = seen.mark()
    claims.linked(cast, lost, claim=two, at=later(minutes=20))
    for claim in (one, two):
        claim.refresh_from_db()
        assert (claim.frozen_at, claim.frozen_by) == (later(minutes=20), "competing")
        assert Inquiry.objects.get(pk=claim.inquiry_id).stage == "frozen"
        assert Restriction.objects.filter(kind="contested", case=claim.number, ended_at=None).count() == 1
    assert seen.verbs(before) == ["claim.linked"]
    assert Event.objects.latest("sequence").facts["competing"] == [one.number]


def test_second_claim_after_the_approval_voids_it(cast: Cast, lost: Registration) -> None:
    claim = claims.ready(cast, lost)
    at = claims.decided_at(claim)
    claims.linked(cast, lost, claim=claims.received(at=at, statement={"mail": "two@new.example"}), at=at)
    claim.refresh_from_db()
    assert claim.frozen_by == "competing"
    with pytest.raises(WrongState):
        transitions.execute(claim.pk, signed_hash=claim.proposal_hash, actor=actor(cast.approver), at=at)
    assert not claim.approvals.filter(void_at=None).exists()


def test_senior_lets_the_one_claim_go_on_that_is_left(cast: Cast, lost: Registration) -> None:
    one = claims.accepted(cast, lost)
    two = claims.received(at=later(minutes=5), statement={"mail": "two@new.example"})
    claims.linked(cast, lost, claim=two, at=later(minutes=20))
    at = later(days=2)
    with pytest.raises(WrongState):  # both are open
        transitions.resume(one.pk, reason="", actor=actor(cast.senior), at=at)
    transitions.withdraw(two.pk, actor=PUBLIC, at=at)
    one.refresh_from_db()
    assert one.frozen_by == "competing"  # nothing thaws by itself
    before = seen.mark()
    one = transitions.resume(one.pk, reason="もう一方は取り下げ", actor=actor(cast.senior), at=at)
    assert (one.frozen_at, one.status, one.needs_second_look) == (None, "collecting", True)
    assert seen.verbs(before) == ["claim.resumed"]
    assert seen.notices(before) == []
    assert not Restriction.objects.filter(kind="contested", ended_at=None).exists()
    with pytest.raises(WrongState):
        transitions.resume(one.pk, reason="", actor=actor(cast.senior), at=at)


@pytest.mark.parametrize("first", ["objection", "competition"])
def test_decision_on_an_objection_never_lets_a_competing_claim_go(cast: Cast, lost: Registration, first: str) -> None:
    claim = claims.accepted(cast, lost)
    rival = claims.received(at=later(minutes=5), statement={"mail": "two@new.example"})
    if first == "objection":
        made = objected(claim, at=later(minutes=10))
        claims.linked(cast, lost, claim=rival, at=later(minutes=20))
    else:
        claims.linked(cast, lost, claim=rival, at=later(minutes=20))
        made = objected(claim, at=later(minutes=30))
    transitions.withdraw(rival.pk, actor=PUBLIC, at=later(days=1))
    settled(cast, made, "dismissed", at=later(days=1))
    claim.refresh_from_db()
    assert claim.frozen_by == "competing"
    assert transitions.resume(claim.pk, reason="", actor=actor(cast.senior), at=later(days=1)).frozen_at is None


def test_resumed_claim_with_an_open_objection_waits_for_that(cast: Cast, lost: Registration) -> None:
    claim = claims.accepted(cast, lost)
    rival = claims.received(at=later(minutes=5), statement={"mail": "two@new.example"})
    claims.linked(cast, lost, claim=rival, at=later(minutes=20))
    made = objected(claim, at=later(minutes=30))
    transitions.withdraw(rival.pk, actor=PUBLIC, at=later(days=1))
    claim = transitions.resume(claim.pk, reason="", actor=actor(cast.senior), at=later(days=1))
    assert claim.frozen_by == "objection"
    settled(cast, made, "dismissed", at=later(days=1))
    claim.refresh_from_db()
    assert claim.frozen_at is None


def test_window_is_not_over_sooner_because_of_a_frozen_time(cast: Cast, lost: Registration) -> None:
    claim = claims.proposed(cast, lost)
    made = objected(claim, at=READY)
    claims.all_delivered(cast, claim, at=READY)
    clock.run(at=READY)
    claim.refresh_from_db()
    assert claim.status == "proposed"  # frozen: no window begins
    settled(cast, made, "dismissed", at=READY)
    clock.run(at=READY)
    claim.refresh_from_db()
    assert (claim.status, claim.window_begun_on) == ("notified", READY.date())
