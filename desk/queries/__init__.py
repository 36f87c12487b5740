"""Reads of the desk: what waits, who spoke with whom, what was promised, and who can own a promise."""

from desk.queries.alarms import AlarmLine, alarms, find_alarm
from desk.queries.answers import answers_of, answers_shown, answers_to_print, answers_to_release, find_answer
from desk.queries.explaining import called_off_explanations, find_explanation
from desk.queries.holds import OWNERS, find_hold, holds_in, holds_of, owners, with_holds
from desk.queries.inquiries import Talk, find_typed, find_visible, talks_of
from desk.queries.letters import LetterLine, due_letters, find_letter, late_letters, letters_of, register, with_number
from desk.queries.noting import due_for_expiry_of_notes, notes_about
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
from desk.queries.team import Team, teams
from desk.queries.trust import Answer, answer_caller, caller_reports, find_intention, own_intentions

__all__ = [
    "OWNERS",
    "TURNS",
    "AlarmLine",
    "Answer",
    "LetterLine",
    "Talk",
    "Team",
    "Waiting",
    "alarms",
    "answer_caller",
    "answers_of",
    "answers_shown",
    "answers_to_print",
    "answers_to_release",
    "called_off_explanations",
    "caller_reports",
    "companies",
    "due_for_expiry_of_notes",
    "due_letters",
    "filters_for",
    "find_alarm",
    "find_answer",
    "find_explanation",
    "find_hold",
    "find_intention",
    "find_letter",
    "find_line",
    "find_site",
    "find_typed",
    "find_visible",
    "holds_in",
    "holds_of",
    "late_letters",
    "letters_of",
    "lines",
    "lines_of",
    "notes_about",
    "own_intentions",
    "owners",
    "people_at",
    "people_elsewhere",
    "public_sites",
    "register",
    "sites",
    "takers",
    "talks_of",
    "teams",
    "waiting",
    "with_holds",
    "with_number",
]
