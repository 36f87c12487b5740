"""
The process that makes pictures of papers: `python -m handover.vault.painter DEED KIND WALL_SECONDS [NUMBER ...]`.

The file is its standard input; the answer is what is told, drawn or made of it. Confined like the checker, and like it
knows neither Django nor any setting. It ends with an error when nothing can be made of the file.
"""

import csv
import io
import json
import sys
from collections.abc import Callable
from itertools import islice

from handover.vault import child, limits


def outline(kind: str, data: bytes, first: int, many: int) -> bytes:
    """How many pages there are, and the sizes in pixels of at most `many` of them from page `first` (from 1) on."""
    if kind == "pdf":
        from handover.vault import pages

        count, sizes = pages.sizes(data, first, many)
    else:
        from handover.vault import photograph

        count, sizes = 1, [photograph.size(kind, data)]
    return json.dumps({"pages": count, "sizes": sizes}).encode()


def picture(kind: str, data: bytes, page: int, side: int) -> bytes:
    """A JPEG of one page whose longer side has at most `side` pixels; without anything that the file said beside."""
    if kind == "pdf":
        from handover.vault import pages

        return pages.draw(data, page, side)
    if page != 1:
        raise ValueError("a picture is one page")
    from handover.vault import photograph

    return photograph.draw(kind, data, side)


def sheet(kind: str, data: bytes, most: int) -> bytes:
    """A JPEG of at most `most` bytes of the sheet that was photographed, after a line that tells its size.

    Where the picture may not be taken, that line tells the codes of everything wrong with it, and nothing follows.
    """
    from handover.vault import photograph, picture

    if codes := picture.check(kind, data):
        return json.dumps({"codes": codes}).encode()
    made, (width, height) = photograph.sheet(kind, data, most)
    return json.dumps({"width": width, "height": height}).encode() + b"\n" + made


def rows(kind: str, data: bytes) -> bytes:
    """The first lines of a text, each as its cells (a line of a plain text is one), and whether more follow."""
    from handover.vault import text

    whole = text.decoded(data)
    if whole is None:
        raise ValueError("no text")
    most = limits.MAX_ROWS + 1  # one more than is told, to see whether there is more
    if kind == "csv":
        csv.field_size_limit(limits.MAX_FILE_SIZE)
        lines = csv.reader(io.StringIO(whole))
        found = [[cell[: limits.MAX_CELL] for cell in row[: limits.MAX_CELLS]] for row in islice(lines, most)]
    else:
        plain = io.StringIO(whole)
        found = [[line.rstrip("\r\n\x1a")[: limits.MAX_LINE]] for line in islice(plain, most)]
    more = len(found) > limits.MAX_ROWS
    return json.dumps({"rows": found[: limits.MAX_ROWS], "more": more}, ensure_ascii=False).encode()


def main() -> None:
    """Load our own code, confine, and only then look at the file; answer."""
    deeds: dict[str, Callable[..., bytes]] = {"outline": outline, "picture": picture, "sheet": sheet, "rows": rows}
    deed, kind, wall_seconds, *numbers = sys.argv[1:]
    _load(kind)
    child.confine(float(wall_seconds))
    data = sys.stdin.buffer.read(limits.MAX_FILE_SIZE + 1)
    sys.stdout.buffer.write(deeds[deed](kind, data, *map(int, numbers)))


def _load(kind: str) -> None:
    # Only what is needed: loading all libraries would double the child's start. They open files of their own.
    if kind == "pdf":
        from handover.vault import pages as pages
    elif kind in {"png", "jpg"}:
        from handover.vault import photograph as photograph


if __name__ == "__main__":
    main()
