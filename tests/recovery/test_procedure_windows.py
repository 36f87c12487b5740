"""The time to object is long enough from whatever day it begins: every day of ten years is tried."""

from datetime import date, timedelta
from typing import Any

import pytest

from handover.calendar import is_business_day
from recovery.procedure import Window, business_days_between, ends_on, is_over
from tests.recovery.proofs import VERSION_1

DAYS = [date(2026, 1, 1) + timedelta(days=step) for step in range(4018)]
"""Every day from 2026 to 2036."""
THREE, FOUR = VERSION_1.tier(3).window, VERSION_1.tier(4).window
assert THREE is not None
assert FOUR is not None


@pytest.mark.parametrize(
    ("window", "shortened", "calendar", "business"),
    [(THREE, False, 7, 5), (THREE, True, 0, 3), (FOUR, False, 14, 10), (VERSION_1.kit_window, False, 0, 3)],
)
def test_window_is_at_least_its_days_from_every_day_and_not_a_day_more(
    window: Window, shortened: bool, calendar: int, business: int
) -> None:
    for begun in DAYS:
        last = ends_on(begun, window, shortened=shortened)

        def long_enough(day: date, begun: date = begun) -> bool:
            within = [begun + timedelta(days=step) for step in range(1, (day - begun).days + 1)]
            return len(within) >= calendar and sum(map(is_business_day, within)) >= business

        assert long_enough(last), begun
        assert not long_enough(last - timedelta(days=1)), begun


@pytest.mark.parametrize("tier", [3, 4])
@pytest.mark.parametrize("codes", [frozenset(), frozenset({"C1", "A2"})])
def test_no_closed_days_shorten_a_window_from_any_day_of_ten_years(
    tier: int, codes: frozenset[str], settings: Any
) -> None:
    """With holidays, Obon, the turn of the year and closing days of our own it is never over before its bare days."""
    window = VERSION_1.tier(tier).window
    assert window is not None
    shortened = window.is_shortened_by(codes)
    wanted = window.shortened if shortened and window.shortened else window
    before = [ends_on(begun, window, shortened=shortened) for begun in DAYS]
    # A closed week of our own in June, when there is no holiday, and single days around Golden Week.
    closed = {date(year, 6, day) for year in range(2026, 2038) for day in range(8, 13)}
    settings.CLOSING_DAYS = frozenset(closed | {date(year, 5, day) for year in range(2026, 2038) for day in (1, 2, 7)})
    for begun, earlier in zip(DAYS, before, strict=True):
        last = ends_on(begun, window, shortened=shortened)
        assert last >= earlier, begun
        assert (last - begun).days >= wanted.calendar_days, begun
        weekdays = sum((begun + timedelta(days=step)).weekday() < 5 for step in range(1, (last - begun).days + 1))
        assert weekdays >= wanted.business_days, begun
        worked = [begun + timedelta(days=step) for step in range(1, (last - begun).days + 1)]
        assert sum(is_business_day(day) for day in worked) >= wanted.business_days, begun
        assert not set(filter(is_business_day, worked)) & settings.CLOSING_DAYS


def test_closing_days_of_the_provider_lengthen_a_window_that_holds_them(settings: Any) -> None:
    assert THREE is not None
    assert ends_on(date(2026, 6, 5), THREE, shortened=False) == date(2026, 6, 12)
    settings.CLOSING_DAYS = frozenset({date(2026, 6, 10), date(2026, 6, 11)})
    assert ends_on(date(2026, 6, 5), THREE, shortened=False) == date(2026, 6, 16)


@pytest.mark.parametrize(
    ("begun", "window", "shortened", "last"),
    [
        (date(2026, 11, 27), THREE, False, date(2026, 12, 4)),  # an ordinary week
        (date(2027, 4, 28), THREE, False, date(2027, 5, 11)),  # Golden Week
        (date(2026, 8, 7), THREE, False, date(2026, 8, 19)),  # Mountain Day and Obon
        (date(2026, 12, 25), THREE, False, date(2027, 1, 7)),  # the turn of the year
        (date(2026, 12, 25), FOUR, False, date(2027, 1, 15)),  # and Coming of Age Day
        (date(2026, 11, 27), FOUR, False, date(2026, 12, 11)),
        (date(2026, 11, 27), THREE, True, date(2026, 12, 2)),  # over a weekend
        (date(2027, 4, 28), THREE, True, date(2027, 5, 7)),
        (date(2026, 11, 27), FOUR, True, date(2026, 12, 11)),  # the strict tier has no shorter one
    ],
)
def test_window_ends_on_the_day_worked_out_by_hand(begun: date, window: Window, shortened: bool, last: date) -> None:
    assert ends_on(begun, window, shortened=shortened) == last


def test_window_is_over_only_after_its_last_day() -> None:
    last = date(2026, 12, 4)
    assert not is_over(last, last - timedelta(days=1))
    assert not is_over(last, last)
    assert is_over(last, last + timedelta(days=1))


@pytest.mark.parametrize(
    ("codes", "expected"),
    [({"C1", "A2"}, True), ({"C1", "A2", "O3"}, True), ({"C1"}, False), ({"A2"}, False), (set(), False)],
)
def test_window_is_shortened_by_letter_and_call_together(codes: set[str], expected: bool) -> None:
    assert THREE is not None
    assert FOUR is not None
    assert THREE.is_shortened_by(codes) is expected
    assert not FOUR.is_shortened_by(codes)


@pytest.mark.parametrize(
    ("first", "last", "expected"),
    [
        (date(2026, 11, 16), date(2026, 11, 16), 0),
        (date(2026, 11, 16), date(2026, 11, 24), 5),  # 23 November is a holiday
        (date(2026, 11, 20), date(2026, 11, 24), 1),
        (date(2026, 8, 12), date(2026, 8, 17), 1),
        (date(2026, 11, 20), date(2026, 11, 16), 0),
    ],
)
def test_business_days_between_two_days_count_the_last_and_not_the_first(
    first: date, last: date, expected: int
) -> None:
    assert business_days_between(first, last) == expected
