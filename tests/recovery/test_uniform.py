"""Customers and strangers get the same from every public form: bytes, headers, and as many statements of one shape.

How long it takes follows from that; `make soak` measures it (test_timing.py).
"""

import random

import pytest

from tests.cast import Cast
from tests.recovery.uniform import FORMS, KNOWN, ONCE, UNKNOWN, Asker, askers, compared

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


@pytest.mark.parametrize("name", ONCE)
def test_customer_and_stranger_get_the_same_answer_where_a_case_ends_or_goes_on(
    both: dict[str, Asker], name: str
) -> None:
    known, _asked = compared(both[KNOWN], ONCE[name], typed(1))
    unknown, _asked = compared(both[UNKNOWN], ONCE[name], typed(1))
    # The act was done, not only refused alike.
    assert known == unknown and known[0] == 302
