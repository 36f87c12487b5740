"""Customers and strangers get the same from every public form: bytes, headers, and as many statements of one shape.

And every answer is held back to a whole tick; `make soak` measures that (test_timing.py).
"""

import random
from typing import Any

import pytest

from config import even
from tests.cast import Cast
from tests.recovery.uniform import FORMS, KNOWN, UNKNOWN, Asker, askers, compared

pytestmark = pytest.mark.django_db

OF_ALLAUTH = {"sign-in", "password reset"}
"""Their statements are the package's own and differ by a look-up or two; their times are measured all the same."""
SIGNS = "ABC234 あア亜　－・'\"<&%_\\𠮷é"


def typed(seed: int) -> str:
    """Return what somebody may type: any signs, long or short."""
    chance = random.Random(seed)
    return "x" + "".join(chance.choice(SIGNS) for _place in range(chance.randrange(1, 40)))


@pytest.fixture
def both(cast: Cast) -> dict[str, Asker]:
    return askers(cast)


@pytest.mark.parametrize("name", FORMS)
def test_customer_and_stranger_get_the_same_answer_by_the_same_statements(both: dict[str, Asker], name: str) -> None:
    for seed in range(3):
        text = typed(seed)
        known, asked_of_known = compared(both[KNOWN], FORMS[name], text)
        unknown, asked_of_unknown = compared(both[UNKNOWN], FORMS[name], text)
        assert known == unknown
        if name not in OF_ALLAUTH:
            assert asked_of_known == asked_of_unknown


@pytest.mark.parametrize("name", ["withdrawal", "appeal", "another time"])
def test_what_is_asked_for_is_taken_down_for_both(both: dict[str, Asker], name: str) -> None:
    """The answers are alike because the same was done, not because both were refused."""
    for side in (KNOWN, UNKNOWN):
        answer, _asked = compared(both[side], FORMS[name], typed(1))
        assert answer[0] == 302
        FORMS[name](both[side], "x")()
        asker = both[side]
        claim = asker.claim if name == "withdrawal" else asker.ended
        assert claim.requests.get().done_at is None


@pytest.mark.parametrize("name", FORMS)
def test_every_public_form_is_held_back_to_a_whole_tick(
    both: dict[str, Asker], name: str, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.EVEN_ANSWER_MS = 60_000
    waited: list[float] = []
    monkeypatch.setattr(even, "sleep", waited.append)
    for side in (KNOWN, UNKNOWN):
        send = FORMS[name](both[side], "x")
        waited.clear()
        send()
        assert len(waited) == 1 and 0 < waited[0] < 60
