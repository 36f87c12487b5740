"""The whole way of a claim, by the acts of its people."""

import pytest

from handover.models import Custody, Restriction
from recovery.models import Claim
from tests import claims
from tests.cast import Cast
from tests.stock import holder

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("alive", [True, False], ids=["tier 3", "tier 4"])
def test_claimant_who_lost_everything_becomes_custodian(cast: Cast, alive: bool) -> None:
    lost = claims.held(cast, alive=alive)
    claim = claims.executed(cast, lost)
    assert (claim.status, claim.tier) == (Claim.Status.EXECUTED, 3 if alive else 4)
    assert holder(lost) == claim.claimant
    assert Custody.objects.current().get(registration=lost).basis == "recovery"
    assert Restriction.objects.in_force(claims.decided_at(claim)).get().kind == "cooling_off"
