"""Signing in through real requests: what is asked, what is told, what is kept."""

import json
import re
import time
from typing import Any

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from django.core.cache import cache
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django_tasks_db.models import DBTaskResult

from accounts import tasks
from accounts.adapters import MFAAdapter
from accounts.models import User
from audit.models import Event
from outbox import cipher
from tests.cast import PASSWORD, TOTP_SECRET, Cast, enrol, sign_in, totp_code
from tests.letterbox import link_in, mails

LOGIN = "/accounts/login/"


def log_in(client: Client, email: str, password: str = PASSWORD, **extra: Any) -> HttpResponse:
    return client.post(LOGIN, {"login": email, "password": password}, **extra)


def verbs(user: User) -> list[str]:
    return list(Event.objects.filter(subject=user.label).order_by("sequence").values_list("verb", flat=True))


def without_tokens(response: HttpResponse, *values: str) -> str:
    body = response.content.decode()
    for value in values:
        body = body.replace(value, "ADDRESS")
    return re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", body)


def test_member_signs_in_with_password(client: Client, cast: Cast) -> None:
    response = log_in(client, "taro@aoba.example")
    assert (response.status_code, response["Location"]) == (302, "/")
    assert client.session["_auth_user_id"] == str(cast.taro.pk)
    event = Event.objects.get(verb="accounts.signed_in")
    assert (event.actor, event.facts) == (cast.taro.label, {"methods": ["password"]})


def test_address_is_found_in_any_case(client: Client, cast: Cast) -> None:
    assert log_in(client, "TARO@Aoba.Example").status_code == 302


def test_administrator_signs_in_with_password_and_code(client: Client, cast: Cast) -> None:
    response = log_in(client, "hanako@aoba.example")
    assert response["Location"] == "/accounts/2fa/authenticate/"
    assert "_auth_user_id" not in client.session
    response = client.post("/accounts/2fa/authenticate/", {"code": totp_code()})
    assert response["Location"] == "/"
    page = client.get("/people/")
    assert page.status_code == 200
    assert page.wsgi_request.user.is_verified()
    assert Event.objects.get(verb="accounts.signed_in").facts == {"methods": ["password", "totp"]}


def test_password_alone_opens_nothing_where_a_factor_is_enrolled(client: Client, cast: Cast) -> None:
    log_in(client, "hanako@aoba.example")
    assert client.get("/people/")["Location"].startswith(LOGIN)


def test_wrong_code_does_not_sign_in_and_is_noted(client: Client, cast: Cast) -> None:
    log_in(client, "hanako@aoba.example")
    wrong = "000000" if totp_code() != "000000" else "000001"
    assert client.post("/accounts/2fa/authenticate/", {"code": wrong}).status_code == 200
    assert "_auth_user_id" not in client.session
    assert verbs(cast.hanako) == ["accounts.factor_failed"]


def test_code_works_once(cast: Cast) -> None:
    with time_machine.travel(1_795_000_000, tick=False):
        first, second = Client(), Client()
        for client in (first, second):
            log_in(client, "hanako@aoba.example")
        assert first.post("/accounts/2fa/authenticate/", {"code": totp_code()}).status_code == 302
        assert second.post("/accounts/2fa/authenticate/", {"code": totp_code()}).status_code == 200
    assert "_auth_user_id" not in second.session


def test_code_of_the_step_before_does_not_work(client: Client, cast: Cast) -> None:
    log_in(client, "hanako@aoba.example")
    response = client.post("/accounts/2fa/authenticate/", {"code": totp_code(at=time.time() - 60)})
    assert response.status_code == 200


def test_session_key_changes_at_sign_in(client: Client, cast: Cast) -> None:
    client.get("/accounts/password/reset/")
    session = client.session
    session["kept"] = "1"
    session.save()
    before = session.session_key
    log_in(client, "taro@aoba.example")
    assert client.session.session_key != before


def test_unknown_address_is_answered_like_a_wrong_password(cast: Cast) -> None:
    known = log_in(Client(), "taro@aoba.example", "wrong password")
    unknown = log_in(Client(), "nobody@aoba.example", "wrong password")
    assert known.status_code == unknown.status_code == 200
    assert without_tokens(known, "taro@aoba.example") == without_tokens(unknown, "nobody@aoba.example")
    assert sorted(known.headers) == sorted(unknown.headers)


