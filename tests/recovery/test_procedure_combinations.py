"""All combinations of the catalogue: what can never be enough is not, and evidence more is never worse.

Each of the 2,097,152 subsets of the catalogue is decided twice. An arithmetic of bits, written from the procedure's
tables and not from the code, decides all of them. `assess` decides those on the border: every smallest subset that is
enough and every largest that is not. As `assess` never calls more evidence worse (tried below), its answer on the
border is its answer everywhere.
"""

from datetime import timedelta
from functools import cache
from itertools import combinations, product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recovery.procedure import Item, assess
from tests.recovery.proofs import CODES, DAY, VERSION_1, proof

# Code: categories, points. Procedure A4, with L1 to L3 and C4 left to the arithmetic below.
TABLE = {
    "O1": ("OA", 50),
    "O2": ("O", 20),
    "O3": ("O", 30),
    "O4": ("O", 10),
    "O5": ("OA", 40),
    "L4": ("L", 20),
    "P1": ("P", 30),
    "P2": ("P", 15),
    "P3": ("", 0),
    "A1": ("A", 30),
    "A2": ("A", 40),
    "A3": ("A", 40),
    "C1": ("C", 40),
    "C1b": ("C", 40),
    "C2": ("C", 20),
    "C3": ("C", 15),
    "C5": ("C", 30),
    "L1": ("L", 0),
    "L2": ("L", 0),
    "L3": ("L", 0),
    "C4": ("", 0),
}
BIT = {code: 1 << place for place, code in enumerate(TABLE)}
EVERYTHING = (1 << len(TABLE)) - 1
ENDPOINTS = ("A2", "A3", "C1", "C1b", "C2", "C3", "C4")


def mask(*codes: str) -> int:
    return sum(BIT[code] for code in codes)


def codes_of(subset: int) -> list[str]:
    return [code for code in TABLE if subset & BIT[code]]


OF = {letter: mask(*(code for code in TABLE if letter in TABLE[code][0])) for letter in "OLPAC"}


@cache
def points_of_all() -> list[int]:
    """Points of every subset, by its bits, without what the caps and C4 do."""
    points = [0]
    for _categories, worth in TABLE.values():
        points += [one + worth for one in points]
    return points


def extra(subset: int) -> tuple[int, int, bool]:
    """What depends on more than one code: points of the links and of C4, channels, whether C is proven."""
    links = min(20, 10 * len([code for code in ("L1", "L2", "L3") if subset & BIT[code]]))
    contact = bool(subset & OF["C"])
    domain = bool(subset & BIT["C4"]) and contact
    channels = sum(bool(subset & BIT[code]) for code in ENDPOINTS if code != "C4") + domain
    return links + 20 * domain, channels, contact


def is_enough_at_three(subset: int, points: int) -> bool:
    subset &= ~BIT["C1b"]
    more, channels, contact = extra(subset)
    return points + more >= 90 and channels >= 2 and contact


def is_enough_at_four(subset: int, points: int) -> bool:
    more, channels, _contact = extra(subset)
    authority = (subset & OF["A"]).bit_count()
    return points + more >= 140 and channels >= 2 and authority >= 2


@cache
def enough(tier: int) -> bytearray:
    """For every subset of the catalogue, 1 if it is enough at the tier."""
    points = points_of_all()
    o, p, a = OF["O"], OF["P"], OF["A"]
    decided = bytearray(EVERYTHING + 1)
    if tier == 3:
        head_office = BIT["C1b"]
        for subset in range(EVERYTHING + 1):
            # The letter to the head office does not exist at this tier, so neither do its points.
            if subset & o and subset & p and subset & a and not subset & head_office:
                decided[subset] = decided[subset | head_office] = is_enough_at_three(subset, points[subset])
        return decided
    strong, call = mask("O1", "O3", "O5"), mask("A2", "C1b")
    for subset in range(EVERYTHING + 1):
        if subset & strong and subset & p and subset & call == call:
            decided[subset] = is_enough_at_four(subset, points[subset])
    return decided


def answer(tier: int, subset: int) -> bool:
    return assess(VERSION_1, tier, [proof(code) for code in codes_of(subset)], on=DAY).is_enough


def test_arithmetic_knows_the_catalogue() -> None:
    assert sorted(TABLE) == sorted(CODES)
    assert len(enough(3)) == len(enough(4)) == 2_097_152


