"""The one table of this app: action -> who, from which states, and the reason when not. One file per aggregate."""

from accounts.rulebook import Rule
from handover.rules.activations import ACTIVATIONS
from handover.rules.attestation import ATTESTATION
from handover.rules.authority import AUTHORITY
from handover.rules.billing import BILLING
from handover.rules.bulk import BULK
from handover.rules.canaries import CANARIES
from handover.rules.certificates import CERTIFICATES
from handover.rules.changes import CHANGES
from handover.rules.deputies import DEPUTIES
from handover.rules.erasures import ERASURES
from handover.rules.explanations import EXPLANATIONS
from handover.rules.handovers import HANDOVERS
from handover.rules.labels import LABELS
from handover.rules.mandates import MANDATES
from handover.rules.packages import LISTS, OPENING, PACKAGES
from handover.rules.papers import PAPERS
from handover.rules.people import PEOPLE
from handover.rules.register import REGISTER
from handover.rules.scanning import SCANNING

TABLE: dict[str, Rule] = {
    **AUTHORITY,
    **ATTESTATION,
    **ACTIVATIONS,
    **CANARIES,
    **CERTIFICATES,
    **DEPUTIES,
    **CHANGES,
    **BILLING,
    **BULK,
    **CERTIFICATES,
    **ERASURES,
    **EXPLANATIONS,
    **HANDOVERS,
    **LABELS,
    **LISTS,
    **OPENING,
    **PACKAGES,
    **MANDATES,
    **PAPERS,
    **PEOPLE,
    **REGISTER,
    **SCANNING,
}

_LOOKING = (
    "look",
    "download_document",
    "open_sealed",
    "download_certificate",
    "export_package",
    "open_pack",
    "export_list",
    "take_certificates",
    "look_at_erasure",
)
LOOKS = tuple(TABLE[action].event for action in _LOOKING)
"""Verbs that tell that somebody saw or took something, and changed nothing."""
