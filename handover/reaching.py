"""Which contact points of record serve which use. Whoever writes to one, calls one or offers one asks here first.

A plain function over rows that were read anyway: a contact point whose purposes lack the use at hand is neither offered
nor used, and a number at which the receiver pays is never dialled (docs/decisions/0030-promises.md).
"""

from collections.abc import Iterable

from handover.folding import costs_receiver
from handover.models import ContactPoint

PROCEDURE = ContactPoint.Purpose.PROCEDURE
URGENT = (ContactPoint.Purpose.FAULT, ContactPoint.Purpose.PROCEDURE)
"""Uses when business stands still: the number for emergencies first of all."""


def serves(point: ContactPoint, *uses: str) -> bool:
    """Whether `point` may be used for one of `uses` (`ContactPoint.Purpose`). A phone is there to be dialled.

    The receiver pays where the register says so, and where the number itself does: an import knows no such mark.
    """
    if point.kind == ContactPoint.Kind.PHONE and (point.receiver_pays or costs_receiver(point.value)):
        return False
    return bool(set(uses) & set(point.purposes))


def serving(points: Iterable[ContactPoint], *uses: str) -> list[ContactPoint]:
    """Return those of `points` that may be used for one of `uses`, in their order."""
    return [point for point in points if serves(point, *uses)]
