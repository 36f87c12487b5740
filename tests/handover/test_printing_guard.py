"""Ways to make the printer fetch a page or read a file, and pages made to keep it busy: nothing is fetched or read."""

import base64
import contextlib
import gc
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import pytest
from weasyprint import CSS, HTML, Attachment
from weasyprint.urls import URLFetchingError

from handover.printing import guard
from handover.printing.errors import FetchDenied, MarkupRefused, PrintingError
from handover.printing.guard import OwnDataOnly
from handover.printing.pictures import qr_url
from handover.printing.render import render

from .printed import AT, pages

SECRET = "planted-7319"


@dataclass
class Trap:
    """A listener that counts who knocks, and a file that must stay unread."""

    port: int
    folder: Path
    knocks: int = 0

    def fill(self, template: str) -> str:
        file = (self.folder / "planted.css").as_uri()
        return (
            template.replace("{http}", f"http://127.0.0.1:{self.port}/a")
            .replace("{file}", file)
            .replace("{host}", f"127.0.0.1:{self.port}")
            .replace("{path}", str(self.folder / "planted.css"))
        )


@pytest.fixture(scope="module")
def trap(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trap]:
    listener = socket.create_server(("127.0.0.1", 0))
    folder = tmp_path_factory.mktemp("planted")
    (folder / "planted.css").write_text(f'body::after {{ content: "{SECRET}" }}')
    found = Trap(listener.getsockname()[1], folder)

    def count() -> None:
        while True:
            try:
                visitor, _ = listener.accept()
            except OSError:
                return
            found.knocks += 1
            visitor.close()

    threading.Thread(target=count, daemon=True).start()
    yield found
    listener.close()


def svg(inside: str, head: str = "") -> str:
    body = f'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" {head}>{inside}</svg>'
    return "data:image/svg+xml," + quote(body)


# Each is the content of a body; {http}, {file}, {host}, {path} are filled in by the trap.
WAYS = {
    "picture over http": '<img src="{http}">',
    "picture over https": '<img src="https://{host}/a">',
    "picture over ftp": '<img src="ftp://{host}/a">',
    "picture without scheme": '<img src="//{host}/a">',
    "picture from a file": '<img src="{file}">',
    "picture from a path": '<img src="{path}">',
    "picture with a capital scheme": '<img src="FILE://{path}">',
    "picture with a space before": '<img src=" {http}">',
    "picture of an unknown scheme": '<img src="jar:{file}!/a">',
    "relative picture": '<img src="planted.css">',
    "base and relative picture": '<base href="{http}"><img src="a">',
    "style sheet link": '<link rel="stylesheet" href="{file}">',
    "style sheet link over http": '<link rel="stylesheet" href="{http}">',
    "attachment link": '<link rel="attachment" href="{file}">',
    "attachment link over http": '<link rel="attachment" href="{http}">',
    "attachment anchor": '<a rel="attachment" href="{file}">x</a>',
    "attachment anchor over http": '<a rel="attachment" href="{http}">x</a>',
    "import in a style": '<style>@import url("{file}");</style>',
    "import over http": '<style>@import "{http}";</style>',
    "font over http": '<style>@font-face{font-family:q;src:url("{http}")} p{font-family:q}</style><p>x</p>',
    "font from a file": '<style>@font-face{font-family:q;src:url("{file}")} p{font-family:q}</style><p>x</p>',
    "colour profile": '<style>@color-profile --q{src:url("{http}")}</style>',
    "background": '<p style="background:url({http})">x</p>',
    "background of the page": '<style>@page{background:url("{http}")}</style>',
    "border picture": '<p style="border:9px solid;border-image:url({http}) 3">x</p>',
    "list mark": '<ul><li style="list-style-image:url({http})">x</li></ul>',
    "generated content": '<style>p::before{content:url("{http}")}</style><p>x</p>',
    "object": '<object data="{http}"></object>',
    "embed": '<embed src="{http}">',
    "frame": '<iframe src="{http}"></iframe>',
    "inline drawing with a picture": '<svg xmlns="http://www.w3.org/2000/svg"><image href="{http}"/></svg>',
    "drawing with a picture": "SVG:<image href='{http}' width='9' height='9'/>",
    "drawing with a file": "SVG:<image xlink:href='{file}' width='9' height='9'/>",
    "drawing that uses another": "SVG:<use href='{http}#a'/>",
    "drawing with a style": "SVG:<style>@import url('{http}'); rect{fill:red}</style><rect width='9' height='9'/>",
    "drawing with a font": "SVG:<style>@font-face{font-family:q;src:url('{http}')}</style><text>x</text>",
    "drawing with a pattern": "SVG:<rect width='9' height='9' fill='url({http}#a)'/>",
}
DOORS = list(WAYS.items())


