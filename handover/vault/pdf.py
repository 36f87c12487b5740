"""PDF: every object is looked at, not only those a page shows; scripts hide in pages, fields and object streams."""

import codecs
import io
from collections.abc import Iterator

import pikepdf

from handover.vault import signs

# Kinds of action (/S), of annotation (/Subtype) and of object (/Type), by ISO 32000-1, 12.5.6, 12.6.4 and 7.11.
_ACTIONS = {
    "/JavaScript": "pdf_script",
    "/Launch": "pdf_launch",
    "/SubmitForm": "pdf_sends",
    "/ImportData": "pdf_sends",
    "/GoToR": "pdf_elsewhere",
    "/GoToE": "pdf_elsewhere",
    "/Rendition": "pdf_media",
    "/RichMediaExecute": "pdf_media",
    "/Movie": "pdf_media",
    "/Sound": "pdf_media",
}
_ANNOTATIONS = {
    "/FileAttachment": "pdf_attachment",
    "/RichMedia": "pdf_media",
    "/Screen": "pdf_media",
    "/Movie": "pdf_media",
    "/Sound": "pdf_media",
    "/3D": "pdf_media",
}
_TYPES = {"/EmbeddedFile": "pdf_attachment"}
# Keys whose being there says enough, when they are not left empty.
_KEYS = {
    "/JS": "pdf_script",
    "/JavaScript": "pdf_script",
    "/XFA": "pdf_xfa",
    "/EmbeddedFiles": "pdf_attachment",
    "/RichMediaContent": "pdf_media",
}
_PRESSES = {"/U", "/D"}  # what sets an action off: the button of the mouse, let go or pressed
_DEPTH = 20  # actions that follow each other; nobody writes more than a few


def check(kind: str, data: bytes) -> list[str]:
    """Codes of everything wrong with these bytes as a PDF."""
    if not data.startswith(b"%PDF-") or signs.libmagic(data) != "application/pdf":
        return [signs.old_office(data) or "mismatch"]
    codes = set()
    end = data.rfind(b"%%EOF")
    if end < 0:
        codes.add("damaged")  # cut off on its way; nothing follows an end that is not there
    if signs.zip_end(data) or (end >= 0 and data[end + 5 :].strip(b"\0\t\n\f\r ")):
        codes.add("two_kinds")
    try:
        # A reader that repairs a broken file may find other objects than we do, so a broken one is refused.
        with pikepdf.open(io.BytesIO(data), attempt_recovery=False, suppress_warnings=True) as pdf:
            if pdf.is_encrypted:
                return ["pdf_password"]
            codes |= _found(pdf)
            if not len(pdf.pages):
                codes.add("damaged")
    except pikepdf.PasswordError:
        return ["pdf_password"]
    except (pikepdf.PdfError, ValueError):
        codes.add("damaged")
    return sorted(codes)


def _found(pdf: pikepdf.Pdf) -> set[str]:
    codes: set[str] = set()
    for top in (pdf.trailer, *pdf.objects):
        # A stream of which only the name is here: its bytes lie in another file.
        if isinstance(top, pikepdf.Stream) and "/F" in top:
            codes.add("pdf_elsewhere")
        for dictionary in _dictionaries(top):
            codes |= _look(dictionary)
    return codes


def _dictionaries(top: object) -> Iterator[dict[str, object]]:
    """Every dictionary in one object; indirect ones have their own turn."""
    waiting = [top]
    while waiting:
        item = waiting.pop()
        if isinstance(item, (pikepdf.Dictionary, pikepdf.Stream)):
            entries = dict[str, object]((item.stream_dict if isinstance(item, pikepdf.Stream) else item).items())
            yield entries
            children = list(entries.values())
        elif isinstance(item, pikepdf.Array):
            children = list(item)
        else:
            continue
        waiting += [
            child
            for child in children
            if isinstance(child, (pikepdf.Dictionary, pikepdf.Array)) and not child.is_indirect
        ]


def _look(entries: dict[str, object]) -> set[str]:
    codes = {code for key, code in _KEYS.items() if key in entries and not _empty(entries[key])}
    for key, names in (("/S", _ACTIONS), ("/Subtype", _ANNOTATIONS), ("/Type", _TYPES)):
        value = entries.get(key)
        if isinstance(value, pikepdf.Name) and str(value) in names:
            codes.add(names[str(value)])
    # An address that nobody presses on: it would be opened as soon as the paper is.
    if any(_opens_address(action) for action in _unasked(entries)):
        codes.add("pdf_sends")
    # Content that lies in another file: a page of another PDF, an article of one.
    if "/Ref" in entries and entries.get("/Subtype") == "/Form":
        codes.add("pdf_elsewhere")
    if "/F" in entries and entries.get("/S") == "/Thread":
        codes.add("pdf_elsewhere")
    embedded = entries.get("/EF")
    if isinstance(embedded, pikepdf.Dictionary) and any(isinstance(v, pikepdf.Stream) for v in embedded.values()):
        codes.add("pdf_attachment")
    for key in ("/URI", "/Base"):  # an address, or what comes before all of them
        target = signs.plain_address(_words(entries.get(key)))
        if signs.starts_program(target):
            codes.add("pdf_script")
        # A share of a stranger's is asked for with the reader's own password hash as soon as it is followed.
        if target.startswith(("file:", "smb:", "\\\\", "//")):
            codes.add("pdf_elsewhere")
    return codes


def _words(value: object) -> str:
    """A string or name as readers take it, some of which know the marks of UTF-16 and UTF-8 in an address too."""
    if isinstance(value, pikepdf.Name):
        return str(value)[1:]
    if not isinstance(value, pikepdf.String):
        return ""
    told = bytes(value)
    if told.startswith((codecs.BOM_UTF16_BE, codecs.BOM_UTF16_LE)):
        return told.decode("utf-16", "replace")
    return told.removeprefix(codecs.BOM_UTF8).decode("latin-1")


def _unasked(entries: dict[str, object]) -> list[object]:
    """The actions of a document, page or field that need no press."""
    found = [entries.get("/OpenAction")]
    if isinstance(others := entries.get("/AA"), pikepdf.Dictionary):
        found += [action for occasion, action in others.items() if occasion not in _PRESSES]
    return found


def _opens_address(action: object, depth: int = 0) -> bool:
    """Whether an action, or one that follows it, opens an address. A destination is an array, and none."""
    if not isinstance(action, pikepdf.Dictionary):
        return False
    following = action.get("/Next")
    after = list(following) if isinstance(following, pikepdf.Array) else [following]
    return action.get("/S") == "/URI" or depth > _DEPTH or any(_opens_address(each, depth + 1) for each in after)


def _empty(value: object) -> bool:
    # Some programs leave empty name trees: << /Names [] >>.
    if isinstance(value, pikepdf.Dictionary):
        return not any(len(value[key]) for key in ("/Names", "/Kids") if key in value)
    return value is None
