"""Answers of checks: who speaks types them, who may see the call reads them; numbers of record are the operators'."""

TYPED = ("405 rest", ">recovery:console! agent | 403 supervisor operator auditor | 404 rest")
CHECKS: dict[str, tuple[str, str]] = {
    "desk:pin": ("200 customers contractor | 403 rest", "200! customers contractor | 403 rest"),
    "desk:checks": ("200 agent supervisor operator auditor | 404 rest", "405 rest"),
    "desk:check_receipt": TYPED,
    "desk:check_pin": TYPED,
    "desk:check_mandate": TYPED,
    "desk:book_call_back": TYPED,
    "desk:find_capacity": TYPED,
    "desk:call_backs": ("200 operator | 403 rest", "405 rest"),
    "desk:call_back": ("200 operator | 404 rest", ">desk:call_back! operator | 404 rest"),
    "desk:dial": ("405 rest", "200! operator | 404 rest"),
    "desk:end_call_back": ("405 rest", ">desk:call_backs! operator | 404 rest"),
    "desk:posed_as": ("200 operator | 404 rest", ">desk:call_backs! operator | 404 rest"),
}
