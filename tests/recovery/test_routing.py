"""A claim goes by a route: chosen by a person with a reason, weighed by its needs, signed by its name."""

from typing import Any

import pytest
from django.utils import translation

from accounts.errors import NotAllowed, Refused, WrongState
from accounts.models import Organisation, User
from audit.models import Event
from desk.models import Script, ScriptSet
from handover.models import Registration
from recovery import replaying, transitions
from recovery.models import (
    CaseException,
    Claim,
    Evidence,
    ProcedureReplay,
    ProcedureVersion,
    ReplayedClaim,
    RouteChoice,
)
from recovery.procedure import digest, load
from recovery.queries import drafting, routes, signing, tracking, weighing
from recovery.queries import exceptions as bent
from recovery.rules.people import is_untouched
from recovery.seeding import succeed
from tests import claims, drafts, seen
from tests.cast import Cast, actor
from tests.claims import later
from tests.stock import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("plain_paper")]
V = ProcedureVersion


def collecting(cast: Cast, *, number: str = "", **stated: str) -> Claim:
    """A claim on a registration of 青葉商事, which has no corporate number but `number`."""
    Organisation.objects.filter(pk=cast.aoba.pk).update(corporate_number=number)
    return claims.accepted(cast, claims.held(cast), claim=claims.received(statement=stated))


def routed(claim: Claim, who: User, route: str = "sole_trader", **more: Any) -> Claim:
    wanted = {"reason": "開業届の屋号が登録者名義", "at": NOW, **more}
    return transitions.set_route(claim.pk, route=route, actor=actor(who), **wanted)


def test_operator_chooses_a_route_and_its_needs_stand_at_once(cast: Cast) -> None:
    claim = collecting(cast)
    assert "category:A" in weighing.standing_of(claim, NOW).missing
    before = seen.mark()
    claim = routed(claim, cast.operator)
    assert (claim.route, claim.tier, claim.status) == ("sole_trader", 4, "collecting")
    assert seen.verbs(before) == ["claim.route_set"] and seen.notices(before) == []
    written = Event.objects.get(verb="claim.route_set")
    assert written.facts == {"route": "sole_trader", "was": "", "tier": 4}
    chosen = RouteChoice.objects.get()
    assert (chosen.by, chosen.route, chosen.at) == (cast.operator, "sole_trader", NOW)
    assert chosen.reason == "開業届の屋号が登録者名義" and chosen.reason.encode() not in bytes(chosen.sealed_reason)
    missing = weighing.standing_of(claim, NOW).missing
    assert {"mandatory:O7|O8", "mandatory:C1"} <= set(missing) and "head_office" not in missing


def test_agent_and_approver_choose_no_route(cast: Cast) -> None:
    claim = collecting(cast)
    for who in (cast.agent, cast.supervisor, cast.approver, cast.senior, cast.taro):
        with pytest.raises(NotAllowed):
            routed(claim, who)
    assert not RouteChoice.objects.exists()


def test_route_is_chosen_while_proofs_are_collected_and_not_later(cast: Cast) -> None:
    claim = claims.linked(cast, claims.held(cast))
    with pytest.raises(WrongState):
        routed(claim, cast.operator, "association")
    other = claims.proposed(cast, claims.held(cast, "R-2"))
    with pytest.raises(WrongState):
        routed(other, cast.operator, "association")


def test_operator_who_presses_twice_chooses_once(cast: Cast) -> None:
    claim = collecting(cast)
    routed(claim, cast.operator)
    with pytest.raises(WrongState):
        routed(claim, cast.operator)
    assert RouteChoice.objects.count() == 1
    claim = routed(claim, cast.colleague, "", reason="会社だった")
    assert (claim.route, claim.tier, RouteChoice.objects.count()) == ("", 3, 2)


def test_frozen_claim_changes_no_route(cast: Cast) -> None:
    claim = collecting(cast)
    claims.linked(cast, Registration.objects.get(), claim=claims.received(sender="192.0.2.9"))
    with pytest.raises(WrongState):
        routed(claim, cast.operator)


@pytest.mark.parametrize(
    ("route", "reason", "field"),
    [("standstill", "x", "route"), ("heard", "x", "route"), ("association", " ", "reason")],
)
def test_route_that_is_none_or_has_no_reason_is_refused(cast: Cast, route: str, reason: str, field: str) -> None:
    with pytest.raises(Refused) as refused:
        routed(collecting(cast), cast.operator, route, reason=reason)
    assert field in refused.value.fields


