"""People do whatever comes to mind with everything that a customer holds, and the invariants hold after every act.

The sequences are drawn from seeds, always the same ones; `make soak` goes on with others. They are cut into pieces that
run side by side. A trouble is shown with the shortest list of acts that leads to it.
"""

import pytest
from django.db import connection

from handover import transitions
from tests.handover.life.driver import BRANCHES, Stage
from tests.handover.life.savepoints import rolled_back

SEQUENCES = 2_000
SOAK = 10_000
PIECES = 4
MORE = 100_000_000
VISITS = 200
"""How often each transition is visited at least in `SEQUENCES`; each piece answers for its share."""

ELSEWHERE = {
    "add_document": "stores a file, which a process of its own inspects",
    "add_version": "as add_document",
    "download_document": "needs a stored file",
    "read_by_mandate": "as download_document",
    "look_at_paper": "as download_document",
    "look_at_paper_by_mandate": "as download_document",
    "add_sealed": "as add_document",
    "open_sealed": "as download_document",
    "record_clean": "as add_document; the scanner is a process of its own",
    "record_infected": "as record_clean",
    "scan_again": "as record_clean",
    "propose_erasure": "needs a stored file; holds and erasures in any order: test_erasing.py",
    "withdraw_erasure": "as propose_erasure",
    "decline_erasure": "as propose_erasure",
    "agree_erasure": "as propose_erasure",
    "look_at_erasure": "as propose_erasure",
    "place_hold": "as propose_erasure",
    "lift_hold": "as propose_erasure",
    "take_certificates": "needs stored certificates of a job; nothing that the invariants speak of changes",
    "mark_canary": "invented registrations belong to organisations without people, of which this world has none",
    "watch_canary": "as mark_canary",
    "end_canary": "as mark_canary",
    "record_bills": "reads a file of amounts; nothing that the invariants speak of changes",
    "hold_leaving_date": "the clock says that a date cannot be kept; nothing that the invariants speak of changes",
}
"""Transitions without a rule, and why. They have tests of their own and change nothing that the invariants speak of."""


def _wanted() -> set[str]:
    """Every transition that the rules or the clock have to reach."""
    return set(transitions.__all__) - ELSEWHERE.keys()


def _play(seeds: range, share: float) -> None:
    """Play all of `seeds`; where an act was seldom, go on with others, for at most as many again."""
    stage = Stage()
    least = int(VISITS * share)
    visits = stage.run(seeds)
    more = iter(range(MORE + seeds.start, MORE + seeds.start + len(seeds), BRANCHES))
    while (seldom := {name: visits[name] for name in sorted(_wanted()) if visits[name] < least}) and (
        first := next(more, None)
    ):
        visits = stage.run(range(first, first + BRANCHES))
    assert not seldom, f"visited less than {least} times: {seldom}"


@pytest.mark.django_db
@pytest.mark.parametrize("piece", range(PIECES))
def test_people_do_anything_and_the_invariants_hold(piece: int, on_postgres: bool) -> None:
    size = SEQUENCES // PIECES
    if on_postgres:
        # The rules are the same; there the locks are what is to be tried, and the races do that.
        size //= 25
    _play(range(piece * size, (piece + 1) * size), 0 if on_postgres else size / SEQUENCES)


SHIFT = """
INSERT INTO sqlite_sequence (name, seq)
SELECT name, 95 FROM sqlite_master
WHERE type = 'table' AND sql LIKE '%AUTOINCREMENT%' AND name NOT IN (SELECT name FROM sqlite_sequence)
"""
"""Each table that was never written begins at 96: soon a digit more, by which text sorts otherwise than numbers."""


def _shift_keys() -> None:
    """Let new rows have other keys, as they have after other tests. On PostgreSQL the sequences went on already."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute(SHIFT)


@pytest.mark.django_db
def test_seeds_play_the_same_whatever_was_played_before() -> None:
    seen = []
    for _time in range(2):
        with rolled_back():
            stage = Stage()
            stage.run(range(BRANCHES, 2 * BRANCHES))
            seen.append((stage.world.visits, stage.world.refused, stage.world.at))
        _shift_keys()
    assert seen[0] == seen[1]


@pytest.mark.either_database
@pytest.mark.soak
@pytest.mark.django_db
@pytest.mark.parametrize("piece", range(PIECES))
def test_people_do_anything_for_long(piece: int) -> None:
    size = SOAK // PIECES
    first = 1_000_000 + piece * size
    _play(range(first, first + size), size / SEQUENCES)
