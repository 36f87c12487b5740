"""How the auditor's samples are drawn: by chance, never less than the share, and foretold by nobody."""

from collections.abc import Sequence
from datetime import datetime
from secrets import SystemRandom
from typing import TypeVar

from django.utils import timezone

SHARES = {"general": 3, "agency": 6, "tier_4": 100, "exception": 100}
"""Per cent of each pool that are read (procedure.md A16; 3 and 6 are the figures of the CA/Browser Forum's EV
guidelines, section on self-audits: 3 %, and 6 % where a registration authority outside checked the applicants)."""
FIRST_MONTHS = 6
"""Months after a version came into force in which every recovery of tier 4 is read (procedure.md A16)."""

Key = TypeVar("Key")


def owed(considered: int, drawn: int, percent: int) -> int:
    """Return how many more have to be drawn so that at least `percent` of `considered` are, rounded up, at any time."""
    return max(-(-considered * percent // 100) - drawn, 0)


def last_due(drawn: int, percent: int) -> int:
    """Return how many had been considered when the last of `drawn` became due: those after them come next."""
    return (drawn - 1) * 100 // percent + 1 if drawn else 0


def pick(candidates: Sequence[Key], number: int) -> list[Key]:
    """Return `number` of `candidates` by chance of the operating system, all of them when there are fewer.

    The candidates are all that came since the last draw: the one that makes a draw due is as likely as each before it,
    so that nobody who counts can tell which claim will be read.
    """
    return SystemRandom().sample(candidates, min(number, len(candidates)))


def is_among_first(executed_at: datetime, live_since: datetime | None) -> bool:
    """Whether `executed_at` lies within the first months of a version that is in force since `live_since`."""
    if live_since is None:
        return False
    begun, done = timezone.localdate(live_since), timezone.localdate(executed_at)
    months = (done.year - begun.year) * 12 + done.month - begun.month
    return months < FIRST_MONTHS or (months == FIRST_MONTHS and done.day < begun.day)
