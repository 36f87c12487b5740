"""Parts of the frame that are the same for everybody: drawn once for each combination of what they are given."""

from collections.abc import Hashable

from django import template
from django.conf import settings
from django.template import defaulttags
from django.template.base import Node, Parser, Token
from django.template.context import Context
from django.template.loader import render_to_string
from django.urls import get_script_prefix
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from config.places import address

register = template.Library()

MOST = 500
"""Drawn parts that a process keeps, some kB each; with more than these it begins anew."""
_drawn: dict[tuple[Hashable, ...], SafeString] = {}


@register.simple_tag
def kept(name: str, **given: Hashable) -> SafeString:
    """{% kept "components/footer.html" site_name=site_name %}: like include, but the part sees nothing else.

    Neither request nor person is at hand inside, so what is kept for one reader holds nothing of another: whatever
    differs is given, and is part of what it is kept by. Give only what has few values: settings, entries of the frame.
    """
    if settings.DEBUG:
        return render_to_string(name, given)
    # Equal texts are drawn differently if one of them counts as HTML already.
    values = tuple((key, type(value), value) for key, value in given.items())
    place = (name, get_language(), settings.ROOT_URLCONF, get_script_prefix(), values)
    drawn = _drawn.get(place)
    if drawn is None:
        drawn = render_to_string(name, given)
        if len(_drawn) >= MOST:
            _drawn.clear()
        _drawn[place] = drawn
    return drawn


class Place(Node):
    """The address of a page that takes no argument: it is looked up once, not on each page."""

    def __init__(self, name: str) -> None:
        self.name = name

    def render(self, context: Context) -> str:
        return address(self.name)


@register.tag
def url(parser: Parser, token: Token) -> Node:
    """{% url "home" %}: as Django has it, but an address without arguments is kept."""
    bits = token.split_contents()
    node: Node = defaulttags.url(parser, token)
    if len(bits) == 2 and bits[1][0] in "'\"":
        return Place(bits[1][1:-1])
    return node
