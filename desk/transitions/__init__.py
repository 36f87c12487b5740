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
from desk.transitions.bills import (
    answer_bill_message,
    ask_again_by_bill,
    ask_by_bill,
    end_bill_relay,
    read_bill,
    take_over_bill,
)
from desk.transitions.call_backs import begin_call_back, book_call_back, end_call_back, find_call_back_number
from desk.transitions.calls import begin_call, end_call, go_on_with, take_over_call, warn_caller
from desk.transitions.capacity import find_capacity, name_posed_as
from desk.transitions.checks import check_mandate, check_pin, check_receipt
from desk.transitions.climbing import climb_hold, climb_inquiry, climb_referral, explain_delay, update_inquirer
from desk.transitions.coming_back import record_letter_return
from desk.transitions.consents import answer_consent, ask_consent, expire_consent, link_consent
from desk.transitions.contacts import note_contact
from desk.transitions.dialling import call_out
from desk.transitions.ending import close_inquiry, pause_clock, remind_inquirer, reopen_inquiry, resume_clock
from desk.transitions.explaining import drop_explanation, finish_explanation, pull_explanation
from desk.transitions.feedback import (
    answer_feedback,
    challenge_rule,
    record_feedback,
    send_feedback,
    share_feedback,
    tell_feedback,
)
from desk.transitions.guides import answer_use, write_use_guide
from desk.transitions.handing import hand_over_holds
from desk.transitions.holding import close_hold, hold
from desk.transitions.inquiries import open_inquiry, record_needs
from desk.transitions.letters import close_letter, note_letter_in, note_letter_out, tell_late_letter
from desk.transitions.mistakes import close_mistake, mend_mistake, name_registration, record_mistake
from desk.transitions.noting import expire_person_note, note_person, remove_person_note
from desk.transitions.printing import print_words
from desk.transitions.referrals import end_affiliate, record_affiliate, refer_inquiry, return_referral, take_in_referral
from desk.transitions.sites import add_line, end_line, end_site, fail_site, record_site, reopen_site, seat_member
from desk.transitions.taking_up import take_up_again
from desk.transitions.trust import announce_call, cancel_call, report_caller
from desk.transitions.voice import decline_script, pass_on

__all__ = [
    "add_line",
    "announce_call",
    "answer_bill_message",
    "answer_consent",
    "answer_feedback",
    "answer_use",
    "ask_again_by_bill",
    "ask_by_bill",
    "ask_consent",
    "begin_call",
    "begin_call_back",
    "book_call_back",
    "call_out",
    "cancel_call",
    "challenge_rule",
    "change_answer",
    "check_mandate",
    "check_pin",
    "check_receipt",
    "climb_hold",
    "climb_inquiry",
    "climb_referral",
    "close_alarm",
    "close_hold",
    "close_inquiry",
    "close_letter",
    "close_mistake",
    "decline_script",
    "draft_answer",
    "drop_explanation",
    "end_affiliate",
    "end_bill_relay",
    "end_call",
    "end_call_back",
    "end_line",
    "end_site",
    "expire_consent",
    "expire_person_note",
    "explain_delay",
    "fail_site",
    "find_call_back_number",
    "find_capacity",
    "finish_explanation",
    "go_on_with",
    "hand_over_holds",
    "hold",
    "link_consent",
    "mend_mistake",
    "name_posed_as",
    "name_registration",
    "note_contact",
    "note_letter_in",
    "note_letter_out",
    "note_person",
    "open_inquiry",
    "pass_on",
    "pause_clock",
    "print_answers",
    "print_words",
    "propose_answer",
    "pull_explanation",
    "raise_alarm",
    "read_bill",
    "record_affiliate",
    "record_feedback",
    "record_letter_return",
    "record_mistake",
    "record_needs",
    "record_site",
    "refer_inquiry",
    "release_answer",
    "remind_inquirer",
    "remove_person_note",
    "reopen_inquiry",
    "reopen_site",
    "report_caller",
    "resume_clock",
    "return_referral",
    "seat_member",
    "send_back_answer",
    "send_feedback",
    "share_feedback",
    "take_in_referral",
    "take_over_bill",
    "take_over_call",
    "take_up_again",
    "tell_feedback",
    "tell_late_letter",
    "update_inquirer",
    "warn_caller",
    "withdraw_answer",
    "write_use_guide",
]
