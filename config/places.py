"""Addresses of pages without a part that varies: they are the same for as long as the server runs."""

from functools import cache

from django.conf import settings
from django.urls import get_script_prefix, reverse


def address(name: str) -> str:
    """Return the path of the page called `name`, which takes no argument. Raises `NoReverseMatch`."""
    return _address(name, get_script_prefix(), settings.ROOT_URLCONF)


@cache
def _address(name: str, prefix: str, paths: str) -> str:
    return reverse(name)
