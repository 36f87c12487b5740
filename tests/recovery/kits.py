"""Recovery kits as tests show them."""

from datetime import timedelta
from typing import Any

import pytest

from accounts.errors import Refused
from handover import transitions as register
from handover.models import Registration
from recovery import transitions
from recovery.models import Claim
from recovery.queries import weighing
from tests import claims
from tests.cast import Cast, actor
from tests.claims import PUBLIC
from tests.stock import NOW

MADE = NOW - timedelta(days=40)
WRONG = "2222-2222-2222-2222"


def printed(cast: Cast, lost: Registration) -> tuple[str, str]:
    """太郎 printed a kit in good time: number and code as they stand on the sheet."""
    made, code = register.make_recovery_kit(registration_pk=lost.pk, actor=actor(cast.taro), at=MADE)
    return made.number, code


def shows(claim: Claim, kit: tuple[str, str], *, at: Any = NOW, code: str = "") -> Claim:
    return transitions.redeem_kit(claim.pk, number=kit[0], typed=code or kit[1], actor=PUBLIC, at=at)


def standing(claim: Claim, at: Any = NOW) -> weighing.Standing:
    return weighing.standing_of(Claim.objects.get(pk=claim.pk), at)


def second_code(claim: Claim) -> str:
    return claims.code_sent(claim.dispatches.get(purpose="code"))


def with_both(claim: Claim, kit: tuple[str, str], *, at: Any = NOW) -> Claim:
    """The kit, the mailbox, and the second code from the mail of record."""
    typed = claims.code_in_mail(claim)
    shows(claim, kit, at=at)
    transitions.enter_mailbox_code(claim.pk, typed=typed, actor=PUBLIC, at=at)
    return transitions.enter_code(claim.pk, purpose="mail", typed=second_code(claim), actor=PUBLIC, at=at)


def guesses(kit: tuple[str, str], count: int, *, claim: Claim | None = None, at: Any = NOW) -> Claim:
    claim = claim or claims.received(sender="192.0.2.66", at=at)
    for _try in range(count):
        with pytest.raises(Refused):
            shows(claim, kit, code=WRONG, at=at)
    return claim
