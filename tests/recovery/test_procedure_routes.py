"""Version 2 and its routes: version 1 beside them unchanged, and each route reached by its own combinations alone."""

import copy
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from itertools import combinations
from typing import Any

import pytest
from django.utils import translation
from hypothesis import given, settings
from hypothesis import strategies as st

from recovery.procedure import Procedure, assess, check_version, load, merged, read, tier_for, words_for
from recovery.procedure import combinations as search
from recovery.procedure.bending import bendable
from recovery.procedure.checking import tiers_by
from recovery.procedure.findings import words_of
from tests.drafts import kind, tier
from tests.recovery.proofs import DAY, VERSION_1, VERSION_2, proof

Change = Callable[[dict[str, Any]], Any]
NEW = {"O6": "OA", "O7": "OA", "O8": "OA", "O9": "O", "O10": "OA", "A4": "A"}
LEAST = {
    "representative": {"O1 P1 C1b", "O1 P2 C1b", "O3 O6 P1 C1b", "O3 O6 P2 C1b"},
    "sole_trader": {"O7 P1 C1", "O7 P2 C1", "O8 P1 C1", "O8 P2 C1"},
    "association": {"O9 P1 A4 C1", "O9 P2 A4 C1"},
    "superior_body": {"O10 P1 A2 C1", "O10 P1 A2 C1b", "O10 P2 A2 C1", "O10 P2 A2 C1b"},
    "closed_office": {"O1 P1 A2 C1b", "O1 P2 A2 C1b", "O5 P1 A2 C1b", "O5 P2 A2 C1b"},
}
"""The smallest combinations by which each route is reached (procedure A12)."""
TIERS = {
    "representative": [4],
    "sole_trader": [4],
    "association": [3, 4],
    "superior_body": [3, 4],
    "closed_office": [4],
}
WAYS = [(code, number) for code, numbers in TIERS.items() for number in numbers]
PAPERS = "O2 O3 O4 O6 O7 O8 O9 L1 L2 L3 L4 P1 P2 P3 A1 C5"
"""All that somebody can hold or bring who was never let in: a contractor with the whole drawer."""
LEAVER = "L1 L2 L3 L4 P1 P2 P3 C3 C4"
"""What an earlier employee has: badge, password, bills, the old mailbox and the domain."""


def route(data: dict[str, Any], code: str) -> dict[str, Any]:
    return next(one for one in data["routes"] if one["code"] == code)


def enough(codes: str | tuple[str, ...], way: str, number: int, procedure: Procedure = VERSION_2) -> bool:
    held = [proof(code) for code in (codes.split() if isinstance(codes, str) else codes)]
    return assess(procedure, number, held, on=DAY, no_live_channel=True, route=way).is_enough


# The shipped data ----------------------------------------------------------------------------------------------------


def test_version_2_differs_from_version_1_in_its_routes_and_their_papers_alone() -> None:
    old, new = load(1), load(2)
    assert {key for key in {**old, **new} if old.get(key) != new.get(key)} == {"version", "kinds", "routes"}
    assert [one for one in new["kinds"] if one["code"] not in NEW] == old["kinds"]
    assert [one for one in new["routes"] if one["code"] == "standstill"] == old["routes"][-1:]


def test_new_kinds_count_on_their_routes_only_with_the_points_of_the_decision() -> None:
    found = {one.code: one for one in VERSION_2.kinds if one.code in NEW}
    assert {code: "".join(one.categories) for code, one in found.items()} == NEW
    assert {code: (one.points, one.routes) for code, one in found.items()} == {
        "O6": (20, ("representative",)),
        "O7": (20, ("sole_trader",)),
        "O8": (20, ("sole_trader",)),
        "O9": (20, ("association",)),
        "O10": (40, ("superior_body",)),
        "A4": (40, ("association",)),
    }
    assert {code: [(one.days, one.months) for one in found[code].validity] for code in NEW} == {
        **{code: [] for code in NEW},
        "O6": [(100, None)],
        "O8": [(None, 12)],
    }
    assert found["A4"].sources == ("published", "registry") and not found["A4"].allows_contractor


