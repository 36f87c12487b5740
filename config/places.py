"""Addresses of pages, or their part that does not vary: they are the same for as long as the server runs."""

from functools import cache

from django.conf import settings
from django.urls import get_script_prefix, reverse


def address(name: str) -> str:
    """Return the path of the page called `name`, which takes no argument. Raises `NoReverseMatch`."""
    return _address(name, get_script_prefix(), settings.ROOT_URLCONF)


def below(name: str) -> str:
    """Return how the path of every page called `name` begins, which ends with its one argument, a number or a text."""
    return _address(name, get_script_prefix(), settings.ROOT_URLCONF, "0").removesuffix("0/")


@cache
def _address(name: str, prefix: str, paths: str, *arguments: str) -> str:
    return reverse(name, args=arguments)
