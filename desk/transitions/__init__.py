"""Every act of the desk. One function an action of `rules.TABLE`, one transaction, one event."""

from desk.transitions.alarming import close_alarm, raise_alarm
from desk.transitions.contacts import note_contact
from desk.transitions.explaining import drop_explanation, finish_explanation, pull_explanation
from desk.transitions.feedback import (
    answer_feedback,
    challenge_rule,
    record_feedback,
    send_feedback,
    share_feedback,
    tell_feedback,
)
from desk.transitions.holding import close_hold, hold
from desk.transitions.inquiries import open_inquiry
from desk.transitions.mistakes import close_mistake, mend_mistake, name_registration, record_mistake
from desk.transitions.voice import decline_script, pass_on

__all__ = [
    "answer_feedback",
    "challenge_rule",
    "close_alarm",
    "close_hold",
    "close_mistake",
    "decline_script",
    "drop_explanation",
    "finish_explanation",
    "hold",
    "mend_mistake",
    "name_registration",
    "note_contact",
    "open_inquiry",
    "pass_on",
    "pull_explanation",
    "raise_alarm",
    "record_feedback",
    "record_mistake",
    "send_feedback",
    "share_feedback",
    "tell_feedback",
]
