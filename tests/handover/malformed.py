"""Files changed at random, and a second opinion on what the check of papers let pass, by other means than its own."""

import io
import random
import re
import zipfile
from collections.abc import Callable, Iterator, Sequence

import pikepdf
from PIL import Image

Sources = Sequence[tuple[str, bytes]]
ACTS = re.compile(
    rb"/S /(JavaScript|Launch|SubmitForm|ImportData|GoToR|GoToE)\b|/JS\b|/XFA\b|/(RichMedia|EmbeddedFile)\b"
    rb"|\((?i:javascript|file):"
)
PROGRAMS = re.compile(r"vbaProject|macrosheets|/embeddings/|\.exe$|connections\.xml$|\.\.|^/", re.IGNORECASE)
OUTSIDE = re.compile(rb"<!(DOCTYPE|ENTITY)|(attachedTemplate|externalLink)\"", re.IGNORECASE)
FIELDS = re.compile(rb"<w:instrText[^>]*>([^<]*)")
PAGE = re.compile(rb"\s*(<!doctype|<html|<svg|%PDF)", re.IGNORECASE)


def changed(sources: Sources, how_many: int, seed: int) -> Iterator[tuple[str, str, bytes]]:
    """So many changed files, each with its name and what was done to it; the same for the same seed."""
    chance = random.Random(seed)
    for number in range(how_many):
        name, body = sources[number % len(sources)]
        told = []
        for _again in range(chance.choice((1, 1, 2, 5))):
            kind, body = _change(body, sources, chance)
            told.append(kind)
        yield name, f"{number}: {name}, {', '.join(told)}", body


def _change(body: bytes, sources: Sources, chance: random.Random) -> tuple[str, bytes]:
    place, length = chance.randrange(len(body) + 1), chance.randrange(1, 200)
    another = chance.choice(sources)[1]
    ways: dict[str, Callable[[], bytes]] = {
        "flip": lambda: (
            body[:place]
            + bytes(byte ^ 1 << chance.randrange(8) for byte in body[place : place + 1])
            + body[place + 1 :]
        ),
        "set": lambda: body[:place] + chance.randbytes(length) + body[place + length :],
        "insert": lambda: body[:place] + chance.randbytes(length) + body[place:],
        "delete": lambda: body[:place] + body[place + length :],
        "cut": lambda: body[:place],
        "again": lambda: body[: place + length] + body[place:],
        "number": lambda: re.sub(rb"\d+", lambda _one: b"%d" % chance.choice((0, 1, 65_536, 2**31)), body, count=1),
        "append": lambda: body + chance.randbytes(length),
        "splice": lambda: body[:place] + another[min(place, len(another)) :],
    }
    kind = chance.choice(sorted(ways))
    return kind, ways[kind]()


def _flipped(byte: bytes, chance: random.Random) -> bytes:
    return bytes(one ^ 1 << chance.randrange(8) for one in byte)


def forbidden(name: str, body: bytes) -> str:
    """What acts, hides or is no such file in a file that was accepted; nothing if it may be kept."""
    ending = name.rpartition(".")[2].lower()
    try:
        return {"pdf": _in_pdf, "docx": _in_office, "xlsx": _in_office, "txt": _in_text, "csv": _in_text}.get(
            ending, _in_picture
        )(body)
    except Exception as error:
        return f"does not open: {type(error).__name__}"


def _in_pdf(body: bytes) -> str:
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(body)) as document:
        if document.is_encrypted:
            return "encrypted"
        document.save(out, qdf=True, object_stream_mode=pikepdf.ObjectStreamMode.disable)
    found = ACTS.search(out.getvalue())
    return found[0].decode() if found else ""


def _in_office(body: bytes) -> str:
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        names = archive.namelist()
        parts = {name: archive.read(name) for name in names}
    if len(parts) != len(names) or not body.startswith(b"PK\x03\x04"):
        return "two archives"
    if found := next((name for name in names if PROGRAMS.search(name)), ""):
        return found
    for name, part in parts.items():
        plain = part.decode("utf-16", "replace").encode() if part[:2] in (b"\xff\xfe", b"\xfe\xff") else part
        if found := OUTSIDE.search(plain):
            return f"{name}: {found[0]!r}"
        words = b"".join(FIELDS.findall(plain)).strip()
        if re.match(rb"(?i)DDE|LINK|INCLUDE", words):
            return f"{name}: {words!r}"
        if part.startswith((b"PK\x03\x04", b"MZ")):
            return name
    return "" if "[Content_Types].xml" in parts else "no Office file"


def _in_picture(body: bytes) -> str:
    with Image.open(io.BytesIO(body)) as picture:
        if picture.width * picture.height > 40_000_000:
            return "too large"
        if picture.format == "PNG" and getattr(picture, "n_frames", 1) > 1:
            return "moves"
        kind = picture.format
        picture.load()
    found = re.search(rb"<script|%PDF-|PK\x03\x04|ftypmp4", body)
    if kind == "PNG" and not body.endswith(b"IEND\xaeB`\x82"):
        return "something behind it"
    return repr(found[0]) if found else ""


def _in_text(body: bytes) -> str:
    for encoding in ("utf-8-sig", "cp932", "utf-16"):
        try:
            text = body.decode(encoding)
        except UnicodeDecodeError:
            continue
        hidden = set(text) & {chr(code) for code in range(32) if chr(code) not in "\t\n\r\f\x1a"}
        if hidden and encoding != "utf-16" and body[:2] in (b"\xff\xfe", b"\xfe\xff"):
            continue
        return f"control {hidden!r}" if hidden else ("a page" if PAGE.match(text.encode()) else "")
    return "no text"
