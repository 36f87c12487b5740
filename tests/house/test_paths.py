"""Everything is closed unless it is on the one list of open paths."""

from collections.abc import Callable
from types import ModuleType
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import resolve_url
from django.test import Client
from django.urls import include, path, re_path, resolve

from config.public import PUBLIC_PATHS
from tests.house.paths import every_path

# The query string that sends a person back afterwards marks the gate's own redirect; a page that merely points to
# sign-in (the second step without a first) has none and is open.
METHODS = ("get", "post", "put", "delete")


def is_closed(client: Client, address: str, method: str) -> bool:
    """Whether somebody without a session is sent to sign in before any view runs."""
    response = getattr(client, method)(address)
    if response.status_code != 302:
        return False
    to = urlsplit(response["Location"])
    return to.path == resolve_url("account_login") and parse_qs(to.query).get("next") == [address]


def open_paths(client: Client, urlconf: str | None = None) -> set[str]:
    """Names (or, without a name, addresses) of what answers without a session, by any method."""
    return {
        name or address
        for name, address in every_path(urlconf)
        if not all(is_closed(client, address, method) for method in METHODS)
    }


@pytest.mark.django_db
def test_every_path_is_closed_unless_public() -> None:
    # A public page may fail over our made-up arguments; that it answers at all is what counts here.
    found = open_paths(Client(raise_request_exception=False))
    assert sorted(found - PUBLIC_PATHS) == [], "open, but not on the list in config/public.py"
    assert sorted(PUBLIC_PATHS - found) == [], "on the list in config/public.py, but not there or closed"


def test_every_path_has_a_name_and_its_example_leads_to_it() -> None:
    """Otherwise the walk above tries one path twice and another never."""
    for name, address in every_path():
        assert resolve(address).view_name == name, address


def _closed(request: HttpRequest, **rest: str) -> HttpResponse:
    return HttpResponse("seen")


@login_not_required
def _open(request: HttpRequest, **rest: str) -> HttpResponse:
    return HttpResponse("seen")


@pytest.fixture
def planted(settings: Any) -> Callable[..., None]:
    def plant(*patterns: object) -> None:
        module = ModuleType("planted")
        accounts = path("accounts/login/", _open, name="account_login")
        module.urlpatterns = [accounts, *patterns]
        settings.ROOT_URLCONF = module

    return plant


@pytest.mark.django_db
def test_walk_finds_a_planted_open_path(planted: Callable[..., None], client: Client) -> None:
    inner = [
        path("open/<int:pk>/", _open, name="leak"),
        re_path(r"^regex/(?P<key>[-:\w]+)/$", _open, name="other"),
        path("closed/<slug:name>/", _closed, name="closed"),
    ]
    planted(path("in/", include((inner, "inner"))), path("nameless/", _open))
    assert open_paths(client) == {"account_login", "inner:leak", "inner:other", "/nameless/"}
