"""The ground of a certificate: a guilloche ring, a double hairline frame and corner ornaments, as one SVG.

It lies in the background of the page, because WeasyPrint tags an inline drawing as a figure that a screen reader
would announce.
"""

from base64 import b64encode
from collections.abc import Callable
from functools import cache
from math import cos, pi, sin

# The ring is pale by its colours, not by transparency, so that it may be laid into every page as it is (see drawn.py).
GOLD, MIDDLE_GOLD, PALE_GOLD, PALE_NAVY = "#9a7b2f", "#c9b06a", "#efe9d8", "#e3e8f2"
WIDTH, HEIGHT = 210, 297  # mm, A4
CENTRE = (105.0, 153.0)  # mm: behind the rows, a little below the middle of the sheet

Radius = Callable[[float], float]


def _closed_path(radius: Radius, pieces: int) -> str:
    """A closed curve around the centre as cubic pieces, with its own tangents, so that few pieces look smooth."""
    step, small = 2 * pi / pieces, 1e-4

    def point(angle: float) -> tuple[float, float]:
        return CENTRE[0] + radius(angle) * cos(angle), CENTRE[1] + radius(angle) * sin(angle)

    def slope(angle: float) -> tuple[float, float]:
        (ax, ay), (bx, by) = point(angle - small), point(angle + small)
        return (bx - ax) / (2 * small) * step / 3, (by - ay) / (2 * small) * step / 3

    x, y = point(0)
    parts = [f"M{x:.2f} {y:.2f}C"]
    for index in range(pieces):
        start, end = index * step, (index + 1) * step
        (x0, y0), (x1, y1), (dx0, dy0), (dx1, dy1) = point(start), point(end), slope(start), slope(end)
        parts.append(f"{x0 + dx0:.2f} {y0 + dy0:.2f} {x1 - dx1:.2f} {y1 - dy1:.2f} {x1:.2f} {y1:.2f} ")
    return "".join(parts).rstrip() + "Z"


def _wave(middle: float, swing: float, lobes: int, phase: float) -> Radius:
    return lambda angle: middle + swing * cos(lobes * angle + phase)


def _band(middle: float, swing: float, lobes: int, strands: int, colour: str, width: float) -> str:
    """A plait of equal waves, each turned a little against the last: what makes the pattern hard to draw by hand."""
    waves = "".join(
        _closed_path(_wave(middle, swing, lobes, 2 * pi * strand / strands), lobes * 2) for strand in range(strands)
    )
    return f'<path d="{waves}" stroke="{colour}" stroke-width="{width}"/>'


def _corner(flip_x: bool, flip_y: bool) -> str:
    """Two nested angles and a quarter circle; mirrored into each corner by its own coordinates."""

    def at(x: float, y: float) -> str:
        return f"{WIDTH - x if flip_x else x:.2f} {HEIGHT - y if flip_y else y:.2f}"

    sweep = 0 if flip_x == flip_y else 1
    outer = f"M{at(13.4, 24.4)}L{at(13.4, 13.4)}L{at(24.4, 13.4)}"
    inner = f"M{at(15.8, 26.8)}L{at(15.8, 15.8)}L{at(26.8, 15.8)}"
    arc = f"M{at(15.8, 20.8)}A5 5 0 0 {sweep} {at(20.8, 15.8)}"
    return (
        f'<path d="{outer}" stroke="{GOLD}" stroke-width=".3"/>'
        f'<path d="{inner}{arc}" stroke="{GOLD}" stroke-width=".14"/>'
    )


@cache
def ground_svg() -> str:
    """The drawing as SVG text, A4; the same text in every process."""
    bands = (
        _band(72.0, 12.5, 22, 11, PALE_GOLD, 0.08)
        + _band(66.0, 7.0, 44, 7, PALE_GOLD, 0.08)
        + _band(57.0, 4.6, 40, 8, PALE_NAVY, 0.08)
        + _band(50.6, 1.6, 60, 3, PALE_NAVY, 0.08)
    )
    frame = (
        f'<path d="M10 10H200V287H10Z" stroke="{GOLD}" stroke-width=".35"/>'
        f'<path d="M11.6 11.6H198.4V285.4H11.6Z" stroke="{MIDDLE_GOLD}" stroke-width=".12"/>'
    )
    corners = "".join(_corner(flip_x, flip_y) for flip_x in (False, True) for flip_y in (False, True))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}mm" height="{HEIGHT}mm" '
        f'viewBox="0 0 {WIDTH} {HEIGHT}" fill="none">'
        f"{bands}{frame}{corners}</svg>"
    )


@cache
def ground_url() -> str:
    """The drawing as a data: URL for the background of the page."""
    return "data:image/svg+xml;base64," + b64encode(ground_svg().encode()).decode()
