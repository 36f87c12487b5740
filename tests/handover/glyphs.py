"""The glyphs that a page really draws, in order, as outlines; and those that the installed font has for a text.

Text extraction reads what the file says of itself; an outline is what people see.
"""

from functools import cache
from io import BytesIO
from typing import Any

import pikepdf
from fontTools.pens.recordingPen import DecomposingRecordingPen
from fontTools.ttLib import TTFont

from handover.printing.faces import clusters, font_file, is_selector
from tests.handover.printed import _font, _strings

Outline = tuple[Any, ...]


def _outline(font: TTFont, name: str) -> Outline:
    glyphs = font.getGlyphSet()
    pen = DecomposingRecordingPen(glyphs)
    glyphs[name].draw(pen)
    return tuple(pen.value)


@cache
def _installed(family: str) -> TTFont:
    found = font_file(family)
    assert found, f"{family} is not installed"
    return TTFont(found[0], fontNumber=found[1], lazy=True)


def expected(text: str, family: str) -> list[Outline]:
    """The outlines that `family` has for the characters of `text` and for the variants that their selectors ask for."""
    font, outlines = _installed(family), []
    plain = font.getBestCmap()
    variants = [table.uvsDict for table in font["cmap"].tables if table.format == 14]
    for cluster in clusters(text):
        name = plain[ord(cluster[0])]
        if len(cluster) == 2 and is_selector(cluster[1]):
            (pairs,) = variants
            (asked,) = [glyph for base, glyph in pairs[ord(cluster[1])] if base == ord(cluster[0])]
            name = asked or name
        outlines.append(_outline(font, name))
    return outlines


def drawn(pdf: bytes) -> list[tuple[str, Outline]]:
    """Font and outline of every glyph that the pages draw, in the order of the drawing operators."""
    found: list[tuple[str, Outline]] = []
    with pikepdf.open(BytesIO(pdf)) as document:
        for page in document.pages:
            known: dict[str, Any] = {}
            current = ""
            for operands, operator in pikepdf.parse_content_stream(page):
                if str(operator) == "Tf":
                    current = str(operands[0])
                    known.setdefault(current, _font(page.Resources.Font[current]))
                elif str(operator) in {"Tj", "TJ"}:
                    font = known[current]
                    for raw in _strings(operands):
                        for place in range(0, len(raw), 2):
                            name = font.program.getGlyphName(int.from_bytes(raw[place : place + 2]))
                            found.append((font.name, _outline(font.program, name)))
    return found


def holds(glyphs: list[tuple[str, Outline]], wanted: list[Outline]) -> set[str]:
    """The fonts in which `wanted` stands in one piece among `glyphs`; empty when it stands nowhere."""
    many = len(wanted)
    return {
        glyphs[start][0]
        for start in range(len(glyphs) - many + 1)
        if [outline for _font, outline in glyphs[start : start + many]] == wanted
        and len({font for font, _outline in glyphs[start : start + many]}) == 1
    }
