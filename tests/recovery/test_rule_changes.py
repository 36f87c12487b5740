"""A rule has changed: what it would have said of past claims, and the refused ones that it reopens."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.errors import NotAllowed, WrongState
from audit.models import Event
from handover.models import Registration, Restriction
from recovery import replaying, transitions
from recovery.models import Claim, ProcedureReplay, ProcedureVersion, ReplayedClaim
from recovery.models.replays import left_of
from recovery.procedure import load
from recovery.queries import replaying as queries
from recovery.queries import weighing
from tests import claims, drafts, seen
from tests.cast import Cast, actor
from tests.claims import later
from tests.drafts import kind, tier
from tests.stock import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("plain_paper")]
DECIDED = later(days=20)


def refused(cast: Cast, number: str = "R-1", *, codes: str = "O4 P2 A2", reason: str = "not_confirmed") -> Claim:
    """A claim with 10 + 15 + 40 + 20 points and every attempt, refused because 90 are asked for."""
    claim = claims.accepted(cast, claims.held(cast, number))
    for code in [*codes.split(), "C2"]:
        claims.prove(cast, claim, code)
    claims.tried(cast, claim)
    return transitions.refuse(claim.pk, reason=reason, words="足りない", actor=actor(cast.approver), at=DECIDED)


def lower(data: dict[str, Any]) -> None:
    tier(data, 3)["points"] = 80


def only(replay: ProcedureReplay) -> ReplayedClaim:
    return ReplayedClaim.objects.get(replay=replay)


def test_replay_says_what_would_have_been_enough_and_why(cast: Cast) -> None:
    claim = refused(cast)
    replay = drafts.replayed(cast, drafts.changed(cast, lower))
    row = only(replay)
    assert (row.claim, row.outcome, row.decided_at) == (claim, "gained", DECIDED)
    assert (row.old_tier, row.new_tier, row.old_missing, row.new_missing) == (3, 3, ["points"], [])
    assert queries.counts_of(replay) == {"same": 0, "gained": 1, "lost": 0, "tier": 0}
    assert replay.finished_at == NOW
    claim.refresh_from_db()
    assert claim.status == "refused"  # a replay decides nothing


def test_replay_of_what_is_in_force_differs_in_nothing(cast: Cast) -> None:
    refused(cast)
    claims.executed(cast, claims.held(cast, "R-2"))
    replay = drafts.replayed(cast, drafts.begun(cast))
    assert queries.counts_of(replay) == {"same": 2, "gained": 0, "lost": 0, "tier": 0}


def test_replay_says_what_would_no_longer_have_been_enough(cast: Cast) -> None:
    claims.executed(cast, claims.held(cast))
    replay = drafts.replayed(cast, drafts.changed(cast, lambda data: tier(data, 3).update(mandatory=[["O3"]])))
    assert (only(replay).outcome, only(replay).new_missing) == ("lost", ["mandatory:O3"])


def test_replay_says_that_a_claim_would_have_been_of_another_tier(cast: Cast) -> None:
    Registration.objects.filter(pk=claims.held(cast).pk).update(is_critical=True)
    claim = claims.accepted(cast, Registration.objects.get())
    transitions.refuse(claim.pk, reason="not_confirmed", words="", actor=actor(cast.approver), at=DECIDED)

    def three(data: dict[str, Any]) -> None:
        next(one for one in data["circumstances"] if one["code"] == "critical")["tier"] = 3

    row = only(drafts.replayed(cast, drafts.changed(cast, three)))
    assert (row.outcome, row.old_tier, row.new_tier) == ("tier", 4, 3)


def test_replay_weighs_as_it_was_weighed_on_the_day(cast: Cast) -> None:
    """What is missing by the claim's own version is what its page said at the decision."""
    claim = claims.accepted(cast, claims.held(cast))
    claims.prove(cast, claim, "O2")
    seal = claims.prove(cast, claim, "O3")  # nobody compared it as the second person
    mistaken = claims.prove(cast, claim, "P1", at=later(days=1))
    transitions.take_back_evidence(mistaken.pk, actor=actor(cast.operator), at=later(days=2))
    claims.tried(cast, claim, media=("mail", "phone"))
    said = weighing.standing_of(Claim.objects.get(pk=claim.pk), DECIDED).missing
    transitions.refuse(claim.pk, reason="not_confirmed", words="", actor=actor(cast.approver), at=DECIDED)
    replay = drafts.replayed(cast, drafts.begun(cast))
    assert only(replay).old_missing == list(said)
    assert "attempts" in said and "category:P" in said
    # What happened after the decision is no part of it.
    type(seal).objects.filter(pk=seal.pk).update(second_checked_by=cast.colleague)
    type(mistaken).objects.filter(pk=mistaken.pk).update(taken_back_at=later(days=30))
    past = queries.past_of(left_of(ProcedureReplay(pk=0)).filter(pk=claim.pk))[0]
    assert [item.code for item in past.items] == ["O2", "O3", "P1"]


