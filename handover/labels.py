"""Labels: their codes, and the sheet they are printed on."""

import secrets
from collections.abc import Sequence
from datetime import datetime

from django.conf import settings
from django.utils import timezone

from handover.certificates import CODE_ALPHABET, CODE_LENGTH
from handover.models import Label
from handover.printing.errors import FactRefused
from handover.printing.label_facts import LabelFacts, LabelSheet
from handover.printing.labels import sheet_pdf
from handover.receipts import issuer


def new_code() -> str:
    """Return a fresh code: 12 characters of 30 carry 58 bits, so nobody finds a label by trying codes."""
    return "".join(secrets.choice(CODE_ALPHABET) for _place in range(CODE_LENGTH))


def plain(typed: str) -> str:
    """Return a code in the form that is stored, as it may have been typed: case, spaces and hyphens do not matter."""
    return "".join(character for character in typed.upper() if character.isalnum())


def is_printable(name: str) -> bool:
    """Whether a name can stand on a label: no signs without a shape of their own, not too long."""
    try:
        LabelFacts(code="2" * CODE_LENGTH, name=name)
    except FactRefused:
        return False
    return True


def render_sheet(rows: Sequence[Label], *, language: str, at: datetime) -> bytes:
    """Return the sheet of these labels as PDF. Raises `FactRefused` for none of them or too many."""
    return sheet_pdf(
        LabelSheet(
            labels=tuple(LabelFacts(code=row.code, name=row.name) for row in rows),
            printed_at=timezone.localtime(at),
            public_origin=settings.PUBLIC_ORIGIN,
            issuer=issuer(language),
            language=language,
        )
    )
