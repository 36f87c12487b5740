"""Where each character and drawing stands on a printed sheet, in mm from its left and upper edge, as pdfium has it."""

import ctypes
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

import pypdfium2
from pypdfium2 import raw

from handover.printing.window import HEIGHT, LEFT, TOP, WIDTH

MM = 72 / 25.4
FIRST_FOLD, SECOND_FOLD = 99, 198
"""JIS P 0138 A4 (297 mm) in three."""
# How far a sheet folded to 210 by 99 mm slides in the largest envelope it is put in, 長形3号 of JIS S 5502 (235 by
# 120 mm), and the play the other way.
ASIDE, UPWARDS, PLAY = 25, 21, 2


@dataclass(frozen=True)
class Mark:
    """One character, or "" for a drawing, with its edges in mm."""

    text: str
    left: float
    top: float
    right: float
    bottom: float

    def meets(self, left: float, top: float, right: float, bottom: float) -> bool:
        return self.left < right and self.right > left and self.top < bottom and self.bottom > top

    def lies_in(self, left: float, top: float, right: float, bottom: float) -> bool:
        return left <= self.left and self.right <= right and top <= self.top and self.bottom <= bottom


WINDOW = (LEFT, TOP, LEFT + WIDTH, TOP + HEIGHT)
SLID = (LEFT - PLAY, TOP - PLAY, LEFT + WIDTH + ASIDE, TOP + HEIGHT + UPWARDS)
"""What the window may ever show of the upper third, wherever the sheet has slid to."""


@contextmanager
def opened(pdf: bytes) -> Iterator[pypdfium2.PdfDocument]:
    document = pypdfium2.PdfDocument(pdf)
    try:
        yield document
    finally:
        document.close()


def characters(page: pypdfium2.PdfPage) -> list[Mark]:
    """The characters of the page with a shape, by their ink, in the order of its text."""
    text, high, found = page.get_textpage(), page.get_height(), []
    for place in range(text.count_chars()):
        sign = chr(raw.FPDFText_GetUnicode(text, place))
        if found and "\udc00" <= sign <= "\udfff":  # the second half of a character beyond the first plane
            whole = (found[-1].text + sign).encode("utf-16", "surrogatepass").decode("utf-16")
            found[-1] = replace(found[-1], text=whole)
            continue
        edges = [ctypes.c_double() for _ in range(4)]
        raw.FPDFText_GetCharBox(text, place, *edges)
        left, right, bottom, top = (edge.value for edge in edges)
        if sign.strip() and right > left:
            found.append(Mark(sign, left / MM, (high - top) / MM, right / MM, (high - bottom) / MM))
    text.close()
    return found


def drawings(page: pypdfium2.PdfPage) -> list[Mark]:
    """The pictures, lines and filled shapes of the page but the white ground of its full size."""
    high, found = page.get_height(), []
    for thing in page.get_objects(filter=[raw.FPDF_PAGEOBJ_IMAGE, raw.FPDF_PAGEOBJ_PATH], max_depth=5):
        left, bottom, right, top = thing.get_bounds()
        mark = Mark("", left / MM, (high - top) / MM, right / MM, (high - bottom) / MM)
        if mark.right - mark.left < 209:
            found.append(mark)
    return found


def code_in_window(page: pypdfium2.PdfPage) -> tuple[bytes, ...]:
    """The modules of the QR code in the window, a row after the other, as a scanner reads it; empty without one."""
    high = page.get_height()
    for thing in page.get_objects(filter=[raw.FPDF_PAGEOBJ_IMAGE], max_depth=5):
        left, bottom, right, top = thing.get_bounds()
        if Mark("", left / MM, (high - top) / MM, right / MM, (high - bottom) / MM).lies_in(*WINDOW):
            seen = thing.get_bitmap().to_pil().convert("L")
            return tuple(
                bytes(seen.getpixel((4 * column + 2, 4 * row + 2)) < 128 for column in range(seen.width // 4))
                for row in range(seen.height // 4)
            )
    return ()


def find(page: list[Mark], words: str) -> list[Mark]:
    """The characters of every place of the page where these words stand."""
    text, found, start = "".join(mark.text for mark in page), [], 0
    while (start := text.find(words, start)) >= 0:
        found += page[start : start + len(words)]
        start += len(words)
    return found


def folded(mark: Mark) -> list[Mark]:
    """Where each part of it lies behind the upper third once the sheet is folded at its marks, address outside.

    The middle third is folded back at the first mark, the lower one forward onto it: both lie behind the address, the
    middle one upside down.
    """
    pieces = (
        (0, FIRST_FOLD, lambda y: y),
        (FIRST_FOLD, SECOND_FOLD, lambda y: SECOND_FOLD - y),
        (SECOND_FOLD, 297, lambda y: y - SECOND_FOLD),
    )
    found = []
    for first, last, moved in pieces:
        top, bottom = max(mark.top, first), min(mark.bottom, last)
        if top < bottom:
            above, below = sorted((moved(top), moved(bottom)))
            found.append(Mark(mark.text, mark.left, above, mark.right, below))
    return found


def wrong_in_window(page: pypdfium2.PdfPage, words: str) -> list[str]:
    """What is wrong with the window of a sheet that is to show `words` (without white space), and at most one code."""
    found = characters(page)
    seen = [mark for mark in found if mark.meets(*WINDOW)]
    wrong = [f"{mark} is cut by the edge" for mark in seen if not mark.lies_in(*WINDOW)]
    shown = "".join(mark.text for mark in seen)
    if shown != words:
        wrong.append(f"shown is {shown}, not {words}")
    drawn = [mark for mark in drawings(page) if mark.meets(*WINDOW)]
    if len(drawn) > 1 or not all(mark.lies_in(*WINDOW) for mark in drawn):
        wrong.append(f"drawn there: {drawn}")
    return wrong


def shown_or_behind(page: pypdfium2.PdfPage, secret: str) -> list[Mark]:
    """The characters of `secret` that the window can show, or that lie behind it when the sheet is folded."""
    placed = find(characters(page), secret)
    return [mark for mark in placed if any(piece.meets(*SLID) for piece in folded(mark))]
