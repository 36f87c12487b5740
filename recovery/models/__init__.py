"""The documented procedure by which a lost registration comes back. One file per aggregate."""

from recovery.models.afterwards import Appeal, Duty, Ending, Reminder
from recovery.models.claims import Approval, Claim, Objection, Snapshot
from recovery.models.dispatches import Dispatch
from recovery.models.evidence import ContactAttempt, Evidence, Submission
from recovery.models.procedures import ProcedureVersion

__all__ = [
    "Appeal",
    "Approval",
    "Claim",
    "ContactAttempt",
    "Dispatch",
    "Duty",
    "Ending",
    "Evidence",
    "Objection",
    "ProcedureVersion",
    "Reminder",
    "Snapshot",
    "Submission",
]
