"""What every path answers to every role: the one table of X7.

A row is a path's answer to GET and to POST, the latter with a body that is right for those who may. Each is
`ANSWER ROLES | ANSWER ROLES | ANSWER rest`. An answer is a status, or `>` and the name of the path where a redirect
leads; after it `!` where something changed and `~` where the log took down a look. An answer without a mark left
everything as it was. Anonymous visitors are sent to sign in, which is not repeated here, unless the path is public.
"""

from config.public import PUBLIC_PATHS

ENROLLED = "administrator stranger_administrator agent supervisor operator approver senior editor auditor"
GROUPS: dict[str, str] = {
    "enrolled": ENROLLED,
    "customers": "administrator custodian successor former bystander stranger_administrator stranger",
    "unenrolled": "custodian successor former bystander stranger contractor",
    "staff": "agent supervisor operator approver senior editor auditor",
    "provider": "operator approver senior editor auditor",
    "deciding": "operator approver senior",
    # Who sees cases, who carries them on the phone, and who of the former only looks or decides.
    "casework": "agent supervisor operator approver senior auditor",
    "callers": "agent supervisor operator",
    "lookers": "approver senior auditor",
    # Of those who see cases: who is no operator, and who decides nothing.
    "not_operator": "agent supervisor approver senior auditor",
    "undeciding": "agent supervisor operator auditor",
    "approving": "approver senior",
    # Who sees R-1: it was handed from "former" to "custodian" and is offered to "successor".
    "readers": "administrator custodian former",
    # Neither of 青葉商事 nor of the provider.
    "outsiders": "stranger_administrator stranger contractor agent supervisor",
    "inviters": "administrator stranger_administrator contractor supervisor operator approver senior",
}

# Asks for a token of its own; without one it is not there.
SELF_GUARDED = {"metrics"}

