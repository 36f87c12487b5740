"""Every act on what is held. One function an action of `rules.TABLE`, one transaction, one event."""

from handover.transitions.bulk import cancel_bulk, export_list, finish_bulk, start_bulk
from handover.transitions.certificates import download_certificate, issue_certificate, withdraw_certificate
from handover.transitions.explaining import answer_explanation, ask_explanation, open_pack, withdraw_explanation
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
    "answer_explanation",
    "ask",
    "ask_explanation",
    "cancel_bulk",
    "change_document",
    "change_product",
    "close_overlap",
    "confirm",
    "decline",
    "download_certificate",
    "download_document",
    "draft_handover",
    "end_alias",
    "end_contact_point",
    "expire",
    "export_list",
    "export_package",
    "finish_bulk",
    "finish_task",
    "issue_certificate",
    "leave",
    "look",
    "make_label",
    "make_recovery_kit",
    "mark_items",
    "offer",
    "open_pack",
    "refuse_confirmation",
    "reissue_label",
    "remind",
    "remind_labels",
    "report_back",
    "report_found",
    "report_lost",
    "start_bulk",
    "switch",
    "take_into_care",
    "void_label",
    "withdraw",
    "withdraw_certificate",
    "withdraw_explanation",
]
