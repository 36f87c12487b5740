"""The log on a page. A tag, because pages of every app show it and only config knows all words and names."""

from collections.abc import Iterable

from django import template

from audit.models import Event
from config.history import Entry, entries
from config.wording import WORDING

register = template.Library()


@register.simple_tag
def history(events: Iterable[Event]) -> list[Entry]:
    """{% history events as lines %}{% timeline lines %}: what happened, in the reader's words, with one query."""
    return entries(events)


@register.simple_tag
def worded(verb: str) -> str:
    """{% worded touch.what %}: a verb of the log in the reader's words."""
    return str(WORDING[verb])
