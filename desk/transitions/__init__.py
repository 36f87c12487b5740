"""Every act of the desk. One function an action of `rules.TABLE`, one transaction, one event."""

from desk.transitions.alarming import close_alarm, raise_alarm
from desk.transitions.contacts import note_contact
from desk.transitions.explaining import drop_explanation, finish_explanation, pull_explanation
from desk.transitions.holding import close_hold, hold
from desk.transitions.inquiries import open_inquiry
from desk.transitions.letters import close_letter, note_letter_in, note_letter_out, tell_late_letter

__all__ = [
    "close_alarm",
    "close_hold",
    "close_letter",
    "drop_explanation",
    "finish_explanation",
    "hold",
    "note_contact",
    "note_letter_in",
    "note_letter_out",
    "open_inquiry",
    "pull_explanation",
    "raise_alarm",
    "tell_late_letter",
]
