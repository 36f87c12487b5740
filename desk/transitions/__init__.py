"""Every act of the desk. One function an action of `rules.TABLE`, one transaction, one event."""

from desk.transitions.alarming import close_alarm, raise_alarm
from desk.transitions.climbing import climb_hold, climb_inquiry, explain_delay, update_inquirer
from desk.transitions.contacts import note_contact
from desk.transitions.ending import close_inquiry, pause_clock, remind_inquirer, reopen_inquiry, resume_clock
from desk.transitions.explaining import drop_explanation, finish_explanation, pull_explanation
from desk.transitions.handing import hand_over_holds
from desk.transitions.holding import close_hold, hold
from desk.transitions.inquiries import open_inquiry, record_needs
from desk.transitions.printing import print_words

__all__ = [
    "climb_hold",
    "climb_inquiry",
    "close_alarm",
    "close_hold",
    "close_inquiry",
    "drop_explanation",
    "explain_delay",
    "finish_explanation",
    "hand_over_holds",
    "hold",
    "note_contact",
    "open_inquiry",
    "pause_clock",
    "print_words",
    "pull_explanation",
    "raise_alarm",
    "record_needs",
    "remind_inquirer",
    "reopen_inquiry",
    "resume_clock",
    "update_inquirer",
]
