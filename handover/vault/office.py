"""docx and xlsx: a zip of known parts, unpacked under limits, without macros, embedded files or outside sources."""

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from itertools import chain, pairwise
from xml.parsers import expat

from handover.vault import limits, signs

_MAIN_TYPES = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml",
}
_LIBMAGIC = {"application/zip", "application/octet-stream"}
_MACRO_NAME = re.compile(r"vba(project|data)|macrosheets/|activex/.*\.bin|customui", re.I)
_MACRO_TYPE = re.compile(r"macro|vba", re.I)
_EMBEDDED_NAME = re.compile(r"(^|/)(embeddings|activex|ctrlprops)/", re.I)
_EMBEDDED_RELATION = re.compile(r"/(oleObject|package|control|activeXControlBinary|aFChunk|subDocument|frame)$", re.I)
# Fields that fetch something when the file is opened; HYPERLINK waits for a press and is none of them.
_FIELD_FETCHES = re.compile(r"\bDDE(AUTO)?\b|(?:^|\s)(?:INCLUDETEXT|INCLUDEPICTURE|LINK|IMPORT|RD)\s+\S", re.I)
# Elements of Word that stand for content from elsewhere, whatever their relationship calls itself.
_SOURCES = set("ddeLink oleLink attachedTemplate altChunk subDoc dataSource headerSource sourceFileName".split())
_LINKED = re.compile(r"HYPERLINK\s+\"?([^\"]+)", re.I)
# Formulas that fetch something when the workbook is opened; text that only looks like one stands in other elements.
_FORMULA_FETCHES = re.compile(r"\b(WEBSERVICE|IMAGE|RTD|CALL|REGISTER\.ID)\s*\(", re.I)
# Text, names of sheets, columns; a bar outside of these asks another program (DDE): cmd|'/c x'!A1
_QUOTED = re.compile(r"\"[^\"]*\"|'[^']*'|\[[^\[\]]*\]")
_FORMULAS = {"f", "definedName", "formula", "formula1", "formula2"}
# Written plainly, by numbers, in UTF-16, or cut into pieces by what no Office program puts into a sheet.
_MAY_FETCH = re.compile(
    rb"WEBSERVICE|IMAGE|RTD|CALL\s*\(|REGISTER\.ID|\|[^<]{0,999}!|:(?:link|href)\s*=|&#|\x00|<!|<\?(?!xml\s)", re.I
)
_SEAM = 1_200  # bytes on either side of where two blocks meet
_CONNECTIONS = re.compile(r"xl/connections\.xml$", re.I)
_ADD_IN = re.compile(r"(^|/)webextensions?/|taskpanes?\.xml$", re.I)  # loads a page of somebody's when it is opened
_READ = (".xml", ".rels", ".vml", ".svg")  # endings of what is read as XML
_PARTS = "xml rels vml svg png jpg jpeg jfif gif bmp tif tiff emf wmf wdp odttf fntdata".split()
_BINARY_PART = re.compile(r"xl/(printerSettings|customProperty)|word/printerSettings", re.I)
_ARCHIVES = (b"PK\x03\x04", b"Rar!", b"7z\xbc\xaf\x27\x1c", b"\x1f\x8b\x08", b"\xd0\xcf\x11\xe0", b"\x7fELF", b"MZ")
_BLOCK = 1 << 20


