"""What recorded evidence amounts to: the combinations worked in the procedure, and each rule at its edge."""

import random
from datetime import date, timedelta

import pytest
from django.utils import translation

from recovery.procedure import Item, Procedure, assess, load, read, tier_for, words_for
from tests.recovery.proofs import DAY, VERSION_1, proof, proofs


def weigh(tier: int, items: list[Item], *, on: date = DAY, no_live_channel: bool = False) -> tuple[int, bool]:
    found = assess(VERSION_1, tier, items, on=on, no_live_channel=no_live_channel)
    return found.points, found.is_enough


def counts(item: Item, *, on: date = DAY, tier: int = 4) -> bool:
    """Whether the item counts at all (beside another contact point, for the one that never counts alone)."""
    return item in assess(VERSION_1, tier, [item, proof("C5")], on=on).counted


# The combinations worked in the procedure -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("tier", "codes", "points", "enough"),
    [
        (3, "O3 A1 A2 P2 C1", 155, True),  # company
        (3, "O2 P2 A2 C2", 95, True),  # small company without visit
        (4, "O5 O4 P2 A2 C1b", 145, True),  # office of a ministry
        (2, "L1 L2 L3 P2", 35, True),  # contractor with all papers
        (3, "L1 L2 L3 P2", 35, False),
        (4, "L1 L2 L3 P2", 35, False),
        (3, "L1 L2 L3 P2 C3 P3", 50, False),  # ex-employee with badge, password, old mailbox
        (4, "L1 L2 L3 P2 C3 P3", 50, False),
    ],
)
def test_worked_combination_comes_out_as_written(tier: int, codes: str, points: int, enough: bool) -> None:
    assert weigh(tier, proofs(codes)) == (points, enough)


def test_bill_is_explained_to_who_holds_it() -> None:
    assert weigh(1, proofs("L2")) == (10, True)
    assert weigh(1, proofs("L1 L3")) == (20, False)


def test_tier_outside_is_never_reached() -> None:
    found = assess(VERSION_1, 5, proofs("O1 O3 O5 P1 A1 A2 A3 C1 C1b C2"), on=DAY)
    assert (found.is_enough, found.missing) == (False, ("outside",))


# What is missing ------------------------------------------------------------------------------------------------------


def test_missing_is_told_by_type() -> None:
    nothing = assess(VERSION_1, 4, [], on=DAY)
    assert nothing.missing == (
        "category:O",
        "category:P",
        "category:A",
        "category:C",
        "mandatory:O1|O3|O5",
        "mandatory:P1|P2",
        "mandatory:A2",
        "mandatory:C1b",
        "more:A",
        "channels",
        "points",
    )
    with translation.override("en"):
        words = [words_for(key) for key in nothing.missing]
    assert len(set(words)) == len(words)
    assert assess(VERSION_1, 2, [], on=DAY).missing == ("category:O|L", "points")


def test_either_of_two_categories_is_worded_with_both() -> None:
    with translation.override("en"):
        assert words_for("category:O|L") == "a proof of the organisation or a proof of the link to the registration"


@pytest.mark.parametrize("key", ["secret", "code:O1"])
def test_words_for_what_is_never_missing_are_an_error(key: str) -> None:
    with pytest.raises(KeyError):
        words_for(key)


@pytest.mark.parametrize(
    ("without", "missing"),
    [
        ("O5", ("mandatory:O1|O3|O5", "more:A", "points")),
        ("P2", ("category:P", "mandatory:P1|P2", "points")),
        ("A2", ("mandatory:A2", "more:A", "channels", "points")),
        ("C1b", ("category:C", "mandatory:C1b", "channels", "points")),
        ("O4", ("points",)),
    ],
)
def test_strict_tier_tells_what_is_missing(without: str, missing: tuple[str, ...]) -> None:
    items = [item for item in proofs("O5 O4 P2 A2 C1b") if item.code != without]
    assert assess(VERSION_1, 4, items, on=DAY).missing == missing


