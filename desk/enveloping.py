"""Letters to an inquirer: what of a stated name and address can stand on an envelope. A stranger typed it."""

import unicodedata
from dataclasses import dataclass
from typing import Any

from desk.models import Statement
from handover.folding import find_postal_code
from handover.printing.errors import FactRefused
from handover.printing.window import fit

MOST_STATED = 30
"""Signs of a stated department or surname that stand in a letter; the longest real ones are shorter."""
MOST_DIGITS = 3
"""Digits of a stated department that stand in a letter: the 12th section is one, a number to call is not."""
MOST_ADDRESS = 120
"""Signs of a stated address that go on an envelope."""


@dataclass(frozen=True)
class Envelope:
    """Where a letter to an inquirer goes; `postal_code` has seven digits."""

    addressee: tuple[str, ...]
    postal_code: str
    address: str

    def content(self) -> dict[str, Any]:
        """Return it as plain JSON for a letter."""
        return {"addressee": list(self.addressee), "postal_code": self.postal_code, "address": self.address}


def name_only(stated: str) -> str:
    """Return what of a stated name can stand in a letter of ours: a stranger typed it, and its reader trusts us.

    Letters, and a few digits; nothing that makes an address or a number to call, nothing hidden, nothing long.
    """
    kept = "".join(
        " " if sign.isspace() else sign
        for sign in stated
        if sign.isalnum() or sign.isspace() or sign in "・-－（）()" or unicodedata.category(sign) in ("Mn", "Mc")
    )
    if sum(sign.isnumeric() and not sign.isalpha() for sign in kept) > MOST_DIGITS:
        kept = "".join(sign for sign in kept if sign.isalpha() or not sign.isnumeric())
    return " ".join(kept[:MOST_STATED].split())


def addressee_of(stated: Statement) -> tuple[str, ...]:
    """Return organisation, department and name as lines of an address; () where no name can stand there."""
    # As it is stated: the organisation's name may hold figures that `name_only` would take for a number to call.
    names = [name_only(text) for text in (stated.organisation_name, stated.department, stated.name)]
    return (*filter(None, names[:2]), f"{names[2]} 様") if names[2] else ()


def find_envelope(stated: Statement) -> Envelope | None:
    """Return where a letter goes, None where postal code, address or name are missing or do not fit the window."""
    code = find_postal_code(stated.postal_code)
    address = " ".join(stated.address.split())[:MOST_ADDRESS]
    lines = addressee_of(stated)
    if code is None or not address or not lines:
        return None
    try:
        fit(code, address, lines)
    except FactRefused:
        return None
    return Envelope(lines, code, address)
