"""A quarter beside the four before it: whether a group is approved less often or waits longer than it did."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.errors import Words
from recovery.fairness import statistics
from recovery.fairness.quarters import Quarter
from recovery.models import Claim, DriftCheck
from recovery.queries.counting import Case, cases, ended_in
from recovery.queries.fairness import DIMENSIONS, grouped, words_of

BEFORE = 4
"""Quarters that one is compared with: a year, so that a season is not taken for drift."""
SURE = 2.576
"""The least z of a difference that is reported: 1 % two-sided. About a dozen groups with two measures each are asked
every quarter, so that at 5 % chance alone would raise an alarm in nearly every one; at 1 % it is about one a year
before the next two figures."""
RATE = 0.15
"""The least difference of approval rates that is reported. Ours: smaller ones mean one case in seven or fewer."""
DAYS = 5
"""The least difference of median business days: a week, the breadth of the target of tier 3 (procedure.md A5)."""
SHOWN = 40
"""Comparisons listed: ten years."""


@dataclass(frozen=True)
class Finding:
    """One group of `dimension` that differs. `measure` is rate (0 to 1) or days (median business days).

    `number` and `number_before`: decisions, or ended claims, that each value is of.
    """

    dimension: str
    group: str
    measure: str
    now: float
    before: float
    number: int
    number_before: int


def for_comparing(at: datetime) -> list[int]:
    """Return the code of the last full quarter if it was not compared yet and there is anything to read in it."""
    quarter = Quarter.of(timezone.localdate(at)).back(1)
    if DriftCheck.objects.filter(quarter=quarter.first).exists():
        return []
    ended = Claim.objects.filter(ended_in(quarter.first, quarter.last))
    return [quarter.code] if ended[: statistics.TOO_FEW].count() >= statistics.TOO_FEW else []


def compare(quarter: Quarter, at: datetime) -> list[Finding]:
    """Return what differs between the claims that ended in `quarter` and in the four before. Three queries each."""
    now = cases(ended_in(quarter.first, quarter.last), at)
    before = cases(ended_in(quarter.back(BEFORE).first, quarter.back(1).last), at)
    found = list(_differences("", "", now, before))
    for dimension in DIMENSIONS:
        if dimension.is_compared:
            groups, others = grouped(now, dimension), grouped(before, dimension)
            for key in groups.keys() & others.keys():
                found += _differences(dimension.key, key, groups[key], others[key])
    return sorted(found, key=lambda one: (one.dimension, one.group, one.measure))


def _differences(dimension: str, group: str, now: list[Case], before: list[Case]) -> Iterator[Finding]:
    decided, others = _decided(now), _decided(before)
    if _is_enough(decided, others) and _is_apart(sum(decided), len(decided), sum(others), len(others)):
        rate, other = sum(decided) / len(decided), sum(others) / len(others)
        if abs(rate - other) >= RATE:
            yield Finding(dimension, group, "rate", round(rate, 4), round(other, 4), len(decided), len(others))
    days, past = _days(now), _days(before)
    middle, usual = statistics.median(days), statistics.median(past)
    if middle is None or usual is None or not _is_enough(days, past) or abs(middle - usual) < DAYS:
        return
    # Mood's median test: how many took longer than was usual before.
    if _is_apart(sum(day > usual for day in days), len(days), sum(day > usual for day in past), len(past)):
        yield Finding(dimension, group, "days", middle, usual, len(days), len(past))


def _decided(of: list[Case]) -> list[bool]:
    return [one.outcome == Claim.Status.EXECUTED for one in of if one.is_decided]


def _days(of: list[Case]) -> list[int]:
    return [one.days for one in of if one.days is not None]


def _is_enough(*lists: list[Any]) -> bool:
    return all(len(one) >= statistics.TOO_FEW for one in lists)


def _is_apart(part: int, whole: int, other_part: int, other_whole: int) -> bool:
    return abs(statistics.compared(part, whole, other_part, other_whole)) >= SURE


# For the page -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Line:
    """One finding in words."""

    group: Words
    measure: str
    now: str
    before: str
    number: int
    number_before: int


def checks() -> list[DriftCheck]:
    """Return the comparisons in which something differed, those that wait first, then the latest."""
    rows = DriftCheck.objects.exclude(status=DriftCheck.Status.CLEAR).select_related("closed_by")
    return list(rows.order_by("-status", "-quarter")[:SHOWN])


def find(pk: int) -> DriftCheck | None:
    """Return one comparison in which something differed."""
    return DriftCheck.objects.exclude(status=DriftCheck.Status.CLEAR).filter(pk=pk).first()


def quarter_words(check: DriftCheck) -> str:
    """Say the quarter that was compared."""
    return words_of(Quarter.of(check.quarter))


def lines_of(check: DriftCheck) -> list[Line]:
    """Return what differed, in the reader's words."""
    return [_line(Finding(**one)) for one in check.findings]


def as_json(findings: list[Finding]) -> list[dict[str, Any]]:
    """Return findings as they are kept."""
    return [asdict(one) for one in findings]


def _line(one: Finding) -> Line:
    names = {dimension.key: dimension for dimension in DIMENSIONS}
    group = names[one.dimension].name(one.group) if one.dimension in names else _("All together")
    is_rate = one.measure == "rate"
    measure = _("Approved of the decided") if is_rate else _("Median of business days")
    now, before = (f"{value:.0%}" if is_rate else f"{value:g}" for value in (one.now, one.before))
    return Line(group, measure, now, before, one.number, one.number_before)


def first_day(code: int) -> date:
    """Return the first day of the quarter that `code` stands for."""
    return Quarter.from_code(code).first
