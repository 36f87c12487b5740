"""People and the clock do whatever comes to mind with claims, and the invariants hold after every act.

The sequences are drawn from seeds, always the same ones; `make soak` goes on with others. They are cut into pieces that
run side by side. A trouble is shown with the shortest list of acts that leads to it.
"""

import re
from pathlib import Path

import pytest

from recovery import clock, transitions
from tests.handover.life.savepoints import rolled_back
from tests.handover.test_life import _shift_keys
from tests.recovery.life.driver import Stage

SEQUENCES = 2_000
SOAK = 10_000
PIECES = 4
MORE = 100_000_000
VISITS = 20
"""How often each transition is visited at least in `SEQUENCES`; each piece answers for its share."""

_EDITOR = "a version of the procedure, not a claim: a claim keeps the one it began with"
_LIST = "a list of registrations: test_together, test_lists"
_AUDIT = "an auditor reads what was drawn by chance and changes no claim: test_auditing"
_DRIFT = "a quarter of ended claims beside the year before it: test_drift"
_DNS = "needs a name server: test_exits_domains"
ELSEWHERE = {
    "submit_paper": "stores a file, which a process of its own inspects; a paper proves nothing",
    "view_submission": "needs a stored file",
    "print_day": "prints what the runs of each kind print, by their rules: test_print_run",
    "reopen_by_rule": "needs a version published by two people and replayed: test_rule_changes",
    "add_script": _EDITOR,
    "begin_draft": _EDITOR,
    "begin_replay": _EDITOR,
    "begin_shipped_draft": _EDITOR,
    "change_draft": _EDITOR,
    "discard_draft": _EDITOR,
    "finish_replay": _EDITOR,
    "propose_publication": _EDITOR,
    "publish": _EDITOR,
    "take_list": _LIST,
    "match_line": _LIST,
    "leave_out": _LIST,
    "invite_people": _LIST,
    "confirm_lines": _LIST,
    "decline_lines": _LIST,
    "drop_active": _LIST,
    "read_sample": _AUDIT,
    "record_finding": _AUDIT,
    "compare_quarter": _DRIFT,
    "close_drift": _DRIFT,
    "open_dns_check": _DNS,
    "check_dns": _DNS,
}
"""Transitions without a rule, and why. They have tests of their own."""
OF_THE_DESK = {"note_contact", "hold", "close_hold"}
"""Those of the desk that touch a claim; the others are calls that explain a product."""


def _wanted() -> set[str]:
    """Every transition that the rules or the clock have to reach."""
    return set(transitions.__all__) - ELSEWHERE.keys() | OF_THE_DESK


def _play(seeds: range, share: float) -> None:
    """Play all of `seeds`; where an act was seldom, go on with others, for at most as many again."""
    stage = Stage()
    stage.wanted = frozenset(_wanted())
    least, together = int(VISITS * share), stage.branches
    visits = stage.run(seeds)
    more = iter(range(MORE + seeds.start, MORE + seeds.start + len(seeds), together))
    while (seldom := {name: visits[name] for name in sorted(_wanted()) if visits[name] < least}) and (
        first := next(more, None)
    ):
        visits = stage.run(range(first, first + together))
    print(" ".join(f"{name}={visits[name]}" for name in sorted(_wanted(), key=lambda name: visits[name])))
    assert not seldom, f"visited less than {least} times: {seldom}"


@pytest.mark.django_db
@pytest.mark.parametrize("piece", range(PIECES))
def test_people_do_anything_with_claims_and_the_invariants_hold(piece: int, on_postgres: bool) -> None:
    size = SEQUENCES // PIECES
    if on_postgres:
        # The rules are the same; there the locks are what is to be tried, and the races do that.
        size //= 25
    _play(range(piece * size, (piece + 1) * size), 0 if on_postgres else size / SEQUENCES)


@pytest.mark.django_db
def test_seeds_play_the_same_whatever_was_played_before() -> None:
    seen = []
    for _time in range(2):
        with rolled_back():
            stage = Stage()
            stage.run(range(stage.branches, 2 * stage.branches))
            seen.append((stage.world.visits, stage.world.refused, stage.world.at))
        _shift_keys()
    assert seen[0] == seen[1]


def test_each_transition_is_played_or_named_with_its_reason() -> None:
    """So that a new one is seen at once: give it a rule in its area of `life`, or a line in `ELSEWHERE`."""
    folder = Path(__file__).parent / "life"
    said, of_the_clock = "".join(path.read_text() for path in folder.glob("*.py")), Path(clock.__file__).read_text()
    played, clocked = (set(re.findall(r"\b(?:T|D|transitions)\.(\w+)", text)) for text in (said, of_the_clock))
    left = _wanted() - played - clocked
    assert not left, f"neither played nor named: {left}"
    assert ELSEWHERE.keys() <= set(transitions.__all__) - played, "named, but played or no longer there"


@pytest.mark.either_database
@pytest.mark.soak
@pytest.mark.django_db
@pytest.mark.parametrize("piece", range(PIECES))
def test_people_do_anything_with_claims_for_long(piece: int) -> None:
    size = SOAK // PIECES
    first = 1_000_000 + piece * size
    _play(range(first, first + size), size / SEQUENCES)
