"""What is held, by whom, with which papers, and how it changes hands. One file per aggregate."""

from handover.models.authority import (
    AuthorityApproval,
    AuthorityCase,
    AuthorityItem,
    AuthorityObjection,
    AuthorityProof,
)
from handover.models.attestation import Attestation, Campaign, MailTrouble, NoticeLetter, Told
from handover.models.bulk import BulkItem, BulkJob
from handover.models.cases import CaseAccess, Restriction
from handover.models.changes import (
    Affiliation,
    ChangeApproval,
    ChangeConsent,
    ChangeItem,
    ChangeProof,
    ChangeRequest,
    UnitQuestion,
)
from handover.models.custody import Custody, Deputy, RecoveryKit
from handover.models.deputies import AbsenceReport, Activation
from handover.models.documents import Blob, Certificate, Document, DocumentVersion, LookReason
from handover.models.explanations import ExplanationRequest
from handover.models.handovers import Handover, HandoverItem, HandoverQuestion
from handover.models.intake import CODE_LIFE, Activation, ActivationLetter, ImportTold
from handover.models.labels import Label, YearEndReminder
from handover.models.packages import Package
from handover.models.mandates import FaultReport, Mandate, MandateRegistration
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
from handover.models.unverified import UnverifiedPeriod

__all__ = [
    "CODE_LIFE",
    "READING_AFTER",
    "AbsenceReport",
    "Activation",
    "AuthorityApproval",
    "AuthorityCase",
    "AuthorityItem",
    "AuthorityObjection",
    "AuthorityProof",
    "Attestation",
    "Affiliation",
    "Activation",
    "ActivationLetter",
    "BillReference",
    "Blob",
    "Campaign",
    "BulkItem",
    "BulkJob",
    "CaseAccess",
    "Certificate",
    "ChangeApproval",
    "ChangeConsent",
    "ChangeItem",
    "ChangeProof",
    "ChangeRequest",
    "ContactPoint",
    "Custody",
    "Deputy",
    "Document",
    "DocumentVersion",
    "FaultReport",
    "ExplanationRequest",
    "GapAlert",
    "Handover",
    "HandoverItem",
    "HandoverQuestion",
    "ImportRun",
    "ImportTold",
    "Label",
    "LookReason",
    "Package",
    "Mandate",
    "MandateRegistration",
    "MailTrouble",
    "NoticeLetter",
    "Product",
    "RecoveryKit",
    "Registration",
    "Restriction",
    "Task",
    "Told",
    "UnitAlias",
    "UnverifiedPeriod",
    "UnitQuestion",
    "YearEndReminder",
]
