"""Who asked what, and what was promised."""

from desk.models.alarms import Alarm
from desk.models.calls import Call, Check
from desk.models.explanations import ExplanationCall
from desk.models.figures import CaseFigure, FigureMark
from desk.models.inquiries import SEALED_SIZE, Contact, Hold, Inquiry, Statement

__all__ = [
    "SEALED_SIZE",
    "Alarm",
    "Call",
    "CaseFigure",
    "Check",
    "Contact",
    "ExplanationCall",
    "FigureMark",
    "Hold",
    "Inquiry",
    "Statement",
]
