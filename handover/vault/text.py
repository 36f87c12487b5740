"""txt and csv: text a person could have typed, in one of the three encodings that Japanese programs write."""

import codecs
import re

from handover.vault import signs

# C0 and C1 controls except tab, line ends, form feed.
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f-\x9f]")
_SIGNATURES = (b"%PDF-", b"PK\x03\x04", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"%!PS", b"{\\rtf", b"\x1f\x8b")
_MAIL = (re.compile(rb"^mime-version:", re.I | re.M), re.compile(rb"^content-type:.*/", re.I | re.M))
_MAIL_HEAD = 16_384  # bytes; long chains of Received lines come first


def check(kind: str, data: bytes) -> list[str]:
    """Codes of everything wrong with these bytes as text. Formulas in a csv stay: it is given back as it came."""
    if data.startswith(_SIGNATURES):
        return ["mismatch"]
    text = decoded(data)
    if text is None:
        return [signs.old_office(data) or "text_encoding"]
    # The end-of-file mark of DOS stands at the end of old exports.
    if _CONTROL.search(text.removesuffix("\x1a")):
        return ["text_control"]
    if signs.markup(text[:1024].encode()):
        return ["mismatch"]
    if all(sign.search(data[:_MAIL_HEAD]) for sign in _MAIL):
        return ["kind_mail"]
    return []


def decoded(data: bytes) -> str | None:
    """The text, or None; UTF-16 only with its mark, because nearly every file is some UTF-16 without."""
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        encodings = ["utf-16"]
    else:
        encodings = ["utf-8-sig", "cp932"]
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        # Python reads four bytes that cp932 does not have as private characters.
        return None if encoding == "cp932" and re.search("[\uf8f0-\uf8f3]", text) else text
    return None
