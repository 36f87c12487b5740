"""Business days: weekends, holidays, Obon and the turn of the year do not count."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handover.calendar import business_days_after, is_business_day


@pytest.mark.parametrize(
    ("day", "number", "expected"),
    [
        (date(2026, 11, 20), 3, date(2026, 11, 26)),  # a Friday before a weekend and a holiday
        (date(2027, 4, 28), 3, date(2027, 5, 7)),  # Golden Week
        (date(2026, 8, 11), 3, date(2026, 8, 18)),  # Obon
        (date(2026, 12, 28), 3, date(2027, 1, 6)),  # the turn of the year
        (date(2026, 11, 24), 1, date(2026, 11, 25)),
    ],
)
def test_days_of_notice_skip_what_is_no_business_day(day: date, number: int, expected: date) -> None:
    assert business_days_after(day, number) == expected


@given(st.dates(date(2024, 1, 1), date(2034, 12, 31)), st.integers(1, 15))
def test_window_holds_exactly_its_business_days(day: date, number: int) -> None:
    end = business_days_after(day, number)
    between = [day + timedelta(days=step) for step in range(1, (end - day).days + 1)]
    assert sum(is_business_day(one) for one in between) == number
    assert is_business_day(end)
