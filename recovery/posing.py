"""Claims behind which a contractor was found who said to be the customer, as `desk.posing.Others` counts them."""

from datetime import datetime

from django.db.models import QuerySet

from accounts.models import Organisation
from desk.posing import Posed
from recovery.models import Claim


def found(customer: Organisation, *, since: datetime) -> list[Posed]:
    """Return the claims on registrations of `customer` that were found so since `since`."""
    rows = _claims(customer, since).order_by("posed_at", "pk")
    return [
        Posed(one.inquiry_id, one.registration_id, one.posed_at, one.posing_told_at) for one in rows if one.posed_at
    ]


def told(customer: Organisation, *, since: datetime, at: datetime) -> None:
    """Keep that the customer was told at `at` of all that was found since `since`."""
    _claims(customer, since).update(posing_told_at=at)


def _claims(customer: Organisation, since: datetime) -> QuerySet[Claim]:
    return Claim.objects.filter(registration__organisation=customer, posed_at__gt=since)
