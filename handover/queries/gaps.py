"""Open gaps of one customer, and what closes each."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from accounts.errors import Words
from handover.models import GapAlert

K = GapAlert.Kind
SHOWN = 10
"""Gaps on the home page; the list of registrations has them all."""

WHAT_NEXT: Mapping[str, Words] = {
    K.NO_CUSTODIAN: _("Take it into your care and hand it over to a colleague."),
    K.NO_ADMINISTRATOR: _("Name an administrator."),
    K.NOT_ATTESTED: _("Ask the person in charge to answer, or hand it over to somebody else."),
    K.CUSTODIAN_ABSENT: _("Ask the person in charge to sign in once, or hand it over to somebody else."),
    K.LEAVER_STAYS: _("Name another administrator, or choose another last day in the package."),
    K.DISCLAIMED: _("Hand it over to the colleague who should be in charge."),
}


@dataclass(frozen=True)
class Gap:
    """One open gap as a page shows it."""

    kind: str
    opened_at: datetime | None
    reasons: list[str]

    @property
    def words(self) -> str:
        return str(K(self.kind).label)

    @property
    def reason_words(self) -> list[str]:
        return [str(GapAlert.Reason(each).label) for each in self.reasons]

    @property
    def what_next(self) -> Words:
        return WHAT_NEXT[self.kind]


@dataclass(frozen=True)
class OwnGap(Gap):
    """A gap of one's own organisation; `number` is empty for one of the organisation itself."""

    number: str
    unit: str


def own_gaps(actor: Actor) -> list[OwnGap]:
    """Return the oldest open gaps of the organisation that `actor` administers, none for everybody else."""
    if not actor.is_administrator:
        return []
    rows = GapAlert.objects.filter(organisation=actor.organisation, closed_at=None).select_related("registration")
    return [
        OwnGap(
            row.kind,
            row.opened_at,
            row.reasons,
            row.registration.number if row.registration else "",
            row.registration.unit if row.registration else "",
        )
        for row in rows.order_by("opened_at", "pk")[:SHOWN]
    ]
