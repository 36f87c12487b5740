"""Every act of the desk. One function an action of `rules.TABLE`, one transaction, one event."""

from desk.transitions.alarming import close_alarm, raise_alarm
from desk.transitions.contacts import note_contact
from desk.transitions.explaining import drop_explanation, finish_explanation, pull_explanation
from desk.transitions.handing import hand_over_holds
from desk.transitions.holding import close_hold, hold
from desk.transitions.inquiries import open_inquiry
from desk.transitions.noting import expire_person_note, note_person, remove_person_note
from desk.transitions.sites import add_line, end_line, end_site, fail_site, record_site, reopen_site, seat_member
from desk.transitions.trust import announce_call, cancel_call, report_caller

__all__ = [
    "add_line",
    "announce_call",
    "cancel_call",
    "close_alarm",
    "close_hold",
    "drop_explanation",
    "end_line",
    "end_site",
    "expire_person_note",
    "fail_site",
    "finish_explanation",
    "hand_over_holds",
    "hold",
    "note_contact",
    "note_person",
    "open_inquiry",
    "pull_explanation",
    "raise_alarm",
    "record_site",
    "remove_person_note",
    "reopen_site",
    "report_caller",
    "seat_member",
]
