"""Every act on what is held. One function an action of `rules.TABLE`, one transaction, one event."""

from handover.transitions.affiliations import end_affiliation, record_affiliation
from handover.transitions.certificates import download_certificate, issue_certificate, withdraw_certificate
from handover.transitions.changes import ask_to_cancel, consent, request_change, withdraw_change
from handover.transitions.deciding import (
    approve_change,
    check_proof,
    find_receiver,
    propose_change,
    record_consent,
    refuse_change,
)
from handover.transitions.executing import continue_change, execute_change, release_for_change
from handover.transitions.kits import finish_task, make_recovery_kit
from handover.transitions.labels import (
    make_label,
    reissue_label,
    remind_labels,
    report_back,
    report_found,
    report_lost,
    void_label,
)
from handover.transitions.leaving import leave, take_into_care
from handover.transitions.naming import ask_for_unit, change_unit, confirm_contact_point, confirm_unit
from handover.transitions.offering import answer, draft_handover, offer, withdraw
from handover.transitions.packing import export_package
from handover.transitions.papers import add_document, add_version, change_document, download_document
from handover.transitions.products import add_product, change_product
from handover.transitions.receiving import accept, ask, confirm, decline, mark_items, refuse_confirmation
from handover.transitions.recording import add_alias, add_contact_point, end_alias, end_contact_point, look
from handover.transitions.timed import close_overlap, expire, remind, switch

__all__ = [
    "accept",
    "add_alias",
    "add_contact_point",
    "add_document",
    "add_product",
    "add_version",
    "answer",
    "approve_change",
    "ask",
    "ask_for_unit",
    "ask_to_cancel",
    "change_document",
    "change_product",
    "change_unit",
    "check_proof",
    "close_overlap",
    "confirm",
    "confirm_contact_point",
    "confirm_unit",
    "consent",
    "continue_change",
    "decline",
    "download_certificate",
    "download_document",
    "draft_handover",
    "end_affiliation",
    "end_alias",
    "end_contact_point",
    "execute_change",
    "expire",
    "export_package",
    "find_receiver",
    "finish_task",
    "issue_certificate",
    "leave",
    "look",
    "make_label",
    "make_recovery_kit",
    "mark_items",
    "offer",
    "propose_change",
    "record_affiliation",
    "record_consent",
    "refuse_change",
    "refuse_confirmation",
    "reissue_label",
    "release_for_change",
    "remind",
    "remind_labels",
    "report_back",
    "report_found",
    "report_lost",
    "request_change",
    "switch",
    "take_into_care",
    "void_label",
    "withdraw",
    "withdraw_certificate",
    "withdraw_change",
]
