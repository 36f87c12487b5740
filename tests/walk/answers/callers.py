"""Answers to those who hold a bill, are passed on, use a service, or act for a customer."""

CALLERS: dict[str, tuple[str, str]] = {
    # A wrong bill: the same page for everybody.
    "desk:bill": ("200 rest", "200 rest"),
    "desk:bill_card": (">desk:bill rest", ">desk:bill rest"),
    "desk:bill_status": ("200 rest", "200 rest"),
    "desk:bill_thread": (">desk:bill_status rest", ">desk:bill_status rest"),
    "desk:answer_bill": ("200 custodian | 404 rest", ">desk:answer_bill! custodian | 404 rest"),
    "desk:bill_in_call": ("200 callers | 403 lookers | 404 rest", "200 callers | 403 lookers | 404 rest"),
    # Passed on to the desk of the agents here: they take in or give back; nobody else has that inquirer.
    "desk:affiliates": ("200 casework | 403 rest", ">desk:affiliates! operator | 403 rest"),
    "desk:end_affiliate": ("405 rest", ">desk:affiliates! operator | 403 casework | 404 rest"),
    # Agent and supervisor have announced calls to this inquirer, so they go on reading it until these are over.
    "desk:refer": ("200 callers | 403 lookers | 404 rest", ">desk:inquiry! callers | 403 lookers | 404 rest"),
    "desk:take_in": (
        "405 rest",
        ">desk:inquiry! agent supervisor | 403 operator lookers | 404 rest",
    ),
    "desk:give_back": (
        "200 agent supervisor | 403 operator lookers | 404 rest",
        ">desk:queue! agent supervisor | 403 operator lookers | 404 rest",
    ),
    # The table of identities is everybody's; an editor writes it.
    "desk:use_help": ("200 rest", "405 rest"),
    "desk:write_use_guide": ("200 editor | 403 rest", ">desk:use_help! editor | 403 rest"),
    "desk:answer_use": ("200 callers | 403 lookers | 404 rest", "404 callers | 403 lookers | 404 rest"),
    # A contractor's consent: operators find the registration, the customer's people answer.
    "desk:consent": ("200 rest", "200 rest"),
    "desk:consent_case": (">desk:consent rest", ">desk:consent rest"),
    "desk:ask_consent": ("200 callers | 403 lookers | 404 rest", ">desk:inquiry! callers | 403 lookers | 404 rest"),
    "desk:consents_to_link": ("200 operator | 403 rest", "405 rest"),
    "desk:link_consent": ("200 operator | 404 rest", ">desk:consents_to_link! operator | 404 rest"),
    "desk:answer_consent": (
        "200 administrator custodian | 404 rest",
        ">desk:answer_consent! administrator custodian | 404 rest",
    ),
}
