"""Answers about what is on record: registrations, deputies, papers, labels, mandates, changes of name or hands."""

REGISTER: dict[str, tuple[str, str]] = {
    "handover:registrations": ("200 rest", "405 rest"),
    "handover:registration": ("200~ readers | 404 rest", "405 rest"),
    "handover:history": ("200 readers | 404 rest", "405 rest"),
    "handover:custody": ("200~ readers | 404 rest", "405 rest"),
    # R-6 is held by "custodian" with the deputies "former" and "administrator"; R-7 by "bystander" with "former".
    "handover:note_unverified_period": (
        "200~ administrator | 403 custodian former | 404 rest",
        ">handover:custody! administrator | 403 custodian former | 404 rest",
    ),
    "handover:name_deputy": (
        "200 administrator bystander | 403 former | 404 rest",
        ">handover:registration! administrator bystander | 403 former | 404 rest",
    ),
    "handover:end_deputy": (
        "405 rest",
        ">handover:registration! administrator custodian | >handover:registrations! former | 404 rest",
    ),
    "handover:activate_deputy": (
        "200 administrator | 403 custodian former | 404 rest",
        ">handover:registration! administrator | 403 custodian former | 404 rest",
    ),
    "handover:deactivate_deputy": (
        "405 rest",
        ">handover:registration! administrator custodian | 403 former | 404 rest",
    ),
    "handover:report_absence": (
        "200 administrator former | 403 custodian | 404 rest",
        ">handover:registration! administrator former | 403 custodian | 404 rest",
    ),
    "handover:stand_in": ("405 rest", ">handover:registration! former | 403 administrator bystander | 404 rest"),
    "handover:authority_cases": ("200 deciding auditor | 403 rest", "405 rest"),
    "handover:propose_reassignment": ("200 operator | 403 rest", ">handover:authority_case! operator | 403 rest"),
    "handover:authority_case": ("200 deciding auditor | 404 rest", "405 rest"),
    "handover:second_authority_proof": (
        "405 rest",
        # The one who proposed it compared it first.
        "409 operator | 403 approving auditor | 404 rest",
    ),
    "handover:approve_reassignment": (
        "200 approving | 403 operator auditor | 404 rest",
        ">handover:authority_case! approving | 403 operator auditor | 404 rest",
    ),
    "handover:refuse_reassignment": (
        "200 approving | 403 operator auditor | 404 rest",
        ">handover:authority_case! approving | 403 operator auditor | 404 rest",
    ),
    "handover:withdraw_reassignment": (
        "200 operator | 403 approving auditor | 404 rest",
        ">handover:authority_case! operator | 403 approving auditor | 404 rest",
    ),
    "handover:answer_objection": (
        "200 senior | 403 operator approver auditor | 404 rest",
        ">handover:authority_case! senior | 403 operator approver auditor | 404 rest",
    ),
    "handover:execute_reassignment": (
        "200 approver | 403 operator senior auditor | 404 rest",
        ">handover:authority_case! approver | 403 operator senior auditor | 404 rest",
    ),
    "handover:authority_object": (
        "200 administrator | 404 rest",
        ">handover:authority_object! administrator | 404 rest",
    ),
    "handover:add_contact_point": (
        "200 administrator custodian | 403 former | 404 rest",
        ">handover:registration! administrator custodian | 403 former | 404 rest",
    ),
    "handover:end_contact_point": (
        "200 administrator custodian | 403 former | 404 rest",
        ">handover:registration! administrator custodian | 403 former | 404 rest",
    ),
    "handover:add_alias": (
        "200 administrator custodian | 403 former | 404 rest",
        ">handover:registration! administrator custodian | 403 former | 404 rest",
    ),
    "handover:end_alias": ("405 rest", ">handover:registration! administrator custodian | 403 former | 404 rest"),
    "handover:papers": ("200 readers | 404 rest", "405 rest"),
    "handover:add_document": (
        "200 administrator custodian | 403 former | 404 rest",
        ">handover:paper! administrator custodian | 403 former | 404 rest",
    ),
    "handover:paper": ("200 administrator custodian successor former | 404 rest", "405 rest"),
    "handover:add_version": (
        "200 administrator custodian | 403 successor former | 404 rest",
        ">handover:paper! administrator custodian | 403 successor former | 404 rest",
    ),
    "handover:change_document": (
        "200 administrator custodian | 403 successor former | 404 rest",
        ">handover:paper! administrator custodian | 403 successor former | 404 rest",
    ),
    "handover:download_document": (
        "200 administrator | 200~ custodian successor former | 404 rest",
        "200~ administrator custodian successor former | 404 rest",
    ),
    "handover:look_at_paper": (
        "200 administrator | 200~ custodian successor former | 404 rest",
        ">handover:look_at_paper~ administrator custodian successor former | 404 rest",
    ),
    # Nobody looks at it just now.
    "handover:page_picture": ("409 administrator custodian successor former | 404 rest", "405 rest"),
    "handover:scan_again": ("405 rest", "409 administrator custodian | 403 successor former | 404 rest"),
    "handover:make_label": (
        "200 administrator custodian | 403 former | 404 rest",
        ">handover:label! administrator custodian | 403 former | 404 rest",
    ),
    "handover:print_labels": ("405 rest", "200 administrator custodian | 403 former | 404 rest"),
    "handover:label": ("200 rest", "405 rest"),
    "handover:report_found": ("405 rest", ">handover:found_thanks! rest"),
    "handover:found_thanks": ("200 rest", "405 rest"),
    "handover:report_lost": ("405 rest", ">handover:label! readers | 404 rest"),
    "handover:report_back": ("405 rest", ">handover:label! readers | 404 rest"),
    "handover:void_label": ("405 rest", ">handover:label! administrator custodian | 403 former | 404 rest"),
    "handover:reissue_label": ("405 rest", ">handover:label! administrator custodian | 403 former | 404 rest"),
    "handover:mandates": ("200 rest", "405 rest"),
    "handover:ask_mandate": ("200 contractor | 403 rest", ">handover:mandates! contractor | 403 rest"),
    "handover:grant_mandate": (
        "200 customers | 403 rest",
        ">handover:mandate! administrator custodian | 200 customers | 403 rest",
    ),
    "handover:mandate": ("200 administrator custodian contractor | 404 rest", "405 rest"),
    "handover:approve_mandate": (
        "200 administrator custodian | 403 contractor | 404 rest",
        ">handover:mandate! administrator custodian | 403 contractor | 404 rest",
    ),
    "handover:decline_mandate": (
        "200 administrator custodian | 403 contractor | 404 rest",
        ">handover:mandate! administrator custodian | 403 contractor | 404 rest",
    ),
    "handover:renew_mandate": ("405 rest", "403 administrator custodian | >handover:mandate! contractor | 404 rest"),
    "handover:end_mandate": (
        "200 administrator custodian contractor | 404 rest",
        ">handover:mandate! administrator custodian contractor | 404 rest",
    ),
    "handover:mandated": ("200~ contractor | 404 rest", "405 rest"),
    "handover:mandated_paper": ("200~ contractor | 404 rest", "405 rest"),
    "handover:mandated_look": ("200~ contractor | 404 rest", ">handover:mandated_look~ contractor | 404 rest"),
    "handover:mandated_picture": ("409 contractor | 404 rest", "405 rest"),
    "handover:report_fault": ("200 contractor | 404 rest", ">handover:mandated! contractor | 404 rest"),
    "handover:remove_registration": (
        "405 rest",
        ">handover:mandate! administrator custodian contractor | 404 rest",
    ),
    "handover:choose_change": ("200 administrator custodian | 403 former | 404 rest", "405 rest"),
    "handover:request_change": (
        "200 administrator custodian | 403 former | 404 rest",
        ">handover:change! administrator custodian | 403 former | 404 rest",
    ),
    "handover:cancel": (
        "200 administrator custodian | 403 former | 404 rest",
        ">handover:change! administrator custodian | 403 former | 404 rest",
    ),
    "handover:confirm_contact_point": (
        "200 administrator custodian | 403 former | 404 rest",
        ">handover:registration! administrator custodian | 403 former | 404 rest",
    ),
    "handover:change_unit": (
        "200 administrator custodian | 403 former | 404 rest",
        ">handover:registration! administrator custodian | 403 former | 404 rest",
    ),
    "handover:confirm_unit": ("405 rest", ">handover:registration! administrator custodian | 403 former | 404 rest"),
    "handover:changes": ("200 rest", "405 rest"),
    "handover:change_on_paper": ("200 operator | 403 rest", ">handover:change! operator | 403 rest"),
    "handover:change": ("200 administrator custodian operator lookers | 404 rest", "405 rest"),
    "handover:consent": (
        "200 administrator | 403 custodian operator lookers | 404 rest",
        ">handover:change! administrator | 403 custodian operator lookers | 404 rest",
    ),
    "handover:withdraw_change": (
        "200 administrator custodian | 403 operator lookers | 404 rest",
        ">handover:change! administrator custodian | 403 operator lookers | 404 rest",
    ),
    "handover:find_receiver": (
        "200 operator | 403 administrator custodian lookers | 404 rest",
        ">handover:change! operator | 403 administrator custodian lookers | 404 rest",
    ),
    "handover:record_consent": (
        "200 operator | 403 administrator custodian lookers | 404 rest",
        ">handover:change! operator | 403 administrator custodian lookers | 404 rest",
    ),
    "handover:check_proof": (
        "200 operator | 403 administrator custodian lookers | 404 rest",
        ">handover:change! operator | 403 administrator custodian lookers | 404 rest",
    ),
    "handover:propose_change": (
        "200 operator | 403 administrator custodian lookers | 404 rest",
        ">handover:change! operator | 403 administrator custodian lookers | 404 rest",
    ),
    "handover:approve_change": (
        "200 approving | 403 administrator custodian operator auditor | 404 rest",
        ">handover:change! approving | 403 administrator custodian operator auditor | 404 rest",
    ),
    "handover:refuse_change": (
        "200 approving | 403 administrator custodian operator auditor | 404 rest",
        ">handover:change! approving | 403 administrator custodian operator auditor | 404 rest",
    ),
    "handover:release_for_change": (
        "200 approver | 403 administrator custodian operator senior auditor | 404 rest",
        ">handover:change! approver | 403 administrator custodian operator senior auditor | 404 rest",
    ),
    "handover:execute_change": (
        "200 approver | 403 administrator custodian operator senior auditor | 404 rest",
        ">handover:change! approver | 403 administrator custodian operator senior auditor | 404 rest",
    ),
    "handover:ask_for_unit": ("405 rest", ">handover:names! operator | 403 rest"),
    "handover:affiliations": ("200 operator | 403 rest", "405 rest"),
    "handover:record_affiliation": ("200 operator | 403 rest", ">handover:affiliations! operator | 403 rest"),
    "handover:end_affiliation": ("405 rest", ">handover:affiliations! operator | 403 rest"),
}
