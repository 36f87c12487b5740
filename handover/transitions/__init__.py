"""Every act on what is held. One function an action of `rules.TABLE`, one transaction, one event."""

from handover.transitions.activations import (
    approve_activation,
    check_activation,
    confirm_activation,
    enter_activation,
    order_activation,
    print_activations,
    refuse_activation,
    return_activation,
    view_activation,
)
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
    "approve_activation",
    "ask",
    "change_document",
    "change_product",
    "check_activation",
    "close_overlap",
    "confirm",
    "confirm_activation",
    "decline",
    "download_certificate",
    "download_document",
    "draft_handover",
    "end_alias",
    "end_contact_point",
    "enter_activation",
    "expire",
    "export_package",
    "finish_task",
    "issue_certificate",
    "leave",
    "look",
    "make_label",
    "make_recovery_kit",
    "mark_items",
    "offer",
    "order_activation",
    "print_activations",
    "refuse_activation",
    "refuse_confirmation",
    "reissue_label",
    "remind",
    "remind_labels",
    "report_back",
    "report_found",
    "report_lost",
    "return_activation",
    "switch",
    "take_into_care",
    "view_activation",
    "void_label",
    "withdraw",
    "withdraw_certificate",
]
