"""Who asked what, and what was promised."""

from desk.models.alarms import Alarm
from desk.models.calls import Call, Check
from desk.models.explanations import ExplanationCall
from desk.models.inquiries import SEALED_SIZE, Contact, Hold, Inquiry, Statement
from desk.models.promises import Climb, Closing, Need, Needs, Pause, Word

__all__ = [
    "SEALED_SIZE",
    "Alarm",
    "Call",
    "Check",
    "Climb",
    "Closing",
    "Contact",
    "ExplanationCall",
    "Hold",
    "Inquiry",
    "Need",
    "Needs",
    "Pause",
    "Statement",
    "Word",
]
