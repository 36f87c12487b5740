"""Who asked what, and what was promised."""

from desk.models.alarms import Alarm
from desk.models.answers import FormalAnswer
from desk.models.calls import Call, Check
from desk.models.explanations import ExplanationCall
from desk.models.inquiries import SEALED_SIZE, Contact, Hold, Inquiry, Statement
from desk.models.letters import PostLetter

__all__ = [
    "SEALED_SIZE",
    "Alarm",
    "Call",
    "Check",
    "Contact",
    "ExplanationCall",
    "FormalAnswer",
    "Hold",
    "Inquiry",
    "PostLetter",
    "Statement",
]
