"""One PDF of the photographs of a paper: each picture an A4 page, upright, cut to the sheet; the pictures are not kept.

Each picture is checked and redrawn by a confined process of its own, so one that is hostile harms no other. The pages
are put together here from pictures that we made; the whole goes through the check of every paper once more.
"""

import io
import json
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import PurePath

import pikepdf

from handover.vault import confined, limits
from handover.vault.kinds import REFUSALS, Refusal, kind_of_name
from handover.vault.upload import IncomingPaper, arrived

_CHILD = "handover.vault.painter"
_AT_ONCE = 2
_POINTS = (595.276, 841.890)  # A4
_ROOM = 24 * 1024 * 1024  # bytes: one MiB of the largest paper is left for what PDF adds


@dataclass(frozen=True)
class _Sheet:
    picture: bytes
    width: int
    height: int


class Unusable(Exception):
    """A picture of which no page can be made: its name as it is shown, and why."""

    def __init__(self, name: str, refusals: tuple[Refusal, ...]) -> None:
        super().__init__(name)
        self.name, self.refusals = name, refusals


def are_pictures(papers: Sequence[IncomingPaper]) -> bool:
    """Whether all of these are pictures by their names."""
    return all(kind_of_name(str(paper.name)) in ("png", "jpg") for paper in papers)


def one_pdf(papers: Sequence[IncomingPaper], title: str) -> IncomingPaper:
    """Return the pages that these pictures show, in their order, as one PDF called `title` or like the first picture.

    Raises `Unusable` for the first picture that is not taken, with "unchecked" too where they take too long.
    """
    deadline = time.monotonic() + limits.MAKING_SECONDS
    most = min(limits.MAX_SHEET, _ROOM // len(papers))
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        made = [pool.submit(_sheet, paper, most, deadline) for paper in papers]
        try:
            sheets = [each.result() for each in made]
        finally:
            pool.shutdown(cancel_futures=True)
    # What a title may hold and a name of a file may not is taken out where names are cleaned.
    stem = title.strip().replace("/", "-").replace("\\", "-") or PurePath(str(papers[0].name)).stem
    return arrived(f"{stem}.pdf", _bound(sheets))


def _sheet(paper: IncomingPaper, most: int, deadline: float) -> _Sheet:
    name, kind = str(paper.name), kind_of_name(str(paper.name))
    if paper.refusal is not None or kind is None:
        raise Unusable(name, (paper.refusal or REFUSALS["kind_unknown"],))
    if not paper.size:
        raise Unusable(name, (REFUSALS["empty"],))
    wall = min(limits.WALL_SECONDS, deadline - time.monotonic())
    answer = b""
    if wall > 0:
        with paper.in_memory() as descriptor:
            given = ["sheet", kind.value, str(wall), str(most)]
            answer = confined.ask(_CHILD, given, descriptor, wall_seconds=wall, most=most + limits.MAX_ANSWER)
    head, _, picture = answer.partition(b"\n")
    try:
        told = json.loads(head)
        if codes := told.get("codes"):
            raise Unusable(name, tuple(REFUSALS[code] for code in codes))
        return _Sheet(picture, int(told["width"]), int(told["height"]))
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise Unusable(name, (REFUSALS["unchecked"],)) from error


def _bound(sheets: Sequence[_Sheet]) -> bytes:
    out = io.BytesIO()
    with pikepdf.new() as made:
        for sheet in sheets:
            across, up = _POINTS if sheet.width <= sheet.height else _POINTS[::-1]
            scale = min(across / sheet.width, up / sheet.height)
            width, height = sheet.width * scale, sheet.height * scale
            page = made.add_blank_page(page_size=(across, up))
            picture = made.make_stream(
                sheet.picture,
                Type=pikepdf.Name.XObject,
                Subtype=pikepdf.Name.Image,
                Width=sheet.width,
                Height=sheet.height,
                ColorSpace=pikepdf.Name.DeviceRGB,
                BitsPerComponent=8,
                Filter=pikepdf.Name.DCTDecode,
            )
            page.obj.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(Sheet=picture))
            place = f"q {width:.3f} 0 0 {height:.3f} {(across - width) / 2:.3f} {(up - height) / 2:.3f} cm /Sheet Do Q"
            page.obj.Contents = made.make_stream(place.encode())
        made.save(out)
    return out.getvalue()
