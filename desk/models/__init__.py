"""Who asked what, and what was promised."""

from desk.models.alarms import Alarm
from desk.models.calls import Call, Check
from desk.models.explanations import ExplanationCall
from desk.models.inquiries import SEALED_SIZE, TAKE_UP_AGAIN, Contact, Hold, Inquiry, Statement, still_of_the_desk
from desk.models.scripts import Script, ScriptSet

__all__ = [
    "SEALED_SIZE",
    "TAKE_UP_AGAIN",
    "Alarm",
    "Call",
    "Check",
    "Contact",
    "ExplanationCall",
    "Hold",
    "Inquiry",
    "Script",
    "ScriptSet",
    "Statement",
    "still_of_the_desk",
]
