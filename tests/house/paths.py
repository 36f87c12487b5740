"""Every path that the product answers, with an example of each."""

import re
from collections.abc import Iterator
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver
from django.urls.resolvers import RegexPattern
from django.utils.regex_helper import normalize

# Tried in turn until one fits what the path's pattern asks for.
EXAMPLES = ("1", "x", "x-1", "1a2b3c", "R-1", "00000000-0000-4000-8000-000000000000", "2026-11-27", "ja")


def _fits(expression: str) -> str:
    for example in EXAMPLES:
        if re.fullmatch(expression, example):
            return example
    raise AssertionError(f"no example fits {expression}; add one to EXAMPLES")


def _example(pattern: Any) -> str:
    """Return text that `pattern` (one piece of a path) matches."""
    if isinstance(pattern, RegexPattern):
        for form, names in normalize(pattern.regex.pattern):
            for example in EXAMPLES:
                text = str(form % dict.fromkeys(names, example))
                if pattern.regex.search(text):
                    return text
        raise AssertionError(f"no example fits {pattern}; add one to EXAMPLES")
    text = str(pattern)
    for name, converter in getattr(pattern, "converters", {}).items():
        text = re.sub(rf"<(?:[^<>:]+:)?{name}>", _fits(converter.regex), text)
    return text


def every_path(urlconf: str | None = None) -> Iterator[tuple[str, str]]:
    """Yield name (with namespace; "" where it has none) and an example of every path."""
    yield from _walk(get_resolver(urlconf), "/", ())


def _walk(resolver: URLResolver, before: str, spaces: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    for entry in resolver.url_patterns:
        path = before + _example(entry.pattern)
        if isinstance(entry, URLPattern):
            yield ":".join([*spaces, entry.name]) if entry.name else "", path
        else:
            yield from _walk(entry, path, (*spaces, entry.namespace) if entry.namespace else spaces)
