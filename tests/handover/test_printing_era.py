"""Dates on paper."""

from datetime import date

import pytest

from handover.printing.era import era_date


@pytest.mark.parametrize(
    ("day", "written"),
    [
        (date(2026, 11, 27), "2026年（令和8年）11月27日"),
        (date(2019, 5, 1), "2019年（令和元年）5月1日"),
        (date(2019, 4, 30), "2019年（平成31年）4月30日"),
        (date(1989, 1, 8), "1989年（平成元年）1月8日"),
        (date(1989, 1, 7), "1989年（昭和64年）1月7日"),
        (date(1926, 12, 25), "1926年（昭和元年）12月25日"),
        (date(1926, 12, 24), "1926年（大正15年）12月24日"),
        (date(1912, 7, 30), "1912年（大正元年）7月30日"),
        (date(1912, 7, 29), "1912年（明治45年）7月29日"),
        (date(1873, 1, 1), "1873年（明治6年）1月1日"),
        (date(1872, 12, 31), "1872年12月31日"),
    ],
)
def test_reader_in_japanese_sees_the_era_in_brackets(day: date, written: str) -> None:
    assert era_date(day, "ja") == written


def test_reader_in_english_sees_the_western_day() -> None:
    assert era_date(date(2026, 11, 27), "en") == "27 November 2026"
