"""Answers about calls of ours: announcing them, asking whether one was ours, and the register of places."""

TRUST: dict[str, tuple[str, str]] = {
    "desk:announce_call": (
        "200 callers | 403 lookers | 404 rest",
        ">desk:intentions! callers | 403 lookers | 404 rest",
    ),
    "desk:announce_now": ("405 rest", ">desk:inquiry! operator | 403 agent supervisor lookers | 404 rest"),
    "desk:intentions": ("200 callers | 403 rest", "405 rest"),
    "desk:call_out": ("405 rest", "200! supervisor | 404 rest"),
    "desk:cancel_call": ("405 rest", ">desk:intentions! agent | 404 rest"),
    # The same for everybody, signed in or not: whoever was called asks.
    "desk:caller": ("200 rest", "200 rest"),
    "desk:report_caller": ("405 rest", ">desk:caller_thanks! rest"),
    "desk:caller_thanks": ("200 rest", "405 rest"),
    "desk:caller_places": ("200 rest", "405 rest"),
    "desk:caller_reports": ("200 senior | 403 rest", "405 rest"),
    # The provider's editor and senior keep the register; a supervisor acts for the places of the own agency.
    "desk:sites": ("200 supervisor senior editor auditor | 403 rest", "405 rest"),
    "desk:record_site": ("200 senior editor | 403 rest", ">desk:site! senior editor | 403 rest"),
    "desk:site": ("200 supervisor senior editor auditor | 404 rest", "405 rest"),
    "desk:end_site": (
        "200 senior editor | 403 supervisor auditor | 404 rest",
        ">desk:site! senior editor | 403 supervisor auditor | 404 rest",
    ),
    "desk:add_line": (
        "200 senior editor | 403 supervisor auditor | 404 rest",
        ">desk:site! senior editor | 403 supervisor auditor | 404 rest",
    ),
    "desk:end_line": ("405 rest", ">desk:site! senior editor | 403 supervisor auditor | 404 rest"),
    "desk:seat_member": (
        "200 supervisor senior | 403 editor auditor | 404 rest",
        ">desk:site! supervisor senior | 403 editor auditor | 404 rest",
    ),
    "desk:fail_site": (
        "200 supervisor senior | 403 editor auditor | 404 rest",
        ">desk:site! supervisor senior | 403 editor auditor | 404 rest",
    ),
    "desk:reopen_site": ("405 rest", ">desk:site! supervisor senior | 403 editor auditor | 404 rest"),
}
