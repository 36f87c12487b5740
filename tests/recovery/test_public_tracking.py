"""What is told at which rung: nothing before its proof (invariants 21 and 22)."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from desk.models import Inquiry
from recovery import transitions
from recovery.models import Claim, Evidence
from recovery.queries import tracking
from recovery.queries.tracking import Told
from tests import claims
from tests.cast import Cast, actor
from tests.stock import NOW

pytestmark = pytest.mark.django_db(transaction=True)


def told(claim: Claim, at: Any = NOW) -> Told:
    """Return what the page says of a claim as it is now."""
    found = tracking.find_marked(claim.pk)
    assert found is not None
    return tracking.facts_for(found, tracking.rung_of(found, at), at, tracking.papers_of(found))


def rung(claim: Claim, at: Any = NOW) -> int:
    found = tracking.find_marked(claim.pk)
    assert found is not None
    return tracking.rung_of(found, at)


def test_claim_climbs_one_rung_with_each_proof(cast: Cast) -> None:
    lost = claims.held(cast)
    claim = claims.received()
    assert rung(claim) == 0
    claim = claims.accepted(cast, lost, claim=claim)
    assert rung(claim) == 1
    claims.prove(cast, claim, "O2")
    assert rung(claim) == 1
    claims.prove(cast, claim, "A2")
    assert rung(claim) == 1, "authority is not who the claimant is"
    claims.prove(cast, claim, "P1")
    assert rung(claim) == 2
    claims.by_letter(cast, claim)
    assert rung(claim) == 3


@pytest.mark.parametrize("stage", ["approved", "executed"])
def test_decided_claim_is_on_its_rung(cast: Cast, stage: str) -> None:
    claim = getattr(claims, stage)(cast, claims.held(cast))
    assert rung(claim, claims.decided_at(claim)) == {"approved": 4, "executed": 5}[stage]


def test_contact_point_alone_is_no_rung(cast: Cast) -> None:
    """C before O and P: the order of the ladder holds."""
    claim = claims.accepted(cast, claims.held(cast))
    claims.by_letter(cast, claim)
    assert rung(claim) == 1
    assert not told(claim).is_found


def test_evidence_taken_back_takes_the_rung_with_it(cast: Cast) -> None:
    claim = claims.accepted(cast, claims.held(cast))
    claims.prove(cast, claim, "O2")
    wrong = claims.prove(cast, claim, "P1")
    assert rung(claim) == 2
    transitions.take_back_evidence(wrong.pk, actor=actor(cast.operator), at=NOW)
    assert Evidence.objects.count() == 2 and rung(claim) == 1


@pytest.mark.parametrize("field", ["capacity_stated", "capacity_found"])
def test_contractor_with_all_papers_stays_at_the_bottom(cast: Cast, field: str) -> None:
    claim = claims.proven(cast, claims.held(cast))
    Inquiry.objects.filter(pk=claim.inquiry_id).update(**{field: "contractor"})
    assert rung(claim) == 0
    seen = told(claim)
    assert not seen.is_found and not seen.number_end and not seen.missing


def test_accepted_claim_and_one_without_any_registration_are_told_the_same(cast: Cast) -> None:
    """Whatever our people have done meanwhile: linked, accepted, frozen, collected an O, printed a letter."""
    nobody = claims.received()
    lost = claims.held(cast)
    linked = claims.linked(cast, lost)
    same = [told(nobody), told(linked)]
    claim = linked
    transitions.enter_mailbox_code(claim.pk, typed=claims.code_in_mail(claim), actor=claims.PUBLIC, at=NOW)
    transitions.accept(claim.pk, actor=actor(cast.operator), at=NOW)
    same.append(told(claim))
    claims.prove(cast, claim, "O2")
    claims.by_letter(cast, claim)
    same.append(told(claim))
    rival = claims.linked(cast, lost, claim=claims.received())
    same += [told(rival), told(claim)]
    assert {replace(one, rung=0) for one in same} == {same[0]}
    for days in (1, 5, 6, 9, 20, 40):
        at = NOW + timedelta(days=days)
        assert replace(told(claim, at), rung=0) == told(nobody, at), days


def test_next_date_never_lies_in_the_past(cast: Cast) -> None:
    claim = claims.received()
    for days in range(60):
        seen = told(claim, NOW + timedelta(days=days))
        assert seen.next_on is not None and seen.next_on >= (NOW + timedelta(days=days)).date()


def test_stopped_and_refused_end_alike_before_the_proofs(cast: Cast) -> None:
    first, second = claims.received(), claims.received(sender="192.0.2.9")
    claims.linked(cast, claims.held(cast), claim=first)
    Claim.objects.filter(pk=first.pk).update(status="stopped", end_reason="custodian_active", ended_at=NOW)
    Claim.objects.filter(pk=second.pk).update(status="refused", end_reason="no_registration", ended_at=NOW)
    assert told(first) == told(second)
    assert told(first).stage == Inquiry.Stage.NOT_CONFIRMED


def test_claimant_who_proved_a_contact_point_learns_the_end_of_the_number_only(cast: Cast) -> None:
    lost = claims.held(cast, "ABC-1234567")
    claim = claims.proven(cast, lost)
    seen = told(claim)
    assert (seen.rung, seen.number_end, seen.unit) == (3, "567", lost.unit)
    words = repr(seen)
    for secret in (lost.number, lost.address, cast.taro.display_name, cast.taro.email, "abc-1234567@record.example"):
        assert secret not in words


def test_short_number_is_not_shown_whole(cast: Cast) -> None:
    assert told(claims.proven(cast, claims.held(cast, "R-1"))).number_end == "1"


@pytest.mark.parametrize(
    "typed", ["C-1234-567-890", "c1234567890", "Ｃ－１２３４－５６７－８９０", " C 1234 567 890 ", "1234567890"]
)
def test_receipt_number_is_taken_in_any_spelling(typed: str) -> None:
    assert tracking.number_in(typed) == "C-1234-567-890"


@pytest.mark.parametrize("typed", ["", "C-1234", "C-1234-567-8901", "x" * 1000, "٣" * 10])
def test_what_is_no_receipt_number_finds_none(typed: str) -> None:
    assert tracking.number_in(typed) == ""
