"""How each verb of the log is worded for a reader. One file per area; a verb without wording fails a test."""

from accounts.errors import Words
from config.wording.activations import ACTIVATIONS
from config.wording.afterwards import AFTERWARDS
from config.wording.attestation import ATTESTATION
from config.wording.authority import AUTHORITY
from config.wording.bills import BILLS
from config.wording.bulk import BULK
from config.wording.calls import CALLS
from config.wording.canaries import CANARIES
from config.wording.certificates import CERTIFICATES
from config.wording.changes import CHANGES
from config.wording.checks import CHECKS
from config.wording.consents import CONSENTS
from config.wording.deputies import DEPUTIES
from config.wording.erasures import ERASURES
from config.wording.excepting import EXCEPTING
from config.wording.exits import EXITS
from config.wording.explanations import EXPLANATIONS
from config.wording.fairness import FAIRNESS
from config.wording.guides import GUIDES
from config.wording.handovers import HANDOVERS
from config.wording.inquiries import INQUIRIES
from config.wording.labels import LABELS
from config.wording.letters import LETTERS
from config.wording.limits import LIMITS
from config.wording.mandates import MANDATES
from config.wording.noting import NOTING
from config.wording.papers import PAPERS
from config.wording.people import PEOPLE
from config.wording.procedures import PROCEDURES
from config.wording.promises import PROMISES
from config.wording.recovery import RECOVERY
from config.wording.referrals import REFERRALS
from config.wording.register import REGISTER
from config.wording.routes import ROUTES
from config.wording.together import TOGETHER
from config.wording.trust import TRUST
from config.wording.urgent import URGENT
from config.wording.voice import VOICE

WORDING: dict[str, Words] = {
    **AFTERWARDS,
    **AUTHORITY,
    **ATTESTATION,
    **ACTIVATIONS,
    **CANARIES,
    **CALLS,
    **CERTIFICATES,
    **CHECKS,
    **CONSENTS,
    **DEPUTIES,
    **ERASURES,
    **EXCEPTING,
    **CHANGES,
    **BILLS,
    **BULK,
    **CERTIFICATES,
    **EXITS,
    **EXPLANATIONS,
    **FAIRNESS,
    **GUIDES,
    **HANDOVERS,
    **INQUIRIES,
    **LABELS,
    **LETTERS,
    **LIMITS,
    **MANDATES,
    **NOTING,
    **PAPERS,
    **PEOPLE,
    **PROCEDURES,
    **PROMISES,
    **RECOVERY,
    **REFERRALS,
    **REGISTER,
    **TOGETHER,
    **TRUST,
    **URGENT,
    **ROUTES,
    **VOICE,
}