@pytest.mark.parametrize("other", ["A1", "A3", "O1", "O5"])
def test_strict_tier_wants_one_more_proof_of_authority_beside_the_call(other: str) -> None:
    base = proofs("O2 O3 O4 P1 P2 A2 C1b")
    assert assess(VERSION_1, 4, base, on=DAY).missing == ("more:A",)
    assert assess(VERSION_1, 4, [*base, proof(other)], on=DAY).is_enough


def test_normal_tier_wants_two_different_endpoints() -> None:
    one = assess(VERSION_1, 3, proofs("O3 P1 A1 C1"), on=DAY)
    assert (one.points, one.channels, one.missing) == (130, 1, ("channels",))
    two = assess(VERSION_1, 3, proofs("O3 P1 A1 C2 C3"), on=DAY)
    assert (two.channels, two.is_enough) == (2, True)


def test_vouch_is_an_endpoint_and_a_kit_is_none() -> None:
    assert assess(VERSION_1, 3, proofs("O2 P2 A3 C3"), on=DAY).channels == 2
    assert assess(VERSION_1, 3, proofs("O2 P2 A2 C5"), on=DAY).missing == ("channels",)


# Points ---------------------------------------------------------------------------------------------------------------


def test_papers_bills_and_password_are_worth_twenty_together() -> None:
    assert weigh(3, proofs("L1 L2"))[0] == 20
    assert weigh(3, proofs("L1 L2 L3"))[0] == 20
    assert weigh(3, proofs("L1 L2 L3 L4"))[0] == 40


def test_card_is_worth_nothing_but_is_recorded() -> None:
    found = assess(VERSION_1, 3, proofs("P3"), on=DAY)
    assert (found.points, found.categories, found.codes) == (0, frozenset(), {"P3"})


def test_code_counts_once_whatever_is_brought() -> None:
    bills = [proof("L2"), proof("L2", checked_on=DAY - timedelta(days=1))]
    assert weigh(3, bills)[0] == 10
    calls = [proof("C2"), proof("C2", endpoint="phone:other")]
    found = assess(VERSION_1, 3, calls, on=DAY)
    assert (found.points, found.channels, len(found.counted)) == (20, 1, 1)


@pytest.mark.parametrize(("code", "points"), [("O1", 50), ("O5", 40)])
def test_proof_of_two_categories_counts_for_both_and_its_points_once(code: str, points: int) -> None:
    found = assess(VERSION_1, 3, proofs(code), on=DAY)
    assert (found.points, found.categories) == (points, {"O", "A"})


def test_unknown_code_is_an_error() -> None:
    with pytest.raises(KeyError):
        assess(VERSION_1, 3, [proof("X1")], on=DAY)


# Endpoints ------------------------------------------------------------------------------------------------------------


def test_main_number_that_is_the_phone_of_record_counts_once() -> None:
    items = [*proofs("O2 P2 A2"), proof("C2", endpoint="phone:main")]
    found = assess(VERSION_1, 3, items, on=DAY)
    assert (found.is_enough, found.channels, found.points) == (False, 1, 75)
    assert found.codes == {"O2", "P2", "A2"}


def test_endpoint_serves_where_the_claimant_lacks_more() -> None:
    # The call to the main number is worth more points, but authority is proven and the contact point is not.
    items = [*proofs("O3 P1 A1 A3"), proof("A2"), proof("C2", endpoint="phone:main")]
    found = assess(VERSION_1, 3, items, on=DAY)
    assert found.is_enough
    assert found.codes == {"O3", "P1", "A1", "A3", "C2"}


def test_other_number_makes_room_for_the_shared_one() -> None:
    items = [*proofs("O2 P2"), proof("A2"), proof("C2", endpoint="phone:main"), proof("C2", endpoint="phone:second")]
    found = assess(VERSION_1, 3, items, on=DAY)
    assert (found.is_enough, found.points, found.channels) == (True, 95, 2)


def test_endpoint_serves_where_it_is_worth_most_if_nothing_else_differs() -> None:
    items = [proof("C1"), proof("C3", endpoint="mail:shared"), proof("C4", endpoint="mail:shared")]
    found = assess(VERSION_1, 3, items, on=DAY)
    assert (found.points, found.codes) == (60, {"C1", "C4"})


