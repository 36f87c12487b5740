"""Business days of the provider: neither weekends nor holidays, nor Obon or the turn of the year."""

from datetime import date, timedelta

import jpholiday

CLOSED = frozenset({(8, 13), (8, 14), (8, 15), (8, 16), (12, 29), (12, 30), (12, 31), (1, 1), (1, 2), (1, 3)})
"""Month and day of Obon and the turn of the year (procedure.md A5)."""


def is_business_day(day: date) -> bool:
    """Tell whether the provider works on `day`."""
    return day.weekday() < 5 and (day.month, day.day) not in CLOSED and not jpholiday.is_holiday(day)


def first_business_day(year: int, month: int) -> date:
    """Return the first day of a month on which the provider works."""
    return business_days_after(date(year, month, 1) - timedelta(days=1), 1)


def business_days_after(day: date, number: int) -> date:
    """Return the `number`-th business day after `day`; the day itself never counts."""
    while number:
        day += timedelta(days=1)
        number -= is_business_day(day)
    return day
