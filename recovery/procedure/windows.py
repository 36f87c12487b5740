"""When the time to object is over. Holidays, Obon and the turn of the year never shorten it (procedure.md A5)."""

from datetime import date, timedelta

from handover.calendar import business_days_after, is_business_day
from recovery.procedure.shapes import Window


def ends_on(begun: date, window: Window, *, shortened: bool) -> date:
    """Return the last day on which an objection is in time.

    `begun` is the day of the last recorded delivery of the notices, in the provider's local time; it never counts.
    `shortened` takes the shorter time of a window that has one: see `Window.is_shortened_by`.
    """
    if shortened and window.shortened is not None:
        window = window.shortened
    return max(begun + timedelta(days=window.calendar_days), business_days_after(begun, window.business_days))


def is_over(ends_on: date, on: date) -> bool:
    """Tell whether on the day `on` the window that has `ends_on` as its last day is over."""
    return on > ends_on


def business_days_between(first: date, last: date) -> int:
    """Return how many business days lie after `first` up to and with `last`; 0 when `last` is not later."""
    return sum(is_business_day(first + timedelta(days=step)) for step in range(1, (last - first).days + 1))