def test_replay_asks_as_many_questions_for_three_claims_as_for_one(cast: Cast) -> None:
    draft = drafts.changed(cast, lower)
    counted = []
    for numbers in (["R-1"], ["R-2", "R-3"]):
        for number in numbers:
            refused(cast, number)
        ReplayedClaim.objects.all().delete()
        ProcedureReplay.objects.all().delete()
        replay = transitions.begin_replay(draft.pk, actor=actor(cast.editor), at=NOW)
        with CaptureQueriesContext(
            connection,
        ) as asked:
            assert replaying.work(replay.pk, clock=lambda: NOW) is False
        counted.append(len(asked))
        assert ReplayedClaim.objects.filter(replay=replay).count() == Claim.objects.count()
    assert counted[0] == counted[1] < 40


def test_replay_goes_on_piece_by_piece_and_takes_in_what_is_decided_later(cast: Cast) -> None:
    for number in ("R-1", "R-2"):
        refused(cast, number)
    draft = drafts.changed(cast, lower)
    replay = transitions.begin_replay(draft.pk, actor=actor(cast.editor), at=NOW)
    assert replaying.work(replay.pk, clock=lambda: NOW, piece=1) is True
    assert ReplayedClaim.objects.count() == 1
    assert replaying.work(replay.pk, clock=lambda: NOW, piece=1) is False
    refused(cast, "R-3")
    again = transitions.begin_replay(draft.pk, actor=actor(cast.editor), at=later(days=1))
    assert again == replay
    drafts.work(replay.pk)
    assert ReplayedClaim.objects.filter(replay=replay, outcome="gained").count() == 3


# Reopening


def published(cast: Cast) -> ProcedureVersion:
    return drafts.published(cast, lower)


def reopens(claim: Claim, who: Any, **more: Any) -> Claim:
    return transitions.reopen_by_rule(claim.pk, actor=actor(who), at=more.pop("at", later(days=21)))


def test_operator_reopens_a_claim_that_the_changed_rule_would_not_have_refused(cast: Cast) -> None:
    claim = refused(cast)
    was, new = claim.procedure, published(cast)
    assert [row.claim for row in ReplayedClaim.objects.reopenable()] == [claim]
    before, letters = seen.mark(), claim.dispatches.filter(purpose="accepted").count()
    claim = reopens(claim, cast.operator)
    claim.refresh_from_db()
    assert (claim.status, claim.end_reason, claim.ended_at) == ("collecting", "", None)
    assert (claim.procedure, claim.began_with, claim.tier) == (new, was, 3)
    assert claim.inquiry.status == "open" and claim.inquiry.stage == "collecting" and claim.inquiry.turn == "inquirer"
    assert claim.inquiry.closed_at is None and claim.inquiry.next_on is not None
    assert Restriction.objects.filter(case=claim.number, kind="claim_open", ended_at=None).count() == 1
    assert seen.verbs(before) == ["claim.reopened_by_rule"]
    written = Event.objects.get(verb="claim.reopened_by_rule")
    assert written.facts == {"version": new.version, "was": was.version, "tier": 3}
    registration = claim.registration
    assert registration and registration.label in written.about
    told = dict.fromkeys(label for _template, label in seen.notices(before))
    assert ("claim_reopened_by_rule", claim.label) in seen.notices(before)
    assert {cast.taro.label, cast.hanako.label} <= set(told)
    assert claim.dispatches.filter(purpose="accepted").count() == letters + 4  # two people, mail and post of record
    # By the new version it can be proposed as it is.
    proposed = transitions.propose(claim.pk, reason="よい", actor=actor(cast.colleague), at=later(days=22))
    assert proposed.proposal and proposed.proposal["procedure"] == new.version
    assert not ReplayedClaim.objects.reopenable().exists()


