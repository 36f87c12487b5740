"""Reading the list of a claim for many registrations: CSV or XLSX, or numbers typed in, one a line."""

import csv
import hashlib
import io
import re
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from xml.etree import ElementTree
from xml.parsers import expat

from django.utils.translation import gettext as _

from accounts.errors import Refused

MOST_LINES = 1000
"""Lines of all lists of one claim: a ministry's reorganisation has some hundreds."""
MOST_BYTES = 2 << 20
MOST_UNPACKED = 16 << 20
MOST_SIGNS = 200
"""Signs of one cell that are kept."""
NAMES = {
    "number": ("number", "registration", "登録番号", "番号"),
    "unit": ("unit", "利用部署", "部署", "部署名"),
    "name": ("name", "person", "新しい担当者", "新担当者", "担当者", "氏名"),
    "mail": ("mail", "email", "e-mail", "メール", "メールアドレス"),
}
"""How the first row may name each column."""
_SHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


@dataclass(frozen=True)
class GivenLine:
    """One line as it came. `row` counts as a spreadsheet does."""

    row: int
    number: str
    unit: str = ""
    name: str = ""
    mail: str = ""

    @property
    def typed(self) -> dict[str, str]:
        return {"number": self.number, "unit": self.unit, "name": self.name, "mail": self.mail}


@dataclass(frozen=True)
class GivenList:
    """A list and the SHA-256 of the file, or of the typed text, that it came in."""

    lines: tuple[GivenLine, ...]
    sha256: str


def read_file(data: bytes) -> GivenList:
    """Return the lines of a CSV or XLSX file. Raises `Refused` with words for whoever uploads it."""
    if len(data) > MOST_BYTES:
        raise _sorry(_("The file is too large for a list of registrations."))
    rows = _sheet(data) if data[:2] == b"PK" else _csv(data)
    return GivenList(tuple(_named(rows)), hashlib.sha256(data).hexdigest())


def read_typed(text: str) -> GivenList:
    """Return numbers typed one a line, as a list without new persons."""
    lines = [GivenLine(row, line.strip()[:MOST_SIGNS]) for row, line in enumerate(text.splitlines(), 1) if line.strip()]
    return GivenList(_counted(lines), hashlib.sha256(text.encode()).hexdigest())


def _sorry(words: str) -> Refused:
    return Refused(words, {"file": words})


def _csv(data: bytes) -> Iterator[list[str]]:
    for encoding in ("utf-8-sig", "cp932"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        try:
            yield from csv.reader(io.StringIO(text, newline=""), strict=True)
        except csv.Error as error:
            raise _sorry(_("This is no CSV: a quotation mark is left open, or a cell never ends.")) from error
        return
    raise _sorry(_("The file is neither CSV (UTF-8 or Shift_JIS) nor XLSX."))


def _sheet(data: bytes) -> Iterator[list[str]]:
    """Yield the rows of the first sheet. Formulas are not reckoned: what the file keeps as their value is read."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as book:
            if sum(one.file_size for one in book.infolist()) > MOST_UNPACKED:
                raise _sorry(_("The file is too large for a list of registrations."))
            names = book.namelist()
            sheets = sorted(name for name in names if re.fullmatch(r"xl/worksheets/sheet\d+\.xml", name))
            shared = _shared(_tree(book.read("xl/sharedStrings.xml"))) if "xl/sharedStrings.xml" in names else []
            tree = _tree(book.read(sheets[0]))
    except (zipfile.BadZipFile, KeyError, IndexError, expat.ExpatError, RuntimeError) as error:
        raise _sorry(_("The file is neither CSV (UTF-8 or Shift_JIS) nor XLSX.")) from error
    for row in tree.iter(f"{_SHEET}row"):
        yield _cells(row, shared)


def _tree(data: bytes) -> ElementTree.Element:
    builder = ElementTree.TreeBuilder()
    parser = expat.ParserCreate(namespace_separator="}")
    parser.StartElementHandler = lambda name, given: builder.start(_braced(name), given)
    parser.EndElementHandler = lambda name: builder.end(_braced(name))
    parser.CharacterDataHandler = builder.data
    parser.StartDoctypeDeclHandler = _refuse_doctype
    parser.Parse(data, True)
    return builder.close()


def _braced(name: str) -> str:
    return f"{{{name}" if "}" in name else name


def _refuse_doctype(*_declared: object) -> None:
    # No spreadsheet declares a document type; what does may hold entities that unfold without end.
    raise expat.ExpatError("document type")


def _shared(tree: ElementTree.Element) -> list[str]:
    return [_text(item) for item in tree.iter(f"{_SHEET}si")]


def _text(item: ElementTree.Element) -> str:
    # Readings (rPh) stand beside the text, they are not part of it.
    runs = [*item.findall(f"{_SHEET}t"), *item.findall(f"{_SHEET}r/{_SHEET}t")]
    return "".join(one.text or "" for one in runs)


def _cells(row: ElementTree.Element, shared: list[str]) -> list[str]:
    found: list[str] = []
    for cell in row.iter(f"{_SHEET}c"):
        place = _column(cell.get("r", ""), len(found))
        found += [""] * (min(place, 50) - len(found))
        inline, value = cell.find(f"{_SHEET}is"), cell.findtext(f"{_SHEET}v") or ""
        if cell.get("t") == "s":
            value = shared[int(value)] if value.isdecimal() and int(value) < len(shared) else ""
        found.append(_text(inline) if inline is not None else value.removesuffix(".0"))
    return found


def _column(place: str, following: int) -> int:
    letters = re.match(r"[A-Z]{1,2}", place)
    if letters is None:
        return following
    number = 0
    for sign in letters.group():
        number = number * 26 + ord(sign) - ord("A") + 1
    return number - 1


def _named(rows: Iterable[list[str]]) -> tuple[GivenLine, ...]:
    """Return the lines below the first row, which names the columns."""
    places: dict[str, int] = {}
    lines: list[GivenLine] = []
    for row, cells in enumerate(rows, 1):
        if not places:
            heads = [cell.strip().casefold() for cell in cells]
            places = {name: heads.index(word) for name, words in NAMES.items() for word in words if word in heads}
            if "number" not in places:
                raise _sorry(_("The first row has to name the columns: number, unit, name, mail. Number is needed."))
            continue
        given = {
            name: " ".join(cells[place].split())[:MOST_SIGNS] for name, place in places.items() if place < len(cells)
        }
        if any(given.values()):
            lines.append(GivenLine(row, **{"number": "", **given}))
    return _counted(lines)


def _counted(lines: list[GivenLine]) -> tuple[GivenLine, ...]:
    if not lines:
        raise _sorry(_("There is no line on this list."))
    if len(lines) > MOST_LINES:
        raise _sorry(_("A list has %(most)d lines at most.") % {"most": MOST_LINES})
    return tuple(lines)
