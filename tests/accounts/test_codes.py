"""Codes of one use: what works, what does not, and how many guesses are looked at."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier
from typing import Any

import pytest
from django.contrib.auth import hashers
from django.db import IntegrityError, connection, connections, transaction
from django.utils import translation

from accounts import codes
from accounts.errors import Refused, WrongState
from accounts.models import OneTimeCode

AT = datetime(2026, 11, 27, 9, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
SECOND = timedelta(seconds=1)
LIFE = timedelta(days=21)
Purpose = OneTimeCode.Purpose
WRONG = "22222-22222"


def issue(subject: str = "claim:C-1", **given: Any) -> tuple[OneTimeCode, str]:
    with transaction.atomic():
        return codes.issue(**{"purpose": Purpose.LETTER, "subject": subject, "life": LIFE, "at": AT, **given})


def guess(typed: str, subject: str = "claim:C-1", *, purpose: str = Purpose.LETTER, at: datetime = AT) -> bool:
    """Do what a view does: charge, compare, redeem. True when the code was right and is used up now."""
    found = codes.find_match(codes.charge(purpose=purpose, subject=subject, at=at), typed)
    if found is None:
        return False
    with transaction.atomic():
        codes.redeem(found, at=at)
    return True


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


# The code itself -----------------------------------------------------------------------------------------------------


def test_code_has_fifty_bits_in_two_groups() -> None:
    assert len(set(codes.ALPHABET)) == 32
    assert codes.LENGTH == 10
    assert not set("01IO") & set(codes.ALPHABET)


@pytest.mark.django_db
def test_issued_code_is_grouped_and_bound_and_timed() -> None:
    code, shown = issue(step="contact_point:5@2026-06-01")
    first, second = shown.split("-")
    assert len(first) == len(second) == 5
    assert set(first + second) <= set(codes.ALPHABET)
    code.refresh_from_db()
    assert (code.purpose, code.subject, code.step) == ("letter", "claim:C-1", "contact_point:5@2026-06-01")
    assert (code.created_at, code.last_generated_timestamp, code.expires_at) == (AT, AT, AT + LIFE)
    assert (code.selector, code.max_tries, code.tries_left) == ("", 5, 5)


@pytest.mark.django_db
def test_two_codes_differ() -> None:
    assert len({issue(f"claim:C-{number}")[1] for number in range(20)}) == 20


@pytest.mark.django_db(transaction=True)
def test_code_is_issued_only_with_the_act_that_sends_it() -> None:
    with pytest.raises(RuntimeError):
        codes.issue(purpose=Purpose.LETTER, subject="claim:C-1", life=LIFE, at=AT)


@pytest.mark.django_db
def test_no_row_holds_a_code_in_clear() -> None:
    secrets = [issue()[1], issue(purpose=Purpose.OBJECTION, with_selector=True)[1][5:]]
    stored = ""
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            stored += str(cursor.fetchall()).upper()
    assert OneTimeCode.objects.first().code_hash.upper() in stored  # type: ignore[union-attr]
    for secret in secrets:
        assert secret not in stored
        assert secret.replace("-", "") not in stored


@pytest.mark.django_db
def test_code_is_kept_as_a_slow_salted_hash(settings: Any) -> None:
    settings.PASSWORD_HASHERS = ["accounts.hashers.Argon2"]
    code, shown = issue()
    assert code.code_hash.startswith("argon2$argon2id$")
    assert guess(shown)


@pytest.mark.parametrize(
    "typed",
    ["7q4m2-kxh9p", "７Ｑ４Ｍ２－ＫＸＨ９Ｐ", " 7Q4M2 KXH9P\n", "7q4m2kxh9p", "7Q4M2ーKXH9P", "7Q4M2‐KXH9P"],
)
def test_spelling_of_a_code_does_not_matter(typed: str) -> None:
    assert codes.plain(typed).replace("ー", "") == "7Q4M2KXH9P"


def test_long_text_is_no_code() -> None:
    assert codes.plain("7" * 65) == ""
    assert codes.plain("7" * 64) == "7" * 64


# Right and wrong -----------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_right_code_works_once() -> None:
    code, shown = issue()
    assert guess(shown.lower(), at=AT + MINUTE)
    code.refresh_from_db()
    assert (code.used_at, code.last_used_at, code.void_at) == (AT + MINUTE, AT + MINUTE, None)
    assert not guess(shown, at=AT + MINUTE)


@pytest.mark.django_db
def test_wrong_code_costs_a_try_and_says_so() -> None:
    code, shown = issue()
    charged = codes.charge(purpose=Purpose.LETTER, subject="claim:C-1", at=AT + SECOND)
    assert [(found.pk, found.tries_left) for found in charged] == [(code.pk, 4)]
    assert codes.find_match(charged, WRONG) is None
    code.refresh_from_db()
    assert (code.throttling_failure_count, code.throttling_failure_timestamp) == (1, AT + SECOND)
    assert guess(shown)


@pytest.mark.django_db
def test_fifth_try_works_and_the_sixth_does_not() -> None:
    _code, shown = issue()
    assert [guess(WRONG) for _try in range(4)] == [False] * 4
    assert guess(shown)
    _code, shown = issue("claim:C-2")
    assert [guess(WRONG, "claim:C-2") for _try in range(5)] == [False] * 5
    assert codes.charge(purpose=Purpose.LETTER, subject="claim:C-2", at=AT) == []
    assert not guess(shown, "claim:C-2")


@pytest.mark.django_db
def test_code_works_until_the_last_second_and_not_after() -> None:
    for subject, at, works in (("claim:C-1", AT + LIFE - SECOND, True), ("claim:C-2", AT + LIFE, False)):
        _code, shown = issue(subject)
        assert guess(shown, subject, at=at) is works


@pytest.mark.django_db
def test_code_of_another_subject_or_purpose_does_not_work() -> None:
    _code, shown = issue("claim:C-1")
    issue("claim:C-2")
    issue("claim:C-1", purpose=Purpose.MAIL)
    assert not guess(shown, "claim:C-2")
    assert not guess(shown, "claim:C-3")
    assert not guess(shown, "claim:C-1", purpose=Purpose.MAIL)
    assert not guess(shown, "claim:C-1", purpose=Purpose.MAILBOX)
    assert guess(shown)


@pytest.mark.django_db
def test_codes_of_two_addresses_share_each_try_and_either_works() -> None:
    old, _shown = issue(step="old")
    new, shown = issue(step="new")
    guess(WRONG)
    assert set(OneTimeCode.objects.values_list("throttling_failure_count", flat=True)) == {1}
    assert guess(shown)
    old.refresh_from_db()
    new.refresh_from_db()
    assert (old.used_at, new.used_at) == (None, AT)


@pytest.mark.django_db
def test_try_can_be_narrowed_to_a_step() -> None:
    issue(step="old")
    new, _shown = issue(step="new")
    assert codes.charge(purpose=Purpose.LETTER, subject="claim:C-1", step="new", at=AT) == [new]
    assert OneTimeCode.objects.get(step="old").tries_left == 5


@pytest.mark.django_db
def test_try_stays_when_the_act_fails() -> None:
    code, _shown = issue()
    codes.charge(purpose=Purpose.LETTER, subject="claim:C-1", at=AT)
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        _ = 1 / 0
    code.refresh_from_db()
    assert code.tries_left == 4


@pytest.mark.django_db(transaction=True)
def test_try_is_not_taken_inside_another_transaction() -> None:
    issue()
    with pytest.raises(RuntimeError), transaction.atomic():
        codes.charge(purpose=Purpose.LETTER, subject="claim:C-1", at=AT)


@pytest.mark.django_db
@pytest.mark.parametrize("open_codes", [0, 1, 2])
def test_comparing_takes_the_same_work_whatever_is_open(open_codes: int, monkeypatch: Any) -> None:
    for number in range(open_codes):
        issue(step=str(number))
    charged = codes.charge(purpose=Purpose.LETTER, subject="claim:C-1", at=AT)
    assert len(charged) == open_codes
    hashed: list[str] = []
    hasher = hashers.get_hasher()
    encode = type(hasher).encode

    def counting(self: Any, password: str, salt: str) -> str:
        hashed.append(password)
        return encode(self, password, salt)

    monkeypatch.setattr(type(hasher), "encode", counting)
    codes.find_match(charged, WRONG)
    assert hashed == ["2222222222"] * codes.AT_ONCE
    hashed.clear()
    assert not codes.matches(None, WRONG)
    assert hashed == ["2222222222"]


# Objection codes -----------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_objection_code_is_found_by_its_first_group() -> None:
    code, shown = issue(purpose=Purpose.OBJECTION, with_selector=True)
    assert [len(group) for group in shown.split("-")] == [4, 5, 5]
    assert shown.split("-")[0] == code.selector
    for given in (shown.lower(), code.selector):
        charged = codes.charge_selected(given, at=AT)
        assert charged == [code]
        assert codes.find_match(charged, shown) == code
    assert codes.find_match(charged, shown[5:]) is None
    code.refresh_from_db()
    assert code.tries_left == 3


@pytest.mark.django_db
def test_objection_code_is_dead_after_five_tries_by_its_first_group() -> None:
    code, shown = issue(purpose=Purpose.OBJECTION, with_selector=True)
    for _try in range(5):
        assert codes.find_match(codes.charge_selected(code.selector, at=AT), code.selector + WRONG) is None
    assert codes.charge_selected(shown, at=AT) == []


@pytest.mark.django_db
@pytest.mark.parametrize("typed", ["", "-", "222", "ZZZZ", "　", "-" * 80])
def test_unknown_first_group_finds_nothing(typed: str) -> None:
    issue()
    code, _shown = issue(purpose=Purpose.OBJECTION, with_selector=True)
    OneTimeCode.objects.filter(pk=code.pk).update(selector="7Q4M")
    assert codes.charge_selected(typed, at=AT) == []
    assert set(OneTimeCode.objects.values_list("throttling_failure_count", flat=True)) == {0}


@pytest.mark.django_db
def test_objection_codes_do_not_wait_for_each_other() -> None:
    first, _shown = issue(purpose=Purpose.OBJECTION, with_selector=True, step="contact_point:1")
    second, _shown = issue(purpose=Purpose.OBJECTION, with_selector=True, step="contact_point:2", at=AT + SECOND)
    third, _shown = issue(purpose=Purpose.OBJECTION, with_selector=True, step="contact_point:2", at=AT + SECOND)
    assert list(OneTimeCode.objects.unspoilt().order_by("pk")) == [first, third]
    assert second.selector != third.selector


# Second code, void, cooldown -----------------------------------------------------------------------------------------


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


# Many at once --------------------------------------------------------------------------------------------------------


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
