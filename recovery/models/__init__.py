"""The documented procedure by which a lost registration comes back. One file per aggregate."""

from recovery.models.claims import Approval, Claim, Objection, Snapshot
from recovery.models.dispatches import Dispatch
from recovery.models.evidence import ContactAttempt, Evidence, Submission
from recovery.models.procedures import ProcedureVersion
from recovery.models.replays import ProcedureReplay, ReplayedClaim

__all__ = [
    "Approval",
    "Claim",
    "ContactAttempt",
    "Dispatch",
    "Evidence",
    "Objection",
    "ProcedureReplay",
    "ProcedureVersion",
    "ReplayedClaim",
    "Snapshot",
    "Submission",
]
