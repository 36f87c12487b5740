"""Nobody tells customers from strangers by how long a public form takes (trust.md X8). Long: `make soak`.

As shipped: held back to a whole tick (decision 0026). Several at once are fine: they wait most of the time.

The area under the curve of the two samples of times, which is the share of pairs in which the customer took longer: a
half says that nothing can be told. A clock is read here, so that no ordinary run depends on a busy machine.
"""

import random
from time import perf_counter
from typing import Any

import pytest
from django.db import transaction

from config.settings import EVEN_ANSWER_MS as SHIPPED
from tests.cast import Cast
from tests.recovery.uniform import FORMS, KNOWN, UNKNOWN, Form, afresh, askers

pytestmark = [pytest.mark.django_db, pytest.mark.soak]

POSTS = 1000
"""Of each side (trust.md X8)."""


def area(known: list[float], unknown: list[float]) -> float:
    """Return how probably a customer's time is the longer one, ties counted half: by the rank statistic of
    Mann-Whitney."""
    ranked = sorted([(time, 0) for time in unknown] + [(time, 1) for time in known])
    ranks, place = 0.0, 0
    while place < len(ranked):
        end = place
        while end < len(ranked) and ranked[end][0] == ranked[place][0]:
            end += 1
        ranks += (place + end + 1) / 2 * sum(side for _time, side in ranked[place:end])
        place = end
    return (ranks - len(known) * (len(known) + 1) / 2) / (len(known) * len(unknown))


def test_area_is_a_half_for_the_same_and_one_for_the_slower() -> None:
    assert area([1.0, 2.0], [1.0, 2.0]) == 0.5
    assert area([3.0, 4.0], [1.0, 2.0]) == 1.0
    assert area([1.0, 4.0], [2.0, 3.0]) == 0.5


@pytest.mark.parametrize("name", FORMS)
def test_time_of_a_form_tells_customers_from_strangers_no_better_than_a_coin(
    cast: Cast, settings: Any, name: str
) -> None:
    settings.EVEN_ANSWER_MS = SHIPPED
    found = area(*measured(cast, FORMS[name], POSTS))
    print(f"{name}: {found:.3f}")
    assert 0.46 <= found <= 0.54


def measured(cast: Cast, form: Form, posts: int) -> tuple[list[float], list[float]]:
    """Send `form` from both sides in one random order; return the seconds of the customers and of the strangers."""
    both, times = askers(cast), {KNOWN: [0.0], UNKNOWN: [0.0]}
    order = [KNOWN, UNKNOWN] * (posts + 20)
    chance = random.Random(8)
    chance.shuffle(order)
    for number, side in enumerate(order):
        kept = transaction.savepoint()
        afresh()
        send = form(both[side], f"x{number:05}")
        begun = perf_counter()
        send()
        taken = perf_counter() - begun
        transaction.savepoint_rollback(kept)
        if number >= 40:  # the first ones warm everything up
            times[side].append(taken)
    return times[KNOWN][1:], times[UNKNOWN][1:]
