"""Every act of the desk. One function an action of `rules.TABLE`, one transaction, one event."""

from desk.transitions.alarming import close_alarm, raise_alarm
from desk.transitions.answer_run import print_answers
from desk.transitions.answers import (
    change_answer,
    draft_answer,
    propose_answer,
    release_answer,
    send_back_answer,
    withdraw_answer,
)
from desk.transitions.contacts import note_contact
from desk.transitions.explaining import drop_explanation, finish_explanation, pull_explanation
from desk.transitions.handing import hand_over_holds
from desk.transitions.holding import close_hold, hold
from desk.transitions.inquiries import open_inquiry
from desk.transitions.letters import close_letter, note_letter_in, note_letter_out, tell_late_letter
from desk.transitions.sites import add_line, end_line, end_site, fail_site, record_site, reopen_site, seat_member
from desk.transitions.trust import announce_call, cancel_call, report_caller

__all__ = [
    "add_line",
    "announce_call",
    "cancel_call",
    "change_answer",
    "close_alarm",
    "close_hold",
    "close_letter",
    "draft_answer",
    "drop_explanation",
    "end_line",
    "end_site",
    "fail_site",
    "finish_explanation",
    "hand_over_holds",
    "hold",
    "note_contact",
    "note_letter_in",
    "note_letter_out",
    "open_inquiry",
    "print_answers",
    "propose_answer",
    "pull_explanation",
    "raise_alarm",
    "record_site",
    "release_answer",
    "reopen_site",
    "report_caller",
    "seat_member",
    "send_back_answer",
    "tell_late_letter",
    "withdraw_answer",
]
