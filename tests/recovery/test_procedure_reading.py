"""Data that contradicts itself is refused, with the place where it stands."""

from collections.abc import Callable
from typing import Any

import pytest

from recovery.procedure import load, read

Change = Callable[[dict[str, Any]], Any]


def kind(data: dict[str, Any], code: str) -> dict[str, Any]:
    return next(one for one in data["kinds"] if one["code"] == code)


def tier(data: dict[str, Any], number: int) -> dict[str, Any]:
    return next(one for one in data["tiers"] if one["number"] == number)


WRONG: list[tuple[Change, str]] = [
    (lambda data: kind(data, "O2").update(categories=["X"]), "kinds O2: categories: X is unknown"),
    (lambda data: data["kinds"].append(dict(kind(data, "O2"))), "kinds O2: there twice"),
    (lambda data: kind(data, "O2").update(code="Z2"), "kinds Z2: first letter of the code: Z is unknown"),
    (lambda data: kind(data, "O2").pop("points"), "kinds O2: points is missing"),
    (lambda data: kind(data, "O2").update(points=-1), "kinds O2: points is negative"),
    (lambda data: kind(data, "O2").update(points=True), "kinds O2: points is missing or of the wrong type"),
    (lambda data: kind(data, "O2").pop("name_en"), "kinds O2: name_en is missing"),
    (lambda data: kind(data, "O2").update(how_ja=" "), "kinds O2: how_ja is empty"),
    (lambda data: kind(data, "O3").update(second_chek=True), "kinds O3: nobody reads second_chek"),
    (lambda data: kind(data, "O3").update(validity=[{"days": 1, "months": 1}]), "kinds O3 validity 1: either days or"),
    (lambda data: kind(data, "O3").update(validity=[{}]), "kinds O3 validity 1: either days or months"),
    (lambda data: kind(data, "O2")["validity"].reverse(), "kinds O2: validity: the last rule holds wherever"),
    (lambda data: kind(data, "A2").update(sources=["anybody"]), "kinds A2: sources names anybody"),
    (lambda data: kind(data, "A1").update(sources=["record"]), "kinds A1: sources without an endpoint"),
    (lambda data: kind(data, "C1b").update(unless="rain"), "kinds C1b: unless: rain is unknown"),
    (lambda data: kind(data, "C1b").update(from_tier=7), "kinds C1b: from_tier: 7 is unknown"),
    (lambda data: data["caps"][0]["codes"].append("L9"), "caps: codes: L9 is unknown"),
    (lambda data: tier(data, 3).pop("points"), "tiers 3: points is missing"),
    (lambda data: tier(data, 3).update(points=0), "tiers 3: neither points nor categories"),
    (lambda data: tier(data, 3).pop("categories"), "tiers 3: neither points nor categories"),
    (lambda data: tier(data, 3).update(categories=[["O"], []]), "tiers 3: categories is not a list of groups"),
    (lambda data: tier(data, 3).update(number=4), "tiers 4: there twice"),
    (lambda data: tier(data, 4)["mandatory"].append(["A9"]), "tiers 4: mandatory: A9 is unknown"),
    (lambda data: tier(data, 4).update(at_least={"B": 2}), "tiers 4: at_least: B is unknown"),
    (lambda data: tier(data, 3).update(approvals=["robot"]), "tiers 3: approvals names robot"),
    (lambda data: tier(data, 3).update(notices=["nobody"]), "tiers 3: notices names nobody"),
    (lambda data: tier(data, 3)["window"].pop("business_days"), "tiers 3 window: business_days is missing"),
    (lambda data: tier(data, 3)["window"]["shortened"].update(when=[]), "tiers 3 window shortened: when is empty"),
    (lambda data: tier(data, 3)["window"]["shortened"].update(when=["C9"]), "tiers 3: window: C9 is unknown"),
    (lambda data: tier(data, 3)["inactivity"].update({"or": "A9"}), "tiers 3: inactivity: A9 is unknown"),
    (lambda data: tier(data, 3).update(target=[15, 10]), "tiers 3: target"),
    (lambda data: data["circumstances"][0].update(tier=9), "circumstances no_live_channel: tier: 9 is unknown"),
    (lambda data: data.update(default_tier=9), "default_tier: 9 is unknown"),
    (lambda data: data["scripts"][0].pop("text_en"), "scripts receipt: text_en is missing"),
    (lambda data: data["ladder"][0].update(not_en=""), "ladder 0: not is there in one language only"),
    (lambda data: data.pop("letters"), "letters is missing"),
    (lambda data: data["letters"].update(tries="5"), "letters: tries is missing or of the wrong type"),
    (lambda data: data.update(letter={}), "nobody reads letter"),
]


@pytest.mark.parametrize(("change", "place"), WRONG, ids=[place for _change, place in WRONG])
def test_editor_writes_what_contradicts_itself_and_is_told_where(change: Change, place: str) -> None:
    data = load(1)
    change(data)
    with pytest.raises(ValueError) as refused:
        read(data)
    assert str(refused.value).startswith(place)


def test_shipped_version_reads_and_each_reading_is_its_own() -> None:
    first = load(1)
    first["kinds"].clear()
    assert read(load(1)).version == 1


def test_version_that_does_not_ship_is_refused() -> None:
    with pytest.raises(ValueError, match="version 99"):
        load(99)


@pytest.mark.parametrize("ask", ["kind", "circumstance", "category", "sentence"])
def test_unknown_code_is_an_error(ask: str) -> None:
    with pytest.raises(KeyError):
        getattr(read(load(1)), ask)("X1")


def test_unknown_tier_is_an_error() -> None:
    with pytest.raises(KeyError):
        read(load(1)).tier(9)
