"""What a page that is to be printed may hold and fetch: two walls, each of which would do alone."""

import re
from collections.abc import Mapping
from urllib.request import Request
from xml.etree.ElementTree import Element

from weasyprint.urls import URLFetcher, URLFetcherResponse

from handover.printing.errors import MarkupRefused

PAGE_CHARACTERS = 600_000  # 500 items of a receipt with the longest titles come to half of it
PAGE_TAGS = 24_000
PAGE_DEPTH = 30

# What our templates use. Anything else is no matter of taste but somebody's text that became markup.
ELEMENTS = frozenset(
    "html head meta title body main header footer section h1 h2 h3 p div span b strong em small i br ol ul li dl dt dd "
    "table caption colgroup col thead tbody tfoot tr th td img".split()
)
VOID = frozenset({"meta", "br", "col", "img"})
TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)")
ATTRIBUTES = frozenset("class lang scope alt src charset name content".split())


def check_size(html: str) -> None:
    """Refuse a page too large to lay out in a few seconds, before it is parsed. Raises MarkupRefused.

    Depth is counted here already: the parser takes time by its square. Our templates close every element they open.
    """
    if len(html) > PAGE_CHARACTERS or html.count("<") > PAGE_TAGS:
        raise MarkupRefused("the page is too large")
    depth = 0
    for closing, name in TAG.findall(html):
        if name.lower() not in VOID:
            depth += -1 if closing else 1
        if depth > PAGE_DEPTH:
            raise MarkupRefused("the page is nested too deeply")


def check_markup(root: Element, own: frozenset[str]) -> None:
    """Refuse any element, attribute or picture that our templates never produce. Raises MarkupRefused."""
    for element in root.iter():
        if not isinstance(element.tag, str):
            continue  # a comment
        if element.tag not in ELEMENTS or not ATTRIBUTES.issuperset(element.attrib):
            raise MarkupRefused(f"<{element.tag}> with {sorted(element.attrib)} is not in our templates")
        if "src" in element.attrib and (element.tag != "img" or element.attrib["src"] not in own):
            raise MarkupRefused("a picture that was not handed over")


class OwnDataOnly(URLFetcher):
    """Serves the data: URLs it was given, denies every other address and remembers what was asked for.

    It remembers because WeasyPrint swallows errors inside pictures: a page that tried must fail, not print with a hole.
    """

    def __init__(self, own: frozenset[str]) -> None:
        super().__init__(timeout=1, allowed_protocols=("data",), allow_redirects=False)
        self.own = own
        self.denied: list[str] = []

    def fetch(self, url: str, headers: Mapping[str, str] | None = None) -> URLFetcherResponse:
        """The response for one of our own data: URLs. Raises ValueError for any other address."""
        if url not in self.own or not url.startswith("data:"):
            self.denied.append(url)
            raise ValueError("only our own pictures may be shown")
        return super().fetch(url, headers)

    def open(self, url: str | Request, data: object = None, timeout: float | None = None) -> URLFetcherResponse:
        """The other door of the base class; it leads to the same check."""
        return self.fetch(url if isinstance(url, str) else url.full_url)