def test_holder_with_a_corporate_number_is_no_sole_trader(cast: Cast) -> None:
    claim = collecting(cast, number="1010001000006")
    with pytest.raises(Refused) as refused:
        routed(claim, cast.operator)
    assert "route" in refused.value.fields
    assert routed(claim, cast.operator, "representative").tier == 4


def test_claim_under_version_1_has_no_routes(cast: Cast) -> None:
    claim = collecting(cast)
    Claim.objects.filter(pk=claim.pk).update(procedure=V.objects.get(version=1))
    with pytest.raises(Refused):
        routed(claim, cast.operator, "association")


def test_paper_of_another_route_is_not_recorded(cast: Cast) -> None:
    claim = collecting(cast)
    with pytest.raises(Refused) as refused:
        claims.prove(cast, claim, "O7")
    assert "code" in refused.value.fields
    claim = routed(claim, cast.operator)
    claims.prove(cast, claim, "O7")
    with pytest.raises(Refused):
        claims.prove(cast, claim, "O9")


def test_evidence_of_a_route_counts_no_more_once_the_way_is_another(cast: Cast) -> None:
    claim = routed(collecting(cast), cast.operator)
    claims.prove(cast, claim, "O7")
    assert weighing.standing_of(claim, NOW).assessment.codes == {"O7"}
    claim = routed(claim, cast.operator, "association", reason="同好会だった")
    assert weighing.standing_of(claim, NOW).assessment.codes == set()


def trader(cast: Cast) -> Claim:
    """A sole trader's claim with everything that the route asks for."""
    claim = routed(collecting(cast), cast.operator)
    claims.prove(cast, claim, "O8", issued_on=NOW.date())
    claims.prove(cast, claim, "P1")
    claims.by_letter(cast, claim)
    claims.tried(cast, claim)
    return Claim.objects.get(pk=claim.pk)


def test_sole_trader_recovers_with_official_paper_identity_and_letter(cast: Cast) -> None:
    claim = trader(cast)
    assert weighing.standing_of(claim, claims.READY).missing == ()
    claim = transitions.propose(claim.pk, reason="そろいました", actor=actor(cast.operator), at=claims.READY)
    assert claim.proposal and claim.proposal["route"] == ["sole_trader", RouteChoice.objects.get().pk]
    with translation.override("ja"):
        signed = dict(signing.signed_words(claim))
    _who, instead, by = next(values for values in signed.values() if "個人事業主" in values)
    assert "O7" in instead and "開業届の屋号が登録者名義" in by and cast.operator.display_name in by
    claims.all_delivered(cast, claim, at=claims.READY)
    claims.clock.run(at=claims.READY)
    claim.refresh_from_db()
    at = claims.decided_at(claim)
    assert (claim.window_ends_on - claims.READY.date()).days >= 14
    for decider in (cast.approver, cast.senior):
        claim = transitions.approve(
            claim.pk, signed_hash=claim.proposal_hash, reason="よい", actor=actor(decider), at=at
        )
        assert claim.status == ("approved" if decider == cast.senior else "notified")
    user = claims.opens_account(claim, at=at)
    transitions.get_ready(claim.pk, actor=actor(user), at=at)
    claim = transitions.execute(claim.pk, signed_hash=claim.proposal_hash, actor=actor(cast.approver), at=at)
    assert claim.status == "executed"


def test_without_the_letter_a_traders_claim_is_not_proposed(cast: Cast) -> None:
    claim = routed(collecting(cast), cast.operator)
    for code in ("O7", "P1"):
        claims.prove(cast, claim, code)
    claims.tried(cast, claim)
    with pytest.raises(Refused):
        transitions.propose(claim.pk, reason="x", actor=actor(cast.operator), at=claims.READY)


def test_who_chose_the_route_decides_nothing(cast: Cast) -> None:
    claim = collecting(cast)
    assert is_untouched(actor(cast.approver), claim)
    RouteChoice.objects.create(claim=claim, route="", sealed_reason=b"", by=cast.approver, at=NOW)
    assert not is_untouched(actor(cast.approver), claim)


def test_normal_claim_signs_what_it_signed_before_there_were_routes(cast: Cast) -> None:
    claim = claims.proposed(cast, claims.held(cast))
    assert claim.proposal and "route" not in claim.proposal


# Exceptions and pages -------------------------------------------------------------------------------------


