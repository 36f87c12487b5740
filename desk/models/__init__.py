"""Who asked what, and what was promised."""

from desk.models.alarms import Alarm
from desk.models.calls import Call, Check
from desk.models.explanations import ExplanationCall
from desk.models.inquiries import SEALED_SIZE, Contact, Hold, Inquiry, Statement
from desk.models.scripts import Script, ScriptSet
from desk.models.sites import Line, Seat, Site
from desk.models.trust import CallerReport, CallIntention

__all__ = [
    "SEALED_SIZE",
    "Alarm",
    "Call",
    "CallIntention",
    "CallerReport",
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
]
