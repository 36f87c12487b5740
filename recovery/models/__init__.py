"""The documented procedure by which a lost registration comes back. One file per aggregate."""

from recovery.models.afterwards import Appeal, Duty, Ending, Reminder
from recovery.models.claims import Approval, Claim, Objection, Snapshot
from recovery.models.dispatches import Dispatch
from recovery.models.evidence import ContactAttempt, Evidence, Submission
from recovery.models.exceptions import CaseException, ExceptionApproval, RuleReview
from recovery.models.limits import FailedCode, PhoneCall, PhonePause, SenderPrint
from recovery.models.procedures import ProcedureVersion
from recovery.models.replays import ProcedureReplay, ReplayedClaim
from recovery.models.rollbacks import Rollback

__all__ = [
    "Appeal",
    "Approval",
    "CaseException",
    "Claim",
    "ContactAttempt",
    "Dispatch",
    "Duty",
    "Ending",
    "Evidence",
    "ExceptionApproval",
    "FailedCode",
    "Objection",
    "PhoneCall",
    "PhonePause",
    "ProcedureReplay",
    "ProcedureVersion",
    "Reminder",
    "ReplayedClaim",
    "Rollback",
    "RuleReview",
    "SenderPrint",
    "Snapshot",
    "Submission",
]