def _page(body: str) -> str:
    if body.startswith("SVG:"):
        body = f'<img src="{svg(body[4:])}">'
    return f'<!doctype html><html lang="en"><head><title>t</title></head><body><p>text</p>{body}</body></html>'


def _all_data(html: str) -> frozenset[str]:
    """The data: URLs in a page, as if a careless caller had declared each of them its own."""
    return frozenset(part.partition('"')[0] for part in html.split('src="')[1:] if part.startswith("data:"))


@pytest.mark.parametrize(("name", "way"), DOORS, ids=[name for name, _ in DOORS])
def test_page_that_fetches_is_refused_before_layout(trap: Trap, name: str, way: str) -> None:
    html = _page(trap.fill(way))
    with pytest.raises(MarkupRefused):
        render(html, sheet="recovery_kit", created_at=AT)
    assert trap.knocks == 0


@pytest.mark.parametrize(("name", "way"), DOORS, ids=[name for name, _ in DOORS])
def test_fetcher_alone_lets_nothing_in(trap: Trap, name: str, way: str) -> None:
    """The second wall by itself: bare WeasyPrint with a base address, every picture declared our own."""
    html = _page(trap.fill(way))
    fetcher = OwnDataOnly(_all_data(html))
    pdf = b""
    with contextlib.suppress(URLFetchingError):  # the library itself stops at some of them
        base = f"{trap.folder.as_uri()}/"
        pdf = HTML(string=html, url_fetcher=fetcher, base_url=base).write_pdf(uncompressed_pdf=True)
    assert trap.knocks == 0
    assert SECRET.encode() not in pdf
    assert not pdf or SECRET not in "".join(pages(pdf))


def test_planted_doors_are_found_where_no_wall_stands(trap: Trap) -> None:
    """The experiment itself can fail: the bare library does read the file and does knock."""
    before = trap.knocks
    open_house = Trap(trap.port, trap.folder)
    pdf = HTML(string=_page(open_house.fill(WAYS["style sheet link"]))).write_pdf()
    assert SECRET in "".join(pages(pdf))
    HTML(string=_page(open_house.fill(WAYS["picture over http"]))).write_pdf()
    deadline = time.monotonic() + 5
    while trap.knocks == before and time.monotonic() < deadline:
        time.sleep(0.01)
    knocked, trap.knocks = trap.knocks - before, before
    assert knocked >= 1


def test_fetcher_remembers_what_was_asked_inside_our_own_picture(trap: Trap) -> None:
    picture = svg(f"<image href='http://127.0.0.1:{trap.port}/a' width='9' height='9'/>")
    html = f'<html lang="en"><head><title>t</title></head><body><p>x</p><img alt="" src="{picture}"></body></html>'
    with pytest.raises(FetchDenied) as refusal:
        render(html, sheet="recovery_kit", created_at=AT, pictures=[picture])
    assert refusal.value.urls == (f"http://127.0.0.1:{trap.port}/a",)
    assert trap.knocks == 0


@pytest.mark.parametrize("door", ["url", "guess"])
def test_attachment_goes_through_the_same_fetcher(trap: Trap, door: str) -> None:
    fetcher = OwnDataOnly(frozenset())
    attachment = Attachment(**{door: trap.fill("{http}")}, url_fetcher=fetcher)
    HTML(string="<p>x", url_fetcher=fetcher).write_pdf(attachments=[attachment])
    assert fetcher.denied
    assert trap.knocks == 0


