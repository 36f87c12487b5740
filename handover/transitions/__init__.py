"""Every act on what is held. One function an action of `rules.TABLE`, one transaction, one event."""

from handover.transitions.authority import (
    answer_objection,
    approve_reassignment,
    execute_reassignment,
    object_to_reassignment,
    propose_reassignment,
    refuse_reassignment,
    second_authority_proof,
    withdraw_reassignment,
)
from handover.transitions.certificates import download_certificate, issue_certificate, withdraw_certificate
from handover.transitions.deputies import (
    activate_deputy,
    deactivate_deputy,
    end_deputy,
    name_deputy,
    report_absence,
    stand_in,
)
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
from handover.transitions.unverified import note_unverified_period

__all__ = [
    "accept",
    "activate_deputy",
    "add_alias",
    "add_contact_point",
    "add_document",
    "add_product",
    "add_version",
    "answer",
    "answer_objection",
    "approve_reassignment",
    "ask",
    "change_document",
    "change_product",
    "close_overlap",
    "confirm",
    "deactivate_deputy",
    "decline",
    "download_certificate",
    "download_document",
    "draft_handover",
    "end_alias",
    "end_contact_point",
    "end_deputy",
    "execute_reassignment",
    "expire",
    "export_package",
    "finish_task",
    "issue_certificate",
    "leave",
    "look",
    "make_label",
    "make_recovery_kit",
    "mark_items",
    "name_deputy",
    "note_unverified_period",
    "object_to_reassignment",
    "offer",
    "propose_reassignment",
    "refuse_confirmation",
    "refuse_reassignment",
    "reissue_label",
    "remind",
    "remind_labels",
    "report_absence",
    "report_back",
    "report_found",
    "report_lost",
    "second_authority_proof",
    "stand_in",
    "switch",
    "take_into_care",
    "void_label",
    "withdraw",
    "withdraw_certificate",
    "withdraw_reassignment",
]
