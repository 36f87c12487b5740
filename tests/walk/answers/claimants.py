"""Answers to those who lost it, mostly without an account."""

CLAIMANTS: dict[str, tuple[str, str]] = {
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
}
