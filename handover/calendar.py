"""Business days of the provider: neither weekends nor holidays, nor Obon or the turn of the year."""

from datetime import date, datetime, time, timedelta

import jpholiday
from django.conf import settings
from django.utils import timezone

CLOSED = frozenset({(8, 13), (8, 14), (8, 15), (8, 16), (12, 29), (12, 30), (12, 31), (1, 1), (1, 2), (1, 3)})
"""Month and day of Obon and the turn of the year (procedure.md A5)."""


def is_business_day(day: date) -> bool:
    """Tell whether the provider works on `day`; its own closing days are `settings.CLOSING_DAYS`.

    A closing day only ever makes a time longer that is counted in business days.
    """
    if day.weekday() >= 5 or (day.month, day.day) in CLOSED or day in settings.CLOSING_DAYS:
        return False
    return not jpholiday.is_holiday(day)


def first_business_day(year: int, month: int) -> date:
    """Return the first day of a month on which the provider works."""
    return business_days_after(date(year, month, 1) - timedelta(days=1), 1)


def business_days_after(day: date, number: int) -> date:
    """Return the `number`-th business day after `day`; the day itself never counts."""
    while number:
        day += timedelta(days=1)
        number -= is_business_day(day)
    return day


def day_of(at: datetime) -> tuple[datetime, datetime]:
    """Return when the local day of `at` begins and when it ends."""
    zone = timezone.get_default_timezone()
    day = timezone.localdate(at)
    return datetime.combine(day, time(), zone), datetime.combine(day + timedelta(days=1), time(), zone)
