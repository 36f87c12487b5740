"""Small pictures that a document carries: the QR code and the red seal, as data: URLs."""

from base64 import b64encode
from functools import cache
from io import BytesIO
from math import ceil, sqrt

import segno
from fontTools.pens.svgPathPen import SVGPathPen
from fontTools.pens.transformPen import TransformPen
from fontTools.ttLib import TTFont

from handover.printing.errors import FacesNotInstalled, FactRefused
from handover.printing.faces import NOTO, font_file

NAVY, SEAL_RED = "#0b1f4b", "#b3261e"
SEAL_FONTS = ("Noto Serif CJK JP:bold", "BIZ UDPMincho")


def qr_url(text: str) -> str:
    """A QR code of the text. Four pixels a module: viewers that smooth pictures still show its edges clearly."""
    code, picture = segno.make(text, error="m", micro=False), BytesIO()
    code.save(picture, kind="png", scale=4, border=0, dark=NAVY, light="#ffffff")
    return "data:image/png;base64," + b64encode(picture.getvalue()).decode()


def _outlines(text: str) -> list[str]:
    """The outline of each character as an SVG path in a box of 1000 by 1000, y downwards."""
    found = next((found for pattern in SEAL_FONTS if (found := font_file(pattern))), None)
    if found is None:
        raise FacesNotInstalled(f"install the font packages {NOTO.packages} and fontconfig")
    with TTFont(found[0], fontNumber=found[1], lazy=True) as font:
        glyphs, names, scale = font.getGlyphSet(), font.getBestCmap(), 1000 / font["head"].unitsPerEm
        paths = []
        for character in text:
            if ord(character) not in names:
                raise FactRefused("seal_text", "malformed")
            pen = SVGPathPen(glyphs, ntos=lambda number: f"{number:.0f}")
            glyphs[names[ord(character)]].draw(TransformPen(pen, (scale, 0, 0, -scale, 0, 880)))
            paths.append(pen.getCommands())
    return paths


@cache
def seal_url(text: str) -> str:
    """A square red seal with one to nine characters, in columns from the right as on a real one.

    Drawn as outlines, so that it needs no font in the document and leaves no stray words when text is copied from it.
    """
    if not 1 <= len(text) <= 9:
        raise FactRefused("seal_text", "too_long" if text else "empty")
    columns = 1 if len(text) <= 2 else ceil(sqrt(len(text)) - 0.5)
    rows = ceil(len(text) / columns)
    width, height = 80 / columns, 80 / rows
    shapes = []
    for place, path in enumerate(_outlines(text)):
        column, row = divmod(place, rows)
        x, y = 90 - (column + 1) * width, 10 + row * height
        shapes.append(
            f'<path transform="translate({x + width * 0.03:.2f} {y + height * 0.03:.2f}) '
            f'scale({width * 0.94 / 1000:.5f} {height * 0.94 / 1000:.5f})" d="{path}" fill="{SEAL_RED}"/>'
        )
    svg = (
        '<svg xmlns="http://www.w3.org/2000/svg" width="20mm" height="20mm" viewBox="0 0 100 100">'
        f'<rect x="3.5" y="3.5" width="93" height="93" rx="7" fill="none" stroke="{SEAL_RED}" stroke-width="4.2"/>'
        f"{''.join(shapes)}</svg>"
    )
    return "data:image/svg+xml;base64," + b64encode(svg.encode()).decode()
