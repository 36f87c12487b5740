"""What is held, by whom, with which papers, and how it changes hands. One file per aggregate."""

from handover.models.attestation import Attestation, Campaign, MailTrouble, NoticeLetter, Told
from handover.models.cases import CaseAccess, Restriction
from handover.models.custody import Custody, Deputy, RecoveryKit
from handover.models.documents import Blob, Certificate, Document, DocumentVersion, LookReason
from handover.models.handovers import Handover, HandoverItem, HandoverQuestion
from handover.models.labels import Label, YearEndReminder
from handover.models.register import (
    READING_AFTER,
    BillReference,
    ContactPoint,
    GapAlert,
    ImportRun,
    Product,
    Registration,
    Task,
    UnitAlias,
)

__all__ = [
    "READING_AFTER",
    "Attestation",
    "BillReference",
    "Blob",
    "Campaign",
    "CaseAccess",
    "Certificate",
    "ContactPoint",
    "Custody",
    "Deputy",
    "Document",
    "DocumentVersion",
    "GapAlert",
    "Handover",
    "HandoverItem",
    "HandoverQuestion",
    "ImportRun",
    "Label",
    "LookReason",
    "MailTrouble",
    "NoticeLetter",
    "Product",
    "RecoveryKit",
    "Registration",
    "Restriction",
    "Task",
    "Told",
    "UnitAlias",
    "YearEndReminder",
]
