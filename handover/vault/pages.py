"""Pages of a PDF as pictures of our own. Runs in the confined child only."""

import pypdfium2

from handover.vault import limits
from handover.vault.photograph import as_jpeg


def sizes(data: bytes, first: int, many: int) -> tuple[int, list[tuple[int, int]]]:
    """How many pages there are, and the sizes in pixels of at most `many` from page `first` on."""
    with pypdfium2.PdfDocument(data) as document:
        count = len(document)
        wanted = range(first - 1, min(count, first - 1 + many))
        return count, [_fitted(*document.get_page_size(index)) for index in wanted]


def draw(data: bytes, number: int, side: int) -> bytes:
    """A JPEG of page `number` whose longer side has `side` pixels. Raises for a page that is not there."""
    with pypdfium2.PdfDocument(data) as document:
        if document.get_formtype():
            document.init_forms()  # or what was typed into the fields of a form would be missing
        page = document[number - 1]
        bitmap = page.render(scale=side / max(1.0, *page.get_size()), rev_byteorder=True)
        return as_jpeg(bitmap.to_pil().convert("RGB"))


def _fitted(width: float, height: float) -> tuple[int, int]:
    scale = limits.DRAWN_SIDE / max(1.0, width, height)
    return max(1, round(width * scale)), max(1, round(height * scale))