@pytest.mark.parametrize("tier", [3, 4])
def test_every_combination_is_decided_as_the_tables_say(tier: int) -> None:
    decided = enough(tier)
    bits = list(BIT.values())
    smallest, largest = [], []
    for subset, good in enumerate(decided):
        if good:
            if not any(subset & bit and decided[subset ^ bit] for bit in bits):
                smallest.append(subset)
        elif all(subset & bit or decided[subset | bit] for bit in bits):
            largest.append(subset)
    assert len(smallest) > 10
    assert len(largest) > 5
    assert [codes_of(subset) for subset in smallest if not answer(tier, subset)] == []
    assert [codes_of(subset) for subset in largest if answer(tier, subset)] == []


@pytest.mark.parametrize("tier", [3, 4])
def test_no_combination_lacks_one_of_the_four_proofs(tier: int) -> None:
    decided = enough(tier)
    for letter in "OPAC":
        # The largest subset without the category; no smaller one can be more.
        without = EVERYTHING & ~OF[letter] & ~(BIT["C4"] if letter == "C" else 0)
        assert not decided[without]
        assert not answer(tier, without)


@pytest.mark.parametrize("tier", [3, 4])
@pytest.mark.parametrize(
    "held",
    [
        ("L1", "L2", "L3", "P3"),  # certificate, bills, password, card
        ("L1", "L2", "L3", "L4", "P3"),  # and money sent from the holder's account
        ("L1", "L2", "L3", "L4", "P1", "P2", "P3", "C5"),  # and who they are themselves, and a kit from the drawer
        ("O2", "O3", "O4", "L1", "L2", "L3", "L4", "P1", "P2", "P3", "A1", "C5"),  # and every paper with the seal
    ],
)
def test_holder_of_papers_alone_gets_nothing_by_any_part_of_them(tier: int, held: tuple[str, ...]) -> None:
    for size in range(len(held) + 1):
        for codes in combinations(held, size):
            assert not assess(VERSION_1, tier, [proof(code) for code in codes], on=DAY).is_enough


def test_links_alone_are_enough_for_the_record_only() -> None:
    links = [proof(code) for code in ("L1", "L2", "L3", "L4", "P3")]
    assert [assess(VERSION_1, tier, links, on=DAY).is_enough for tier in (1, 2, 3, 4, 5)] == [
        True,
        True,
        False,
        False,
        False,
    ]


# More is never worse, and the choice is the best ------------------------------------------------------------

_ENDPOINT = st.sampled_from(["", "phone:a", "phone:b", "post:a", "post:b", "mail:a"])
_ITEMS = st.builds(
    lambda code, **changes: proof(code, **changes),
    st.sampled_from(CODES),
    issued_on=st.sampled_from([None, DAY, DAY - timedelta(days=91), DAY - timedelta(days=99)]),
    is_healthy=st.sampled_from([True, True, True, False]),
    second_checked=st.booleans(),
    by_contractor=st.sampled_from([False, False, False, True]),
) | st.builds(lambda code, endpoint: proof(code, endpoint=endpoint), st.sampled_from(ENDPOINTS), _ENDPOINT)
_BASE = [proof(code) for code in ("O3", "O5", "P1", "A1")]


@given(st.lists(_ITEMS, max_size=12), _ITEMS, st.sampled_from([1, 2, 3, 4]), st.booleans())
def test_more_evidence_is_never_worse(items: list[Item], more: Item, tier: int, dead: bool) -> None:
    for held in (items, _BASE + items):
        before = assess(VERSION_1, tier, held, on=DAY, no_live_channel=dead)
        after = assess(VERSION_1, tier, [*held, more], on=DAY, no_live_channel=dead)
        assert after.is_enough >= before.is_enough
        assert len(after.missing) <= len(before.missing)
        if len(after.missing) == len(before.missing):
            assert after.points >= before.points


@given(st.lists(st.builds(lambda c, e: proof(c, endpoint=e), st.sampled_from(ENDPOINTS), _ENDPOINT), max_size=7))
def test_choice_among_shared_endpoints_is_the_best_there_is(items: list[Item]) -> None:
    """Against trying every choice of one item or none for each code."""
    good = [item for item in items if item.endpoint]
    choices = [[None, *(item for item in good if item.code == code)] for code in ENDPOINTS]
    for tier in (3, 4):
        best = False
        for choice in product(*choices):
            chosen = [item for item in choice if item is not None]
            if len({item.endpoint for item in chosen}) == len(chosen):
                best = best or assess(VERSION_1, tier, _BASE + chosen, on=DAY).is_enough
        found = assess(VERSION_1, tier, _BASE + items, on=DAY)
        assert found.is_enough == best
        used = [item.endpoint for item in found.counted if item.endpoint]
        assert len(used) == len(set(used)) == found.channels
