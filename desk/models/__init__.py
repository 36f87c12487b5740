"""Who asked what, and what was promised."""

from desk.models.alarms import Alarm
from desk.models.answers import FormalAnswer
from desk.models.calls import Call, Check
from desk.models.checks import POSED, POSED_WITHIN, CallBack, CapacityFinding
from desk.models.consents import Consent
from desk.models.escalations import Escalation, ScriptTask
from desk.models.explanations import ExplanationCall
from desk.models.feedback import Feedback
from desk.models.figures import CaseFigure, FigureMark
from desk.models.guides import UseGuide
from desk.models.inquiries import (
    SEALED_SIZE,
    TAKE_UP_AGAIN,
    Contact,
    Hold,
    Inquiry,
    Statement,
    at_desk_of,
    still_of_the_desk,
)
from desk.models.letters import PostLetter
from desk.models.mistakes import Mistake
from desk.models.people import PersonNote
from desk.models.promises import Climb, Closing, Need, Needs, Pause, Word
from desk.models.referrals import Affiliate, Referral
from desk.models.relays import BillMessage, BillRelay
from desk.models.scripts import Script, ScriptSet
from desk.models.sites import Line, Seat, Site
from desk.models.trust import CallerReport, CallIntention

__all__ = [
    "POSED",
    "POSED_WITHIN",
    "SEALED_SIZE",
    "TAKE_UP_AGAIN",
    "Affiliate",
    "Alarm",
    "BillMessage",
    "BillRelay",
    "Call",
    "CallBack",
    "CallIntention",
    "CallerReport",
    "CapacityFinding",
    "CaseFigure",
    "Check",
    "Climb",
    "Closing",
    "Consent",
    "Contact",
    "Escalation",
    "ExplanationCall",
    "Feedback",
    "FigureMark",
    "FormalAnswer",
    "Hold",
    "Inquiry",
    "Line",
    "Mistake",
    "Need",
    "Needs",
    "Pause",
    "PersonNote",
    "PostLetter",
    "Referral",
    "Script",
    "ScriptSet",
    "ScriptTask",
    "Seat",
    "Site",
    "Statement",
    "UseGuide",
    "Word",
    "at_desk_of",
    "still_of_the_desk",
]
