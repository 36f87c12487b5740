"""How long the protected time after a recovery lasts. Plain functions: they run inside a transition."""

from datetime import datetime

from handover.models import Restriction
from handover.models.cases import RestrictionQuerySet
from recovery.models import Claim
from recovery.queries import weighing


def keep(claim: Claim) -> None:
    """Let the protection of an executed `claim` last until people have decided, whatever its day was.

    An objection or a request to put it back may wait longer than the protected time: our silence never ends it.
    """
    _marks(claim).update(until=None)


def let_run(claim: Claim) -> None:
    """Let the protection end on its own day again, unless something still waits for people."""
    if claim.cooling_off_until and not weighing.open_objection(claim) and not weighing.open_rollback(claim):
        _marks(claim).update(until=claim.cooling_off_until)


def lasts(claim: Claim, at: datetime) -> bool:
    """Whether the protected time of an executed `claim` is not over at `at`."""
    if claim.cooled_off_at or claim.cooling_off_until is None:
        return False
    return at < claim.cooling_off_until or weighing.open_objection(claim) or weighing.open_rollback(claim)


def _marks(claim: Claim) -> RestrictionQuerySet:
    return Restriction.objects.filter(case=claim.number, kind=Restriction.Kind.COOLING_OFF, ended_at=None)
