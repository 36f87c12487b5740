"""A CSV of claims: what somebody remembers, one line a claim."""

import csv
from io import StringIO
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from desk.models import Statement
from handover.importing.reading import ENCODINGS, Unusable

COLUMNS = (
    *("claim_id", "organisation_name", "organisation_kana", "unit", "postal_code", "address", "phone"),
    *("bill_reference", "product_code"),
)
"""Any but the first may be empty or wrong, or left out of the file."""
_PLACES = {name: "product" if name == "product_code" else name for name in COLUMNS[1:]}


def read(path: Path) -> list[tuple[str, Statement]]:
    """Return each claim's id and statement. Raises `Unusable` naming row and column of what cannot be read."""
    text = _text(path)
    rows = csv.DictReader(StringIO(text, newline=""), strict=True)
    header = [name.strip() for name in rows.fieldnames or []]
    if "claim_id" not in header:
        raise Unusable(_("The first row must name the columns; claim_id is missing."))
    if unknown := sorted(set(header) - set(COLUMNS)):
        raise Unusable(_("Row 1: unknown columns: %(names)s.") % {"names": ", ".join(unknown)})
    if twice := sorted({name for name in header if header.count(name) > 1}):
        raise Unusable(_("Row 1: columns named twice: %(names)s.") % {"names": ", ".join(twice)})
    rows.fieldnames = header
    claims: dict[str, Statement] = {}
    try:
        for row in rows:
            claim_id, statement = _claim(rows.line_num, len(header), row)
            if claim_id in claims:
                words = _("Row %(row)d: claim_id %(claim)s was there before.")
                raise Unusable(words % {"row": rows.line_num, "claim": claim_id})
            claims[claim_id] = statement
    except csv.Error as error:
        raise Unusable(_("Row %(row)d: %(reason)s") % {"row": rows.line_num, "reason": error}) from error
    return list(claims.items())


def _text(path: Path) -> str:
    try:
        data = path.read_bytes()
    except OSError as error:
        raise Unusable(_("The file cannot be opened: %(reason)s.") % {"reason": error.strerror or error}) from error
    for encoding in ENCODINGS:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Unusable(_("The file is neither UTF-8 nor cp932. Save it as CSV UTF-8 and try again."))


def _claim(number: int, width: int, row: dict[str | Any, str | Any]) -> tuple[str, Statement]:
    if more := row.get(None):
        words = _("Row %(row)d: %(found)d columns instead of %(wanted)d.")
        raise Unusable(words % {"row": number, "found": width + len(more), "wanted": width})
    claim_id = (row.get("claim_id") or "").strip()
    if not claim_id:
        raise Unusable(_("Row %(row)d: claim_id is empty.") % {"row": number})
    return claim_id, Statement(**{field: (row.get(name) or "").strip() for name, field in _PLACES.items()})
