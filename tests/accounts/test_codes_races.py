"""How many guesses are looked at when they come at once."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.db import connections, transaction

from accounts import codes
from accounts.models import OneTimeCode
from tests.accounts.coded import AT, WRONG, Purpose, guess, issue


def race(number: int, act: Callable[[], Any]) -> list[Any]:
    """Run `act` that many times at once; return each answer, or the name of the error."""
    start = Barrier(number)

    def run(_number: int) -> Any:
        try:
            start.wait(60)
            return act()
        except Exception as error:
            return type(error).__name__
        finally:
            connections.close_all()

    with ThreadPoolExecutor(number) as pool:
        return list(pool.map(run, range(number)))


@pytest.mark.django_db(transaction=True)
def test_of_200_wrong_codes_at_once_5_are_looked_at() -> None:
    code, shown = issue()

    def one() -> bool:
        charged = codes.charge(purpose=Purpose.LETTER, subject="claim:C-1", at=AT)
        assert codes.find_match(charged, WRONG) is None
        return bool(charged)

    answers = race(200, one)
    assert answers.count(True) == 5
    assert answers.count(False) == 195
    code.refresh_from_db()
    assert code.throttling_failure_count == 5
    assert not guess(shown)


@pytest.mark.django_db(transaction=True)
def test_of_200_wrong_objection_codes_at_once_5_are_looked_at() -> None:
    code, _shown = issue(purpose=Purpose.OBJECTION, with_selector=True)
    answers = race(200, lambda: bool(codes.charge_selected(code.selector, at=AT)))
    assert sorted(answers) == [False] * 195 + [True] * 5


@pytest.mark.django_db(transaction=True)
def test_of_50_right_codes_at_once_one_is_redeemed() -> None:
    _code, shown = issue()
    answers = race(50, lambda: guess(shown))
    assert answers.count(True) == 1
    assert set(answers) <= {True, False, "WrongState"}
    assert OneTimeCode.objects.exclude(used_at=None).count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_50_who_matched_one_redeems() -> None:
    _code, shown = issue()
    found = codes.find_match(codes.charge(purpose=Purpose.LETTER, subject="claim:C-1", at=AT), shown)
    assert found is not None

    def one() -> str:
        with transaction.atomic():
            codes.redeem(found, at=AT)
        return "won"

    assert sorted(race(50, one)) == ["WrongState"] * 49 + ["won"]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("purpose", [Purpose.MAIL, Purpose.OBJECTION])
def test_of_8_codes_issued_at_once_one_is_open(purpose: str) -> None:
    answers = race(8, lambda: issue(purpose=purpose)[1])
    shown = [answer for answer in answers if answer != "Refused"]
    assert "IntegrityError" not in answers
    assert shown
    assert OneTimeCode.objects.unspoilt().count() == 1
    assert purpose == Purpose.OBJECTION or len(shown) == OneTimeCode.objects.count() == 1
    assert sum(guess(code, purpose=purpose) for code in shown[:5]) <= 1
