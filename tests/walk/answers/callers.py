"""Answers to those who hold a bill, are passed on, use a service, or act for a customer."""

CALLERS: dict[str, tuple[str, str]] = {
    # A wrong bill: the same page for everybody.
    "desk:bill": ("200 rest", "200 rest"),
    "desk:bill_card": (">desk:bill rest", ">desk:bill rest"),
    "desk:bill_status": ("200 rest", "200 rest"),
    "desk:bill_thread": (">desk:bill_status rest", ">desk:bill_status rest"),
    "desk:answer_bill": ("200 custodian | 404 rest", ">desk:answer_bill! custodian | 404 rest"),
    "desk:bill_in_call": ("200 callers | 403 lookers | 404 rest", "200 callers | 403 lookers | 404 rest"),
}