def test_routes_have_their_tiers_and_whom_they_fit() -> None:
    assert {one.code: one.tier for one in VERSION_2.open_routes} == {
        "representative": 4,
        "sole_trader": 4,
        "association": None,
        "superior_body": None,
        "closed_office": 4,
    }
    assert [one.code for one in VERSION_2.open_routes if not one.has_number] == ["sole_trader"]
    assert {one.code for one in VERSION_2.open_routes if one.needs and not one.needs.has_registry} == {
        "sole_trader",
        "association",
    }
    assert {code: [one.number for one in tiers_by(VERSION_2, VERSION_2.route(code))] for code in TIERS} == TIERS


def test_version_1_has_no_route_to_choose() -> None:
    assert VERSION_1.open_routes == ()
    for code in ("representative", "standstill", "unheard"):
        assert not VERSION_1.has_route(code)
        with pytest.raises(KeyError):
            VERSION_1.tier(4, code)
    assert not VERSION_2.has_route("standstill")


def test_route_places_a_claim_at_its_tier_at_least() -> None:
    assert tier_for(VERSION_2, []) == tier_for(VERSION_2, [], "association") == 3
    assert tier_for(VERSION_2, [], "sole_trader") == 4
    assert tier_for(VERSION_2, ["critical"], "association") == 4
    with pytest.raises(KeyError):
        tier_for(VERSION_2, [], "standstill")


def test_route_keeps_what_the_tier_asks_for_besides_evidence() -> None:
    for way, number in WAYS:
        normal, by_route = VERSION_2.tier(number), VERSION_2.tier(number, way)
        same = ("window", "approvals", "attempts", "inactivity", "cooling_off_days", "needs_independence", "target")
        assert [getattr(by_route, name) for name in same] == [getattr(normal, name) for name in same]
        without = set(normal.notices) - set(by_route.notices)
        assert without == (set() if by_route.has_registry or number == 3 else {"registry_head_office"})


def test_every_reader_reads_the_routes_in_the_own_language() -> None:
    for language in ("ja", "en"):
        with translation.override(language):
            for one in VERSION_2.open_routes:
                for text in (one.who, one.instead):
                    assert any("\u3040" <= sign <= "\u9fff" for sign in text) == (language == "ja"), text


# By which combinations -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("way", "number"), WAYS)
def test_route_is_reached_by_exactly_its_smallest_combinations(way: str, number: int) -> None:
    good = search.enough(VERSION_2, VERSION_2.tier(number, way))
    found = {frozenset(codes) for codes in good.lean().each()}
    assert found == {frozenset(codes.split()) for codes in LEAST[way]}


@pytest.mark.parametrize("way", LEAST)
def test_no_part_of_a_smallest_combination_reaches_its_route(way: str) -> None:
    for codes in LEAST[way]:
        assert all(enough(codes, way, number) for number in TIERS[way])
        held = tuple(codes.split())
        for size in range(len(held)):
            for part in combinations(held, size):
                assert not any(enough(part, way, number) for number in TIERS[way]), part
                # Another route only where it is all that this one asks for, and the normal way never.
                for other, number in WAYS:
                    assert enough(part, other, number) == any(set(one.split()) <= set(part) for one in LEAST[other])
                assert not any(enough(part, "", number) for number in (3, 4))


@pytest.mark.parametrize("held", [PAPERS, LEAVER, f"{PAPERS} {LEAVER}"])
def test_contractor_with_all_papers_and_earlier_employee_reach_no_route(held: str) -> None:
    assert not any(enough(held, way, number) for way, number in WAYS)
    if held in (PAPERS, LEAVER):
        assert not any(enough(held, "", number) for number in (3, 4))


@settings(max_examples=300)
@given(st.sets(st.sampled_from(sorted({*PAPERS.split(), *LEAVER.split()}))), st.sampled_from(WAYS))
def test_no_choice_of_papers_reaches_a_route(held: set[str], way: tuple[str, int]) -> None:
    assert not enough(tuple(held), *way)


