"""Who asked what, and what was promised."""

from desk.models.alarms import Alarm
from desk.models.calls import Call, Check
from desk.models.escalations import Escalation, ScriptTask
from desk.models.explanations import ExplanationCall
from desk.models.feedback import Feedback
from desk.models.inquiries import SEALED_SIZE, Contact, Hold, Inquiry, Statement
from desk.models.mistakes import Mistake
from desk.models.scripts import Script, ScriptSet

__all__ = [
    "SEALED_SIZE",
    "Alarm",
    "Call",
    "Check",
    "Contact",
    "Escalation",
    "ExplanationCall",
    "Feedback",
    "Hold",
    "Inquiry",
    "Mistake",
    "Script",
    "ScriptSet",
    "ScriptTask",
    "Statement",
]
