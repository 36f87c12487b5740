"""How long a paper of each kind is kept. What is over is shown to people; nothing is ever erased by a date."""

from dataclasses import dataclass
from datetime import date

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from accounts.errors import Words
from handover.models import Document

K = Document.Kind
_BOOKS = _("Companies Act (会社法), article 432: books and important papers of the business")
_TAX = _("Corporation Tax Act enforcement regulations (法人税法施行規則), articles 59 and 67")
_CLAIMS = _("Civil Code (民法), article 166: claims end after ten years at the latest")
_NONE = _("No law asks for it: it is of no use once it was replaced")

YEARS: dict[str, tuple[int, Words]] = {
    K.CONTRACT: (10, _BOOKS),
    K.APPLICATION: (10, _BOOKS),
    K.NOTICE: (10, _BOOKS),
    K.SITE_LIST: (10, _BOOKS),
    K.SEAL_CERTIFICATE: (10, _CLAIMS),
    K.REGISTRY: (10, _CLAIMS),
    K.POWER_OF_ATTORNEY: (10, _CLAIMS),
    K.BILL: (7, _TAX),
    K.PASSWORD_NOTICE: (1, _NONE),
    K.OTHER: (10, _CLAIMS),
}
"""Full years by kind and why, unless settings.RETENTION_YEARS says otherwise. Counted from the day on which a newer
version took a version's place, or the registration was closed."""


@dataclass(frozen=True)
class Keeping:
    """How long papers of one kind are kept: full years, and on what ground."""

    kind: str
    words: Words
    years: int
    source: Words


def keepings() -> list[Keeping]:
    """Return the rule of every kind, as the provider set it."""
    own: dict[str, int] = settings.RETENTION_YEARS
    found = []
    for kind, words in K.choices:
        years, source = YEARS[kind]
        if own.get(kind, years) != years:
            years, source = own[kind], _("Set by the provider")
        found.append(Keeping(kind, words, years, source))
    return found


def over_before(today: date, years: int) -> date:
    """Return the last day of which `years` full years are over on `today`; 29 February counts as the 28th."""
    try:
        return today.replace(year=today.year - years)
    except ValueError:
        return today.replace(year=today.year - years, day=28)
