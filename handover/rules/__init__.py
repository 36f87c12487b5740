"""The one table of this app: action -> who, from which states, and the reason when not. One file per aggregate."""

from accounts.rulebook import Rule
from handover.rules.certificates import CERTIFICATES
from handover.rules.handovers import HANDOVERS
from handover.rules.labels import LABELS
from handover.rules.packages import LISTS, OPENING, PACKAGES
from handover.rules.papers import PAPERS
from handover.rules.people import PEOPLE
from handover.rules.register import REGISTER

TABLE: dict[str, Rule] = {
    **CERTIFICATES,
    **HANDOVERS,
    **LABELS,
    **LISTS,
    **OPENING,
    **PACKAGES,
    **PAPERS,
    **PEOPLE,
    **REGISTER,
}

_LOOKING = ("look", "download_document", "download_certificate", "export_package")
LOOKS = tuple(TABLE[action].event for action in _LOOKING)
"""Verbs that tell that somebody saw or took something, and changed nothing."""