def test_wrong_password_costs_the_same_rows_for_known_and_unknown(cast: Cast) -> None:
    counts = []
    for number, email in enumerate(["taro@aoba.example", "nobody@aoba.example"]):
        client = Client(REMOTE_ADDR=f"192.0.2.{number}")
        with CaptureQueriesContext(connection) as captured:
            log_in(client, email, "wrong password")
        verbs_of = [query["sql"].split()[0] for query in captured]
        writes = [verb for verb in verbs_of if verb in {"INSERT", "UPDATE", "DELETE"}]
        counts.append(writes)
    assert counts[0] == counts[1]


def test_failed_sign_in_is_noted_without_the_address(client: Client, cast: Cast) -> None:
    log_in(client, "taro@aoba.example", "wrong password")
    row = DBTaskResult.objects.get(task_path="accounts.tasks.note_failed_sign_in")
    assert "taro" not in json.dumps(row.args_kwargs)
    assert tasks.note_failed_sign_in.func(*row.args_kwargs["args"]) is True
    event = Event.objects.get(verb="accounts.sign_in_failed")
    assert (event.actor, event.subject, event.facts) == ("public", cast.taro.label, {})
    assert event.about == sorted([cast.taro.label, cast.aoba.label])


def test_failed_sign_in_of_nobody_leaves_no_event(client: Client, cast: Cast) -> None:
    assert tasks.note_failed_sign_in.func(tasks.sealed("nobody@aoba.example"), "2026-11-27T00:00:00+00:00") is False
    assert not Event.objects.exists()


def test_sealed_addresses_are_of_one_length() -> None:
    assert len(tasks.sealed("a@b.example")) == len(tasks.sealed("a" * 200 + "@b.example"))


def test_password_guesses_are_throttled_for_one_address(client: Client, cast: Cast) -> None:
    for _ in range(5):
        log_in(client, "taro@aoba.example", "wrong password")
    response = log_in(client, "taro@aoba.example", PASSWORD, headers={"host": "127.0.0.1"})
    assert response.status_code == 200
    assert "_auth_user_id" not in client.session


def test_throttle_counts_in_the_shared_table(client: Client, cast: Cast) -> None:
    log_in(client, "taro@aoba.example", "wrong password")
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM config_cache")
        assert cursor.fetchone()[0] > 0
    assert "DatabaseCache" in type(cache._connections["default"]).__name__


def test_code_guesses_are_throttled(client: Client, cast: Cast) -> None:
    log_in(client, "hanako@aoba.example")
    for number in range(6):
        client.post("/accounts/2fa/authenticate/", {"code": f"00000{number}"})
    assert client.post("/accounts/2fa/authenticate/", {"code": totp_code()}).status_code == 200
    assert "_auth_user_id" not in client.session


def test_secret_of_the_app_is_not_in_clear_in_the_database(cast: Cast) -> None:
    for factor in Authenticator.objects.all():
        assert TOTP_SECRET not in json.dumps(factor.data)
        assert cipher.decrypt(factor.data["secret"]) == TOTP_SECRET


@pytest.mark.django_db(transaction=True)
def test_enrolled_secret_and_recovery_seed_are_encrypted(client: Client, cast: Cast) -> None:
    sign_in(client, cast.taro)
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    client.get("/accounts/2fa/totp/activate/")
    secret = client.session["mfa.totp.secret"]
    response = client.post("/accounts/2fa/totp/activate/", {"code": totp_code(secret)})
    assert response["Location"] == "/accounts/2fa/recovery-codes/"
    kept = {factor.type: factor.data for factor in Authenticator.objects.filter(user=cast.taro)}
    assert cipher.decrypt(kept["totp"]["secret"]) == secret
    assert len(cipher.decrypt(kept["recovery_codes"]["seed"])) == 80
    assert verbs(cast.taro)[:2] == ["accounts.factor_added", "accounts.mail_queued"]
    assert client.get("/people/").wsgi_request.user.is_verified()


