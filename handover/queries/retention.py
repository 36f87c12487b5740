"""Reads: which papers were kept for as long as their kind asks for. It proposes nothing and erases nothing."""

from datetime import date, datetime, time

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from accounts.models import Organisation
from handover.models import DocumentVersion, Erasure, LegalHold, Registration
from handover.rules.retention import keepings, over_before


def over(organisation: Organisation, today: date) -> QuerySet[DocumentVersion]:
    """Return the versions of papers of `organisation` whose time is over on `today`, the oldest first.

    `is_held` on each: whether a hold stands; `is_proposed`: whether somebody proposed to erase its paper.
    """
    due = Q(pk__in=[])
    for keeping in keepings():
        until = timezone.make_aware(datetime.combine(over_before(today, keeping.years), time.max))
        closed = Q(
            superseded_at=None,
            document__registration__status=Registration.Status.CLOSED,
            document__registration__closed_at__lte=until,
        )
        due |= Q(document__kind=keeping.kind) & (Q(superseded_at__lte=until) | closed)
    rows = DocumentVersion.objects.filter(due, blob__erased_at=None, document__registration__organisation=organisation)
    holds = LegalHold.objects.standing().filter(registration=OuterRef("document__registration"))
    proposed = Erasure.objects.open().filter(document=OuterRef("document"))
    rows = rows.annotate(is_held=Exists(holds), is_proposed=Exists(proposed))
    return rows.select_related("document__registration", "blob").order_by("added_at", "pk")
