"""The address behind the window of an envelope: in lines that fit, measured with the faces it may be set in."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from fontTools.ttLib import TTFont

from handover.printing.errors import FacesNotInstalled, FactRefused
from handover.printing.faces import NOTO, PREFERRED, REGISTERS, clusters, font_file, is_selector
from handover.printing.names import words

MM = 72 / 25.4  # points in a millimetre

# What the window shows of the sheet, in mm from its left and upper edge.
LEFT, TOP, WIDTH, HEIGHT = 22, 15, 86, 40
# What is used of it: a sheet lies with some play in its envelope. style/window.css begins 2 mm inside.
LINE, TALL = 82 * MM, 37 * MM
# Where the QR code of the letter's number stands, in its lower right corner, in mm from the sheet's left and upper
# edge. The play and the quiet edge of four modules lie between it and the border. style/letter.css has the same.
SCAN_LEFT, SCAN_TOP, SCAN_SIZE, QUIET = 95.3, 42.3, 9, 1.7
# What is left of a line beside it, and of the height above it.
BESIDE, ABOVE = (SCAN_LEFT - QUIET - LEFT - 2) * MM, (SCAN_TOP - QUIET - TOP - 1.5) * MM

# Sizes in points of the address and of the names, and the height of a line in parts of the size, from the usual one to
# the smallest that a sorting machine still reads. style/window.css has the same numbers.
STEPS = ((10.5, 12.0, 1.45), (9.5, 10.5, 1.45), (8.5, 9.5, 1.4), (8.0, 8.0, 1.35), (7.5, 7.5, 1.3))
BETWEEN = 2 * MM  # between the address and the names

# A word or a number is kept whole (full-width ones too), with the measure after it; any other character may begin a
# line, but not these.
RUNS = re.compile(
    r"[0-9A-Za-z\uff10-\uff19\uff21-\uff3a\uff41-\uff5a&'.,\-\u2010\u2019\uff06\uff0d]+(?:丁目|番地|番|号|階)?"
)
NEVER_FIRST = frozenset("ー）)」』】〕、。，．・々ゝゞっゃゅょッャュョ")


MEASURED = tuple(dict.fromkeys(family for face in PREFERRED if face is not REGISTERS for family in face.sanses))


FIRST_OF_EAST = 0x3000
"""The first character of those that addresses in Japan, China and Korea are written with."""


@dataclass(frozen=True, slots=True)
class Address:
    """What stands in the window: the address and the names in lines, and which of STEPS they are set in.

    `leaves_room`: the letter's number stands there as well, for a scanner that meets the envelope unopened.
    """

    where: tuple[str, ...]
    who: tuple[str, ...]
    step: int
    leaves_room: bool

    @property
    def names_first(self) -> bool:
        """Whether the address is written in another alphabet: there the names stand above it."""
        return bool(self.where) and not any(ord(sign) >= FIRST_OF_EAST for line in self.where for sign in line)


@cache
def _advances(family: str) -> dict[int, float]:
    """The width of each character of an installed font in parts of its size; empty when it is not installed."""
    found = font_file(family)
    if found is None:
        return {}
    with TTFont(found[0], fontNumber=found[1], lazy=True) as font:
        metrics, em = font["hmtx"], font["head"].unitsPerEm
        return {character: metrics[glyph][0] / em for character, glyph in font.getBestCmap().items()}


@cache
def _advance(character: str) -> float:
    """The width in the wider of the faces: which one is taken is known only when the whole document is."""
    if is_selector(character):
        return 0.0
    # What none of these has is a kanji or kana of the registers, or printed as a geta mark: one size wide.
    return max((_advances(family).get(ord(character), 0.0) for family in MEASURED), default=0.0) or 1.0


def width(text: str) -> float:
    """How wide the text is at most, in parts of its size."""
    return sum(map(_advance, text))


def _pieces(text: str, most: float) -> Iterator[str]:
    """The text in pieces that are never divided: numbers and words that fit a line, else single characters."""
    place = 0
    for run in RUNS.finditer(text):
        yield from _joined(text[place : run.start()])
        yield from (run[0],) if width(run[0]) <= most else clusters(run[0])
        place = run.end()
    yield from _joined(text[place:])


def _joined(text: str) -> Iterator[str]:
    piece = ""
    for cluster in clusters(text):
        if piece and cluster[0] not in NEVER_FIRST:
            yield piece
            piece = ""
        piece += cluster
    if piece:
        yield piece


def lines(text: str, most: float) -> tuple[str, ...]:
    """The text in lines of at most that width (in parts of its size), divided at its spaces where that is possible."""
    found, line = [], ""
    for word in words(text):
        if line and width(line + word.text) > most:
            found.append(line.rstrip())
            line = ""
        for piece in _pieces(word.text, most):
            if line and width(line + piece) > most:
                found.append(line.rstrip())
                line = ""
            line += piece
        line += word.space
    return (*found, line.rstrip())


def _tall(address: Address, postal: bool) -> float:
    where, who, height = STEPS[address.step]
    return height * (where * (len(address.where) + postal) + who * len(address.who)) + BETWEEN


def fit(postal_code: str, address: str, addressee: tuple[str, ...]) -> Address:
    """The address and the lines of the addressee as they stand in the window, in the largest size that holds them.

    A long line is divided. The number's QR code stands below the address or, when that is tall, beside it; an address
    that needs the whole window keeps it. Raises FactRefused when even the smallest size does not hold them,
    FacesNotInstalled when there is no face to measure with.
    """
    if not any(_advances(family) for family in MEASURED):
        raise FacesNotInstalled(f"install the font packages {NOTO.packages} and fontconfig")
    for places in (((LINE, ABOVE), (BESIDE, TALL)), ((LINE, TALL),)):
        for step, (where, who, _) in enumerate(STEPS):
            for long, tall in places:
                wheres = lines(address, long / where)
                whos = tuple(line for name in addressee for line in lines(name, long / who))
                tried = Address(wheres, whos, step, leaves_room=len(places) > 1)
                if _tall(tried, bool(postal_code)) <= tall:
                    return tried
    raise FactRefused("address", "too_long")