@pytest.mark.django_db(transaction=True)
def test_enrolling_gives_the_session_a_new_key(client: Client, cast: Cast) -> None:
    sign_in(client, cast.taro)
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    client.get("/accounts/2fa/totp/activate/")
    before = client.session.session_key
    client.post("/accounts/2fa/totp/activate/", {"code": totp_code(client.session["mfa.totp.secret"])})
    assert client.session.session_key != before


def test_reset_is_answered_alike_for_known_and_unknown(cast: Cast) -> None:
    answers = []
    for email in ("taro@aoba.example", "nobody@aoba.example"):
        response = Client().post("/accounts/password/reset/", {"email": email}, follow=True)
        answers.append((response.redirect_chain, without_tokens(response, email)))
    assert answers[0] == answers[1]
    assert [mail["template"] for mail in mails()] == ["account_password_reset_key", "account_unknown_account"]


def test_reset_link_is_ours_whatever_host_was_asked(client: Client, cast: Cast) -> None:
    client.post("/accounts/password/reset/", {"email": "taro@aoba.example"}, headers={"host": "127.0.0.1:1234"})
    (mail,) = mails()
    assert "127.0.0.1" not in mail["body"]
    path = link_in(mail["body"])
    assert path.startswith("/accounts/password/reset/key/") and "?" not in path


@pytest.mark.parametrize("host", ["evil.example", "localhost.evil.example"])
def test_foreign_host_is_refused(client: Client, cast: Cast, host: str) -> None:
    response = client.post("/accounts/password/reset/", {"email": "taro@aoba.example"}, headers={"host": host})
    assert response.status_code == 400
    assert mails() == []


def test_reset_link_changes_the_password_and_ends_other_sessions(client: Client, cast: Cast) -> None:
    elsewhere = sign_in(Client(), cast.taro)
    client.post("/accounts/password/reset/", {"email": "taro@aoba.example"})
    path = link_in(mails()[0]["body"])
    form = client.get(path, follow=True).redirect_chain[-1][0]
    new = "a quite different phrase"
    client.post(form, {"password1": new, "password2": new})
    assert elsewhere.get("/people/").status_code in (302, 403)
    assert log_in(Client(), "taro@aoba.example", PASSWORD).status_code == 200
    assert log_in(Client(), "taro@aoba.example", new).status_code == 302
    assert "accounts.password_changed" in verbs(cast.taro)


def test_mails_speak_the_language_of_their_reader(client: Client, cast: Cast) -> None:
    User.objects.filter(pk=cast.jiro.pk).update(language="en")
    client.post("/accounts/password/reset/", {"email": "jiro@aoba.example"})
    assert mails()[0]["subject"] == "Choose a new password"


def test_nobody_signs_up(client: Client, cast: Cast) -> None:
    given = {"email": "new@aoba.example", "password1": PASSWORD, "password2": PASSWORD}
    before = User.objects.count()
    client.post("/accounts/signup/", given)
    assert User.objects.count() == before


def test_sign_out_is_noted(client: Client, cast: Cast) -> None:
    sign_in(client, cast.taro)
    client.post("/accounts/logout/")
    assert verbs(cast.taro) == ["accounts.signed_out"]
    assert client.get("/people/").status_code == 302


def test_ended_account_cannot_sign_in(client: Client, cast: Cast) -> None:
    User.objects.filter(pk=cast.taro.pk).update(is_active=False)
    response = log_in(client, "taro@aoba.example")
    assert response["Location"] == reverse("account_inactive")
    assert "_auth_user_id" not in client.session


def test_passkeys_belong_to_our_origin_not_to_the_host(client: Client, cast: Cast, settings: Any) -> None:
    settings.PUBLIC_ORIGIN = "https://portal.example"
    assert MFAAdapter().get_public_key_credential_rp_entity() == {"id": "portal.example", "name": settings.SITE_NAME}


def test_enrolled_member_is_asked_too(client: Client, cast: Cast) -> None:
    enrol(cast.taro)
    assert log_in(client, "taro@aoba.example")["Location"] == "/accounts/2fa/authenticate/"
