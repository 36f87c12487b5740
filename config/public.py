"""The one list of what is open to everybody. A test walks every path and compares."""

PUBLIC_PATHS = frozenset(
    {
        "home",
        "healthz",
        "readyz",
        # open to a scraper with METRICS_TOKEN, to anybody else it is not there
        "metrics",
        "set_language",
        "favicon",
        # sign-in
        "account_login",
        "account_logout",
        "account_confirm_login_code",
        "account_signup",
        "account_inactive",
        "account_reset_password",
        "account_reset_password_done",
        "account_reset_password_from_key",
        "account_reset_password_from_key_done",
        "account_confirm_email",
        "account_email_verification_sent",
        "mfa_authenticate",
        "mfa_login_webauthn",
        "accounts:invitation",
        # checking a certificate
        "handover:verify",
        "handover:verify_code",
        # a label on a box: the finder's page, the same for every code
        "handover:label",
        "handover:report_found",
        "handover:found_thanks",
        # what a bill is for, and a message to whoever is in charge
        "desk:bill",
        "desk:bill_card",
        "desk:bill_status",
        "desk:bill_thread",
        # what the desk asks for, by kind of question
        "desk:use_help",
        # a contractor owns up, by receipt number and tracking code
        "desk:consent",
        "desk:consent_case",
        # the letter that opens an organisation's access
        "handover:activate",
        "handover:activate_sent",
        "handover:confirm_activation",
        # was that really you? by call code or number, and the list of who works for the provider
        "desk:caller",
        "desk:report_caller",
        "desk:caller_thanks",
        "desk:caller_places",
        # recovery: begin, follow by receipt number and tracking code, object by the code of a notice
        "recovery:begin",
        "recovery:question",
        "recovery:check",
        "recovery:begin_with_kit",
        "recovery:show_kit",
        "recovery:status",
        "recovery:case",
        "recovery:inquiry",
        "recovery:take_up",
        "recovery:mailbox",
        "recovery:change_mail",
        "recovery:enter_code",
        "recovery:ask_for_code",
        "recovery:call_number",
        "recovery:add_paper",
        "recovery:withdraw",
        "recovery:appeal",
        "recovery:reopen",
        "recovery:progress_letter",
        # an inquiry that is no claim, and the written answers of either
        "recovery:written_answer",
        "recovery:object_to",
        # help: the sentences of the desk that answer questions
        "desk:helps",
        "desk:help",
        # what anybody thinks of us
        "desk:send_feedback",
    }
)
