"""Answers to strangers' forms take a whole number of ticks."""

from typing import Any

import pytest
from django.test import Client

from config import even
from tests.cast import Cast, sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def waited(settings: Any, monkeypatch: pytest.MonkeyPatch) -> list[float]:
    settings.EVEN_ANSWER_MS = 60_000
    found: list[float] = []
    monkeypatch.setattr(even, "sleep", found.append)
    return found


@pytest.mark.parametrize(
    ("taken", "tick", "rest"), [(0.03, 0.1, 0.07), (0.11, 0.1, 0.09), (0.95, 0.2, 0.05), (0.5, 0.25, 0.0)]
)
def test_what_is_missing_to_the_next_whole_tick(taken: float, tick: float, rest: float) -> None:
    assert even.missing(taken, tick) == pytest.approx(rest, abs=1e-9)


def test_form_of_a_stranger_is_held_back(waited: list[float]) -> None:
    Client().post("/accounts/login/", {"login": "nobody@aoba.example", "password": "x"})
    assert len(waited) == 1 and 50 < waited[0] < 60


def test_what_is_turned_away_at_the_door_is_held_back_as_well(waited: list[float]) -> None:
    assert Client(enforce_csrf_checks=True).post("/recover/status/").status_code == 403
    assert Client().post("/recover/%00").status_code == 400
    assert len(waited) == 2


def test_reading_a_page_waits_for_nothing(waited: list[float]) -> None:
    assert Client().get("/recover/status/").status_code == 200
    assert waited == []


def test_people_who_are_signed_in_wait_for_nothing(client: Client, cast: Cast, waited: list[float]) -> None:
    sign_in(client, cast.taro)
    client.post("/accounts/logout/")
    assert len(waited) == 1  # nobody is signed in afterwards
    sign_in(client, cast.taro)
    client.post("/organisation/", {})
    assert len(waited) == 1
