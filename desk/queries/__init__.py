"""Reads of the desk: what waits, who spoke with whom, what was promised, and who can own a promise."""

from desk.queries.alarms import AlarmLine, alarms, find_alarm
from desk.queries.calls import (
    Bar,
    Spoken,
    bar,
    find_call,
    find_running,
    is_held,
    own_promises,
    receipt_words,
    running_of_others,
    spoken,
    warnings,
)
from desk.queries.checks import (
    confirmed_calls,
    due_call_backs,
    due_findings,
    find_call_back,
    find_finding,
    stated_and_found,
)
from desk.queries.explaining import called_off_explanations, find_explanation
from desk.queries.holds import OWNERS, find_hold, holds_in, holds_of, owners, with_holds
from desk.queries.inquiries import Talk, find_typed, find_visible, talks_of
from desk.queries.queue import TURNS, Waiting, filters_for, lines, waiting
from desk.queries.team import Team, teams

__all__ = [
    "OWNERS",
    "TURNS",
    "AlarmLine",
    "Bar",
    "Spoken",
    "Talk",
    "Team",
    "Waiting",
    "alarms",
    "bar",
    "called_off_explanations",
    "confirmed_calls",
    "due_call_backs",
    "due_findings",
    "filters_for",
    "find_alarm",
    "find_call",
    "find_call_back",
    "find_explanation",
    "find_finding",
    "find_hold",
    "find_running",
    "find_typed",
    "find_visible",
    "holds_in",
    "holds_of",
    "is_held",
    "lines",
    "own_promises",
    "owners",
    "receipt_words",
    "running_of_others",
    "spoken",
    "stated_and_found",
    "talks_of",
    "teams",
    "waiting",
    "warnings",
    "with_holds",
]
