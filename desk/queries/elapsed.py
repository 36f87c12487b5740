"""How long a matter took, in business days, from what is on record: pauses do not count, nothing is typed in."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils import timezone

from desk.models import Inquiry, Pause
from handover.calendar import business_days_after, is_business_day


@dataclass(frozen=True)
class Standing:
    """A time in which the clock stood still: the days after the first one, up to and with the last one."""

    begun: date
    ended: date


def business_days(since: date, until: date, pauses: Iterable[Standing] = ()) -> int:
    """Return how many business days lie after `since`, up to and with `until`, in which the clock ran."""
    still = list(pauses)
    days = (since + timedelta(days=number) for number in range(1, (until - since).days + 1))
    return sum(is_business_day(day) and not any(one.begun < day <= one.ended for one in still) for day in days)


def begun_before(today: date, days: int) -> date:
    """Return the last day from which `days` business days are over on `today`."""
    day = today - timedelta(days=days)
    while business_days_after(day, days) > today:
        day -= timedelta(days=1)
    return day


def pauses_of(inquiries: Iterable[int], at: datetime) -> Mapping[int, list[Standing]]:
    """Return when the clock of each of these inquiries stood still until `at`, by their keys."""
    found: dict[int, list[Standing]] = {}
    for row in Pause.objects.filter(inquiry__in=list(inquiries)).order_by("begun_at", "pk"):
        ended = timezone.localdate(min(row.ended_at or at, at))
        found.setdefault(row.inquiry_id, []).append(Standing(timezone.localdate(row.begun_at), ended))
    return found


def elapsed(inquiry: Inquiry, at: datetime, pauses: Iterable[Standing] | None = None) -> int:
    """Return the business days since the inquiry came in, or was taken up again, until its end or `at`."""
    still = pauses_of([inquiry.pk], at).get(inquiry.pk, []) if pauses is None else pauses
    since = timezone.localdate(inquiry.reopened_at or inquiry.received_at)
    return business_days(since, timezone.localdate(inquiry.closed_at or at), still)
