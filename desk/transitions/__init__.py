"""Every act of the desk. One function an action of `rules.TABLE`, one transaction, one event."""

from desk.transitions.alarming import close_alarm, raise_alarm
from desk.transitions.contacts import note_contact
from desk.transitions.explaining import drop_explanation, finish_explanation, pull_explanation
from desk.transitions.holding import close_hold, hold
from desk.transitions.inquiries import open_inquiry
from desk.transitions.noting import expire_person_note, note_person, remove_person_note

__all__ = [
    "close_alarm",
    "close_hold",
    "drop_explanation",
    "expire_person_note",
    "finish_explanation",
    "hold",
    "note_contact",
    "note_person",
    "open_inquiry",
    "pull_explanation",
    "raise_alarm",
    "remove_person_note",
]
