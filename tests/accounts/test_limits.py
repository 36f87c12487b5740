"""Whose guesses are counted, and that the count stays."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from tests.cast import PASSWORD, Cast

PROJECT = Path(__file__).parents[2]


def sign_in_from(forwarded: str, email: str, password: str = PASSWORD) -> bool:
    """Try to sign in through our proxy, which says `forwarded` of the sender; tell whether it went well."""
    client = Client(REMOTE_ADDR="127.0.0.1")
    given = {"login": email, "password": password}
    return client.post("/accounts/login/", given, headers={"x-forwarded-for": forwarded}).status_code == 302


def guess(*addresses: str) -> None:
    """Try wrong passwords of as many accounts."""
    for number, forwarded in enumerate(addresses):
        assert not sign_in_from(forwarded, f"nobody{number}@aoba.example", "wrong")


def of_installation(tmp_path: Path, **environment: str) -> Any:
    """Return what the settings say about proxies in an installation with `environment`."""
    code = (
        "import json; from config import settings as s;"
        "print(json.dumps([s.ALLAUTH_TRUSTED_PROXY_COUNT, bool(s.SECURE_PROXY_SSL_HEADER)]))"
    )
    given = {**os.environ, "DATA_DIR": str(tmp_path), **environment}
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=PROJECT, env=given, capture_output=True, text=True, check=True
    )
    return json.loads(done.stdout)


def test_installation_behind_a_proxy_believes_one_proxy_and_others_none(tmp_path: Path) -> None:
    assert of_installation(tmp_path, BEHIND_PROXY="on") == [1, True]
    assert of_installation(tmp_path) == [0, False]


def test_guesser_behind_the_proxy_does_not_lock_out_everybody(cast: Cast, settings: Any) -> None:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    guess(*["203.0.113.7"] * 10)
    assert not sign_in_from("203.0.113.7", cast.taro.email), "one address guesses without end"
    assert sign_in_from("203.0.113.8", cast.taro.email)


@pytest.mark.parametrize("proxies", [0, 1])
def test_guesser_cannot_choose_the_address_that_is_counted(cast: Cast, settings: Any, proxies: int) -> None:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = proxies
    guess(*[f"198.51.100.{number}, 203.0.113.7" for number in range(10)])
    assert not sign_in_from("198.51.100.99, 203.0.113.7", cast.taro.email)


@pytest.mark.django_db
def test_other_entries_of_the_shared_table_do_not_push_out_a_count() -> None:
    cache.set("a-count", [1.0], timeout=3600)
    for number in range(400):
        cache.set(f"0-foreign-{number}", True, timeout=3600)
        cache.set(f"z-foreign-{number}", True, timeout=3600)
    assert cache.get("a-count") == [1.0]
