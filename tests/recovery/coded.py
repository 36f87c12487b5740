"""How a letter is ordered, its code typed, and what counts by then."""

from typing import Any

from recovery import transitions
from recovery.models import Claim, Dispatch
from recovery.queries import weighing
from tests import claims
from tests.cast import Cast, actor
from tests.claims import PUBLIC
from tests.stock import NOW

WRONG = "22222-22222"


def ordered(cast: Cast, claim: Claim, *, to: str = "", at: Any = NOW) -> Dispatch:
    target = to or f"contact_point:{claims.point(claim.registration, 'post').pk}"  # type: ignore[arg-type]
    return transitions.order_letter(claim.pk, to=target, actor=actor(cast.operator), at=at)[-1]


def types(claim: Claim, typed: str, *, at: Any = NOW, purpose: str = "letter") -> Claim:
    return transitions.enter_code(claim.pk, purpose=purpose, typed=typed, actor=PUBLIC, at=at)


def counted(claim: Claim, at: Any = NOW) -> frozenset[str]:
    return weighing.standing_of(Claim.objects.get(pk=claim.pk), at).assessment.codes
