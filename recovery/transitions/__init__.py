"""Everything that can happen to a claim: each function is one transition."""

from recovery.transitions.appealing import appeal, decide_appeal, reopen
from recovery.transitions.asking import ask_for_code
from recovery.transitions.auditing import consider_for_audit, read_sample, record_finding
from recovery.transitions.deciding import approve, invite_claimant, propose, refuse, send_back
from recovery.transitions.domains import check_dns, open_dns_check
from recovery.transitions.drafting import (
    begin_draft,
    begin_replay,
    begin_shipped_draft,
    change_draft,
    discard_draft,
    finish_replay,
    propose_publication,
    publish,
)
from recovery.transitions.drifting import close_drift, compare_quarter
from recovery.transitions.excepting import (
    approve_exception,
    ask_exception,
    close_rule_review,
    end_exception,
    refuse_exception,
)
from recovery.transitions.executing import begin_window, end_cooling_off, execute, get_ready, stop
from recovery.transitions.exits import answer_vouch, ask_to_vouch, offer_reassignment, redeem_kit
from recovery.transitions.finding import accept, link, look_for, open_record, take_head_office
from recovery.transitions.identifying import find_capacity, identify_objector, tell_of_posing
from recovery.transitions.inbox import hand_in, turn_down
from recovery.transitions.intake import (
    change_mailbox,
    enter_mailbox_code,
    open_claim,
    submit_paper,
    view_submission,
    withdraw,
)
from recovery.transitions.limiting import end_guessed_kit, note_failed_code, pause_phone
from recovery.transitions.listing import (
    confirm_lines,
    decline_lines,
    drop_active,
    invite_people,
    leave_out,
    match_line,
    take_list,
)
from recovery.transitions.objecting import decide_objection, lapse_objection, object_to, resume, review_objection
from recovery.transitions.offices import second_head_office, supplement_head_office
from recovery.transitions.phoning import begin_phone_call, end_phone_call, enter_said_number, take_call_number
from recovery.transitions.posting import print_letters, record_delivery, record_return
from recovery.transitions.print_run import print_day
from recovery.transitions.proving import (
    enter_code,
    order_letter,
    order_mail_code,
    record_attempt,
    record_evidence,
    second_evidence,
    take_back_evidence,
)
from recovery.transitions.rolling_back import ask_rollback, confirm_rollback, decline_rollback
from recovery.transitions.routing import set_route
from recovery.transitions.rule_changes import reopen_by_rule
from recovery.transitions.scripts import add_script
from recovery.transitions.urgent import confirm_setting, make_setting, remind_of_setting, reverse_setting
from recovery.transitions.waiting import (
    answer_holding,
    climb_appeal,
    finish_duty,
    notice_silence,
    pass_on,
    point_out_last,
    propose_reminder,
    remind,
)

__all__ = [
    "accept",
    "add_script",
    "answer_holding",
    "answer_vouch",
    "appeal",
    "approve",
    "approve_exception",
    "ask_exception",
    "ask_for_code",
    "ask_rollback",
    "ask_to_vouch",
    "begin_draft",
    "begin_phone_call",
    "begin_replay",
    "begin_shipped_draft",
    "begin_window",
    "change_draft",
    "change_mailbox",
    "check_dns",
    "climb_appeal",
    "close_drift",
    "close_rule_review",
    "compare_quarter",
    "confirm_lines",
    "confirm_rollback",
    "confirm_setting",
    "consider_for_audit",
    "decide_appeal",
    "decide_objection",
    "decline_lines",
    "decline_rollback",
    "discard_draft",
    "drop_active",
    "end_cooling_off",
    "end_exception",
    "end_guessed_kit",
    "end_phone_call",
    "enter_code",
    "enter_mailbox_code",
    "enter_said_number",
    "execute",
    "find_capacity",
    "finish_duty",
    "finish_replay",
    "get_ready",
    "hand_in",
    "identify_objector",
    "invite_claimant",
    "invite_people",
    "lapse_objection",
    "leave_out",
    "link",
    "look_for",
    "make_setting",
    "match_line",
    "note_failed_code",
    "notice_silence",
    "object_to",
    "offer_reassignment",
    "open_claim",
    "open_dns_check",
    "open_record",
    "order_letter",
    "order_mail_code",
    "pass_on",
    "pause_phone",
    "point_out_last",
    "print_day",
    "print_letters",
    "propose",
    "propose_publication",
    "propose_reminder",
    "publish",
    "read_sample",
    "record_attempt",
    "record_delivery",
    "record_evidence",
    "record_finding",
    "record_return",
    "redeem_kit",
    "refuse",
    "refuse_exception",
    "remind",
    "remind_of_setting",
    "reopen",
    "reopen_by_rule",
    "resume",
    "reverse_setting",
    "review_objection",
    "second_evidence",
    "second_head_office",
    "send_back",
    "set_route",
    "stop",
    "submit_paper",
    "supplement_head_office",
    "take_back_evidence",
    "take_call_number",
    "take_head_office",
    "take_list",
    "tell_of_posing",
    "turn_down",
    "view_submission",
    "withdraw",
]
