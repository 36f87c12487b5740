"""What is held, by whom, with which papers, and how it changes hands. One file per aggregate."""

from handover.models.attestation import Attestation, Campaign, MailTrouble, NoticeLetter, Told
from handover.models.authority import (
    AuthorityApproval,
    AuthorityCase,
    AuthorityItem,
    AuthorityObjection,
    AuthorityProof,
)
from handover.models.bulk import BulkItem, BulkJob
from handover.models.canaries import Canary, CanaryTouch
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
from handover.models.deputies import AbsenceReport, StandIn
from handover.models.documents import Blob, Certificate, Document, DocumentVersion, LookReason
from handover.models.erasures import Erasure, LegalHold
from handover.models.explanations import ExplanationRequest
from handover.models.handovers import Handover, HandoverItem, HandoverQuestion
from handover.models.intake import CODE_LIFE, Activation, ActivationLetter, ImportTold
from handover.models.labels import Label, YearEndReminder
from handover.models.mandates import FaultReport, Mandate, MandateRegistration
from handover.models.packages import Package
from handover.models.register import (
    READING_AFTER,
    BilledAmount,
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
    "ActivationLetter",
    "Affiliation",
    "Attestation",
    "AuthorityApproval",
    "AuthorityCase",
    "AuthorityItem",
    "AuthorityObjection",
    "AuthorityProof",
    "BillReference",
    "BilledAmount",
    "Blob",
    "BulkItem",
    "BulkJob",
    "Campaign",
    "Canary",
    "CanaryTouch",
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
    "Erasure",
    "ExplanationRequest",
    "FaultReport",
    "GapAlert",
    "Handover",
    "HandoverItem",
    "HandoverQuestion",
    "ImportRun",
    "ImportTold",
    "Label",
    "LegalHold",
    "LookReason",
    "MailTrouble",
    "Mandate",
    "MandateRegistration",
    "NoticeLetter",
    "Package",
    "Product",
    "RecoveryKit",
    "Registration",
    "Restriction",
    "StandIn",
    "Task",
    "Told",
    "UnitAlias",
    "UnitQuestion",
    "UnverifiedPeriod",
    "YearEndReminder",
]
