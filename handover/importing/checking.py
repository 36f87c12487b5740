"""Judging one row by itself: each cell becomes the value that is kept, or a problem that says what to do."""

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from accounts.models import is_corporate_number, same_address
from handover.folding import find_phone, find_postal_code
from handover.importing.reading import REQUIRED, Row

LONGEST = {
    "organisation_name": 120,
    "organisation_kana": 160,
    "registered_name": 120,
    "registered_kana": 160,
    "unit": 120,
    "address": 200,
    "product_code": 40,
    "bill_reference": 80,
}
"""Characters. What is longer would not fit on a certificate (handover.printing.facts)."""
FORMER_NAMES = 20
NUMBER = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9_-]{0,38}[A-Za-z0-9])?")
# Control and formatting marks, parts of a pair, characters of a private font (外字), line and paragraph marks: no
# reader sees the same in them.
SHAPELESS = {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}
LOST = "\N{REPLACEMENT CHARACTER}"


@dataclass(frozen=True)
class Problem:
    """Something about one cell that a person has to look at."""

    row: int
    column: str
    words: str


@dataclass(frozen=True, slots=True)
class Parsed:
    """One row as it will be kept. Empty text where the file says nothing."""

    row: int
    number: str
    organisation_name: str
    organisation_kana: str
    corporate_number: str
    registered_name: str
    registered_kana: str
    former_names: tuple[str, ...]
    unit: str
    postal_code: str
    address: str
    phone: str
    email: str
    product_code: str
    bill_reference: str
    custodian_email: str


class _Wrong(Exception):
    """A cell cannot be taken; the text says why and what to do."""


def check(row: Row, width: int) -> Parsed | list[Problem]:
    """Return `row` as it will be kept, or everything that is wrong with it. `width` is the number of columns."""
    if row.cells is None:
        words = _("The row has %(found)d cells, the header %(expected)d. Put cells with commas in quotation marks.")
        return [Problem(row.number, "-", words % {"found": row.found, "expected": width})]
    problems: list[Problem] = []

    def read(column: str, judge: Callable[[str], str]) -> str:
        try:
            return _cell(row.cells or {}, column, judge)
        except _Wrong as wrong:
            problems.append(Problem(row.number, column, str(wrong)))
            return ""

    values = {column: read(column, judge) for column, judge in JUDGES.items()}
    former = tuple(name for part in values.pop("former_names").split("|") if (name := part.strip()))
    return problems or Parsed(row=row.number, former_names=former, **values)


def _cell(cells: Mapping[str, str], column: str, judge: Callable[[str], str]) -> str:
    text = cells.get(column, "").strip()
    if not text:
        if column in REQUIRED:
            raise _Wrong(_("This must not be empty."))
        return ""
    if LOST in text:
        raise _Wrong(_("A character was lost when the file was saved. Save it again as “CSV UTF-8”."))
    # Printable texts hold none of these; of the others, some are plain: a wide space is not printable.
    if not text.isprintable() and any(unicodedata.category(character) in SHAPELESS for character in text):
        raise _Wrong(_("It contains a line break, an invisible mark or a user-defined character. Write it without."))
    value = judge(text)
    if len(value) > LONGEST.get(column, len(value)):
        raise _Wrong(
            _("It has %(length)d characters; at most %(longest)d fit.")
            % {"length": len(value), "longest": LONGEST[column]}
        )
    return value


def _as_given(text: str) -> str:
    return text


def _number(text: str) -> str:
    if not NUMBER.fullmatch(text):
        raise _Wrong(_("A number has 1 to 40 half-width letters, digits, hyphens or underscores: R-2026-000123."))
    return text


def _corporate_number(text: str) -> str:
    digits = re.sub(r"[\s-]", "", unicodedata.normalize("NFKC", text))
    if not is_corporate_number(digits):
        raise _Wrong(_("This is no corporate number: 13 digits, the first of which checks the others."))
    return digits


def _former_names(text: str) -> str:
    names = text.split("|")
    if len(names) > FORMER_NAMES or any(len(name.strip()) > LONGEST["registered_name"] for name in names):
        raise _Wrong(
            _("At most %(count)d names of %(longest)d characters, separated by “|”.")
            % {"count": FORMER_NAMES, "longest": LONGEST["registered_name"]}
        )
    return text


def _postal_code(text: str) -> str:
    digits = find_postal_code(text)
    if digits is None:
        raise _Wrong(_("A postal code has 7 digits: 100-0001. A spreadsheet may have dropped zeros at the start."))
    return digits


def _phone(text: str) -> str:
    number = find_phone(text)
    if number is None:
        raise _Wrong(_("This is no phone number. Write it with its area code (03-1234-5678), or leave it empty."))
    return number


def _mail(text: str) -> str:
    address = same_address(text)
    try:
        validate_email(address)
    except ValidationError as error:
        raise _Wrong(_("This is no mail address. Correct it, or leave it empty.")) from error
    return address


JUDGES: dict[str, Callable[[str], str]] = {
    "number": _number,
    "organisation_name": _as_given,
    "organisation_kana": _as_given,
    "corporate_number": _corporate_number,
    "registered_name": _as_given,
    "registered_kana": _as_given,
    "former_names": _former_names,
    "unit": _as_given,
    "postal_code": _postal_code,
    "address": _as_given,
    "phone": _phone,
    "email": _mail,
    "product_code": _as_given,
    "bill_reference": _as_given,
    "custodian_email": _mail,
}
