"""What an exception does to the decision: it is part of what is signed, and ends with its day or by hand."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.errors import NotAllowed, WrongState
from audit import queries as log
from audit.models import Event
from audit.signed import hash_of
from handover.models import Registration
from recovery import obstacles, transitions
from recovery.models import Claim
from recovery.procedure import ends_on
from recovery.queries import signing, tracking
from tests import claims, seen
from tests.cast import Cast, actor
from tests.letterbox import mails
from tests.recovery.excepted import PROCEDURE, WORDS, asks, granted, lacking, notified, proposes, standing
from tests.stock import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("plain_paper")]


def test_exception_is_part_of_what_is_signed(cast: Cast, lost: Registration) -> None:
    claim = lacking(cast, lost)
    made = granted(cast, claim)
    claim = proposes(cast, claim)
    assert claim.proposal is not None
    assert claim.proposal["exceptions"] == [
        [made.pk, "category:O", made.facts_hash, made.expires_on.isoformat()],
    ]
    words = dict(signing.signed_words(claim))
    assert any(WORDS["control"] in line for lines in words.values() for line in lines)
    without = {name: value for name, value in claim.proposal.items() if name != "exceptions"}
    assert hash_of(without) != claim.proposal_hash


def test_case_without_exception_signs_what_it_always_signed(cast: Cast, lost: Registration) -> None:
    claim = claims.proposed(cast, lost)
    assert claim.proposal is not None
    assert "exceptions" not in claim.proposal


def test_exception_that_ran_out_holds_nothing_up_any_more(cast: Cast, lost: Registration) -> None:
    claim = lacking(cast, lost)
    granted(cast, claim, expires_on=timezone.localdate(claims.READY) + timedelta(days=1))
    claim = notified(cast, claim)
    at = claims.decided_at(claim)
    with pytest.raises(WrongState):
        transitions.approve(claim.pk, signed_hash=claim.proposal_hash, reason="", actor=actor(cast.approver), at=at)
    assert standing(claim, at).missing == ("category:O",)
    assert obstacles.to_approve(claim, at) != []


def test_exception_that_ran_out_is_asked_for_anew(cast: Cast, lost: Registration) -> None:
    claim = lacking(cast, lost)
    first = granted(cast, claim)
    at = claims.READY + timedelta(days=(first.expires_on - timezone.localdate(claims.READY)).days + 1)
    again = asks(cast, claim, at=at, expires_on=timezone.localdate(at) + timedelta(days=5))
    assert (again.rule, again.status) == (first.rule, "asked")
    first.refresh_from_db()
    assert first.status == "ended"


def test_exception_from_another_route_is_asked_for_anew(cast: Cast, lost: Registration) -> None:
    """It was bent where something else stands in for what is missing."""
    claim = lacking(cast, lost)
    first = granted(cast, claim)
    transitions.set_route(
        claim.pk, route="association", reason="規約を見ました", actor=actor(cast.colleague), at=claims.READY
    )
    assert standing(claim).waived == ()
    again = asks(cast, claim)
    first.refresh_from_db()
    assert (first.status, again.rule, again.status, again.route) == ("ended", first.rule, "asked", "association")


def test_ended_exception_voids_the_approval_and_sends_the_case_back(cast: Cast, lost: Registration) -> None:
    claim = lacking(cast, lost)
    made = granted(cast, claim)
    claim = notified(cast, claim)
    at = claims.decided_at(claim)
    transitions.approve(claim.pk, signed_hash=claim.proposal_hash, reason="", actor=actor(cast.approver), at=at)
    before = seen.mark()
    made = transitions.end_exception(made.pk, reason="代わりの確認が誤り", actor=actor(cast.colleague), at=at)
    claim.refresh_from_db()
    assert (made.status, made.ended_by, claim.status) == ("ended", cast.colleague, "collecting")
    assert not claim.approvals.filter(void_at=None).exists()
    assert seen.verbs(before) == ["exception.ended"]
    assert Event.objects.get(verb="exception.ended").facts["goes_back"] is True
    assert standing(claim, at).missing == ("category:O",)
    with pytest.raises(WrongState):
        transitions.end_exception(made.pk, reason="", actor=actor(cast.colleague), at=at)


def test_who_asked_takes_it_back_and_strangers_do_not(cast: Cast, lost: Registration) -> None:
    made = asks(cast, lacking(cast, lost))
    for who in (cast.agent, cast.editor, cast.auditor, cast.hanako, cast.worker):
        with pytest.raises(NotAllowed):
            transitions.end_exception(made.pk, reason="", actor=actor(who), at=claims.READY)
    assert transitions.end_exception(made.pk, reason="", actor=actor(cast.colleague), at=claims.READY).status == "ended"


def test_longer_window_is_bent_to_the_shortened_one_and_no_further(cast: Cast, lost: Registration) -> None:
    claim = claims.accepted(cast, lost)
    for code in ("O2", "O3", "P1", "A1", "A2"):
        claims.prove(cast, claim, code)
    transitions.second_evidence(claim.evidence.get(code="O3").pk, actor=actor(cast.colleague), at=NOW)
    claims.prove(cast, claim, "C2")
    claims.tried(cast, claim)
    assert standing(claim).missing == ()
    made = granted(cast, claim, rule="window", missing_proof="")
    claim = notified(cast, claim)
    assert claim.window_begun_on and claim.window_ends_on
    three = PROCEDURE.tier(3).window
    assert three and three.shortened
    assert claim.proposal and claim.proposal["exceptions"][0][0] == made.pk
    assert claim.window_ends_on == ends_on(claim.window_begun_on, three, shortened=True)
    assert claim.window_ends_on < ends_on(claim.window_begun_on, three, shortened=False)


def test_nobody_outside_the_provider_hears_of_it(cast: Cast, lost: Registration) -> None:
    claim = lacking(cast, lost)
    before = seen.mark()
    granted(cast, claim)
    staff = {user.label for user in (cast.approver, cast.senior, cast.colleague)}
    assert {to for _template, to in seen.notices(before)} <= staff
    for label in (lost.label, cast.aoba.label):
        assert not log.about(label).filter(verb__startswith="exception.").exists()
    proposes(cast, claim)
    told = [mail["body"] for mail in mails("claim_proposed")]
    assert told and not any("特例" in body or "水害" in body for body in told)
    # The claimant is not asked any more for what is waived, and hears no reason.
    claim = Claim.objects.select_related("inquiry", "procedure", "registration__product").get(pk=claim.pk)
    assert "特例" not in str(tracking.facts_for(claim, 3, claims.READY))


def test_exception_of_another_claim_helps_nobody(cast: Cast, lost: Registration) -> None:
    claim = lacking(cast, lost)
    granted(cast, claim)
    other = lacking(cast, claims.held(cast, "R-2"))
    assert standing(other).missing == ("category:O",)
