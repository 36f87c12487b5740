"""Reading a CSV of registrations as a stream: what it is encoded in, whether it is whole, and its rows."""

import codecs
import csv
import hashlib
import json
import sqlite3
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

from django.utils.translation import gettext as _

REQUIRED = ("number", "organisation_name", "registered_name", "address")
COLUMNS = (
    "number",
    "organisation_name",
    "organisation_kana",
    "corporate_number",
    "registered_name",
    "registered_kana",
    "former_names",
    "unit",
    "postal_code",
    "address",
    "phone",
    "email",
    "product_code",
    "bill_reference",
    "custodian_email",
)
ENCODINGS = ("utf-8-sig", "cp932")
"""Tried in this order over the whole file: cp932 is hardly ever valid UTF-8, the other way round it often is."""
CHUNK = 1 << 20


class Unusable(Exception):
    """The file as a whole cannot be read; nothing was written. The text says what to do."""


@dataclass(frozen=True)
class Source:
    """A file that can be read to its end. `rows` counts records without the header, empty ones included."""

    path: Path
    encoding: str
    sha256: str
    header: tuple[str, ...]
    rows: int


@dataclass(frozen=True)
class Row:
    """One record. `number` counts like a spreadsheet, the header is row 1. `cells` is None when their count is off."""

    number: int
    cells: dict[str, str] | None
    found: int


def inspect(path: Path) -> Source:
    """Read `path` once through in constant memory and return how to read it. Raises `Unusable`."""
    try:
        encoding, sha256 = _encoding_and_hash(path)
        records = _records(path, encoding)
        header = _header(next(records, None))
        return Source(path, encoding, sha256, header, sum(1 for _record in records))
    except OSError as error:
        raise Unusable(_("The file cannot be opened: %(reason)s.") % {"reason": error.strerror or error}) from error


def rows(source: Source) -> Iterator[Row]:
    """Yield the rows of `source` one by one, without those that are empty."""
    records = _records(source.path, source.encoding)
    next(records)
    width = len(source.header)
    for number, record in enumerate(records, start=2):
        if not any(cell.strip() for cell in record):
            continue
        cells = dict(zip(source.header, record, strict=True)) if len(record) == width else None
        yield Row(number, cells, len(record))


def _encoding_and_hash(path: Path) -> tuple[str, str]:
    digest = hashlib.sha256()
    decoders = {name: codecs.getincrementaldecoder(name)() for name in ENCODINGS}
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            digest.update(chunk)
            _drop_failing(decoders, chunk, final=False)
    _drop_failing(decoders, b"", final=True)
    for name in decoders:
        return name, digest.hexdigest()
    raise Unusable(_("The file is neither UTF-8 nor cp932 (Shift_JIS). Save it as “CSV UTF-8” and try again."))


def _drop_failing(decoders: dict[str, codecs.IncrementalDecoder], chunk: bytes, *, final: bool) -> None:
    for name, decoder in list(decoders.items()):
        try:
            decoder.decode(chunk, final)
        except UnicodeDecodeError:
            del decoders[name]


def _records(path: Path, encoding: str) -> Iterator[list[str]]:
    with path.open(encoding=encoding, newline="") as file:
        reader = csv.reader(file, strict=True)
        number = 1
        try:
            for record in reader:
                yield record
                number += 1
        except csv.Error as error:
            words = _("From row %(row)d on the file is not CSV: a quotation mark is left open, or a cell never ends.")
            raise Unusable(words % {"row": number}) from error


def _header(record: list[str] | None) -> tuple[str, ...]:
    names = tuple(cell.strip() for cell in record or ())
    if not any(names):
        raise Unusable(_("The file is empty. Its first row must name the columns: %(all)s.") % {"all": _all()})
    if unknown := [name for name in names if name not in COLUMNS]:
        words = _("The header has unknown columns: %(names)s. Known are: %(all)s.")
        raise Unusable(words % {"names": ", ".join(unknown), "all": _all()})
    if missing := [name for name in REQUIRED if name not in names]:
        raise Unusable(_("The header lacks the columns %(names)s.") % {"names": ", ".join(missing)})
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise Unusable(_("The header names the columns %(names)s twice.") % {"names": ", ".join(twice)})
    return names


def _all() -> str:
    return ", ".join(COLUMNS)


class Seen:
    """In which row each number came first. On disk, so that memory stays the same for a million rows."""

    def __init__(self) -> None:
        # An empty name is SQLite's temporary database: a file without a name that ends with the connection.
        self._database = sqlite3.connect("")
        self._database.execute("CREATE TABLE seen (number TEXT PRIMARY KEY, row INTEGER) WITHOUT ROWID")

    def __enter__(self) -> "Seen":
        return self

    def __exit__(self, *error: object) -> None:
        self._database.close()

    def first(self, number: str, row: int) -> int:
        """Return the row in which `number` came first: `row` itself if that is now."""
        self._database.execute("INSERT OR IGNORE INTO seen VALUES (?, ?)", (number, row))
        return int(self._database.execute("SELECT row FROM seen WHERE number = ?", (number,)).fetchone()[0])

    def known(self, numbers: Collection[str]) -> set[str]:
        """Return those of `numbers` that have come."""
        query = "SELECT number FROM seen WHERE number IN (SELECT value FROM json_each(?))"
        found = self._database.execute(query, (json.dumps(list(numbers)),))
        return {number for (number,) in found}

    def pieces(self, size: int) -> Iterator[list[str]]:
        """Yield all numbers that have come, `size` at a time."""
        last, query = "", "SELECT number FROM seen WHERE number > ? ORDER BY number LIMIT ?"
        while rows := [number for (number,) in self._database.execute(query, (last, size))]:
            yield rows
            last = rows[-1]
