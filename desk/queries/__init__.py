"""Reads of the desk: what waits, who spoke with whom, what was promised, and who can own a promise."""

from desk.queries.alarms import AlarmLine, alarms, find_alarm
from desk.queries.explaining import called_off_explanations, find_explanation
from desk.queries.holds import OWNERS, find_hold, holds_in, holds_of, owners, with_holds
from desk.queries.inquiries import Talk, find_typed, find_visible, talks_of
from desk.queries.queue import TURNS, Waiting, filters_for, lines, waiting
from desk.queries.sites import (
    companies,
    find_line,
    find_site,
    lines_of,
    people_at,
    people_elsewhere,
    public_sites,
    sites,
    takers,
)
from desk.queries.trust import Answer, answer_caller, caller_reports, find_intention, own_calls_about, own_intentions

__all__ = [
    "OWNERS",
    "TURNS",
    "AlarmLine",
    "Answer",
    "Talk",
    "Waiting",
    "alarms",
    "answer_caller",
    "called_off_explanations",
    "caller_reports",
    "companies",
    "filters_for",
    "find_alarm",
    "find_explanation",
    "find_hold",
    "find_intention",
    "find_line",
    "find_site",
    "find_typed",
    "find_visible",
    "holds_in",
    "holds_of",
    "lines",
    "lines_of",
    "own_calls_about",
    "own_intentions",
    "owners",
    "people_at",
    "people_elsewhere",
    "public_sites",
    "sites",
    "takers",
    "talks_of",
    "waiting",
    "with_holds",
]
