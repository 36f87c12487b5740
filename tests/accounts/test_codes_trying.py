"""Codes of one use: what works, and what does not."""

from typing import Any

import pytest
from django.contrib.auth import hashers
from django.db import connection, transaction

from accounts import codes
from accounts.models import OneTimeCode
from tests.accounts.coded import AT, LIFE, MINUTE, SECOND, WRONG, Purpose, guess, issue

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
