"""The documented procedure by which a lost registration comes back. One file per aggregate."""

from recovery.models.afterwards import Appeal, Duty, Ending, Reminder
from recovery.models.claims import Approval, Claim, Objection, Snapshot
from recovery.models.dispatches import Dispatch
from recovery.models.evidence import ContactAttempt, Evidence, Submission
from recovery.models.exceptions import CaseException, ExceptionApproval, RuleReview
from recovery.models.exits import DnsCheck, ExitOffer, VouchRequest
from recovery.models.fairness import AuditSample, DriftCheck
from recovery.models.inbox import CaseRequest
from recovery.models.limits import FailedCode, PhoneCall, PhonePause, SenderPrint
from recovery.models.matching import MatchDocument, MatchPosting, MatchToken
from recovery.models.procedures import ProcedureVersion
from recovery.models.replays import ProcedureReplay, ReplayedClaim
from recovery.models.rollbacks import Rollback
from recovery.models.routes import RouteChoice
from recovery.models.together import ClaimLine
from recovery.models.urgent import UrgentSetting

__all__ = [
    "Appeal",
    "Approval",
    "AuditSample",
    "CaseException",
    "CaseRequest",
    "Claim",
    "ClaimLine",
    "ContactAttempt",
    "Dispatch",
    "DnsCheck",
    "DriftCheck",
    "Duty",
    "Ending",
    "Evidence",
    "ExceptionApproval",
    "ExitOffer",
    "FailedCode",
    "MatchDocument",
    "MatchPosting",
    "MatchToken",
    "Objection",
    "PhoneCall",
    "PhonePause",
    "ProcedureReplay",
    "ProcedureVersion",
    "Reminder",
    "ReplayedClaim",
    "Rollback",
    "RouteChoice",
    "RuleReview",
    "SenderPrint",
    "Snapshot",
    "Submission",
    "UrgentSetting",
    "VouchRequest",
]