ROWS: dict[str, tuple[str, str]] = {
    "home": ("200 rest", "405 rest"),
    "set_language": (">home rest", ">home rest"),
    "favicon": (">/static/mark.svg rest", "405 rest"),
    "healthz": ("200 rest", "405 rest"),
    "readyz": ("200 rest", "405 rest"),
    "metrics": ("404 rest", "405 rest"),
    "account_login": ("200 anonymous | >home rest", "200 anonymous | >home rest"),
    "account_logout": (">home anonymous | 200 rest", ">home anonymous | >home! rest"),
    "account_inactive": ("200 rest", "405 rest"),
    "account_signup": ("200 anonymous | >home rest", "200 anonymous | >home rest"),
    "account_reauthenticate": ("200 unenrolled | >accounts:confirm rest", "200 unenrolled | >accounts:confirm rest"),
    "account_email": ("200 rest", ">account_email rest"),
    "account_email_verification_sent": ("200 rest", "405 rest"),
    "account_change_password": ("200 rest", "200 rest"),
    "account_set_password": (">account_change_password rest", ">account_change_password rest"),
    "account_reset_password": ("200 rest", "200 rest"),
    "account_confirm_login_code": (">account_login anonymous | >home rest", ">account_login anonymous | >home rest"),
    "account_confirm_email": ("200 rest", "404 rest"),
    "account_reset_password_from_key_done": ("200 rest", "405 rest"),
    "account_reset_password_from_key": ("200 rest", "200 rest"),
    "account_reset_password_done": ("200 rest", "405 rest"),
    "mfa_index": ("200 rest", "405 rest"),
    "mfa_authenticate": (">account_login anonymous | >home rest", ">account_login anonymous | >home rest"),
    "mfa_reauthenticate": (
        ">account_reauthenticate unenrolled | >accounts:confirm rest",
        ">account_reauthenticate unenrolled | >accounts:confirm rest",
    ),
    "mfa_activate_totp": (
        ">account_reauthenticate unenrolled | >accounts:confirm rest",
        ">account_reauthenticate unenrolled | >accounts:confirm rest",
    ),
    "mfa_deactivate_totp": ("404 unenrolled | >accounts:confirm rest", "404 unenrolled | >accounts:confirm rest"),
    "mfa_view_recovery_codes": ("404 rest", "405 rest"),
    "mfa_generate_recovery_codes": (
        ">account_reauthenticate unenrolled | >accounts:confirm rest",
        ">account_reauthenticate unenrolled | >accounts:confirm rest",
    ),
    "mfa_download_recovery_codes": ("404 rest", "404 rest"),
    "mfa_list_webauthn": ("200 rest", "405 rest"),
    "mfa_add_webauthn": (
        ">account_reauthenticate unenrolled | >accounts:confirm rest",
        ">account_reauthenticate unenrolled | >accounts:confirm rest",
    ),
    "mfa_reauthenticate_webauthn": (
        ">account_reauthenticate unenrolled | >accounts:confirm rest",
        ">account_reauthenticate unenrolled | >accounts:confirm rest",
    ),
    "mfa_remove_webauthn": (
        ">account_reauthenticate unenrolled | >accounts:enrol rest",
        ">account_reauthenticate unenrolled | >accounts:enrol rest",
    ),
    "mfa_edit_webauthn": (
        ">account_reauthenticate unenrolled | >accounts:confirm rest",
        ">account_reauthenticate unenrolled | >accounts:confirm rest",
    ),
    "mfa_login_webauthn": (">account_login anonymous | >home rest", ">account_login anonymous | >home rest"),
    "usersessions_list": ("200 rest", ">usersessions_list rest"),
    "accounts:confirm": (">home rest", ">home rest"),
    "accounts:enrol": ("200 rest", "405 rest"),
    "accounts:replace_app": (
        ">account_reauthenticate unenrolled | >accounts:confirm rest",
        ">account_reauthenticate unenrolled | >accounts:confirm rest",
    ),
    "accounts:undertaking": ("200 rest", "409 staff | 403 rest"),
    "accounts:invitation": ("200 anonymous | 409 rest", ">home! anonymous | 409 rest"),
    "accounts:profile": ("200 rest", ">accounts:profile! rest"),
    "accounts:people": ("200 rest", "405 rest"),
    "accounts:invite": (
        "200 inviters | 403 rest",
        ">accounts:people! inviters | 403 rest",
    ),
    "accounts:withdraw": (
        "200 deciding administrator | 404 outsiders | 403 rest",
        ">accounts:people! administrator | 404 outsiders | >accounts:organisation! deciding | 403 rest",
    ),
    "accounts:resend": (
        "200 deciding administrator | 404 outsiders | 403 rest",
        ">accounts:people! administrator | 404 outsiders | >accounts:organisation! deciding | 403 rest",
    ),
    "accounts:second": (
        "403 operator editor auditor | 200 approver senior | 404 rest",
        "403 operator editor auditor | >accounts:people! approver senior | 404 rest",
    ),
    "accounts:organisations": ("200 provider | 403 rest", "405 rest"),
    "accounts:create": ("200 deciding | 403 rest", ">accounts:organisation! deciding | 403 rest"),
    "accounts:organisation": (
        "404 outsiders | 403 editor auditor | 200~ deciding | 200 rest",
        "405 rest",
    ),
    "accounts:invite_into": (
        "200 deciding | 403 editor auditor | 404 rest",
        ">accounts:organisation! deciding | 403 editor auditor | 404 rest",
    ),
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
    "handover:product_card": ("200~ administrator custodian successor former | 404 rest", "405 rest"),
    "handover:ask_explanation": (
        "200 administrator custodian successor former | 404 rest",
        ">handover:explanation! administrator custodian successor former | 404 rest",
    ),
    "handover:explanation": ("200 custodian | 404 rest", "405 rest"),
    "handover:withdraw_explanation": ("405 rest", ">handover:explanation! custodian | 404 rest"),
    "handover:answer_explanation": ("405 rest", ">handover:explanation! custodian | 404 rest"),
    "handover:bulk": ("200 customers | 403 rest", "405 rest"),
    "handover:start_bulk": (
        "405 rest",
        ">handover:job! administrator | >handover:bulk stranger_administrator | 403 rest",
    ),
    "handover:bulk_labels": ("405 rest", "200 administrator custodian | >handover:bulk customers | 403 rest"),
    "handover:export_list": ("405 rest", "200~ readers | >handover:bulk customers | 403 rest"),
    "handover:jobs": ("200 rest", "405 rest"),
    "handover:job": ("200 administrator | 404 rest", "405 rest"),
    "handover:cancel_bulk": ("405 rest", ">handover:job! administrator | 404 rest"),
    "handover:products": ("200 operator | 403 rest", "405 rest"),
    "handover:add_product": ("200 operator | 403 rest", ">handover:products! operator | 403 rest"),
    "handover:product": ("200 operator | 403 rest", ">handover:products! operator | 403 rest"),
    "handover:imports": ("200 operator | 403 rest", "405 rest"),
    "handover:activations": ("200 deciding | 403 rest", "405 rest"),
    "handover:order_activations": ("405 rest", ">handover:activations! operator | 403 rest"),
    "handover:order_activation": ("200 operator | 403 rest", ">handover:activation! operator | 403 rest"),
    "handover:activation_letters": ("200 operator | 403 rest", "405 rest"),
    "handover:print_activations": ("405 rest", "200! operator | 403 rest"),
    "handover:activation": ("200 deciding | 403 rest", "405 rest"),
    "handover:return_activation": ("405 rest", ">handover:activation! operator | 403 rest"),
    "handover:check_activation": ("200~ operator | 403 rest", ">handover:activation! operator | 403 rest"),
    "handover:approve_activation": ("200 approving | 403 rest", ">handover:activation! approving | 403 rest"),
    "handover:refuse_activation": ("405 rest", ">handover:activation! deciding | 403 rest"),
    "handover:activate": ("200 rest", "200 rest"),
    "handover:activate_sent": ("200 rest", "405 rest"),
    "handover:confirm_activation": ("200 rest", "200! rest"),
    "handover:gaps": ("200 operator | 403 rest", "405 rest"),
    "handover:names": ("200 operator | 403 rest", "405 rest"),
    "handover:attestation": (
        "403 staff contractor | 200 rest",
        "403 staff contractor | >handover:attestation! custodian | >handover:attestation rest",
    ),
    "handover:season": ("200 administrator stranger_administrator | 403 rest", "405 rest"),
    "handover:notice_letters": ("200 operator | 403 rest", "405 rest"),
    "handover:print_notices": ("405 rest", "200! operator | 403 rest"),
    "handover:notice_returned": ("405 rest", ">handover:notice_letters! operator | 403 rest"),
    "handover:handovers": ("200 rest", "405 rest"),
    "handover:handover": ("200 administrator custodian successor | 404 rest", "405 rest"),
    "handover:draft": (
        "200 administrator custodian | 404 rest",
        ">handover:offer! administrator custodian | 404 rest",
    ),
    "handover:offer": (
        "200 administrator custodian | 404 rest",
        ">handover:handover! administrator custodian | 404 rest",
    ),
    "handover:withdraw": (
        "200 administrator custodian | 403 successor | 404 rest",
        ">handover:handover! administrator custodian | 403 successor | 404 rest",
    ),
    "handover:pack": ("403 administrator custodian | 200~ successor | 404 rest", "405 rest"),
    "handover:items": (
        "403 administrator custodian | 200 successor | 404 rest",
        "403 administrator custodian | >handover:items! successor | 404 rest",
    ),
    "handover:accept": (
        "403 administrator custodian | 200 successor | 404 rest",
        "403 administrator custodian | >handover:handover! successor | 404 rest",
    ),
    "handover:decline": (
        "403 administrator custodian | 200 successor | 404 rest",
        "403 administrator custodian | >handover:handover! successor | 404 rest",
    ),
    "handover:confirm": (
        "200 administrator | 403 custodian successor | 404 rest",
        ">handover:handover! administrator | 403 custodian successor | 404 rest",
    ),
    "handover:refuse_confirmation": (
        "200 administrator | 403 custodian successor | 404 rest",
        ">handover:handover! administrator | 403 custodian successor | 404 rest",
    ),
    "handover:ask": ("405 rest", "403 administrator custodian | >handover:handover! successor | 404 rest"),
    "handover:answer": ("405 rest", "403 administrator successor | >handover:handover! custodian | 404 rest"),
    "handover:receipt": ("200 readers | 404 rest", "405 rest"),
    "handover:add_item": (
        "200 administrator custodian | 403 successor | 404 rest",
        ">handover:add_item! administrator custodian | 403 successor | 404 rest",
    ),
    "handover:drop_item": ("405 rest", ">handover:add_item! administrator custodian | 404 rest"),
    "handover:countersign": (
        "403 administrator custodian | 200 former | 404 rest",
        "403 administrator custodian | >handover:handover! former | 404 rest",
    ),
    "handover:raise_objection": (
        "403 administrator successor | 200 custodian | 404 rest",
        "403 administrator successor | >handover:handover! custodian | 404 rest",
    ),
    "handover:settle_objection": (
        "200 administrator | 403 custodian successor | 404 rest",
        ">handover:handover! administrator | 403 custodian successor | 404 rest",
    ),
    "handover:reopen_overlap": (
        "405 rest",
        ">handover:handover! administrator custodian | 403 former | 404 rest",
    ),
    "handover:packages": ("200 rest", "405 rest"),
    "handover:open_package": (
        "200 customers | 403 rest",
        # Who holds nothing has nothing to hand over; somebody whose package is open changes that one.
        ">handover:package! custodian stranger bystander | 409 former | 200 customers | 403 rest",
    ),
    "handover:package": ("200 administrator former | 404 rest", "405 rest"),
    "handover:assign": ("405 rest", ">handover:package! administrator former | 404 rest"),
    "handover:offer_package": ("405 rest", ">handover:package! administrator former | 404 rest"),
    "handover:extend_package": ("405 rest", ">handover:package! administrator former | 404 rest"),
    "handover:change_package": (
        "200 administrator former | 404 rest",
        ">handover:package! administrator former | 404 rest",
    ),
    "handover:withdraw_package": (
        "200 administrator former | 404 rest",
        ">handover:package! administrator former | 404 rest",
    ),
    "handover:leave": (
        "403 custodian successor former editor auditor | 404 outsiders | 200 rest",
        ">accounts:people! deciding administrator | >home! bystander | 404 outsiders | 403 rest",
    ),
    "handover:take_into_care": ("405 rest", ">handover:registration! administrator | 404 rest"),
    "handover:recovery_kit": (
        "403 administrator former | 200 custodian | 404 rest",
        "403 administrator former | 200! custodian | 404 rest",
    ),
    "handover:export_package": (
        "200 administrator custodian | 403 former | 404 rest",
        # The person in charge is told of what an administrator takes.
        "200! administrator | 200~ custodian | 403 former | 404 rest",
    ),
    "handover:issue_certificate": (
        "200 administrator custodian | 403 former | 404 rest",
        ">handover:certificate! administrator custodian | 403 former | 404 rest",
    ),
    "handover:certificate": ("200 readers | 404 rest", "405 rest"),
    "handover:certificate_file": ("200~ readers | 404 rest", "405 rest"),
    "handover:withdraw_certificate": (
        "405 rest",
        ">handover:certificate! administrator custodian | 403 former | 404 rest",
    ),
    "handover:verify": ("200 rest", ">handover:verify_code rest"),
    "handover:verify_code": ("200 rest", "405 rest"),
    "desk:queue": ("200 casework | 403 rest", "405 rest"),
    "desk:explanation": (
        "200 casework | 404 rest",
        ">desk:explanation! callers | 403 lookers | 404 rest",
    ),
    "desk:note_contact": (
        "200 callers | 403 lookers | 404 rest",
        ">recovery:claim! callers | 403 lookers | 404 rest",
    ),
    "desk:hold": (
        "200 callers | 403 lookers | 404 rest",
        ">recovery:claim! callers | 403 lookers | 404 rest",
    ),
    "desk:close_hold": ("405 rest", ">recovery:claim! callers | 403 lookers | 404 rest"),
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
    # Open to everybody. Without an open case in the browser its pages lead to the codes, whoever is signed in.
    "recovery:begin": ("200 rest", "405 rest"),
    "recovery:question": ("200 rest", ">recovery:question rest"),
    "recovery:check": (">recovery:question rest", "409 rest"),
    "recovery:begin_with_kit": ("200 rest", "200 rest"),
    "recovery:show_kit": (">recovery:status rest", ">recovery:status rest"),
    "recovery:vouch": ("200 successor | 404 rest", ">home! successor | 404 rest"),
    "recovery:open_dns_check": (
        "200 operator | 403 not_operator | 404 rest",
        ">recovery:claim! operator | 403 not_operator | 404 rest",
    ),
    # No name server answers here: nothing is found.
    "recovery:check_dns": ("405 rest", ">recovery:claim operator | 403 not_operator | 404 rest"),
    "recovery:ask_to_vouch": (
        "200 operator | 403 not_operator | 404 rest",
        ">recovery:claim! operator | 403 not_operator | 404 rest",
    ),
    "recovery:status": ("200 rest", "200 rest"),
    "recovery:case": (">recovery:status rest", ">recovery:status rest"),
    "recovery:mailbox": (">recovery:status rest", ">recovery:status rest"),
    "recovery:change_mail": (">recovery:status rest", ">recovery:status rest"),
    "recovery:enter_code": (">recovery:status rest", ">recovery:status rest"),
    "recovery:ask_for_code": (">recovery:status rest", ">recovery:status rest"),
    "recovery:call_number": (">recovery:status rest", ">recovery:status rest"),
    "recovery:add_paper": (">recovery:status rest", ">recovery:status rest"),
    "recovery:withdraw": (">recovery:status rest", ">recovery:status rest"),
    "recovery:appeal": (">recovery:status rest", ">recovery:status rest"),
    "recovery:reopen": (">recovery:status rest", ">recovery:status rest"),
    "recovery:progress_letter": (">recovery:status rest", ">recovery:status rest"),
    "recovery:object_to": ("200 rest", "200 rest"),
    "recovery:takeover": ("404 rest", "404 rest"),
    "recovery:units": ("404 rest", "404 rest"),
    "recovery:decline_units": ("405 rest", "404 rest"),
    "recovery:own_list": ("404 rest", "405 rest"),
    "handover:finish_task": ("405 rest", ">handover:registration! custodian | 404 rest"),
}


def expected(name: str, method: str, roles: list[str]) -> dict[str, str]:
    """Return the answer of the path called `name` to each of `roles`."""
    cell = ROWS[name][("get", "post").index(method)]
    found: dict[str, str] = {}
    for part in cell.split(" | "):
        answer, *names = part.split()
        for entry in names:
            for role in roles if entry == "rest" else GROUPS.get(entry, entry).split():
                found.setdefault(role, answer)
    if name not in PUBLIC_PATHS | SELF_GUARDED:
        found["anonymous"] = ">account_login"
    return found
