"""What the virus scanner's answer does to a paper, and who may have it asked again."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.rulebook import Rule
from audit.record import System
from handover.models import Blob, DocumentVersion
from handover.rules.papers import may_keep_papers


def is_scanner(actor: Any, blob: Blob) -> bool:
    """Nobody says for the scanner that a paper is clean."""
    return isinstance(actor, System)


def may_ask_again(actor: Any, blob: Blob) -> bool:
    """Whoever keeps the papers of the registration: a scanner can be mistaken, and its next signatures know better."""
    version = DocumentVersion.objects.select_related("document__registration").filter(blob=blob).first()
    return version is not None and may_keep_papers(actor, version.document.registration)


_ONLY_SCANNER = _("Only the virus scanner can say what it found.")
_OPEN = frozenset({Blob.Status.WAITING, Blob.Status.UNSCANNED})

SCANNING: dict[str, Rule] = {
    "record_clean": Rule("document.found_clean", _("The scanner found nothing"), is_scanner, _ONLY_SCANNER, _OPEN),
    "record_infected": Rule("document.found_infected", _("Malware was found"), is_scanner, _ONLY_SCANNER, _OPEN),
    "scan_again": Rule(
        "document.scan_asked",
        _("Ask the virus scanner again"),
        may_ask_again,
        _("Only the person in charge, a deputy or an administrator can have the scanner asked again."),
        frozenset({Blob.Status.INFECTED}),
    ),
}