@settings(max_examples=400)
@given(st.sets(st.sampled_from([one.code for one in VERSION_2.kinds])), st.sampled_from(WAYS))
def test_route_is_reached_where_one_of_its_combinations_is_and_nowhere_else(
    held: set[str], way: tuple[str, int]
) -> None:
    expected = any(set(codes.split()) <= held for codes in LEAST[way[0]])
    assert enough(tuple(held), *way) == expected
    assert (
        set(held) & set(VERSION_2_CODES[way[0]]) in search.enough(VERSION_2, VERSION_2.tier(way[1], way[0]))
    ) == expected


VERSION_2_CODES = {way: search.matters(VERSION_2, way) for way in LEAST}


def test_paper_of_one_route_is_worth_nothing_on_another_way() -> None:
    others = {code: one.routes for code in NEW if (one := VERSION_2.kind(code))}
    for code, routes in others.items():
        for way in ("", *LEAST):
            weighed = assess(VERSION_2, 4, [proof(code)], on=DAY, route=way)
            assert bool(weighed.counted) == (way in routes)


def test_tax_paper_counts_for_twelve_months() -> None:
    old = proof("O8", issued_on=DAY - timedelta(days=366))
    held = [proof("P2"), proof("C1")]
    assert not assess(VERSION_2, 4, [old, *held], on=DAY, route="sole_trader").is_enough
    young = proof("O8", issued_on=DAY - timedelta(days=364))
    assert assess(VERSION_2, 4, [young, *held], on=DAY, route="sole_trader").is_enough


def test_missing_proof_of_a_route_is_said_by_its_type() -> None:
    with translation.override("en"):
        weighed = assess(VERSION_2, 4, [proof("P1")], on=DAY, route="sole_trader")
        said = [words_for(key) for key in weighed.missing]
    assert "an official paper of the business" in said
    assert "a code from a letter to the address of record" in said


def test_exception_on_a_route_never_waives_authority_or_person() -> None:
    assert "mandatory:C1" in bendable(VERSION_2, 3, "association")
    assert "head_office" not in bendable(VERSION_2, 4, "sole_trader")
    for way, number in WAYS:
        keys = bendable(VERSION_2, number, way)
        assert not {"category:A", "category:P", "mandatory:A4", "mandatory:A2", "mandatory:P1|P2"} & set(keys)


# The check -----------------------------------------------------------------------------------------------------------


def check(change: Change) -> set[tuple[str, int | None, str]]:
    data = load(2)
    change(data)
    return {(one.rule, one.tier, one.route) for one in check_version(read(data), VERSION_1)}


def test_shipped_version_2_is_consistent() -> None:
    assert check_version(VERSION_2, VERSION_1) == []


def add_lax(data: dict[str, Any]) -> None:
    data["routes"].append({**copy.deepcopy(route(data, "representative")), "code": "lax"})
    kind(data, "O6")["routes"].append("lax")


HOLES: list[tuple[str, Change, tuple[str, int | None, str]]] = [
    (
        "a trader's papers do without any letter",
        lambda data: route(data, "sole_trader")["needs"].update(
            mandatory=[["O7", "O8"], ["P1", "P2"]], categories=[["O"], ["P"], ["A"]], channels=0, points=35
        ),
        ("papers", 4, "sole_trader"),
    ),
    (
        "nobody knows who the trader is",
        lambda data: route(data, "sole_trader")["needs"].update(
            mandatory=[["O7", "O8"], ["C1"]], categories=[["O"], ["A"], ["C"]], points=60
        ),
        ("without_P", 4, "sole_trader"),
    ),
    (
        "no other officer",
        lambda data: route(data, "association")["needs"].update(
            mandatory=[["O9"], ["P1", "P2"], ["C1"]], categories=[["O"], ["P"], ["C"]], channels=1, points=75
        ),
        ("without_A", 3, "association"),
    ),
    (
        "one endpoint where another could be asked",
        lambda data: route(data, "superior_body")["needs"].update(
            mandatory=[["O10"], ["P1", "P2"], ["C1"]], channels=1, points=95
        ),
        ("one_channel", 3, "superior_body"),
    ),
    (
        "a trader decided without a senior",
        lambda data: route(data, "sole_trader").update(tier=3),
        ("own_authority", 3, "sole_trader"),
    ),
    (
        "the senior left out",
        lambda data: tier(data, 4).update(approvals=["operator", "approver"]),
        ("own_authority", 4, "representative"),
    ),
    ("one more route of that kind", add_lax, ("one_channel", 4, "lax")),
    (
        "out of reach",
        lambda data: route(data, "association")["needs"].update(points=900),
        ("unreachable", 3, "association"),
    ),
    (
        "at a tier where nothing is recovered",
        lambda data: route(data, "closed_office").update(tier=5),
        ("unreachable", 5, "closed_office"),
    ),
]


