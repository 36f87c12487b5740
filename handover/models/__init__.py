"""What is held, by whom, with which papers, and how it changes hands. One file per aggregate."""

from handover.models.bulk import BulkItem, BulkJob
from handover.models.cases import CaseAccess, Restriction
from handover.models.custody import Custody, Deputy, RecoveryKit
from handover.models.documents import Blob, Certificate, Document, DocumentVersion, LookReason
from handover.models.explanations import ExplanationRequest
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
    "BillReference",
    "Blob",
    "BulkItem",
    "BulkJob",
    "CaseAccess",
    "Certificate",
    "ContactPoint",
    "Custody",
    "Deputy",
    "Document",
    "DocumentVersion",
    "ExplanationRequest",
    "GapAlert",
    "Handover",
    "HandoverItem",
    "HandoverQuestion",
    "ImportRun",
    "Label",
    "LookReason",
    "Product",
    "RecoveryKit",
    "Registration",
    "Restriction",
    "Task",
    "UnitAlias",
    "YearEndReminder",
]
