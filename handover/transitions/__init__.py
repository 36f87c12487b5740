"""Every act on what is held. One function an action of `rules.TABLE`, one transaction, one event."""

from handover.transitions.absence import end_absence, note_absence, record_bounce
from handover.transitions.activations import (
    announce_activation_call,
    approve_activation,
    check_activation,
    confirm_activation,
    enter_activation,
    order_activation,
    print_activations,
    refuse_activation,
    view_activation,
)
from handover.transitions.affiliations import end_affiliation, record_affiliation
from handover.transitions.attesting import (
    ask_attestation,
    attest,
    escalate_attestation,
    post_attestation,
    remind_attestation,
)
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
from handover.transitions.billing import record_bills
from handover.transitions.both_sides import (
    add_item,
    countersign,
    drop_item,
    raise_objection,
    reopen_overlap,
    settle_objection,
)
from handover.transitions.bulk import cancel_bulk, export_list, finish_bulk, start_bulk
from handover.transitions.canaries import end_canary, mark_canary, watch_canary
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
from handover.transitions.deputies import (
    activate_deputy,
    deactivate_deputy,
    end_deputy,
    name_deputy,
    report_absence,
    stand_in,
)
from handover.transitions.entrusting import entrust
from handover.transitions.erasing import (
    agree_erasure,
    decline_erasure,
    look_at_erasure,
    propose_erasure,
    withdraw_erasure,
)
from handover.transitions.executing import continue_change, execute_change, release_for_change
from handover.transitions.explaining import answer_explanation, ask_explanation, open_pack, withdraw_explanation
from handover.transitions.holds import lift_hold, place_hold
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
from handover.transitions.leaving import keep_leaving_date, leave, take_into_care
from handover.transitions.mandate_asking import ask_mandate, deliver_mandate, renew_mandate
from handover.transitions.mandate_ends import end_mandate, expire_mandate, remind_mandate, remove_registration
from handover.transitions.mandate_granting import approve_mandate, decline_mandate, grant_mandate
from handover.transitions.mandate_use import look_at_paper_by_mandate, look_by_mandate, read_by_mandate, report_fault
from handover.transitions.naming import ask_for_unit, change_unit, confirm_contact_point, confirm_unit
from handover.transitions.noticing import print_notices, record_notice_return
from handover.transitions.offering import answer, draft_handover, offer, withdraw
from handover.transitions.packaging import (
    assign,
    change_package,
    extend_package,
    offer_package,
    open_package,
    withdraw_package,
)
from handover.transitions.packing import export_package
from handover.transitions.papers import (
    add_document,
    add_sealed,
    add_version,
    change_document,
    download_document,
    look_at_paper,
    open_sealed,
)
from handover.transitions.products import add_product, change_product
from handover.transitions.receiving import accept, ask, confirm, decline, mark_items, refuse_confirmation
from handover.transitions.recording import add_alias, add_contact_point, end_alias, end_contact_point, look
from handover.transitions.returning import return_activation, return_activation_letter
from handover.transitions.scanning import record_clean, record_infected, scan_again
from handover.transitions.season import begin_season, tell_season
from handover.transitions.staying import hold_leaving_date
from handover.transitions.taking import take_certificates
from handover.transitions.timed import close_overlap, expire, remind, remind_package, switch
from handover.transitions.unverified import note_unverified_period

__all__ = [
    "accept",
    "activate_deputy",
    "add_alias",
    "add_contact_point",
    "add_document",
    "add_item",
    "add_product",
    "add_sealed",
    "add_version",
    "agree_erasure",
    "announce_activation_call",
    "answer",
    "answer_explanation",
    "answer_objection",
    "approve_activation",
    "approve_change",
    "approve_mandate",
    "approve_reassignment",
    "ask",
    "ask_attestation",
    "ask_explanation",
    "ask_for_unit",
    "ask_mandate",
    "ask_to_cancel",
    "assign",
    "attest",
    "begin_season",
    "cancel_bulk",
    "change_document",
    "change_package",
    "change_product",
    "change_unit",
    "check_activation",
    "check_proof",
    "close_overlap",
    "confirm",
    "confirm_activation",
    "confirm_contact_point",
    "confirm_unit",
    "consent",
    "continue_change",
    "countersign",
    "deactivate_deputy",
    "decline",
    "decline_erasure",
    "decline_mandate",
    "deliver_mandate",
    "download_certificate",
    "download_document",
    "draft_handover",
    "drop_item",
    "end_absence",
    "end_affiliation",
    "end_alias",
    "end_canary",
    "end_contact_point",
    "end_deputy",
    "end_mandate",
    "enter_activation",
    "entrust",
    "escalate_attestation",
    "execute_change",
    "execute_reassignment",
    "expire",
    "expire_mandate",
    "export_list",
    "export_package",
    "extend_package",
    "find_receiver",
    "finish_bulk",
    "finish_task",
    "grant_mandate",
    "hold_leaving_date",
    "issue_certificate",
    "keep_leaving_date",
    "leave",
    "lift_hold",
    "look",
    "look_at_erasure",
    "look_at_paper",
    "look_at_paper_by_mandate",
    "look_by_mandate",
    "make_label",
    "make_recovery_kit",
    "mark_canary",
    "mark_items",
    "name_deputy",
    "note_absence",
    "note_unverified_period",
    "object_to_reassignment",
    "offer",
    "offer_package",
    "open_pack",
    "open_package",
    "open_sealed",
    "order_activation",
    "place_hold",
    "post_attestation",
    "print_activations",
    "print_notices",
    "propose_change",
    "propose_erasure",
    "propose_reassignment",
    "raise_objection",
    "read_by_mandate",
    "record_affiliation",
    "record_bills",
    "record_bounce",
    "record_clean",
    "record_consent",
    "record_infected",
    "record_notice_return",
    "refuse_activation",
    "refuse_change",
    "refuse_confirmation",
    "refuse_reassignment",
    "reissue_label",
    "release_for_change",
    "remind",
    "remind_attestation",
    "remind_labels",
    "remind_mandate",
    "remind_package",
    "remove_registration",
    "renew_mandate",
    "reopen_overlap",
    "report_absence",
    "report_back",
    "report_fault",
    "report_found",
    "report_lost",
    "request_change",
    "return_activation",
    "return_activation_letter",
    "scan_again",
    "second_authority_proof",
    "settle_objection",
    "stand_in",
    "start_bulk",
    "switch",
    "take_certificates",
    "take_into_care",
    "tell_season",
    "view_activation",
    "void_label",
    "watch_canary",
    "withdraw",
    "withdraw_certificate",
    "withdraw_change",
    "withdraw_erasure",
    "withdraw_explanation",
    "withdraw_package",
    "withdraw_reassignment",
]