@pytest.mark.parametrize(("change", "finding"), [one[1:] for one in HOLES], ids=[one[0] for one in HOLES])
def test_hole_in_a_route_is_found(change: Change, finding: tuple[str, int | None, str]) -> None:
    assert finding in check(change)


def test_finding_on_a_route_names_the_route() -> None:
    data = load(2)
    HOLES[0][1](data)
    found = next(one for one in check_version(read(data), VERSION_1) if one.rule == "papers")
    with translation.override("en"):
        assert "Sole trader" in words_of(found.plain(), read(data))


WRONG: list[tuple[Change, str]] = [
    (lambda data: kind(data, "O7").update(routes=["unheard"]), "kinds O7: routes: unheard is unknown"),
    (lambda data: kind(data, "O7").update(routes=["standstill"]), "kinds O7: routes: standstill is unknown"),
    (lambda data: route(data, "association").update(tier=9), "routes association: tier"),
    (lambda data: route(data, "association")["needs"].update(mandatory=[["X9"]]), "routes association: mandatory"),
    (lambda data: route(data, "association")["needs"].update(at_least={"X": 2}), "routes association: at_least"),
    (lambda data: route(data, "association")["needs"].update(points=0), "routes association: neither points"),
    (lambda data: route(data, "association")["needs"].update(chanels=2), "routes association needs: nobody reads"),
]


@pytest.mark.parametrize(("change", "place"), WRONG, ids=[place for _change, place in WRONG])
def test_route_that_contradicts_itself_is_refused_with_its_place(change: Change, place: str) -> None:
    data = load(2)
    change(data)
    with pytest.raises(ValueError) as refused:
        read(data)
    assert str(refused.value).startswith(place)


# What ships beside what an installation made its own -----------------------------------------------------------------


def test_installation_keeps_its_own_figures_and_gets_the_new_routes() -> None:
    own = load(1) | {"version": 7}
    tier(own, 3)["points"] = 80
    kind(own, "C1")["name_ja"] = "封書"
    route(own, "association")["who_en"] = "Club"
    own["kinds"].append({**kind(own, "O4"), "code": "O20"})
    made = merged(load(1), own, load(2))
    assert made["version"] == 7
    assert (tier(made, 3)["points"], kind(made, "C1")["name_ja"]) == (80, "封書")
    assert kind(made, "O20") == kind(own, "O20")
    assert {one["code"] for one in made["kinds"]} == {one["code"] for one in [*own["kinds"], *load(2)["kinds"]]}
    assert route(made, "association")["who_en"] == "Club"
    assert route(made, "association")["needs"] == route(load(2), "association")["needs"]
    assert route(made, "sole_trader") == route(load(2), "sole_trader")
    assert check_version(read(made), VERSION_1) == []


def test_what_ships_anew_is_exactly_itself_where_nothing_was_changed() -> None:
    assert merged(load(1), load(1), load(2)) == load(2) | {"version": 1}
    assert merged(load(2), load(2), load(2)) == load(2)


def test_route_of_a_custom_version_is_weighed_by_its_own_needs() -> None:
    data = load(2)
    route(data, "association")["needs"].update(mandatory=[["O9"], ["P1", "P2"], ["A4"], ["C1", "C2"]], points=90)
    version = read(data)
    assert enough("O9 P2 A4 C2", "association", 3, version)
    assert replace(version.tier(3, "association")).points == 90
