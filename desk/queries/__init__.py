"""Reads of the desk: what waits, who spoke with whom, what was promised, and who can own a promise."""

from desk.queries.alarms import AlarmLine, alarms, find_alarm
from desk.queries.explaining import called_off_explanations, find_explanation
from desk.queries.holds import OWNERS, find_hold, holds_in, holds_of, owners, with_holds
from desk.queries.inquiries import Talk, find_typed, find_visible, talks_of
from desk.queries.noting import due_for_expiry_of_notes, notes_about
from desk.queries.queue import TURNS, Waiting, filters_for, lines, waiting
from desk.queries.team import Team, teams

__all__ = [
    "OWNERS",
    "TURNS",
    "AlarmLine",
    "Talk",
    "Team",
    "Waiting",
    "alarms",
    "called_off_explanations",
    "due_for_expiry_of_notes",
    "filters_for",
    "find_alarm",
    "find_explanation",
    "find_hold",
    "find_typed",
    "find_visible",
    "holds_in",
    "holds_of",
    "lines",
    "notes_about",
    "owners",
    "talks_of",
    "teams",
    "waiting",
    "with_holds",
]
