"""
PNG and JPEG: one whole still picture and nothing else.

What stands behind a picture's end: a PNG may have none of it. A JPEG may be followed by further JPEGs and by the short
notes that some phones write, because photos of papers come from phones; anything else is refused. A tail can do no
harm here, because papers are given out as attachments only and shown as pictures of our own, but it may hide a file
whose reader starts at the end, or more of a cropped screenshot than its sender knows.
"""

import io
import re

from PIL import Image

from handover.vault import limits, signs

_PNG = b"\x89PNG\r\n\x1a\n"
_FORMATS = {"png": ("PNG", _PNG, "image/png"), "jpg": ("JPEG", b"\xff\xd8\xff", "image/jpeg")}
_PADDING = b"\0\t\n\r "
_NEXT_MARKER = re.compile(rb"\xff+[^\x00\xd0-\xd7\xff]", re.DOTALL)


def check(kind: str, data: bytes) -> list[str]:
    """Codes of everything wrong with these bytes as a picture of this kind."""
    pillow_format, start, content_type = _FORMATS[kind]
    if not data.startswith(start) or signs.libmagic(data) != content_type:
        return ["mismatch"]
    codes = set(_decoded(pillow_format, data))
    if signs.zip_end(data) or signs.pdf_head(data) or signs.active(data):
        codes.add("two_kinds")
    end = _png_end(data) if kind == "png" else _jpeg_end(data, 0)
    if end < 0:
        codes.add("damaged")
    elif not (_png_tail if kind == "png" else _jpeg_tail)(data, end):
        codes.add("trailing_data")
    return sorted(codes)


def _decoded(pillow_format: str, data: bytes) -> list[str]:
    Image.MAX_IMAGE_PIXELS = None  # our own limit below, before a single pixel is decoded
    try:
        with Image.open(io.BytesIO(data), formats=[pillow_format]) as picture:
            if picture.width * picture.height > limits.MAX_PIXELS:
                return ["picture_too_large"]
            # A JPEG of several pictures (MPO) is what phones write beside the photo, not an animation.
            if pillow_format == "PNG" and getattr(picture, "is_animated", False):
                return ["picture_moving"]
            picture.verify()
        with Image.open(io.BytesIO(data), formats=[pillow_format]) as picture:
            picture.load()
    except (OSError, SyntaxError, ValueError):
        return ["damaged"]
    return []


def _png_end(data: bytes) -> int:
    """Where the IEND chunk ends, or -1."""
    position = len(_PNG)
    while position + 12 <= len(data):
        length = int.from_bytes(data[position : position + 4], "big")
        name = data[position + 4 : position + 8]
        position += 12 + length
        if name == b"IEND":
            return position if position <= len(data) else -1
    return -1


def _png_tail(data: bytes, end: int) -> bool:
    return not data[end:].strip(_PADDING)


def _jpeg_end(data: bytes, start: int) -> int:
    """Where the end-of-image marker of the JPEG that starts here ends, or -1 (ITU T.81, annex B)."""
    position = start + 2
    while (found := _NEXT_MARKER.match(data, position)) is not None:
        marker, position = data[found.end() - 1], found.end()
        if marker == 0xD9:
            return position
        if marker == 0x01:
            continue
        position += int.from_bytes(data[position : position + 2], "big")
        if marker == 0xDA:  # pixels follow, until a marker that is neither a stuffed byte nor a restart
            scan = _NEXT_MARKER.search(data, position)
            if scan is None:
                return -1
            position = scan.start()
    return -1


def _jpeg_tail(data: bytes, end: int) -> bool:
    while True:
        while end < len(data) and data[end] in _PADDING:
            end += 1
        if end == len(data) or _phone_notes(data[end:]):
            return True
        if not data.startswith(b"\xff\xd8\xff", end):
            return False
        end = _jpeg_end(data, end)
        if end < 0:
            return False


def _phone_notes(tail: bytes) -> bool:
    """Samsung's trailer: notes, then a directory "SEFH", its length, "SEFT" as the very last bytes; no film in it."""
    if len(tail) > limits.MAX_TAIL or not tail.endswith(b"SEFT") or b"ftyp" in tail:
        return False
    length = int.from_bytes(tail[-8:-4], "little")
    return length <= len(tail) - 8 and tail[len(tail) - 8 - length :].startswith(b"SEFH")
