"""Every act on what is held. One function an action of `rules.TABLE`, one transaction, one event."""

from handover.transitions.certificates import download_certificate, issue_certificate, withdraw_certificate
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
from handover.transitions.mandate_asking import ask_mandate, deliver_mandate, renew_mandate
from handover.transitions.mandate_ends import end_mandate, expire_mandate, remind_mandate, remove_registration
from handover.transitions.mandate_granting import approve_mandate, decline_mandate, grant_mandate
from handover.transitions.mandate_use import look_by_mandate, report_fault
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
    "approve_mandate",
    "ask",
    "ask_mandate",
    "change_document",
    "change_product",
    "close_overlap",
    "confirm",
    "decline",
    "decline_mandate",
    "deliver_mandate",
    "download_certificate",
    "download_document",
    "draft_handover",
    "end_alias",
    "end_contact_point",
    "end_mandate",
    "expire",
    "expire_mandate",
    "export_package",
    "finish_task",
    "grant_mandate",
    "issue_certificate",
    "leave",
    "look",
    "look_by_mandate",
    "make_label",
    "make_recovery_kit",
    "mark_items",
    "offer",
    "refuse_confirmation",
    "reissue_label",
    "remind",
    "remind_labels",
    "remind_mandate",
    "remove_registration",
    "renew_mandate",
    "report_back",
    "report_fault",
    "report_found",
    "report_lost",
    "switch",
    "take_into_care",
    "void_label",
    "withdraw",
    "withdraw_certificate",
]
