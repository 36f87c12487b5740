"""Papers that call somebody as soon as they are opened: addresses nobody presses, formulas that fetch, add-ins."""

from collections.abc import Callable

import pikepdf
import pytest

from handover.vault import child
from tests.handover.test_vault_inspect import Builder, action, office, on_annotation, on_opening, pdf, relation

FAR = {"S": pikepdf.Name.URI, "URI": "https://a.example/opened"}
SHEET = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def on_page(occasion: str) -> Callable[[pikepdf.Pdf], None]:
    def change(made: pikepdf.Pdf) -> None:
        made.pages[0].obj.AA = pikepdf.Dictionary({occasion: action(**FAR)})

    return change


def on_field(occasion: str) -> Callable[[pikepdf.Pdf], None]:
    return on_annotation(Subtype=pikepdf.Name.Widget, AA=pikepdf.Dictionary({occasion: action(**FAR)}))


def after(made: pikepdf.Pdf) -> None:
    """First a harmless leap, then the address."""
    leap = action(S=pikepdf.Name.GoTo, D=[0, pikepdf.Name.Fit], Next=[action(**FAR)])
    made.Root.OpenAction = made.make_indirect(leap)


def in_a_ring(made: pikepdf.Pdf) -> None:
    first = made.make_indirect(action(S=pikepdf.Name.GoTo, D=[0, pikepdf.Name.Fit]))
    first.Next = first
    made.Root.OpenAction = first


def opens_at(made: pikepdf.Pdf) -> None:
    """As many programs write it: open at this page."""
    made.Root.OpenAction = pikepdf.Array([made.pages[0].obj, pikepdf.Name.Fit])


def elsewhere(made: pikepdf.Pdf) -> None:
    drawn = made.make_stream(b"", Type=pikepdf.Name.XObject, Subtype=pikepdf.Name.Form, BBox=[0, 0, 1, 1])
    drawn.Ref = pikepdf.Dictionary(F="other.pdf", Page=0)
    made.pages[0].obj.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(A=drawn))


def sheet(inside: str, encoding: str = "utf-8") -> bytes:
    head = f'<?xml version="1.0" encoding="{encoding}"?><worksheet xmlns="{SHEET}">'
    words = f"{head}<sheetData>{inside}</sheetData></worksheet>"
    return office("xlsx", {"xl/worksheets/sheet1.xml": words.encode(encoding)})


def cell(formula: str) -> str:
    return f"<row><c><f>{formula}</f><v>0</v></c></row>"


TEXT = '<row><c t="inlineStr"><is><t>IMAGE(1) &#65; WEBSERVICE(a)</t></is></c></row>'
GOOD: dict[str, tuple[str, Builder]] = {
    "opens at a page": ("pdf", lambda: pdf(opens_at)),
    "a link that is pressed": ("pdf", lambda: pdf(on_field("/U"))),
    "sums": ("xlsx", lambda: sheet(cell("SUM(A1:A9)&amp;&quot;&#24180;&quot;"))),
    "words that look like it": ("xlsx", lambda: sheet(TEXT + cell("MYIMAGE(A1)"))),
}
BAD: dict[str, tuple[str, Builder, str]] = {
    "on opening": ("pdf", lambda: pdf(on_opening(**FAR)), "pdf_sends"),
    "on turning to the page": ("pdf", lambda: pdf(on_page("/O")), "pdf_sends"),
    "on entering a field": ("pdf", lambda: pdf(on_field("/E")), "pdf_sends"),
    "after something harmless": ("pdf", lambda: pdf(after), "pdf_sends"),
    "actions in a ring": ("pdf", lambda: pdf(in_a_ring), "pdf_sends"),
    "a page of another file": ("pdf", lambda: pdf(elsewhere), "pdf_elsewhere"),
    "web service": ("xlsx", lambda: sheet(cell("_xlfn.WEBSERVICE(A1)")), "office_external"),
    "picture": ("xlsx", lambda: sheet(cell("1+_xlfn.IMAGE (A1)")), "office_external"),
    "written by numbers": ("xlsx", lambda: sheet(cell("_xlfn.&#87;EBSERVICE(A1)")), "office_external"),
    "in UTF-16": ("xlsx", lambda: sheet(cell("_xlfn.WEBSERVICE(A1)"), "utf-16"), "office_external"),
    "in a name": (
        "xlsx",
        lambda: office(
            "xlsx",
            {"xl/workbook.xml": f'<workbook xmlns="{SHEET}"><definedName>RTD("a")</definedName></workbook>'},
        ),
        "office_external",
    ),
    "add-in": ("docx", lambda: office(more={"word/webextensions/webextension1.xml": "<a/>"}), "office_external"),
    "pane of an add-in": ("xlsx", lambda: office("xlsx", {"xl/taskpanes.xml": "<a/>"}), "office_external"),
    "add-in by relation": (
        "docx",
        lambda: office(more={"word/_rels/x.rels": relation("webextension", "x.xml")}),
        "office_external",
    ),
}


@pytest.mark.parametrize("name", GOOD)
def test_paper_that_only_looks_like_it_is_taken(name: str) -> None:
    kind, build = GOOD[name]
    assert child.checker(kind)(kind, build()) == []


@pytest.mark.parametrize("name", BAD)
def test_paper_that_calls_somebody_is_refused(name: str) -> None:
    kind, build, code = BAD[name]
    assert code in child.checker(kind)(kind, build())
