"""Many finished files as one for the printer, written while they are read: only one of them is in memory at a time.

Only what is drawn goes along. What makes a file more than paper (signature, tags, links, metadata) holds for the file
it was made in and is left out, so that nothing in the merged one claims to be more than paper.
"""

import hashlib
from collections import deque
from collections.abc import Iterable, Iterator
from datetime import datetime
from decimal import Decimal
from io import BytesIO
from typing import Any

import pikepdf

CATALOG, PAGES, INFO = 1, 2, 3
"""Numbers of the objects that are written last, when the pages are known."""
NOT_DRAWN = frozenset({"/Parent", "/Annots", "/StructParents", "/StructParent", "/Metadata", "/Tabs", "/AA", "/B"})
INHERITED = ("/Resources", "/MediaBox", "/CropBox", "/Rotate")


class _Writer:
    """Numbers the objects of one file after the other, and writes each once."""

    def __init__(self) -> None:
        self.offsets: dict[int, int] = {}
        self.pages: list[int] = []
        self.written = 0
        self._last = INFO
        self._pending = bytearray()
        # What is the same in many (a seal, a colour profile) is kept once: by its bytes, which nothing else can have.
        self._same: dict[bytes, int] = {}

    def take(self) -> bytes:
        """Return what was written since the last call."""
        taken = bytes(self._pending)
        self._pending.clear()
        return taken

    def text(self, data: bytes) -> None:
        self._pending += data
        self.written += len(data)

    def put(self, number: int, body: bytes) -> None:
        self.offsets[number] = self.written
        self.text(b"%d 0 obj\n%b\nendobj\n" % (number, body))

    def add(self, document: pikepdf.Pdf) -> None:
        """Write every page of `document`."""
        one = _One(self)
        for page in document.pages:
            number = self.next()
            self.pages.append(number)
            self.put(number, one.page(page.obj))
        one.write_waiting()

    def next(self) -> int:
        self._last += 1
        return self._last

    def shared(self, body: bytes) -> int:
        """Return the number of an object of these bytes, written now unless it was before."""
        key = hashlib.sha256(body).digest()
        if key not in self._same:
            self._same[key] = self.next()
            self.put(self._same[key], body)
        return self._same[key]

    @property
    def count(self) -> int:
        return self._last + 1


class _One:
    """The objects of one file, under their numbers in the merged one."""

    def __init__(self, writer: _Writer) -> None:
        self._writer = writer
        self._numbers: dict[tuple[int, int], int] = {}
        self._waiting: deque[tuple[int, pikepdf.Object]] = deque()

    def page(self, page: pikepdf.Object) -> bytes:
        own = {str(key): value for key, value in page.items() if key not in NOT_DRAWN}
        for key in INHERITED:
            holder: Any = page
            while key not in own and "/Parent" in holder:
                holder = holder["/Parent"]
                if key in holder:
                    own[key] = holder[key]
        body = b" ".join(_name(key) + b" " + self._value(value) for key, value in own.items())
        return b"<< %b /Parent %d 0 R >>" % (body, PAGES)

    def write_waiting(self) -> None:
        while self._waiting:
            number, found = self._waiting.popleft()
            self._writer.put(number, self._body(found))

    def _value(self, value: Any) -> bytes:
        if isinstance(value, pikepdf.Object) and value.is_indirect:
            return b"%d 0 R" % self._number(value)
        return self._body(value)

    def _number(self, found: pikepdf.Object) -> int:
        if found.objgen not in self._numbers:
            if isinstance(found, pikepdf.Stream) and not _refers(found.stream_dict):
                self._numbers[found.objgen] = self._writer.shared(self._body(found))
            else:
                number = self._numbers[found.objgen] = self._writer.next()
                self._waiting.append((number, found))
        return self._numbers[found.objgen]

    def _body(self, value: Any) -> bytes:
        if isinstance(value, pikepdf.Stream):
            raw = value.read_raw_bytes()
            return b"%b\nstream\n%b\nendstream" % (self._dictionary(value.stream_dict, length=len(raw)), raw)
        if isinstance(value, pikepdf.Dictionary):
            return self._dictionary(value)
        if isinstance(value, pikepdf.Array):
            return b"[" + b" ".join(self._value(each) for each in value) + b"]"
        return _scalar(value)

    def _dictionary(self, found: pikepdf.Object, length: int | None = None) -> bytes:
        left_out = NOT_DRAWN if length is None else NOT_DRAWN | {"/Length"}
        parts = [_name(str(key)) + b" " + self._value(each) for key, each in found.items() if key not in left_out]
        if length is not None:
            parts.append(b"/Length %d" % length)
        return b"<< " + b" ".join(parts) + b" >>"


def _name(key: str) -> bytes:
    return pikepdf.Name(key).unparse()


def _scalar(value: Any) -> bytes:
    if isinstance(value, pikepdf.Object):  # a name or a string
        return value.unparse()
    if value is None or isinstance(value, bool):
        return {None: b"null", True: b"true", False: b"false"}[value]
    return format(value, "f" if isinstance(value, Decimal) else "").encode()


def _refers(value: Any) -> bool:
    """Whether `value`, which is direct itself, leads to another object."""
    if not isinstance(value, pikepdf.Object):
        return False
    if isinstance(value, pikepdf.Dictionary):
        inner = [each for key, each in value.items() if key != "/Length"]
    elif isinstance(value, pikepdf.Array):
        inner = list(value)
    else:
        return False
    return any((isinstance(each, pikepdf.Object) and each.is_indirect) or _refers(each) for each in inner)


def merged(sources: Iterable[bytes], *, title: str, made_at: datetime) -> Iterator[bytes]:
    """Give one PDF of all pages of `sources`, in their order, a piece for each; viewers show `title` in their frame.

    The same arguments give the same bytes. Raises `ValueError` when there is no page, before the end is given.
    """
    writer = _Writer()
    writer.text(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
    for source in sources:
        with pikepdf.open(BytesIO(source)) as document:
            writer.add(document)
        yield writer.take()
    if not writer.pages:
        raise ValueError("nothing to merge")
    _end(writer, title, made_at)
    yield writer.take()


def _end(writer: _Writer, title: str, made_at: datetime) -> None:
    kids = b" ".join(b"%d 0 R" % number for number in writer.pages)
    # On one side, in true size: fitted to a page, an address would lie beside its window.
    shown = b"/ViewerPreferences << /DisplayDocTitle true /PrintScaling /None /Duplex /Simplex >>"
    writer.put(CATALOG, b"<< /Type /Catalog /Pages %d 0 R %b >>" % (PAGES, shown))
    writer.put(PAGES, b"<< /Type /Pages /Count %d /Kids [%b] >>" % (len(writer.pages), kids))
    zone = made_at.strftime("%z")
    stamp = f"D:{made_at:%Y%m%d%H%M%S}{zone[:3]}'{zone[3:5]}'" if zone else f"D:{made_at:%Y%m%d%H%M%S}"
    written = pikepdf.String(title).unparse()
    writer.put(INFO, b"<< /Title %b /CreationDate (%b) >>" % (written, stamp.encode()))
    start = writer.written
    writer.text(b"xref\n0 %d\n0000000000 65535 f \n" % writer.count)
    for number in range(1, writer.count):
        writer.text(b"%010d 00000 n \n" % writer.offsets[number])
    trailer = b"trailer\n<< /Size %d /Root %d 0 R /Info %d 0 R >>\n" % (writer.count, CATALOG, INFO)
    writer.text(trailer + b"startxref\n%d\n%%%%EOF\n" % start)
