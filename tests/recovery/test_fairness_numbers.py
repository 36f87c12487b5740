"""The numbers of the report on fairness, against examples from books and against exact counts."""

from collections import Counter
from datetime import date, datetime, timedelta
from itertools import combinations, product
from math import sqrt
from statistics import pvariance

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handover.calendar import business_days_after
from recovery.fairness import drawing, statistics
from recovery.fairness.quarters import BusinessDays, Quarter
from recovery.fairness.statistics import Band
from tests.stock import NOW

# Trend --------------------------------------------------------------------------------------------------------------


def test_trend_is_that_of_the_textbook() -> None:
    """Agresti, Categorical Data Analysis: malformations by mothers' drinks a day, M² = 6.57, P = 0.01."""
    drinks = [(0, 17066, 48), (1, 14464, 38), (3, 788, 5), (8, 126, 1), (14, 37, 1)]  # 0, 0.5, 1.5, 4, 7 halved
    z = statistics.trend([[Band(score, none + some, some) for score, none, some in drinks]])
    assert z**2 == pytest.approx(6.5699, abs=0.0005)
    assert statistics.probability(z) == pytest.approx(0.0104, abs=0.0001)


@pytest.mark.parametrize(
    "bands",
    [
        [Band(0, 3, 1), Band(1, 2, 1), Band(2, 3, 2)],
        [Band(0, 1, 0), Band(1, 4, 2), Band(3, 3, 3)],
        [Band(0, 5, 4), Band(1, 1, 0), Band(2, 2, 0)],
    ],
)
def test_trend_is_that_of_every_way_to_share_out_the_approvals(bands: list[Band]) -> None:
    """Under chance alone every choice of who is approved is as likely: count them all."""
    scores = [one.score for one in bands for _each in range(one.decided)]
    approved = sum(one.approved for one in bands)
    sums = [sum(chosen) for chosen in combinations(scores, approved)]
    found = sum(one.score * one.approved for one in bands)
    assert statistics.trend([bands]) == pytest.approx((found - sum(sums) / len(sums)) / sqrt(pvariance(sums)))


def test_trend_within_strata_is_not_fooled_by_a_harder_tier() -> None:
    """Nobody gains by asking in either tier, but the harder one has more contacts and fewer approvals."""
    easy, hard = [Band(0, 40, 36), Band(3, 10, 9)], [Band(0, 10, 3), Band(3, 40, 12)]
    mixed = [Band(0, 50, 39), Band(3, 50, 21)]
    assert statistics.trend([easy, hard]) == pytest.approx(0)
    assert statistics.trend([mixed]) < -3


def test_trend_of_nothing_to_tell_is_nothing() -> None:
    assert statistics.trend([]) == 0
    assert statistics.trend([[Band(0, 1, 1)]]) == 0
    assert statistics.trend([[Band(0, 5, 5), Band(1, 5, 5)]]) == 0
    assert statistics.trend([[Band(2, 9, 4)]]) == 0


# Shares and middles -------------------------------------------------------------------------------------------------


def test_interval_is_wilsons() -> None:
    """Newcombe 1998, method 3: 81 of 263 is 0.2553 to 0.3662, 15 of 148 is 0.0624 to 0.1605, 0 of 20 ends at 0.1611."""
    assert statistics.interval(81, 263) == pytest.approx((0.2553, 0.3662), abs=0.0001)
    assert statistics.interval(15, 148) == pytest.approx((0.0624, 0.1605), abs=0.0001)
    assert statistics.interval(0, 20) == pytest.approx((0, 0.1611), abs=0.0001)
    assert statistics.interval(0, 0) == (0, 1)


def test_two_shares_are_compared_as_in_a_table_of_four() -> None:
    """The square is Pearson's chi-square: n (ad - bc)² / products of the sums."""
    z = statistics.compared(30, 40, 20, 50)
    chi_square = 90 * (30 * 30 - 10 * 20) ** 2 / (40 * 50 * 50 * 40)
    assert z**2 == pytest.approx(chi_square) and z > 0
    assert statistics.compared(5, 5, 7, 7) == 0
    assert statistics.compared(0, 0, 7, 9) == 0
    assert statistics.probability(2.576) == pytest.approx(0.01, abs=0.0001)


