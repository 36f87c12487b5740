"""People do whatever comes to mind with everything that a customer holds, and the invariants hold after every act.

The sequences are drawn from seeds, always the same ones; `make soak` goes on with others. They are cut into pieces that
run side by side. A trouble is shown with the shortest list of acts that leads to it.
"""

import pytest

from handover import transitions
from tests.handover.life.driver import Stage

SEQUENCES = 2_000
SOAK = 10_000
PIECES = 8
VISITS = 200
"""How often each transition is visited at least in `SEQUENCES`; each piece answers for its share."""

ELSEWHERE = {
    "add_document": "stores a file, which a process of its own inspects",
    "add_version": "as add_document",
    "download_document": "needs a stored file",
    "export_package": "prints and packs what is stored",
    "add_product": "the provider's cards belong to no customer",
    "change_product": "as add_product",
}
"""Transitions without a rule, and why. They have tests of their own and change nothing that the invariants speak of."""


def _play(seeds: range, share: float) -> None:
    stage = Stage()
    visits = stage.run(seeds)
    wanted = int(VISITS * share)
    seldom = {name: visits[name] for name in transitions.__all__ if name not in ELSEWHERE and visits[name] < wanted}
    assert not seldom, f"visited less than {wanted} times: {seldom}"


def test_every_transition_has_a_rule_or_a_reason() -> None:
    assert ELSEWHERE.keys() <= set(transitions.__all__)


@pytest.mark.django_db
@pytest.mark.parametrize("piece", range(PIECES))
def test_people_do_anything_and_the_invariants_hold(piece: int, on_postgres: bool) -> None:
    size = SEQUENCES // PIECES
    if on_postgres:
        # The rules are the same; there the locks are what is to be tried, and the races do that.
        size //= 25
    _play(range(piece * size, (piece + 1) * size), 0 if on_postgres else size / SEQUENCES)


@pytest.mark.soak
@pytest.mark.django_db
@pytest.mark.parametrize("piece", range(PIECES))
def test_people_do_anything_for_long(piece: int) -> None:
    size = SOAK // PIECES
    first = 1_000_000 + piece * size
    _play(range(first, first + size), size / SEQUENCES)
