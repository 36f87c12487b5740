"""Where a letter to an inquirer goes: a stranger typed it, so only what can be a name stands in the window."""

import unicodedata
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


def envelope(stated: Statement) -> dict[str, Any] | None:
    """Return addressee, postal code and address of a letter to who stated this; None where none can be written."""
    code = find_postal_code(stated.postal_code)
    address = " ".join(stated.address.split())[:MOST_ADDRESS]
    # As it is stated: the organisation's name may hold figures that `name_only` would take for a number to call.
    names = [name_only(text) for text in (stated.organisation_name, stated.department, stated.name)]
    lines = [*filter(None, names[:2]), f"{names[2]} 様" if names[2] else ""]
    if code is None or not address or not names[2]:
        return None
    try:
        fit(code, address, tuple(lines))
    except FactRefused:
        return None
    return {"addressee": lines, "postal_code": code, "address": address}