def test_exception_of_one_route_is_none_on_another(cast: Cast) -> None:
    claim = routed(collecting(cast), cast.operator)
    assert bent.route_of(claim) == "sole_trader"
    rules, today = claim.procedure.procedure, NOW.date()
    one = CaseException(rule="channels", status="valid", expires_on=today, route="sole_trader", tier=4)
    assert weighing.waived_in([one], rules, 4, today, "sole_trader") == ("channels",)
    assert weighing.waived_in([one], rules, 4, today, "representative") == ()
    assert weighing.waived_in([one], rules, 4, today) == ()
    for kept in ("customer", "normal", ""):
        one.route = kept
        assert weighing.waived_in([one], rules, 4, today) == ("channels",)
        assert weighing.waived_in([one], rules, 4, today, "sole_trader") == ()
    assert bent.route_of(routed(claim, cast.operator, "", reason="x")) == "normal"


def test_claimant_reads_what_the_stated_kind_asks_for_and_nothing_of_our_choice(cast: Cast) -> None:
    claim = collecting(cast, organisation_kind="sole_trader")
    assert (claim.route, routes.hint(claim)) == ("", "sole_trader")
    with translation.override("ja"):
        told = tracking.facts_for(claim, 1, NOW)
        assert told.route == "個人事業主" and any("開業届" in words for words in told.asked)
        routed(claim, cast.operator, "association")
        again = tracking.facts_for(Claim.objects.get(pk=claim.pk), 1, NOW)
        assert again == told
        proven = tracking.facts_for(Claim.objects.get(pk=claim.pk), 2, NOW)
    assert proven.route == "団体、ボランティア団体"
    assert not any("開業届" in kind for need in proven.needs for kind in need.kinds)


def test_stated_kind_that_no_route_has_changes_nothing(cast: Cast) -> None:
    plain = tracking.facts_for(collecting(cast), 1, NOW)
    assert (plain.route, plain.asked) == ("", ())


# Changed rules -----------------------------------------------------------------------------------------------------


def as_of_version_1(claim: Claim) -> Claim:
    """The same claim as it would be had it come in before version 2."""
    Claim.objects.filter(pk=claim.pk).update(procedure=V.objects.get(version=1))
    return Claim.objects.get(pk=claim.pk)


def refused_representative(cast: Cast, number: str) -> Claim:
    """Under version 1: commercial register's certificate, identity, letter to the head office; nobody else is there."""
    claim = as_of_version_1(collecting(cast, number=number))
    Registration.objects.update(is_critical=True)
    transitions.take_head_office(
        claim.pk, postal_code="1000002", address="東京都1-1", source="registry", actor=actor(cast.operator), at=NOW
    )
    for code in ("O1", "P1"):
        claims.prove(cast, claim, code)
    claims.by_letter(cast, claim, to="head_office")
    claims.tried(cast, claim)
    claim = Claim.objects.get(pk=claim.pk)
    Claim.objects.filter(pk=claim.pk).update(tier=4, circumstances=["critical"])
    return transitions.refuse(
        claim.pk, reason="not_confirmed", words="x", actor=actor(cast.approver), at=later(days=20)
    )


def test_refused_claim_that_a_route_would_have_decided_otherwise_is_found_and_reopened(cast: Cast) -> None:
    claim = refused_representative(cast, "1010001000006")
    for pk in replaying.due(later(days=21)):
        drafts.work(pk)
    row = ReplayedClaim.objects.reopenable().get()
    assert (row.claim, row.outcome, row.new_route, row.new_tier) == (claim, "gained", "representative", 4)
    assert row.new_missing == [] and "mandatory:A2" in row.old_missing
    with translation.override("ja"):
        assert any("登記された代表者" in words for words in drafting.why(row))
    claim = transitions.reopen_by_rule(claim.pk, actor=actor(cast.operator), at=later(days=21))
    # A person says that the route fits: it is found, not chosen.
    assert (claim.status, claim.route, claim.procedure.version) == ("collecting", "", drafts.live().version)
    claim = routed(claim, cast.operator, "representative", at=later(days=21))
    assert weighing.standing_of(claim, later(days=21)).missing == ()


def test_claim_refused_under_what_is_in_force_is_not_found_by_it(cast: Cast) -> None:
    claim = collecting(cast)
    claims.prove(cast, claim, "P1")
    transitions.refuse(claim.pk, reason="not_confirmed", words="x", actor=actor(cast.approver), at=later(days=20))
    replay = drafts.replayed(cast, drafts.begun(cast))
    assert ReplayedClaim.objects.get(replay=replay).outcome == "same"
    assert replaying.due(later(days=21)) == []