class _Found(Exception):
    """Stops at the first finding that makes reading on pointless or costly."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def check(kind: str, data: bytes) -> list[str]:
    """Codes of everything wrong with these bytes as a file of this kind."""
    called = signs.libmagic(data)
    if not data.startswith(b"PK\x03\x04") or called not in {*_LIBMAGIC, limits.CONTENT_TYPES[kind]}:
        return [signs.old_office(data) or ("kind_macros" if "macro" in called.lower() else "mismatch")]
    try:
        if not signs.zip_end(data):
            return ["damaged"]
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return sorted(_codes(kind, archive, len(data)))
    except _Found as found:
        return [found.code]
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, zlib.error, expat.ExpatError, EOFError, ValueError):
        return ["damaged"]


def _codes(kind: str, archive: zipfile.ZipFile, packed: int) -> set[str]:
    entries = archive.infolist()
    _check_directory(entries)
    codes = {code for entry in entries if (code := _code_of_name(entry.filename))}
    unpacked = 0
    main_types: set[str] = set()
    for entry in entries:
        blocks: list[bytes] = []
        is_xml = entry.filename.lower().endswith(_READ)
        for block in _blocks(archive, entry):
            unpacked += len(block)
            if unpacked > limits.MAX_UNPACKED or unpacked > max(limits.RATIO_FREE, packed * limits.MAX_RATIO):
                raise _Found("office_unpacks")
            if not blocks and block.startswith(_ARCHIVES):
                codes.add("office_embedded")
            if is_xml or not blocks:
                blocks.append(block)
        if is_xml:
            part = _Part(entry.filename, kind)
            part.read(blocks)
            codes |= part.codes
            main_types |= part.content_types
    if not codes and _MAIN_TYPES[kind] not in main_types:
        codes.add("mismatch")
    return codes


def _check_directory(entries: list[zipfile.ZipInfo]) -> None:
    if len(entries) > limits.MAX_ENTRIES:
        raise _Found("office_unpacks")
    names = [entry.filename.lower() for entry in entries]
    if not entries or len(set(names)) != len(names) or min(entry.header_offset for entry in entries) != 0:
        raise _Found("two_kinds")  # readers would differ in which part they take
    if any("\\" in name or name.startswith("/") or ".." in name.split("/") or "\0" in name for name in names):
        raise _Found("damaged")
    if "[content_types].xml" not in names:
        raise _Found("mismatch")
    if any(entry.flag_bits & 0x1 for entry in entries):
        raise _Found("office_password")
    if any(entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) for entry in entries):
        raise _Found("damaged")


def _code_of_name(name: str) -> str:
    if name.endswith("/"):
        return ""
    if _MACRO_NAME.search(name):
        return "kind_macros"
    if _EMBEDDED_NAME.search(name) or re.search(r"oleobject", name, re.I):
        return "office_embedded"
    if _CONNECTIONS.match(name) or _ADD_IN.search(name):
        return "office_external"
    if name.rpartition(".")[2].lower() in _PARTS or _BINARY_PART.match(name):
        return ""
    return "office_embedded"


def _blocks(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> Iterator[bytes]:
    with archive.open(entry) as file:
        while block := file.read(_BLOCK):
            yield block


def _is_linked(attributes: dict[str, str]) -> bool:
    """Whether a picture comes from elsewhere: some readers fetch it by any relationship, a hyperlink's too."""
    return any("relationships " in key and key.endswith((" link", " href")) for key in attributes)


def _may_fetch(blocks: list[bytes]) -> bool:
    seams = (first[-_SEAM:] + second[:_SEAM] for first, second in pairwise(blocks))
    return any(_MAY_FETCH.search(piece) for piece in chain(blocks, seams))


