"""Who asked what, and what was promised."""

from desk.models.alarms import Alarm
from desk.models.calls import Call, Check
from desk.models.checks import POSED, POSED_WITHIN, CallBack, CapacityFinding
from desk.models.explanations import ExplanationCall
from desk.models.inquiries import SEALED_SIZE, TAKE_UP_AGAIN, Contact, Hold, Inquiry, Statement, still_of_the_desk
from desk.models.scripts import Script, ScriptSet
from desk.models.sites import Line, Seat, Site
from desk.models.trust import CallerReport, CallIntention

__all__ = [
    "POSED",
    "POSED_WITHIN",
    "SEALED_SIZE",
    "TAKE_UP_AGAIN",
    "Alarm",
    "Call",
    "CallBack",
    "CallIntention",
    "CallerReport",
    "CapacityFinding",
    "Check",
    "Contact",
    "ExplanationCall",
    "Hold",
    "Inquiry",
    "Line",
    "Script",
    "ScriptSet",
    "Seat",
    "Site",
    "Statement",
    "still_of_the_desk",
]