def test_order_in_which_evidence_came_changes_nothing() -> None:
    items = [
        *proofs("O2 O3 P2 P3 A1 A2 C3"),
        proof("C2", endpoint="phone:main"),
        proof("C1", endpoint="post:head"),
        proof("C1b"),
        proof("A2", endpoint="phone:record"),
        proof("C2"),
    ]
    results = set()
    for seed in range(50):
        random.Random(seed).shuffle(items)
        results.add(assess(VERSION_1, 4, items, on=DAY))
    assert len(results) == 1


@pytest.mark.parametrize("code", ["A2", "A3", "C1", "C1b", "C2", "C3", "C4"])
def test_check_without_the_number_or_address_used_counts_for_nothing(code: str) -> None:
    assert counts(proof(code))
    assert not counts(proof(code, endpoint=""))


@pytest.mark.parametrize(
    ("code", "allowed"),
    [
        ("A2", {"published", "registry"}),
        ("A3", {"record", ""}),
        ("C1", {"record"}),
        ("C1b", {"registry", "published"}),
        ("C2", {"record"}),
        ("C3", {"record"}),
        ("C4", {"record"}),
    ],
)
def test_number_or_address_comes_from_where_it_may(code: str, allowed: set[str]) -> None:
    everywhere = ("", "record", "registry", "published", "claimant")
    assert {source for source in everywhere if counts(proof(code, source=source))} == allowed


def test_strict_tier_takes_no_endpoint_from_the_claimant_whatever_the_catalogue_allows() -> None:
    data = load(1)
    for kind in data["kinds"]:
        kind.pop("sources", None)
    lax: Procedure = read(data)
    item = proof("A3", source="claimant")
    assert assess(lax, 3, [item], on=DAY).channels == 1
    assert assess(lax, 4, [item], on=DAY).channels == 0


# Contact points -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("code", ["C1", "C2", "C3", "C4"])
@pytest.mark.parametrize(("days", "expected"), [(29, False), (30, True)])
def test_contact_point_counts_from_thirty_days_on_record(code: str, days: int, expected: bool) -> None:
    assert counts(proof(code, on_record_since=DAY - timedelta(days=days))) is expected


@pytest.mark.parametrize("code", ["C1", "C2", "C3", "C4"])
def test_contact_point_of_unknown_age_counts_for_nothing(code: str) -> None:
    assert not counts(proof(code, on_record_since=None))


def test_young_contact_point_does_not_ripen_while_the_claim_waits() -> None:
    item = proof("C2", on_record_since=DAY - timedelta(days=29))
    assert not counts(item, on=DAY + timedelta(days=90))


@pytest.mark.parametrize("code", ["C1", "C1b", "C2", "C3", "C4"])
def test_unhealthy_contact_point_counts_for_nothing(code: str) -> None:
    assert not counts(proof(code, is_healthy=False))


def test_domain_never_counts_alone() -> None:
    alone = assess(VERSION_1, 3, proofs("O3 P1 A2 C4"), on=DAY)
    assert (alone.points, alone.channels, alone.missing) == (100, 1, ("category:C", "channels"))
    beside = assess(VERSION_1, 3, proofs("O3 P1 A2 C3 C4"), on=DAY)
    assert (beside.points, beside.channels, beside.is_enough) == (135, 3, True)


def test_letter_to_the_head_office_is_for_the_strict_tier_or_a_dead_address() -> None:
    items = proofs("O2 P2 A2 C1b")
    assert weigh(3, items) == (75, False)
    assert weigh(3, items, no_live_channel=True) == (115, True)
    assert counts(proof("C1b"), tier=4)


# Papers and people ----------------------------------------------------------------------------------------------------


def test_seal_counts_when_two_people_compared_it() -> None:
    assert counts(proof("O3"))
    assert not counts(proof("O3", second_checked=False))


@pytest.mark.parametrize("code", ["A2", "A3"])
def test_contractor_never_vouches_nor_confirms(code: str) -> None:
    assert counts(proof(code))
    assert not counts(proof(code, by_contractor=True))


