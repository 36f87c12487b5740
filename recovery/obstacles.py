"""Why an act is not possible yet, in the words in which the act itself would refuse. Nothing here allows anything."""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from accounts.errors import DomainError
from accounts.standing import factors_of
from recovery import deciding, steps
from recovery.models import Claim
from recovery.queries import weighing


def to_propose(claim: Claim, at: datetime) -> list[str]:
    """Return what stands in the way of a proposal."""
    return list(
        _said(
            lambda: steps.refuse_frozen(claim),
            lambda: deciding.refuse_active_custodian(claim),
            lambda: deciding.refuse_missing(weighing.standing_of(claim, at)),
        )
    )


def to_approve(claim: Claim, at: datetime) -> list[str]:
    """Return what stands in the way of an approval, whoever gives it."""
    return list(_said(*_before_decision(claim, at)))


def to_execute(claim: Claim, at: datetime) -> list[str]:
    """Return what stands in the way of carrying it out."""
    found = list(_said(*_before_decision(claim, at)))
    claimant = claim.claimant
    if claimant is None or claim.claimant_ready_at is None or not claimant.is_active or not factors_of(claimant):
        found.append(_("The claimant has not signed in with a second factor yet."))
    return found


def _before_decision(claim: Claim, at: datetime) -> list[Callable[[], Any]]:
    return [
        lambda: steps.refuse_frozen(claim),
        lambda: deciding.refuse_withdrawn(claim),
        lambda: deciding.refuse_open_window(claim, at),
        lambda: deciding.refuse_active_custodian(claim),
        lambda: deciding.refuse_changed(claim, at),
    ]


def _said(*checks: Callable[[], Any]) -> Iterator[str]:
    for check in checks:
        try:
            check()
        except DomainError as said_no:
            yield str(said_no.words)
