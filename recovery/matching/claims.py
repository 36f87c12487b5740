"""A CSV of claims: what somebody remembers, one line a claim."""

import csv
from pathlib import Path

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
    rows = csv.DictReader(text.splitlines(), strict=True)
    header = [name.strip() for name in rows.fieldnames or []]
    if "claim_id" not in header:
        raise Unusable(_("The first row must name the columns; claim_id is missing."))
    if unknown := sorted(set(header) - set(COLUMNS)):
        raise Unusable(_("Row 1: unknown columns: %(names)s.") % {"names": ", ".join(unknown)})
    rows.fieldnames = header
    try:
        return [_claim(number, row) for number, row in enumerate(rows, 2)]
    except csv.Error as error:
        raise Unusable(_("Row %(row)d: %(reason)s") % {"row": rows.line_num, "reason": error}) from error


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


def _claim(number: int, row: dict[str, str | None]) -> tuple[str, Statement]:
    claim_id = (row.get("claim_id") or "").strip()
    if not claim_id:
        raise Unusable(_("Row %(row)d: claim_id is empty.") % {"row": number})
    return claim_id, Statement(**{field: (row.get(name) or "").strip() for name, field in _PLACES.items()})
