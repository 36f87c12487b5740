"""A second code, one that is void, and the wait in between."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import translation

from accounts import codes
from accounts.errors import Refused, WrongState
from accounts.models import OneTimeCode
from tests.accounts.coded import AT, MINUTE, SECOND, Purpose, guess, issue


@pytest.mark.django_db
def test_new_code_voids_the_old_one_of_its_step_only() -> None:
    _code, first = issue(step="a")
    issue(step="b")
    issue("claim:C-2", step="a")
    _code, second = issue(step="a", at=AT + MINUTE)
    assert OneTimeCode.objects.get(void_at=AT + MINUTE).subject == "claim:C-1"
    assert not guess(first, at=AT + MINUTE)
    assert guess(second, at=AT + MINUTE)


@pytest.mark.django_db
def test_next_code_comes_a_minute_later_and_the_words_say_when() -> None:
    code, shown = issue(step="a")
    for step in ("a", "b"):
        with pytest.raises(Refused) as refused:
            issue(step=step, at=AT + MINUTE - SECOND)
    with translation.override("en"):
        assert str(refused.value.words).endswith("from 18:01:00 on.")
    code.refresh_from_db()
    assert code.void_at is None
    issue(step="a", purpose=Purpose.MAIL, at=AT + SECOND)
    issue("claim:C-2", step="a", at=AT + SECOND)
    issue(step="a", at=AT + MINUTE)
    assert not guess(shown, at=AT + MINUTE)


@pytest.mark.django_db
def test_time_named_is_never_too_early() -> None:
    issue(at=AT + timedelta(microseconds=1))
    with pytest.raises(Refused) as refused:
        issue(at=AT + MINUTE)
    with translation.override("en"):
        assert "18:01:01" in str(refused.value.words)
    issue(at=AT + MINUTE + SECOND)


@pytest.mark.django_db
def test_using_a_code_does_not_shorten_the_wait() -> None:
    _code, shown = issue()
    assert guess(shown)
    with pytest.raises(Refused):
        issue(at=AT + SECOND)


@pytest.mark.django_db
def test_void_ends_what_it_names_and_nothing_else() -> None:
    issue(step="a")
    issue(step="b")
    issue(purpose=Purpose.MAIL)
    issue("claim:C-2")
    used = OneTimeCode.objects.get(step="b")
    codes.charge(purpose=Purpose.LETTER, subject="claim:C-1", step="b", at=AT)
    codes.redeem(used, at=AT)
    assert codes.void(subject="claim:C-1", purpose=Purpose.LETTER, step="b", at=AT) == 0
    assert codes.void(subject="claim:C-1", purpose=Purpose.LETTER, step="a", at=AT) == 1
    assert codes.void(subject="claim:C-1", at=AT) == 1
    assert OneTimeCode.objects.unspoilt().get().subject == "claim:C-2"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"used_at": AT}, "This code has been used already. It works once."),
        ({"void_at": AT}, "This code is no longer valid. A newer one has taken its place, or it is not needed."),
        ({"expires_at": AT}, "This code has expired."),
    ],
)
def test_code_that_spoilt_after_comparing_is_not_redeemed(change: dict[str, datetime], words: str) -> None:
    _code, shown = issue()
    found = codes.find_match(codes.charge(purpose=Purpose.LETTER, subject="claim:C-1", at=AT), shown)
    assert found is not None
    OneTimeCode.objects.filter(pk=found.pk).update(**change)
    with pytest.raises(WrongState) as refused:
        codes.redeem(found, at=AT)
    with translation.override("en"):
        assert str(refused.value.words) == words
    found.refresh_from_db()
    assert found.used_at == change.get("used_at")


@pytest.mark.django_db
def test_code_that_was_never_charged_is_not_redeemed() -> None:
    code, _shown = issue()
    with pytest.raises(IntegrityError), transaction.atomic():
        codes.redeem(code, at=AT)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "change",
    [{"used_at": AT, "void_at": AT, "throttling_failure_count": 1}, {"throttling_failure_count": 6}],
)
def test_database_refuses_what_no_code_may_be(change: dict[str, Any]) -> None:
    code, _shown = issue()
    with pytest.raises(IntegrityError), transaction.atomic():
        OneTimeCode.objects.filter(pk=code.pk).update(**change)