@pytest.mark.parametrize(
    "address", ["{http}", "{file}", "data:text/css,p{}", "ftp://{host}/", "//{host}/", "{path}", ""]
)
def test_fetcher_denies_each_address_at_both_of_its_doors(trap: Trap, address: str) -> None:
    fetcher = OwnDataOnly(frozenset({"data:,own"}))
    for door in (fetcher.fetch, fetcher.open, fetcher):
        with pytest.raises(ValueError, match="own pictures"):
            door(trap.fill(address))
    assert len(fetcher.denied) == 3
    assert fetcher("data:,own").read() == b"own"


def test_style_sheet_cannot_import_either(trap: Trap) -> None:
    fetcher = OwnDataOnly(frozenset())
    CSS(string=trap.fill('@import url("{file}"); @import "{http}";'), url_fetcher=fetcher)
    assert len(fetcher.denied) == 2
    assert trap.knocks == 0


def test_page_with_our_own_picture_is_printed() -> None:
    code = qr_url("https://example.jp/")
    html = f'<html lang="en"><head><title>t</title></head><body><p>text</p><img alt="code" src="{code}"></body></html>'
    assert pages(render(html, sheet="recovery_kit", created_at=AT, pictures=[code])) == ["text"]


def test_transparent_picture_is_not_kept_drawn() -> None:
    picture = svg("<rect width='9' height='9' fill='red' opacity='.5'/>", "width='9' height='9'")
    html = f'<html lang="en"><head><title>t</title></head><body><img alt="" src="{picture}"></body></html>'
    with pytest.raises(ValueError, match="opaque"):
        render(html, sheet="recovery_kit", created_at=AT, lasting=[picture])


GROWING = "".join(
    f"<g id='g{level}'><use href='#g{level - 1}'/><use href='#g{level - 1}'/></g>" for level in range(1, 40)
)
HUGE_PNG = base64.b64encode(
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x01\x00\x00\x00\x01\x00\x00\x08\x02\x00\x00\x00\xff\xff\xff\xff"
).decode()
BOMBS = {
    "a page too long": "<p>x</p>" * 100_000,
    "one word too long": "x" * 1_000_000,
    "boxes in boxes": "<div>" * 20_000,
    "many small boxes": "<i></i>" * 50_000,
    "a cell over a million columns": '<table><tr><td colspan="1000000">x</td></tr></table>',
    "a box a kilometre high": '<div style="height:1000000mm">x</div>',
    "a million columns of text": '<div style="columns:1000000">x</div>',
    "a drawing that doubles itself": f'<img src="{svg(GROWING)}">',
    "a picture of 65536 by 65536": f'<img src="data:image/png;base64,{HUGE_PNG}">',
    "an entity that grows": "<p>&lol9;</p>" * 60_000,
}


@pytest.mark.parametrize("bomb", BOMBS.values(), ids=BOMBS)
def test_bomb_is_refused_at_once(bomb: str) -> None:
    start = time.process_time()
    with pytest.raises(PrintingError):
        render(_page(bomb), sheet="recovery_kit", created_at=AT)
    assert time.process_time() - start < 5


def test_planted_fault_page_of_any_depth_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the wall the same bomb is laid out, until the library falls over."""
    monkeypatch.setattr(guard, "PAGE_DEPTH", 1_000_000)
    with pytest.raises(RecursionError):
        render(_page("<div>" * 3_000), sheet="recovery_kit", created_at=AT)


def test_date_without_time_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        render(_page(""), sheet="recovery_kit", created_at=AT.replace(tzinfo=None))


@pytest.mark.parametrize("body", ["", "<blink>x</blink>"])
def test_collector_is_as_it_was_after_printing(body: str) -> None:
    for wanted in (True, False):
        (gc.enable if wanted else gc.disable)()
        try:
            render(_page(body), sheet="recovery_kit", created_at=AT)
        except MarkupRefused:
            assert body
        finally:
            found = gc.isenabled()
            gc.enable()
        assert found is wanted


def test_two_threads_print_the_same_bytes() -> None:
    made: list[bytes] = []
    threads = [
        threading.Thread(target=lambda: made.append(render(_page(""), sheet="recovery_kit", created_at=AT)))
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made) == 4
    assert len(set(made)) == 1
