"""Who asked what, and what was promised."""

from desk.models.alarms import Alarm
from desk.models.calls import Call, Check
from desk.models.consents import Consent
from desk.models.explanations import ExplanationCall
from desk.models.guides import UseGuide
from desk.models.inquiries import SEALED_SIZE, Contact, Hold, Inquiry, Statement
from desk.models.referrals import Affiliate, Referral
from desk.models.relays import BillMessage, BillRelay

__all__ = [
    "SEALED_SIZE",
    "Affiliate",
    "Alarm",
    "BillMessage",
    "BillRelay",
    "Call",
    "Check",
    "Consent",
    "Contact",
    "ExplanationCall",
    "Hold",
    "Inquiry",
    "Referral",
    "Statement",
    "UseGuide",
]
