"""Reading the list of a claim: CSV, XLSX, typed; and what is no list."""

import io
import zipfile

import pytest

from accounts.errors import Refused
from recovery import lists

HEAD = '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
SHARED = '<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">{}</sst>'


def book(sheet: str, shared: str = "", *, declares: str = "") -> bytes:
    """Return a workbook of one sheet."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        made.writestr("[Content_Types].xml", "<Types/>")
        made.writestr("xl/worksheets/sheet1.xml", f"{declares}{HEAD}{sheet}</sheetData></worksheet>")
        if shared:
            made.writestr("xl/sharedStrings.xml", SHARED.format(shared))
    return out.getvalue()


@pytest.mark.parametrize("encoding", ["utf-8-sig", "cp932"])
def test_csv_with_japanese_heads_is_read_in_either_encoding(encoding: str) -> None:
    text = "利用部署,登録番号,新しい担当者,メール\r\n総務課, R-1 ,新任 一,ichi@a.example\r\n,,,\r\n,R-2,,\r\n"
    found = lists.read_file(text.encode(encoding))
    assert found.lines == (
        lists.GivenLine(2, "R-1", "総務課", "新任 一", "ichi@a.example"),
        lists.GivenLine(4, "R-2"),
    )
    assert len(found.sha256) == 64


def test_sheet_is_read_with_shared_inline_and_plain_cells_and_gaps() -> None:
    runs = "<si><r><t>総務</t></r><r><t>課</t></r><rPh><t>ソウムカ</t></rPh></si>"
    shared = f"<si><t>number</t></si>{runs}<si><t>unit</t></si>"
    sheet = (
        '<row r="1"><c r="A1" t="s"><v>0</v></c><c r="C1" t="s"><v>2</v></c></row>'
        '<row r="2"><c r="A2"><v>12345.0</v></c><c r="C2" t="s"><v>1</v></c></row>'
        '<row r="3"><c r="A3" t="inlineStr"><is><t>R-3</t></is></c></row>'
    )
    found = lists.read_file(book(sheet, shared))
    assert [(line.number, line.unit) for line in found.lines] == [("12345", "総務課"), ("R-3", "")]


def test_numbers_typed_one_a_line_are_a_list() -> None:
    assert [line.number for line in lists.read_typed(" R-1 \n\nR-2\n").lines] == ["R-1", "R-2"]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"name,mail\r\nA,b@c.example\r\n",
        b"number\r\n\r\n",
        b'number\r\n"R-1\r\n',
        b"\xff\xfe\x00\x01",
        b"PK\x03\x04broken",
        book("<row><c"),
        book("", declares='<!DOCTYPE x [<!ENTITY a "aaaa">]>'),
        b"number\r\n" + b"R\r\n" * (lists.MOST_LINES + 1),
        b"x" * (lists.MOST_BYTES + 1),
    ],
)
def test_what_is_no_list_is_refused_in_words_for_the_field(data: bytes) -> None:
    with pytest.raises(Refused) as said_no:
        lists.read_file(data)
    assert set(said_no.value.fields) == {"file"}


def test_book_that_unfolds_without_end_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lists, "MOST_UNPACKED", 100)
    with pytest.raises(Refused):
        lists.read_file(book("<row><c><v>1</v></c></row>" * 10))


def test_long_cells_are_cut() -> None:
    found = lists.read_file(b"number,unit\r\nR-1," + b"u" * 5000 + b"\r\n")
    assert len(found.lines[0].unit) == lists.MOST_SIGNS
