"""HTML of our own templates to an archival, tagged PDF. The only place that calls WeasyPrint.

The page can fetch nothing: it may show the pictures that are handed over with it (see guard.py). Its faces are
chosen here from its text, so that no caller can forget it.
"""

import gc
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import cache
from pathlib import Path
from threading import Lock
from typing import Any

import pydyf
from weasyprint import CSS, HTML, Document
from weasyprint.images import get_image_from_uri
from weasyprint.text.fonts import FontConfiguration

from handover.printing import rosette
from handover.printing.drawn import DrawnOnce
from handover.printing.errors import DoesNotFit, FetchDenied
from handover.printing.faces import Face, choose
from handover.printing.guard import OwnDataOnly, check_markup, check_size
from handover.printing.room import Room, lay

VARIANT = "pdf/a-3a"  # archival and tagged
STYLE = Path(__file__).parent / "style"
MANY_PAGES = frozenset(
    {"manifest", "package", "receipt"}
)  # lists that run over several pages: style/pages.css comes first
ENVELOPED = frozenset(
    {"letter", "recovery_kit", "answer"}
)  # for an envelope with a window: style/window.css comes first
LETTERS = frozenset({"answer"})  # what looks like our letters: style/letter.css comes first

# Pango's font map is not made for two threads at once, and switching the collector off is for the whole process.
_one_at_a_time = Lock()


@cache
def _fonts() -> FontConfiguration:
    """One for the process: building it reads the whole catalogue of fonts."""
    return FontConfiguration()


@cache
def style_text(name: str, face: Face) -> str:
    """The style sheet style/<name>.css after what it shares, with the face and the ground of the page filled in."""
    sharing = (("pages", MANY_PAGES), ("window", ENVELOPED), ("letter", LETTERS))
    shared = [file for file, sheets in sharing if name in sheets]
    text = "".join((STYLE / f"{file}.css").read_text("utf-8") for file in ("common", *shared, name))
    # The name stands in quotation marks there: several families are a list of such names.
    serifs, sanses = '", "'.join(face.serifs), '", "'.join(face.sanses)
    return text.replace("FACE-SERIF", serifs).replace("FACE-SANS", sanses).replace("GROUND", rosette.ground_url())


@cache
def _sheet(name: str, face: Face) -> CSS:
    fetcher = OwnDataOnly(frozenset())
    return CSS(string=style_text(name, face), font_config=_fonts(), url_fetcher=fetcher)


@cache
def _drawn(url: str) -> DrawnOnce:
    return DrawnOnce(get_image_from_uri({}, OwnDataOnly(frozenset({url})), {}, url))


@contextmanager
def _collector_held_off() -> Iterator[None]:
    """A page is a hundred thousand small objects that all live until it is done: collecting meanwhile finds nothing."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _lay_out(page: HTML, sheet: str, lasting: Iterable[str]) -> Document:
    text = "".join(page.etree_element.find("body").itertext())
    pictures: dict[str, Any] = {url: _drawn(url) for url in (rosette.ground_url(), *lasting)}
    return page.render(
        font_config=_fonts(), stylesheets=[_sheet(sheet, choose(text))], pdf_variant=VARIANT, cache=pictures
    )


def _in_true_size(pdf: Any) -> None:
    """Ask viewers to print `pdf` (of pydyf) on one side and unscaled: the address lies where the window is."""
    wishes = {"DisplayDocTitle": "true", "PrintScaling": "/None", "Duplex": "/Simplex"}
    pdf.catalog["ViewerPreferences"] = pydyf.Dictionary(wishes)


def _write(document: Document, created_at: datetime, room: Room | None, sheet: str) -> bytes:
    stamp = created_at.isoformat(timespec="seconds")
    document.metadata.created = document.metadata.modified = stamp
    # The guard lets none through; an attachment would be the one thing WeasyPrint reads without layout.
    document.metadata.attachments = []

    def finish(_document: Document, pdf: Any) -> None:
        if room:
            lay(pdf, room)
        if sheet in ENVELOPED:
            _in_true_size(pdf)

    written: bytes = document.write_pdf(pdf_variant=VARIANT, finisher=finish)
    return written


def render(
    html: str,
    *,
    sheet: str,
    created_at: datetime,
    pictures: Iterable[str] = (),
    lasting: Iterable[str] = (),
    pages_at_most: int | None = None,
    room: Room | None = None,
) -> bytes:
    """The page as a PDF/A-3a file, with `room` for a signature if asked for; the same arguments give the same bytes.

    `html` is a whole page with lang and title; `sheet` names a style sheet in style/. `created_at` (with its time
    zone) is the date inside the file. `pictures` are the data: URLs the page may show, `lasting` those that are the
    same on every document and so are kept drawn for the life of the process.

    Raises DoesNotFit when it comes to more than `pages_at_most` pages, MissingCharacter when no installed face has a
    character of it, MarkupRefused and FetchDenied when the page is not one of ours.
    """
    if created_at.tzinfo is None:
        raise ValueError("created_at needs its time zone: the file states it")
    own = frozenset((*pictures, *lasting, rosette.ground_url()))
    check_size(html)
    with _one_at_a_time, _collector_held_off():
        fetcher = OwnDataOnly(own)
        page = HTML(string=html, url_fetcher=fetcher)
        check_markup(page.etree_element, own)
        document = _lay_out(page, sheet, lasting)
        if pages_at_most is not None and len(document.pages) > pages_at_most:
            raise DoesNotFit(f"{len(document.pages)} pages, at most {pages_at_most} allowed")
        written = _write(document, created_at, room, sheet)
        if fetcher.denied:
            raise FetchDenied(tuple(fetcher.denied))
        return written
