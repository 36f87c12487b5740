"""Claims as the report on fairness counts them: one row a claim, no name and no number in any of them.

Three queries, however many claims there are; the rest is counting.
"""

from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from django.db.models import Count, F, Q, QuerySet, Value
from django.db.models.functions import Coalesce
from django.utils import timezone

from desk.models import Contact, Inquiry
from handover.models import Registration
from recovery.fairness.quarters import BusinessDays, Quarter
from recovery.models import Claim

S = Claim.Status
OPEN = "open"
SIZES = ((1, "1"), (10, "2–10"), (100, "11–100"))
"""Most registrations of a customer in each band and its name; more than the last are one more band. The second band
ends where a claim on more would be of tier 4 (procedure.md A3)."""
MANY = "101+"


@dataclass(frozen=True, slots=True)
class Case:
    """One claim as the report counts it. `days` are business days from receipt to end, None while it is open."""

    outcome: str
    is_decided: bool
    days: int | None
    contacts: int
    is_put_back: bool
    quarter: int
    tier: str
    way: str
    size: str
    capacity: str
    contractor: str
    version: str
    route: str


def received_in(first: date, last: date) -> Q:
    """Claims that came in from the day `first` to the day `last`."""
    return Q(received_at__gte=_midnight(first), received_at__lt=_midnight(last, later=1))


def ended_in(first: date, last: date) -> Q:
    """Claims that were carried out or ended from the day `first` to the day `last`, and are not taken up again."""
    begin, end = _midnight(first), _midnight(last, later=1)
    ended = Q(status__in=[S.REFUSED, S.WITHDRAWN, S.STOPPED], ended_at__gte=begin, ended_at__lt=end)
    return Q(status=S.EXECUTED, executed_at__gte=begin, executed_at__lt=end) | ended


def _midnight(day: date, *, later: int = 0) -> datetime:
    return timezone.make_aware(datetime.combine(date.fromordinal(day.toordinal() + later), time()))


def cases(which: Q, at: datetime) -> list[Case]:
    """Return the claims that `which` finds, as the report counts them. Three queries.

    Claims on invented registrations are left out.

    Days count from the first receipt, also where a claim was taken up again: that is what its claimant waited.
    Contacts are those that the claimant began, up to the end. Sizes are those of today: no other are kept.
    """
    rows = Claim.objects.filter(which).exclude(registration__canaries__isnull=False)
    found = list(rows.values_list(*_COLUMNS))
    if not found:
        return []
    contacts, sizes = _contacts(rows, at), _sizes_of(rows)
    times = [moment for row in found for moment in row[2:5] if moment]
    days = BusinessDays(timezone.localdate(min(times)), timezone.localdate(max(times)))
    return [_case(row, contacts, sizes, days) for row in found]


_COLUMNS = (
    *("status", "end_reason", "received_at", "executed_at", "ended_at", "rolled_back_at", "tier", "inquiry_id"),
    *("inquiry__came_by", "inquiry__capacity_stated", "inquiry__capacity_found"),
    *("registration__organisation_id", "procedure__version", "route"),
)


def _case(row: tuple[Any, ...], contacts: dict[int, int], sizes: dict[int, int], days: BusinessDays) -> Case:
    status, reason, received_at, executed_at, ended_at, put_back_at, tier, inquiry, *more = row
    way, stated, found, holder, version, route = more
    received = timezone.localdate(received_at)
    is_over = status not in Claim.OPEN
    over_at = (executed_at if status == S.EXECUTED else ended_at) if is_over else None
    capacity = found or stated
    return Case(
        outcome=status if is_over else OPEN,
        is_decided=status == S.EXECUTED or (status == S.REFUSED and reason != Claim.EndReason.NO_RESPONSE),
        days=days.between(received, timezone.localdate(over_at)) if over_at else None,
        contacts=contacts.get(inquiry, 0),
        is_put_back=put_back_at is not None,
        quarter=Quarter.of(received).code,
        tier=str(tier or ""),
        way=way,
        size=band(sizes.get(holder, 0), SIZES, MANY) if holder else "",
        capacity=capacity,
        contractor="yes" if Inquiry.Capacity.CONTRACTOR in (stated, found) else "no",
        version=str(version),
        route=route,
    )


def band(number: int, bands: tuple[tuple[int, str], ...], more: str) -> str:
    """Return the name of the band that `number` is in."""
    return next((name for most, name in bands if number <= most), more)


def _contacts(rows: QuerySet[Claim], at: datetime) -> dict[int, int]:
    """Return how often each claimant got in touch before the end, by the key of the inquiry."""
    end = Coalesce(F("inquiry__claim__executed_at"), F("inquiry__claim__ended_at"), Value(at))
    theirs = Contact.objects.filter(
        inquiry__in=rows.values("inquiry"), direction=Contact.Direction.IN, party=Contact.Party.CLAIMANT, at__lte=end
    )
    return dict(theirs.values_list("inquiry_id").annotate(times=Count("pk")))


def _sizes_of(rows: QuerySet[Claim]) -> dict[int, int]:
    """Return how many active registrations each customer concerned has, by its key."""
    holders = rows.filter(registration__isnull=False).values("registration__organisation")
    held = Registration.objects.filter(status=Registration.Status.ACTIVE, organisation__in=holders)
    return dict(held.values_list("organisation_id").annotate(number=Count("pk")))