def test_everybody_gets_a_new_code_that_stops_the_reopened_claim(cast: Cast) -> None:
    claim = refused(cast)
    published(cast)
    old = [one.pk for one in claim.dispatches.all()]
    reopens(claim, cast.operator)
    new = claim.dispatches.filter(channel="letter", purpose="accepted").exclude(pk__in=old).get()
    transitions.object_to(typed=claims.objection_sent(new), words="ちがう", actor=claims.PUBLIC, at=later(days=22))
    claim.refresh_from_db()
    assert claim.frozen_at is not None


def test_second_press_reopens_nothing(cast: Cast) -> None:
    claim = refused(cast)
    published(cast)
    reopens(claim, cast.senior)
    before = seen.mark()
    with pytest.raises(WrongState):
        reopens(claim, cast.operator)
    assert seen.verbs(before) == []


def test_claim_refused_again_by_the_new_version_is_not_reopened_by_it(cast: Cast) -> None:
    claim = refused(cast)
    published(cast)
    claim = reopens(claim, cast.operator)
    transitions.refuse(claim.pk, reason="not_confirmed", words="", actor=actor(cast.approver), at=later(days=23))
    for pk in replaying.due(later(days=24)):
        drafts.work(pk)
    with pytest.raises(WrongState):
        reopens(claim, cast.operator, at=later(days=25))


@pytest.mark.parametrize("who", ["approver", "editor", "auditor", "agent", "hanako"])
def test_others_do_not_reopen(cast: Cast, who: str) -> None:
    claim = refused(cast)
    published(cast)
    with pytest.raises(NotAllowed):
        reopens(claim, getattr(cast, who))


def test_nothing_is_reopened_before_the_rule_is_in_force(cast: Cast) -> None:
    claim = refused(cast)
    drafts.proposed(cast, lower)
    with pytest.raises(WrongState):
        reopens(claim, cast.operator)


def test_claim_that_was_refused_for_abuse_or_lacks_more_is_not_reopened(cast: Cast) -> None:
    abused = refused(cast, "R-1", reason="abuse")
    lacking = refused(cast, "R-2", codes="O4 A2")
    published(cast)
    assert not ReplayedClaim.objects.reopenable().exists()
    for claim in (abused, lacking):
        with pytest.raises(WrongState):
            reopens(claim, cast.operator)


def test_claim_beside_another_open_one_or_on_a_closed_registration_is_not_reopened(cast: Cast) -> None:
    claim = refused(cast)
    published(cast)
    registration = claim.registration
    assert registration
    other = claims.linked(cast, registration, at=DECIDED)
    with pytest.raises(WrongState):
        reopens(claim, cast.operator)
    transitions.withdraw(other.pk, actor=claims.PUBLIC, at=DECIDED)
    Registration.objects.filter(pk=registration.pk).update(status="closed")
    with pytest.raises(WrongState):
        reopens(claim, cast.operator)
    Registration.objects.filter(pk=registration.pk).update(status="active")
    claims.came(cast.taro, later(days=20, hours=1))
    with pytest.raises(WrongState):
        reopens(claim, cast.operator)


def test_claim_refused_by_the_old_version_after_the_change_is_found_by_the_clock(cast: Cast) -> None:
    new = published(cast)
    assert replaying.due(later(days=1)) == []
    # It came in before: it keeps the version that it began with, and is refused by it.
    claim = refused(cast)
    Claim.objects.filter(pk=claim.pk).update(procedure=new.based_on)
    ReplayedClaim.objects.all().delete()
    due = replaying.due(later(days=21))
    assert len(due) == 1
    drafts.work(due[0])
    assert [row.claim for row in ReplayedClaim.objects.reopenable()] == [claim]
    assert replaying.due(later(days=22)) == []


def test_version_that_comes_with_the_product_finds_them_too(cast: Cast) -> None:
    claim = refused(cast)
    old = claim.procedure
    data = load(1) | {"version": 90}
    tier(data, 3)["points"] = 80
    assert kind(data, "C2")["points"] == 20
    ProcedureVersion.objects.filter(pk=old.pk).update(status="retired")
    shipped = ProcedureVersion.objects.create(version=90, status="live", data=data, data_hash="s", live_since=NOW)
    for pk in replaying.due(later(days=21)):
        drafts.work(pk)
    assert [row.replay.version for row in ReplayedClaim.objects.reopenable()] == [shipped]
    assert reopens(claim, cast.operator).procedure == shipped
