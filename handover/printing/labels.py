"""Labels for papers and boxes: twelve on an A4 sheet, 86 by 42 mm each, with cut marks around them."""

from dataclasses import replace
from typing import Any

from django.template.loader import render_to_string
from django.utils.translation import override

from handover.printing.errors import MissingCharacter
from handover.printing.facts import grouped
from handover.printing.label_facts import LabelFacts, LabelSheet
from handover.printing.pictures import qr_url
from handover.printing.press import render
from handover.printing.window import width

COLUMNS, ROWS = 2, 6
WIDTH, HEIGHT = 86, 42  # mm
LEFT, TOP = 19, 22.5  # mm; what is left of an A4 sheet, the same on both sides
GETA = "〓"  # the printer's sign for a missing letter
LARGE, MIDDLE = 9, 20  # ems; one line in the large size, two in the middle one; the longest names take three small ones


def label_address(label: LabelFacts, public_origin: str) -> str:
    """Where the QR code leads: a page that tells strangers nothing of what the label is on."""
    return f"{public_origin}/labels/{label.code}/"


def _size(name: str) -> str:
    ems = width(name)
    return "large" if ems <= LARGE else "middle" if ems <= MIDDLE else "small"


def _printed(label: LabelFacts, public_origin: str) -> dict[str, str]:
    return {
        "name": label.name,
        "size": _size(label.name),
        "code": grouped(label.code),
        "qr": qr_url(label_address(label, public_origin)),
    }


def _pieces(whole: list[Any], size: int) -> list[list[Any]]:
    return [whole[start : start + size] for start in range(0, len(whole), size)]


def sheet_html(sheet: LabelSheet) -> str:
    """The sheets as one HTML page, without the style sheet."""
    printed = [_printed(label, sheet.public_origin) for label in sheet.labels]
    context = {
        "sheet": sheet,
        "language": sheet.language,
        "count": len(printed),
        "pages": [_pieces(page, COLUMNS) for page in _pieces(printed, COLUMNS * ROWS)],
        "across": range(COLUMNS + 1),
        "down": range(ROWS + 1),
    }
    with override(sheet.language):
        return render_to_string("print/labels.html", context)


def _print(sheet: LabelSheet) -> bytes:
    return render(
        sheet_html(sheet),
        sheet="label",
        created_at=sheet.printed_at,
        pictures=[qr_url(label_address(label, sheet.public_origin)) for label in sheet.labels],
        pages_at_most=-(-len(sheet.labels) // (COLUMNS * ROWS)),
    )


def sheet_pdf(sheet: LabelSheet) -> bytes:
    """The labels as PDF/A-3a in the order given, row by row; the same sheet, the same bytes.

    A character of a name that no installed face has is printed as a geta mark (〓).
    """
    try:
        return _print(sheet)
    except MissingCharacter as error:
        signs = sorted(error.characters, key=len, reverse=True)

        def marked(label: LabelFacts) -> LabelFacts:
            name = label.name
            for sign in signs:
                name = name.replace(sign, GETA)
            return replace(label, name=name)

        return _print(replace(sheet, labels=tuple(marked(label) for label in sheet.labels)))
