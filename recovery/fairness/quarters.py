"""Quarters of the calendar, which are those of a fiscal year from April as well, and counted business days."""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from handover.calendar import is_business_day

_works = lru_cache(maxsize=8_192)(is_business_day)


@dataclass(frozen=True, order=True)
class Quarter:
    """Three months. `number` is 1 for January to March."""

    year: int
    number: int

    @classmethod
    def of(cls, day: date) -> "Quarter":
        return cls(day.year, (day.month + 2) // 3)

    @classmethod
    def from_code(cls, code: int) -> "Quarter":
        """Return what `code` stands for. Raises ValueError for what is no quarter."""
        year, number = divmod(code, 10)
        if number not in (1, 2, 3, 4):
            raise ValueError("no quarter")
        return cls(year, number)

    @property
    def code(self) -> int:
        """One number for it: 20263 is July to September 2026."""
        return self.year * 10 + self.number

    @property
    def first(self) -> date:
        return date(self.year, self.number * 3 - 2, 1)

    @property
    def last(self) -> date:
        return self.back(-1).first - timedelta(days=1)

    def back(self, quarters: int) -> "Quarter":
        """Return the quarter that many before this one."""
        place = self.year * 4 + self.number - 1 - quarters
        return Quarter(place // 4, place % 4 + 1)


class BusinessDays:
    """Counts business days between two days in one step each, after one walk over the days from `first` to `last`."""

    def __init__(self, first: date, last: date) -> None:
        self._until: dict[date, int] = {}
        count, day = 0, first
        while day <= last:
            count += _works(day)
            self._until[day] = count
            day += timedelta(days=1)

    def between(self, day: date, later: date) -> int:
        """Return how many business days lie after `day`, up to `later` itself: the other way of counting a window."""
        return self._until[later] - self._until[day]
