"""Every act of the desk. One function an action of `rules.TABLE`, one transaction, one event."""

from desk.transitions.alarming import close_alarm, raise_alarm
from desk.transitions.call_backs import begin_call_back, book_call_back, end_call_back, find_call_back_number
from desk.transitions.calls import begin_call, end_call, go_on_with, take_over_call, warn_caller
from desk.transitions.capacity import find_capacity, name_posed_as
from desk.transitions.checks import check_mandate, check_pin, check_receipt
from desk.transitions.contacts import note_contact
from desk.transitions.explaining import drop_explanation, finish_explanation, pull_explanation
from desk.transitions.handing import hand_over_holds
from desk.transitions.holding import close_hold, hold
from desk.transitions.inquiries import open_inquiry
from desk.transitions.sites import add_line, end_line, end_site, fail_site, record_site, reopen_site, seat_member
from desk.transitions.trust import announce_call, cancel_call, report_caller

__all__ = [
    "add_line",
    "announce_call",
    "begin_call",
    "begin_call_back",
    "book_call_back",
    "cancel_call",
    "check_mandate",
    "check_pin",
    "check_receipt",
    "close_alarm",
    "close_hold",
    "drop_explanation",
    "end_call",
    "end_call_back",
    "end_line",
    "end_site",
    "fail_site",
    "find_call_back_number",
    "find_capacity",
    "finish_explanation",
    "go_on_with",
    "hand_over_holds",
    "hold",
    "name_posed_as",
    "note_contact",
    "open_inquiry",
    "pull_explanation",
    "raise_alarm",
    "record_site",
    "reopen_site",
    "report_caller",
    "seat_member",
    "take_over_call",
    "warn_caller",
]
