"""Answers about holding papers fast and erasing them by two persons. R-61 and R-62 are held by the custodian."""

ERASURES: dict[str, tuple[str, str]] = {
    "handover:papers_over": ("200 administrator stranger_administrator | 403 rest", "405 rest"),
    "handover:place_hold": (
        "200 administrator | 403 custodian | 404 rest",
        ">handover:place_hold! administrator | 403 custodian | 404 rest",
    ),
    "handover:lift_hold": ("405 rest", ">handover:papers! administrator | 403 custodian | 404 rest"),
    "handover:propose_erasure": (
        "200 administrator custodian | 404 rest",
        ">handover:erasure! administrator custodian | 404 rest",
    ),
    "handover:erasures": ("200 rest", "405 rest"),
    # The provider sees it only where the customer has no second person: tests/handover/test_erasures_pages.py.
    "handover:erasure": ("200 administrator custodian | 404 rest", "405 rest"),
    "handover:agree_erasure": (
        "200 administrator | 403 custodian | 404 rest",
        ">handover:erasure! administrator | 403 custodian | 404 rest",
    ),
    "handover:decline_erasure": ("405 rest", ">handover:erasure! administrator | 403 custodian | 404 rest"),
    "handover:withdraw_erasure": ("405 rest", ">handover:erasure! administrator custodian | 404 rest"),
}