def test_claim_executed_by_a_route_is_replayed_by_its_route(cast: Cast) -> None:
    test_sole_trader_recovers_with_official_paper_identity_and_letter(cast)

    def lax(data: dict[str, Any]) -> None:
        next(one for one in data["routes"] if one["code"] == "sole_trader")["needs"]["points"] = 200

    draft = drafts.changed(cast, lax)
    row = ReplayedClaim.objects.get(replay=drafts.replayed(cast, draft))
    assert (row.outcome, row.new_route, row.new_missing) == ("lost", "sole_trader", ["points"])
    assert ProcedureReplay.objects.count() == 1


# A version comes ------------------------------------------------------------------------------------------------------


def test_newest_version_that_ships_is_in_force_and_the_others_retired() -> None:
    one, two, three = V.objects.order_by("version")
    found = [(row.version, row.status, row.shipped) for row in (one, two, three)]
    assert found == [(1, "retired", 1), (2, "retired", 2), (3, "live", 3)]
    assert [row.data for row in (one, two, three)] == [load(1), load(2), load(3)]
    assert three.data_hash == digest(load(3)) and two.retired_at == three.live_since


def back_to_version_1() -> ProcedureVersion:
    """What an installation had on the day before version 2."""
    Script.objects.filter(set__version__gt=1).delete()
    ScriptSet.objects.filter(version__gt=1).delete()
    V.objects.filter(version__gt=1).delete()
    V.objects.filter(version=1).update(status="live", retired_at=None)
    return V.objects.get()


def test_shipped_version_takes_the_place_of_the_shipped_one_before_it(cast: Cast) -> None:
    back_to_version_1()
    draft = drafts.begun(cast)  # took number 2
    assert succeed(V, shipped=2, at=NOW)
    assert [(row.version, row.status) for row in V.objects.order_by("version")] == [
        (1, "retired"),
        (2, "draft"),
        (3, "live"),
    ]
    assert drafts.live().data == load(2) | {"version": 3}
    draft.refresh_from_db()
    with pytest.raises(WrongState):  # its base is no longer in force: nothing is overwritten by it either
        drafts.replayed(cast, draft)
        transitions.propose_publication(
            draft.pk, seen_hash=draft.data_hash, reason="x", actor=actor(cast.editor), at=NOW
        )


def test_version_of_the_installation_is_not_overwritten_but_offered(cast: Cast) -> None:
    back_to_version_1()
    own = drafts.published(cast)
    assert own.shipped == 1
    assert not succeed(V, shipped=3, at=NOW)
    assert drafts.live() == own
    before = seen.mark()
    draft = transitions.begin_shipped_draft(actor=actor(cast.editor), at=NOW)
    assert (draft.status, draft.shipped, draft.based_on, draft.findings) == ("draft", 3, own, [])
    assert draft.procedure.tier(3).points == 80 and draft.procedure.has_route("sole_trader")
    assert seen.verbs(before) == ["procedure.shipped_taken"] and seen.notices(before) == []
    facts = {"version": draft.version, "based_on": own.version, "shipped": 3, "findings": 0}
    assert Event.objects.get(verb="procedure.shipped_taken").facts == facts
    with pytest.raises(WrongState):  # there is a draft
        transitions.begin_shipped_draft(actor=actor(cast.editor), at=NOW)
    with pytest.raises(NotAllowed):
        transitions.begin_shipped_draft(actor=actor(cast.senior), at=NOW)
    drafts.replayed(cast, draft)
    transitions.propose_publication(draft.pk, seen_hash=draft.data_hash, reason="x", actor=actor(cast.editor), at=NOW)
    new = transitions.publish(draft.pk, signed_hash=draft.data_hash, reason="x", actor=actor(cast.senior), at=NOW)
    assert drafts.live() == new and new.shipped == 3


def test_nothing_newer_is_offered_where_it_is_in_force(cast: Cast) -> None:
    with pytest.raises(WrongState):
        transitions.begin_shipped_draft(actor=actor(cast.editor), at=NOW)
    assert not V.objects.filter(status="draft").exists()


def test_claim_with_a_proof_that_is_no_longer_known_is_not_reopened(cast: Cast) -> None:
    claim = refused_representative(cast, "1010001000006")
    for pk in replaying.due(later(days=21)):
        drafts.work(pk)
    Evidence.objects.filter(claim=claim, code="P1").update(code="P9")
    with pytest.raises(WrongState):
        transitions.reopen_by_rule(claim.pk, actor=actor(cast.operator), at=later(days=21))
