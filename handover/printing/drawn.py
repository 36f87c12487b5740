"""Pictures that are the same on every document: drawn once a process, then laid into the page as they are."""

import re
from typing import Any

# Only opaque colours: another transparency would have to be named in the resources of every document.
OPAQUE = re.compile(rb"/[Aa]1(\.0)? gs")


class DrawnOnce:
    """Stands in for one of WeasyPrint's pictures and keeps its drawing operators.

    Reading the curves of a certificate's ground takes as long as laying out all of its text.
    """

    def __init__(self, picture: Any) -> None:
        self._picture = picture
        self._operators: dict[tuple[float, float], bytes] = {}

    def get_intrinsic_size(self, resolution: float, font_size: float) -> tuple[float, float, float]:
        """Width, height (CSS pixels) and ratio, as the picture itself says."""
        size: tuple[float, float, float] = self._picture.get_intrinsic_size(resolution, font_size)
        return size

    def draw(self, stream: Any, width: float, height: float, style: Any) -> None:
        """Lay the picture into a content stream, in the width and height given in CSS pixels."""
        if (width, height) not in self._operators:
            self._operators[width, height] = self._record(stream, width, height, style)
        with stream.stacked():
            stream.stream.append(self._operators[width, height])

    def _record(self, stream: Any, width: float, height: float, style: Any) -> bytes:
        """Draw beside the page: the first document must come out with the same bytes as every later one."""
        kinds = ("ExtGState", "XObject", "Pattern", "Shading")
        resources: dict[str, Any] = {kind: {} for kind in kinds} | {"ColorSpace": None, "Font": None}
        beside = stream.clone(resources=resources)
        self._picture.draw(beside, width, height, style)
        if any(resources[kind] for kind in kinds[1:]) or not {"A1", "a1", "A1.0", "a1.0"}.issuperset(
            resources["ExtGState"]
        ):
            raise ValueError("a picture that is drawn once must be made of opaque strokes and fills")
        return OPAQUE.sub(b"", b"\n".join(part.encode() if isinstance(part, str) else part for part in beside.stream))