@pytest.mark.parametrize(
    ("code", "source", "issued", "last"),
    [
        ("O3", "", date(2026, 8, 27), date(2026, 11, 27)),
        ("A1", "", date(2026, 8, 27), date(2026, 11, 27)),
        ("O2", "", date(2026, 8, 27), date(2026, 11, 27)),
        ("O2", "registry", date(2026, 8, 19), date(2026, 11, 27)),  # 100 days
        ("O3", "", date(2026, 1, 30), date(2026, 4, 30)),
        ("O3", "", date(2026, 1, 31), date(2026, 4, 30)),
        ("O3", "", date(2026, 2, 28), date(2026, 5, 31)),  # months are counted from the first of March
        ("O3", "", date(2025, 11, 29), date(2026, 2, 28)),
        ("O3", "", date(2025, 11, 30), date(2026, 2, 28)),
        ("O3", "", date(2027, 11, 29), date(2028, 2, 29)),  # a leap year
        ("O3", "", date(2026, 9, 30), date(2026, 12, 31)),
        ("O3", "", date(2026, 10, 1), date(2027, 1, 1)),
    ],
)
def test_paper_counts_to_its_last_day_and_not_after(code: str, source: str, issued: date, last: date) -> None:
    paper = proof(code, source=source, issued_on=issued, checked_on=issued)
    assert counts(paper, on=last)
    assert not counts(paper, on=last + timedelta(days=1))


def test_paper_that_expires_between_check_and_decision_counts_for_nothing() -> None:
    items = [*proofs("O2 P2 A2 C2")[1:], proof("O2", source="", issued_on=DAY - timedelta(days=80))]
    assert weigh(3, items, on=DAY) == (95, True)
    assert weigh(3, items, on=DAY + timedelta(days=30)) == (75, False)


@pytest.mark.parametrize("code", ["O2", "O3", "A1"])
def test_paper_without_a_date_or_from_the_future_counts_for_nothing(code: str) -> None:
    assert not counts(proof(code, source="", issued_on=None))
    assert not counts(proof(code, source="", issued_on=DAY + timedelta(days=1)))


def test_registry_data_without_a_date_is_of_the_day_it_was_pulled() -> None:
    pulled = proof("O2", issued_on=None)
    assert counts(pulled, on=DAY + timedelta(days=100))
    assert not counts(pulled, on=DAY + timedelta(days=101))
    assert not counts(proof("O3", source="registry", issued_on=None))


@pytest.mark.parametrize("source", ["", "claimant", "record", "published"])
def test_registry_paper_has_the_longer_time_only_if_the_operator_pulled_it(source: str) -> None:
    old = DAY - timedelta(days=99)
    assert counts(proof("O2", issued_on=old))
    assert not counts(proof("O2", issued_on=old, source=source))


def test_evidence_checked_after_the_decision_counts_for_nothing() -> None:
    assert not counts(proof("P1", checked_on=DAY + timedelta(days=1)))


# Tiers ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("circumstances", "tier"),
    [
        ([], 3),
        (["no_live_channel"], 4),
        (["returned_mail"], 4),
        (["more_than_ten"], 4),
        (["critical"], 4),
        (["recent_change"], 4),
        (["earlier_objection"], 4),
        (["critical", "recent_change"], 4),
    ],
)
def test_claim_is_placed_at_the_tier_of_its_circumstances(circumstances: list[str], tier: int) -> None:
    assert tier_for(VERSION_1, circumstances) == tier


def test_highest_circumstance_decides_and_a_low_one_never_lowers() -> None:
    data = load(1)
    data["circumstances"][0]["tier"] = 2
    data["circumstances"][1]["tier"] = 5
    procedure = read(data)
    assert tier_for(procedure, ["no_live_channel"]) == 3
    assert tier_for(procedure, ["returned_mail", "critical"]) == 5


def test_unknown_circumstance_is_an_error() -> None:
    with pytest.raises(KeyError):
        tier_for(VERSION_1, ["rain"])
