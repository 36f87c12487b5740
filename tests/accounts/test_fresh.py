"""The fresh check: what is asked for, what counts, how long."""

import time
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from allauth.core import context
from allauth.mfa.models import Authenticator
from django.test import Client
from django.utils import timezone

from accounts.freshness import FreshCheckForm, is_fresh, vouch
from accounts.models import User
from tests.cast import PASSWORD, TOTP_SECRET, Cast, sign_in, totp_code


def request_of(user: User, *, fresh: bool = False, records: list[dict[str, Any]] | None = None) -> Any:
    """Return a request of `user` as a view gets it."""
    client = sign_in(Client(), user, fresh=fresh)
    if records is not None:
        session = client.session
        session["account_authentication_methods"] = records
        session.save()
    request = client.get("/accounts/enrol/").wsgi_request
    request.method = "POST"
    return request


def ask(request: Any, **given: str) -> FreshCheckForm:
    with context.request_context(request):
        form = FreshCheckForm(request, {f"fresh-{name}": value for name, value in given.items()})
        form.is_valid()
    return form


def test_sign_in_counts_for_five_minutes(cast: Cast) -> None:
    request = request_of(cast.hanako, fresh=True)
    now = timezone.now()
    assert is_fresh(request, now)
    assert is_fresh(request, now + timedelta(seconds=290))
    assert not is_fresh(request, now + timedelta(seconds=301))


def test_fresh_session_is_asked_nothing(cast: Cast) -> None:
    form = ask(request_of(cast.hanako, fresh=True))
    assert list(form.fields) == [] and form.is_valid()


def test_member_is_asked_for_the_password(cast: Cast) -> None:
    request = request_of(cast.taro)
    assert list(ask(request).errors) == ["password"]
    assert ask(request, password=PASSWORD).is_valid()
    assert is_fresh(request, timezone.now())


def test_person_with_an_app_is_asked_for_both(cast: Cast) -> None:
    request = request_of(cast.hanako)
    assert sorted(ask(request).errors) == ["code", "password"]
    assert ask(request, password=PASSWORD, code=totp_code()).is_valid()
    assert is_fresh(request, timezone.now())


@pytest.mark.parametrize(("password", "code"), [(PASSWORD, "wrong"), ("wrong", "right"), ("wrong", "wrong")])
def test_half_an_answer_is_none(cast: Cast, password: str, code: str) -> None:
    request = request_of(cast.hanako)
    right = totp_code()
    wrong = "000000" if right != "000000" else "000001"
    form = ask(request, password=password, code=right if code == "right" else wrong)
    assert not form.is_valid()
    assert not is_fresh(request, timezone.now())


def test_wrong_password_does_not_use_up_the_code(cast: Cast) -> None:
    with time_machine.travel(1_795_000_000, tick=False):
        request = request_of(cast.hanako)
        ask(request, password="wrong", code=totp_code())
        assert ask(request, password=PASSWORD, code=totp_code()).is_valid()


def test_code_works_once_here_too(cast: Cast) -> None:
    with time_machine.travel(1_795_000_000, tick=False):
        assert ask(request_of(cast.hanako), password=PASSWORD, code=totp_code()).is_valid()
        assert not ask(request_of(cast.hanako), password=PASSWORD, code=totp_code()).is_valid()


def test_password_alone_is_not_fresh_where_a_factor_is_enrolled(cast: Cast) -> None:
    request = request_of(cast.hanako)
    now = time.time()
    factor = Authenticator.objects.get(user=cast.hanako)
    old = {"method": "mfa", "type": "totp", "id": factor.pk, "at": now - 600}
    request = request_of(cast.hanako, records=[{"method": "password", "at": now, "reauthenticated": True}, old])
    assert not is_fresh(request, timezone.now())
    assert list(FreshCheckForm(request).fields) == ["code"]


