"""Hashes on record of proposals, lists, exceptions and versions: what was signed is still what is read."""

import pytest

from audit.signed import hash_of
from recovery.models import CaseException, Claim, ClaimLine, ProcedureVersion
from recovery.procedure import assess, digest
from recovery.queries import exceptions as reads
from recovery.queries import weighing
from tests import claims
from tests.cast import Cast
from tests.stock import NOW, registration

pytestmark = pytest.mark.django_db


@pytest.fixture
def claim(cast: Cast) -> Claim:
    """A claim with a fixed number, without evidence: keys of rows are part of what is signed."""
    made = claims.accepted(cast, claims.held(cast))
    Claim.objects.filter(pk=made.pk).update(
        number="C-0000-000-001",
        procedure=ProcedureVersion.objects.get(version=1),
        proposed_at=NOW,
        proposed_by=cast.operator,
    )
    return Claim.objects.select_related("inquiry", "registration", "procedure").get(pk=made.pk)


def standing(claim: Claim) -> weighing.Standing:
    weighed = assess(claim.procedure.procedure, 3, [], on=NOW.date())
    return weighing.Standing(3, ("critical",), weighed, ())


def test_proposal_that_was_signed_is_still_what_was_signed(claim: Claim) -> None:
    facts = weighing.decision_facts(claim, standing(claim))
    assert hash_of(facts) == "14761a02f0747d4daea7eba6658a64e02c65c7760fbbdfbdb3f0af724333b221"


def test_list_that_was_signed_is_still_what_was_signed(cast: Cast, claim: Claim) -> None:
    for row, mail in enumerate(("", "ichi@aoba.example"), 1):
        ClaimLine.objects.create(
            claim=claim,
            row=row,
            sealed=ClaimLine.seal({"number": f"L-{row}", "unit": "総務課", "name": "新任 一", "mail": mail}),
            status="listed",
            is_signed=True,
            registration=registration(cast.aoba, f"L-{row}", custodian=None),
        )
    claim.is_bulk = True
    facts = weighing.decision_facts(claim, standing(claim))
    assert facts["list"] == {"count": 2, "hash": "d53f2d4c3fe2c032e922864e365218569803d80dd2891c985750e9bdc4516c9d"}


def test_exception_that_was_signed_is_still_what_was_signed(claim: Claim) -> None:
    made = CaseException(
        claim=claim,
        rule="category:O",
        reason_code="disaster",
        missing_proof="O2",
        sealed=CaseException.seal({"text": "水害", "control": "二度折り返し", "risk": "誤り", "compared": "前例なし"}),
        expires_on=NOW.date(),
        tier=3,
        route="normal",
        circumstances=["critical"],
        precedents=[3, 1],
        asked_by_id=7,
        asked_at=NOW,
    )
    assert reads.hash_to_sign(made) == "72811e896df3d3b4b76ca84a0492a0429d8aa0419a6d6e782df15f7d2316af7e"


def test_version_of_the_procedure_has_the_hash_that_it_always_had() -> None:
    assert (
        digest({"version": 3, "tiers": [{"number": 1, "name": {"ja": "一", "en": "one"}}]})
        == "4333d2b7631d2dc2ae50433e41f2b909bbc51a604f7c6681d653a49db9b65912"
    )
