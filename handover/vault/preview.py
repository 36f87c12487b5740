"""Seeing a paper without opening it: pictures of its pages or the first lines, made by a confined process.

Nothing is kept: clear bytes go through memory to the child and its picture through a pipe to the answer.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from handover.vault import confined, limits
from handover.vault.store import in_memory

_CHILD = "handover.vault.painter"
DRAWN = frozenset({"pdf", "png", "jpg"})
"""Kinds whose pages are shown as pictures."""
READ = frozenset({"txt", "csv"})
"""Kinds of which the first lines are shown as text."""
_KINDS = {content_type: kind for kind, content_type in limits.CONTENT_TYPES.items()}


class NotShown(Exception):
    """Nothing can be made of this file: too complex, damaged, or a page that it has not."""


@dataclass(frozen=True)
class Outline:
    """How many pages there are, and the sizes (width, height in pixels) of those that were asked for."""

    pages: int
    sizes: list[tuple[int, int]]


@dataclass(frozen=True)
class Lines:
    """The first rows of a text, each with its cells; whether more follow."""

    rows: list[list[str]]
    more: bool


def kind_of(content_type: str) -> str:
    """Return the kind of a paper by its content type ("pdf"), "" for what is not shown."""
    kind = _KINDS.get(content_type, "")
    return kind if kind in DRAWN | READ else ""


def outline(blocks: Iterable[bytes], kind: str, *, first: int, many: int) -> Outline:
    """Return how many pages the file has and the sizes of at most `many` from page `first` on. Raises `NotShown`."""
    told = _told(_ask(blocks, "outline", kind, first, many, most=limits.MAX_TOLD))
    try:
        pages = int(told["pages"])
        sizes = [(int(width), int(height)) for width, height in told["sizes"]]
    except (KeyError, TypeError, ValueError) as error:
        raise NotShown from error
    if pages < 1 or len(sizes) > many:
        raise NotShown
    return Outline(pages, sizes)


def picture(blocks: Iterable[bytes], kind: str, *, page: int, is_large: bool) -> bytes:
    """Return a JPEG of one page; a large one has twice the pixels across. Raises `NotShown`."""
    side = limits.DRAWN_SIDE * (2 if is_large else 1)
    made = _ask(blocks, "picture", kind, page, side, most=limits.MAX_DRAWN)
    if not made.startswith(b"\xff\xd8\xff"):
        raise NotShown
    return made


def lines(blocks: Iterable[bytes], kind: str) -> Lines:
    """Return the first lines of a text. Raises `NotShown`."""
    told = _told(_ask(blocks, "rows", kind, most=limits.MAX_TOLD))
    rows = told.get("rows")
    if not isinstance(rows, list):
        raise NotShown
    return Lines([[str(cell) for cell in row] for row in rows[: limits.MAX_ROWS]], bool(told.get("more")))


def _ask(blocks: Iterable[bytes], deed: str, kind: str, *numbers: int, most: int) -> bytes:
    given = [deed, kind, str(limits.WALL_SECONDS), *map(str, numbers)]
    with in_memory(blocks) as descriptor:
        answer = confined.ask(_CHILD, given, descriptor, wall_seconds=limits.WALL_SECONDS, most=most)
    if not answer:
        raise NotShown
    return answer


def _told(answer: bytes) -> dict[str, Any]:
    try:
        told = json.loads(answer)
    except ValueError as error:
        raise NotShown from error
    if not isinstance(told, dict):
        raise NotShown
    return told
