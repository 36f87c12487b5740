"""The few tests of significance that the report speaks by. Plain normal approximations, checked against exact ones."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import ceil, erfc, sqrt

TOO_FEW = 20
"""Decisions below which a share is shown but not read: one case alone moves it by 5 points or more. Ours."""
SEEN = 0.05
"""Probability below which a trend is spoken of: the usual two-sided 5 %."""


@dataclass(frozen=True)
class Band:
    """Some decisions of one band: how many, and how many of them were approvals. `score` orders the bands."""

    score: int
    decided: int
    approved: int


def median(values: Sequence[int]) -> float | None:
    """Return the middle of `values`, the mean of the two middle ones when they are even, None for none."""
    if not values:
        return None
    row, half = sorted(values), len(values) // 2
    return float(row[half]) if len(row) % 2 else (row[half - 1] + row[half]) / 2


def nine_of_ten(values: Sequence[int]) -> int | None:
    """Return the smallest value that at least nine of ten `values` do not pass, None for none."""
    return sorted(values)[ceil(len(values) * 9 / 10) - 1] if values else None


def interval(part: int, whole: int) -> tuple[float, float]:
    """Return the 95 % interval of a share by Wilson's score; (0, 1) for nothing."""
    if not whole:
        return 0.0, 1.0
    z, share = 1.96, part / whole
    middle = (share + z * z / (2 * whole)) / (1 + z * z / whole)
    reach = z * sqrt(share * (1 - share) / whole + z * z / (4 * whole * whole)) / (1 + z * z / whole)
    return max(middle - reach, 0.0), min(middle + reach, 1.0)


def compared(part: int, whole: int, other_part: int, other_whole: int) -> float:
    """Return the z of the difference of two shares with pooled variance; 0 where there is nothing to compare."""
    if not whole or not other_whole:
        return 0.0
    pooled = (part + other_part) / (whole + other_whole)
    spread = pooled * (1 - pooled) * (1 / whole + 1 / other_whole)
    return (part / whole - other_part / other_whole) / sqrt(spread) if spread else 0.0


def trend(strata: Iterable[Sequence[Band]]) -> float:
    """Return the z of a trend of approvals over the bands' scores, within strata: Mantel's extension test.

    With one stratum it is the Cochran-Armitage test (variance with N - 1). Strata keep what differs for another
    reason apart: a case of tier 4 needs more contacts and is refused more often, persistent or not. 0 where nothing
    can be told: all approved, none approved, or all in one band.
    """
    found = spread = 0.0
    for bands in strata:
        decided, approved = sum(one.decided for one in bands), sum(one.approved for one in bands)
        if decided < 2:
            continue
        weighted = sum(one.score * one.decided for one in bands)
        squares = sum(one.score**2 * one.decided for one in bands)
        found += sum(one.score * one.approved for one in bands) - approved * weighted / decided
        share = approved * (decided - approved) / (decided * (decided - 1))
        spread += share * (squares - weighted**2 / decided)
    return found / sqrt(spread) if spread > 0 else 0.0


def probability(z: float) -> float:
    """Return how probable a z at least as far from 0 is by chance alone, in either direction."""
    return erfc(abs(z) / sqrt(2))