class _Part:
    """One XML part, read once by expat, which opens nothing by itself."""

    def __init__(self, name: str, kind: str) -> None:
        self.codes: set[str] = set()
        self.content_types: set[str] = set()
        self._name = name.lower()
        self._kind = kind
        self._field: list[str] = []
        self._in_field = False

    def read(self, blocks: list[bytes]) -> None:
        """Raises ExpatError when it is not XML, _Found on a DTD: entities multiply, no Office program writes any."""
        parser = expat.ParserCreate(namespace_separator=" ")
        parser.StartDoctypeDeclHandler = self._doctype
        # Handlers cost much time in large sheets. Where a part lies says nothing: a document may be in any folder.
        if self._name == "[content_types].xml":
            parser.StartElementHandler = self._type
        elif self._name.endswith(".rels"):
            parser.StartElementHandler = self._relation
        elif self._name.endswith(".svg"):
            parser.StartElementHandler = self._drawing
        elif self._kind == "docx" or "externallink" in self._name:
            parser.StartElementHandler = self._word
            parser.EndElementHandler = self._word_end
            parser.CharacterDataHandler = self._text
        elif _may_fetch(blocks):
            parser.StartElementHandler = self._cell
            parser.EndElementHandler = self._cell_end
            parser.CharacterDataHandler = self._text
        for block in blocks:
            parser.Parse(block, False)
        parser.Parse(b"", True)

    def _doctype(self, *_: object) -> None:
        raise _Found("office_dtd")

    def _type(self, name: str, attributes: dict[str, str]) -> None:
        content_type = attributes.get("ContentType", "")
        if name.endswith(" Override"):
            self.content_types.add(content_type)
        part, ending = attributes.get("PartName", "").lower(), attributes.get("Extension", "").lower()
        # A part that is opened as XML and not read by us, for its name is that of a picture.
        unread = not part.endswith(_READ) if part else f".{ending}" not in _READ and ending in {*_PARTS, "bin"}
        if unread and content_type.partition(";")[0].strip().lower().endswith(("+xml", "/xml")):
            self.codes.add("office_embedded")
        if _MACRO_TYPE.search(content_type):
            self.codes.add("kind_macros")

    def _relation(self, name: str, attributes: dict[str, str]) -> None:
        kind = attributes.get("Type", "")
        external = attributes.get("TargetMode", "").lower() == "external"
        if _MACRO_TYPE.search(kind):
            self.codes.add("kind_macros")
        elif _EMBEDDED_RELATION.search(kind):
            self.codes.add("office_embedded")
        elif (external and not kind.endswith("/hyperlink")) or kind.lower().endswith(
            ("/externallink", "/webextension")
        ):
            self.codes.add("office_external")
        # Inside the file there are only paths: an address that calls itself internal is followed by some readers.
        elif signs.starts_program(target := attributes.get("Target", "")) or (
            not external and signs.is_address(target)
        ):
            self.codes.add("office_external")

    def _drawing(self, name: str, attributes: dict[str, str]) -> None:
        """An SVG: what it shows lies in itself, and nothing in it acts."""
        local = name.rpartition(" ")[2].lower()
        keys = {key.rpartition(" ")[2].lower(): value.strip().lower() for key, value in attributes.items()}
        if local in {"script", "foreignobject"} or any(key.startswith("on") for key in keys):
            self.codes.add("office_embedded")
        elif "href" in keys and local != "a" and not keys["href"].startswith(("#", "data:image/")):
            self.codes.add("office_external")

    def _word(self, name: str, attributes: dict[str, str]) -> None:
        local = name.rpartition(" ")[2]
        if local in {"instrText", "delInstrText"}:
            self._in_field = True
        elif local == "fldSimple":
            self._field += [value for key, value in attributes.items() if key.endswith(" instr")]
        elif local in _SOURCES or _is_linked(attributes):
            self.codes.add("office_external")

    def _word_end(self, name: str) -> None:
        local = name.rpartition(" ")[2]
        if local in {"instrText", "delInstrText"}:
            self._in_field = False
        # An instruction may be cut into several runs, so it is judged by the paragraph.
        elif local == "p":
            words = "".join(self._field)
            if _FIELD_FETCHES.search(words) or any(map(signs.starts_program, _LINKED.findall(words))):
                self.codes.add("office_external")
            self._field.clear()

    def _cell(self, name: str, attributes: dict[str, str]) -> None:
        if _is_linked(attributes):
            self.codes.add("office_external")
        self._in_field = self._in_field or name.rpartition(" ")[2] in _FORMULAS

    def _cell_end(self, name: str) -> None:
        if name.rpartition(" ")[2] not in _FORMULAS:
            return
        words = "".join(self._field)
        if _FORMULA_FETCHES.search(words) or "|" in _QUOTED.sub("", words):
            self.codes.add("office_external")
        self._in_field = False
        self._field.clear()

    def _text(self, text: str) -> None:
        if self._in_field:
            self._field.append(text)
