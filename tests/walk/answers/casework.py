"""Answers to those who work on lost custody: the desk, operators, approvers, editors, auditors."""

CASEWORK: dict[str, tuple[str, str]] = {
    "desk:queue": ("200 casework | 403 rest", "405 rest"),
    "desk:explanation": (
        "200 casework | 404 rest",
        ">desk:explanation! callers | 403 lookers | 404 rest",
    ),
    "desk:inquiry": ("200 casework | 404 rest", "405 rest"),
    "desk:note_contact": (
        "200 callers | 403 lookers | 404 rest",
        ">recovery:claim! callers | 403 lookers | 404 rest",
    ),
    "desk:hold": (
        "200 callers | 403 lookers | 404 rest",
        ">recovery:claim! callers | 403 lookers | 404 rest",
    ),
    "recovery:take_call": ("200 callers | 403 rest", "200! callers | 403 rest"),
    "recovery:claim": ("200 casework | 404 rest", "405 rest"),
    "recovery:collect": (
        "200 callers | 403 lookers | 404 rest",
        ">recovery:claim! callers | 403 lookers | 404 rest",
    ),
    "recovery:correct_mail": (
        "200 callers | 403 lookers | 404 rest",
        ">recovery:claim! callers | 403 lookers | 404 rest",
    ),
    # What was noticed: a supervisor looks into what is about the own agency, a senior into everything.
    "desk:alarms": ("200 supervisor senior | 403 rest", "405 rest"),
    "desk:close_alarm": ("200 supervisor senior | 403 rest", ">desk:alarms! supervisor senior | 403 rest"),
    # The provider: operators collect and propose, approvers decide; the desk has none of it.
    "recovery:candidates": ("200~ operator | 403 not_operator | 404 rest", "405 rest"),
    "recovery:link": (
        "200 operator | 403 not_operator | 404 rest",
        ">recovery:accept! operator | 403 not_operator | 404 rest",
    ),
    "recovery:accept": (
        "200 operator | 403 not_operator | 404 rest",
        ">recovery:gather! operator | 403 not_operator | 404 rest",
    ),
    "recovery:take_head_office": (
        "200 operator | 403 not_operator | 404 rest",
        ">recovery:claim! operator | 403 not_operator | 404 rest",
    ),
    "recovery:gather": (
        "200 operator | 403 not_operator | 404 rest",
        ">recovery:claim! operator | 403 not_operator | 404 rest",
    ),
    "recovery:record_evidence": (
        "200 operator | 403 not_operator | 404 rest",
        ">recovery:claim! operator | 403 not_operator | 404 rest",
    ),
    "recovery:take_back": (
        "200 operator | 403 not_operator | 404 rest",
        ">recovery:claim! operator | 403 not_operator | 404 rest",
    ),
    "recovery:second": (
        "200 operator | 403 not_operator | 404 rest",
        ">recovery:claim! operator | 403 not_operator | 404 rest",
    ),
    "recovery:order_letter": (
        "200 operator | 403 not_operator | 404 rest",
        ">recovery:claim! operator | 403 not_operator | 404 rest",
    ),
    "recovery:order_mail_code": (
        "200 operator | 403 not_operator | 404 rest",
        ">recovery:claim! operator | 403 not_operator | 404 rest",
    ),
    "recovery:record_attempt": (
        "200 operator | 403 not_operator | 404 rest",
        ">recovery:claim! operator | 403 not_operator | 404 rest",
    ),
    "recovery:propose": (
        "200 operator | 403 not_operator | 404 rest",
        ">recovery:claim! operator | 403 not_operator | 404 rest",
    ),
    "recovery:review_objection": (
        "200 operator | 403 not_operator | 404 rest",
        ">recovery:claim! operator | 403 not_operator | 404 rest",
    ),
    "recovery:open_record": ("405 rest", ">handover:registration! operator | 403 not_operator | 404 rest"),
    "recovery:submission": ("405 rest", "200~ operator | 403 not_operator | 404 rest"),
    "recovery:send_back": (
        "200 approving | 403 undeciding | 404 rest",
        ">recovery:claim! approving | 403 undeciding | 404 rest",
    ),
    "recovery:refuse": (
        "200 approving | 403 undeciding | 404 rest",
        ">recovery:claim! approving | 403 undeciding | 404 rest",
    ),
    "recovery:invite_claimant": (
        "200 approving | 403 undeciding | 404 rest",
        ">recovery:claim! approving | 403 undeciding | 404 rest",
    ),
    "recovery:decide_objection": (
        "200 approving | 403 undeciding | 404 rest",
        ">recovery:claim! approving | 403 undeciding | 404 rest",
    ),
    "recovery:decide": (
        "200 approving | 403 undeciding | 404 rest",
        ">recovery:claim! approver | 409 senior | 403 undeciding | 404 rest",
    ),
    "recovery:execute": (
        "200 approver | 403 casework | 404 rest",
        ">recovery:claim! approver | 403 casework | 404 rest",
    ),
    "recovery:resume": (
        "200 senior | 403 casework | 404 rest",
        ">recovery:claim! senior | 403 casework | 404 rest",
    ),
    "recovery:ask_exception": (
        "200 operator | 403 not_operator | 404 rest",
        ">recovery:claim! operator | 403 not_operator | 404 rest",
    ),
    "recovery:exception": (
        "200 operator approver senior auditor | 403 agent supervisor | 404 rest",
        ">recovery:exception! approving | 403 undeciding | 404 rest",
    ),
    "recovery:refuse_exception": (
        "200 approving | 403 undeciding | 404 rest",
        ">recovery:exception! approving | 403 undeciding | 404 rest",
    ),
    "recovery:end_exception": (
        "200 deciding | 403 agent supervisor auditor | 404 rest",
        ">recovery:exception! deciding | 403 agent supervisor auditor | 404 rest",
    ),
    "recovery:exceptions": ("200 operator approver senior auditor | 403 rest", "405 rest"),
    "recovery:rule_reviews": ("200 provider | 403 rest", "405 rest"),
    "recovery:close_rule_review": ("200 editor | 403 rest", ">recovery:rule_reviews! editor | 403 rest"),
    "recovery:ask_rollback": (
        "200 operator senior | 403 casework | 404 rest",
        ">recovery:claim! operator senior | 403 casework | 404 rest",
    ),
    "recovery:confirm_rollback": (
        "200 senior | 403 casework | 404 rest",
        ">recovery:claim! senior | 403 casework | 404 rest",
    ),
    "recovery:decline_rollback": (
        "200 operator senior | 403 casework | 404 rest",
        ">recovery:claim! operator senior | 403 casework | 404 rest",
    ),
    "recovery:covered": ("200 operator approver senior auditor | 403 agent supervisor | 404 rest", "405 rest"),
    "recovery:list_receipt": ("200 operator approver senior auditor | 403 agent supervisor | 404 rest", "405 rest"),
    "recovery:take_list": (
        "200 operator | 403 not_operator | 404 rest",
        ">recovery:covered! operator | 403 not_operator | 404 rest",
    ),
    "recovery:match_line": (
        "200 operator | 403 not_operator | 404 rest",
        ">recovery:covered! operator | 403 not_operator | 404 rest",
    ),
    "recovery:leave_out": (
        "200 operator | 403 not_operator | 404 rest",
        ">recovery:covered! operator | 403 not_operator | 404 rest",
    ),
    "recovery:invite_people": ("405 rest", "409 operator | 403 not_operator | 404 rest"),
    "recovery:make_setting": (
        "200 operator | 403 not_operator | 404 rest",
        ">recovery:claim! operator | 403 not_operator | 404 rest",
    ),
    "recovery:confirm_setting": (
        "200 approver senior | 403 agent supervisor operator auditor | 404 rest",
        ">recovery:claim! approver senior | 403 agent supervisor operator auditor | 404 rest",
    ),
    "recovery:reverse_setting": (
        "200 deciding | 403 agent supervisor auditor | 404 rest",
        ">recovery:claim! deciding | 403 agent supervisor auditor | 404 rest",
    ),
    "recovery:procedures": ("200 provider | 403 rest", "405 rest"),
    "recovery:procedure": ("200 provider | 403 rest", "405 rest"),
    "recovery:begin_draft": ("405 rest", "409 editor | 403 rest"),
    "recovery:begin_shipped_draft": ("405 rest", "409 editor | 403 rest"),
    "recovery:change_entry": ("200 editor | 403 rest", ">recovery:procedures! editor | 403 rest"),
    "recovery:change_figures": ("200 editor | 403 rest", ">recovery:procedures! editor | 403 rest"),
    "recovery:change_whole": ("200 editor | 403 rest", ">recovery:procedures! editor | 403 rest"),
    "recovery:discard_draft": ("200 editor | 403 rest", ">recovery:procedures! editor | 403 rest"),
    "recovery:replay": ("200 provider | 403 rest", "405 rest"),
    "recovery:begin_replay": ("405 rest", "409 editor | 403 rest"),
    "recovery:propose_publication": ("200 editor | 403 rest", "409 editor | 403 rest"),
    "recovery:publish": ("200 editor senior | 403 rest", ">recovery:procedures! editor senior | 403 rest"),
    "recovery:rule_changes": ("200 provider | 403 rest", "405 rest"),
    "recovery:reopen_by_rule": (
        "200 operator senior | 403 agent supervisor approver auditor | 404 rest",
        ">recovery:claim! operator senior | 403 agent supervisor approver auditor | 404 rest",
    ),
    "recovery:begin_phone_call": (
        "200 operator | 403 not_operator | 404 rest",
        ">recovery:phone_call! operator | 403 not_operator | 404 rest",
    ),
    "recovery:phone_call": (
        "200 operator | 403 not_operator | 404 rest",
        "200! operator | 403 not_operator | 404 rest",
    ),
    "recovery:end_phone_call": ("405 rest", ">recovery:claim! operator | 403 not_operator | 404 rest"),
    "recovery:second_head_office": (
        "200 operator | 403 not_operator | 404 rest",
        ">recovery:claim! operator | 403 not_operator | 404 rest",
    ),
    "recovery:supplement_head_office": (
        "200 operator | 403 not_operator | 404 rest",
        ">recovery:claim! operator | 403 not_operator | 404 rest",
    ),
    "recovery:scan_returns": ("200 operator | 403 rest", ">recovery:scan_returns! operator | 403 rest"),
    "recovery:print_run": ("200 operator | 403 rest", "405 rest"),
    "recovery:print_day": ("405 rest", "200! operator | 403 rest"),
    "recovery:letters": ("200 operator | 403 rest", "405 rest"),
    "recovery:print_letters": ("405 rest", "200! operator | 403 rest"),
    "recovery:record_delivery": ("200 operator | 403 rest", ">recovery:letters! operator | 403 rest"),
    "recovery:record_return": ("200 operator | 403 rest", ">recovery:letters! operator | 403 rest"),
    "recovery:take_appeal": (
        "200 callers | 403 lookers | 404 rest",
        ">recovery:claim! callers | 403 lookers | 404 rest",
    ),
    "recovery:decide_appeal": (
        "200 senior | 403 casework | 404 rest",
        ">recovery:claim! senior | 403 casework | 404 rest",
    ),
    "recovery:remind": (
        "200 operator | 403 not_operator | 404 rest",
        ">recovery:claim! operator | 403 not_operator | 404 rest",
    ),
    "recovery:set_route": (
        "200 operator | 403 not_operator | 404 rest",
        ">recovery:claim! operator | 403 not_operator | 404 rest",
    ),
    "recovery:find_capacity": (
        "200 operator | 403 not_operator | 404 rest",
        ">recovery:claim! operator | 403 not_operator | 404 rest",
    ),
    "recovery:identify_objector": (
        "200 operator | 403 not_operator | 404 rest",
        ">recovery:claim! operator | 403 not_operator | 404 rest",
    ),
    "recovery:duties": ("200 deciding | 403 rest", "405 rest"),
    "recovery:finish_duty": (
        "200 senior | 404 operator approver | 403 rest",
        ">recovery:duties! senior | 404 operator approver | 403 rest",
    ),
    "recovery:fairness": ("200 provider | 403 rest", "405 rest"),
    "recovery:fairness_csv": ("200 provider | 403 rest", "405 rest"),
    "recovery:close_drift": (
        "200 senior | 403 rest",
        ">recovery:fairness! senior | 403 rest",
    ),
    "recovery:audit_samples": ("200 senior auditor | 403 rest", "405 rest"),
    "recovery:audit_sample": ("200 senior auditor | 403 rest", "405 rest"),
    "recovery:read_sample": ("405 rest", "200~ auditor | 403 rest"),
    "recovery:record_finding": (
        "200 auditor | 403 rest",
        ">recovery:audit_samples! auditor | 403 rest",
    ),
}