def test_middle_and_nine_of_ten() -> None:
    assert statistics.median([]) is None and statistics.nine_of_ten([]) is None
    assert statistics.median([3, 1, 2]) == 2
    assert statistics.median([4, 1, 2, 3]) == 2.5
    assert statistics.nine_of_ten(list(range(1, 11))) == 9
    assert statistics.nine_of_ten([7]) == 7
    assert statistics.nine_of_ten([1] * 18 + [30] * 2) == 1
    assert statistics.nine_of_ten([1] * 17 + [30] * 3) == 30


# Days ---------------------------------------------------------------------------------------------------------------


@given(st.dates(date(2025, 1, 1), date(2027, 12, 31)), st.integers(0, 60))
def test_days_between_are_those_of_the_calendar(day: date, number: int) -> None:
    """The n-th business day after a day is n business days away, over any holidays."""
    later = business_days_after(day, number)
    assert BusinessDays(date(2025, 1, 1), date(2028, 12, 31)).between(day, later) == number


def test_quarters_follow_each_other() -> None:
    quarter = Quarter.of(date(2026, 11, 24))
    assert (quarter.code, quarter.first, quarter.last) == (20264, date(2026, 10, 1), date(2026, 12, 31))
    assert [quarter.back(number).code for number in (1, 3, 4, -1)] == [20263, 20261, 20254, 20271]
    assert Quarter.from_code(20261).first == date(2026, 1, 1)
    for code in (20260, 20265, 7):
        with pytest.raises(ValueError, match="no quarter"):
            Quarter.from_code(code)
    for day in (date(2026, 1, 1) + timedelta(days=n) for n in range(365)):
        assert Quarter.of(day).first <= day <= Quarter.of(day).last


# Drawing ------------------------------------------------------------------------------------------------------------


def drawn_of(number: int, percent: int) -> list[int]:
    """Consider that many one by one; return the places of those drawn, in the order in which they were."""
    found: list[int] = []
    for place in range(number):
        since = drawing.last_due(len(found), percent)
        candidates = [one for one in range(since, place + 1) if one not in found]
        found += drawing.pick(candidates, drawing.owed(place + 1, len(found), percent))
    return found


@given(st.integers(0, 400), st.sampled_from([3, 6, 100]))
def test_share_is_reached_after_every_single_one(number: int, percent: int) -> None:
    for until in {0, 1, number // 2, number}:
        found = drawn_of(until, percent)
        assert len(set(found)) == len(found) == -(-until * percent // 100)


@given(st.lists(st.integers(1, 70), max_size=8), st.sampled_from([3, 6]))
def test_share_is_reached_whatever_comes_at_once(batches: list[int], percent: int) -> None:
    considered, drawn = 0, 0
    for batch in batches:
        considered += batch
        drawn += drawing.owed(considered, drawn, percent)
        assert drawn * 100 >= considered * percent
        assert (drawn - 1) * 100 < considered * percent, "and not one more"


def test_every_one_is_as_likely_and_none_can_be_foretold() -> None:
    """After the first, that begins a pool, thirty-three share one draw: of 3,300 rounds each is drawn in about 100.

    The bound is six standard deviations: one run in some ten million fails without a fault.
    """
    counted = Counter(place for _round in range(3_300) for place in drawn_of(34, 3))
    assert counted.pop(0) == 3_300
    assert set(counted) == set(range(1, 34))
    assert all(abs(times - 100) < 60 for times in counted.values()), counted


def test_all_are_drawn_where_all_have_to_be() -> None:
    assert drawn_of(50, 100) == list(range(50))


def test_first_months_of_a_version_end_on_their_day() -> None:
    since = datetime(2026, 5, 24, 12, tzinfo=NOW.tzinfo)
    days = {months: date(2026, 5 + months, day) for months, day in product((5, 6, 7), (23,))}
    assert drawing.is_among_first(datetime(2026, 11, 23, 12, tzinfo=NOW.tzinfo), since)
    assert not drawing.is_among_first(datetime(2026, 11, 24, 12, tzinfo=NOW.tzinfo), since)
    assert drawing.is_among_first(datetime.combine(days[5], since.timetz()), since)
    assert not drawing.is_among_first(datetime.combine(days[7], since.timetz()), since)
    assert not drawing.is_among_first(NOW, None)
