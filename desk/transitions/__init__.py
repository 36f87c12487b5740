"""Every act of the desk. One function an action of `rules.TABLE`, one transaction, one event."""

from desk.transitions.alarming import close_alarm, raise_alarm
from desk.transitions.bills import (
    answer_bill_message,
    ask_again_by_bill,
    ask_by_bill,
    end_bill_relay,
    read_bill,
    take_over_bill,
)
from desk.transitions.consents import answer_consent, ask_consent, expire_consent, link_consent
from desk.transitions.contacts import note_contact
from desk.transitions.explaining import drop_explanation, finish_explanation, pull_explanation
from desk.transitions.guides import answer_use, write_use_guide
from desk.transitions.holding import close_hold, hold
from desk.transitions.inquiries import open_inquiry
from desk.transitions.referrals import (
    end_affiliate,
    record_affiliate,
    refer_inquiry,
    return_referral,
    take_in_referral,
)

__all__ = [
    "answer_bill_message",
    "answer_consent",
    "answer_use",
    "ask_again_by_bill",
    "ask_by_bill",
    "ask_consent",
    "close_alarm",
    "close_hold",
    "drop_explanation",
    "end_affiliate",
    "end_bill_relay",
    "expire_consent",
    "finish_explanation",
    "hold",
    "link_consent",
    "note_contact",
    "open_inquiry",
    "pull_explanation",
    "raise_alarm",
    "read_bill",
    "record_affiliate",
    "refer_inquiry",
    "return_referral",
    "take_in_referral",
    "take_over_bill",
    "write_use_guide",
]