@pytest.mark.parametrize("kind", ["recovery_codes", "webauthn"])
def test_other_kinds_or_removed_factors_do_not_count(cast: Cast, kind: str) -> None:
    now = time.time()
    records = [{"method": "password", "at": now}, {"method": "mfa", "type": kind, "id": 999_999, "at": now}]
    assert not is_fresh(request_of(cast.hanako, records=records), timezone.now())


def test_password_reset_is_no_password(cast: Cast) -> None:
    records = [{"method": "password_reset", "at": time.time()}]
    assert not is_fresh(request_of(cast.taro, records=records), timezone.now())


def test_passkey_sign_in_counts_as_both(cast: Cast) -> None:
    Authenticator.objects.filter(user=cast.hanako).update(type="webauthn")
    factor = Authenticator.objects.get(user=cast.hanako)
    record = {"method": "mfa", "type": "webauthn", "id": factor.pk, "at": time.time(), "passwordless": True}
    assert is_fresh(request_of(cast.hanako, records=[record]), timezone.now())
    old = {**record, "at": time.time() - 301}
    assert not is_fresh(request_of(cast.hanako, records=[old]), timezone.now())


def test_person_with_a_passkey_confirms_with_it_first(cast: Cast) -> None:
    Authenticator.objects.filter(user=cast.hanako).update(type="webauthn")
    factor = Authenticator.objects.get(user=cast.hanako)
    request = request_of(cast.hanako)
    form = ask(request, password=PASSWORD)
    assert form.needs_passkey and not form.is_valid()
    recent = {"method": "mfa", "type": "webauthn", "id": factor.pk, "at": time.time(), "reauthenticated": True}
    request = request_of(cast.hanako, records=[recent])
    assert list(FreshCheckForm(request).fields) == ["password"]
    assert ask(request, password=PASSWORD).is_valid()
    assert is_fresh(request, timezone.now())


def test_guesses_are_throttled(cast: Cast) -> None:
    request = request_of(cast.hanako)
    for _ in range(5):
        ask(request, password="wrong", code="000000")
    assert not ask(request, password=PASSWORD, code=totp_code()).is_valid()


def test_code_guesses_are_throttled(cast: Cast) -> None:
    request = request_of(cast.hanako)
    right = totp_code(TOTP_SECRET)
    wrong = "000000" if right != "000000" else "000001"
    for _ in range(5):
        ask(request, password=PASSWORD, code=wrong)
    assert not ask(request, password=PASSWORD, code=totp_code()).is_valid()


@pytest.mark.parametrize("name", ["taro", "hanako"])
def test_open_pages_do_not_make_the_check_last_longer(cast: Cast, name: str) -> None:
    """Whoever finds an open session must not keep it fresh by looking at it: five minutes, then the proof again."""
    begin = 1_795_000_000
    with time_machine.travel(begin, tick=False) as clock:
        client = sign_in(Client(), getattr(cast, name))
        for second in range(0, 300, 50):
            clock.move_to(begin + second)
            assert client.get("/accounts/confirm/?next=/people/")["Location"] == "/people/"
            assert client.get("/accounts/replace-app/").status_code == 200
        clock.move_to(begin + 301)
        assert client.get("/accounts/confirm/?next=/people/").status_code == 200
        assert client.get("/accounts/replace-app/").status_code == 302
        client.post("/accounts/confirm/", {"fresh-password": PASSWORD, "fresh-code": totp_code()})
        assert client.get("/accounts/replace-app/").status_code == 200


def test_check_lasts_as_long_as_its_older_half(cast: Cast) -> None:
    factor = Authenticator.objects.get(user=cast.hanako)
    now = time.time()
    records = [
        {"method": "password", "at": now - 250},
        {"method": "mfa", "type": "totp", "id": factor.pk, "at": now, "reauthenticated": True},
    ]
    request = request_of(cast.hanako, records=records)
    with context.request_context(request):
        vouch(request, timezone.now())
    assert not is_fresh(request, timezone.now() + timedelta(seconds=60))
    assert request.session["account_authentication_methods"][-1]["at"] == now - 250
