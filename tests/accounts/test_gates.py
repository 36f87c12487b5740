"""What comes first: a second factor, an undertaking, a current membership."""

from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client
from django.utils import timezone
from django_otp.decorators import otp_required

from accounts import memberships
from accounts.models import Membership, Undertaking, User
from outbox import cipher
from tests.cast import PASSWORD, TOTP_SECRET, Cast, sign_in, totp_code

ENROL = "/accounts/enrol/"
CLOSED_PATHS = ["/", "/people/", "/people/invite/", "/organisations/", "/accounts/profile/", "/accounts/email/"]


def unenrol(user: User) -> None:
    Authenticator.objects.filter(user=user).delete()


def recovery_codes(user: User) -> list[str]:
    seed = cipher.encrypt("5" * 80).decode()
    codes = Authenticator.objects.create(user=user, type="recovery_codes", data={"seed": seed, "used_mask": 0})
    return list(codes.wrap().generate_codes())


@pytest.mark.parametrize(
    "name", ["hanako", "wakako", "agent", "supervisor", "operator", "approver", "senior", "editor", "auditor"]
)
@pytest.mark.parametrize("path", CLOSED_PATHS)
def test_staff_and_administrators_enrol_before_anything_else(client: Client, cast: Cast, name: str, path: str) -> None:
    user = getattr(cast, name)
    unenrol(user)
    sign_in(client, user)
    assert client.get(path)["Location"] == ENROL
    assert client.post(path)["Location"] == ENROL


@pytest.mark.parametrize("name", ["taro", "worker"])
def test_members_need_no_second_factor(client: Client, cast: Cast, name: str) -> None:
    sign_in(client, getattr(cast, name))
    assert client.get("/people/").status_code == 200


def test_enrolment_language_and_sign_out_stay_open(client: Client, cast: Cast) -> None:
    unenrol(cast.agent)
    sign_in(client, cast.agent)
    assert client.get(ENROL).status_code == 200
    assert client.post("/language/", {"language": "en", "next": ENROL})["Location"] == ENROL
    assert client.get("/accounts/2fa/totp/activate/")["Location"].startswith("/accounts/reauthenticate/")
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    assert client.get("/accounts/2fa/totp/activate/").status_code == 200
    assert client.post("/accounts/logout/")["Location"] == "/"


@pytest.mark.django_db(transaction=True)
def test_staff_gets_on_after_enrolling(client: Client, cast: Cast) -> None:
    unenrol(cast.agent)
    sign_in(client, cast.agent)
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    client.get("/accounts/2fa/totp/activate/")
    client.post("/accounts/2fa/totp/activate/", {"code": totp_code(client.session["mfa.totp.secret"])})
    way_on = '<a class="button" href="/">'
    assert way_on in client.get("/accounts/2fa/recovery-codes/").content.decode(), "the codes are no dead end"
    assert way_on not in client.get("/accounts/2fa/recovery-codes/").content.decode(), "they are shown once"
    assert client.get("/people/").status_code == 200


def sign_in_with_recovery_code(client: Client, user: User, code: str) -> None:
    client.post("/accounts/login/", {"login": user.email, "password": PASSWORD})
    assert client.post("/accounts/2fa/authenticate/", {"code": code}).status_code == 302


FACTOR_PATHS = [
    "/accounts/2fa/",
    "/accounts/2fa/totp/deactivate/",
    "/accounts/2fa/recovery-codes/",
    "/accounts/2fa/recovery-codes/generate/",
    "/accounts/2fa/webauthn/",
    "/accounts/password/change/",
    "/accounts/sessions/",
    "/accounts/confirm/",
]


@pytest.mark.parametrize("path", [*CLOSED_PATHS, *FACTOR_PATHS])
def test_session_begun_with_a_recovery_code_only_enrols(client: Client, cast: Cast, path: str) -> None:
    codes = recovery_codes(cast.hanako)
    sign_in_with_recovery_code(client, cast.hanako, codes[0])
    assert client.get(path)["Location"] == ENROL
    assert client.post(path)["Location"] == ENROL
    assert not client.get(ENROL).wsgi_request.user.is_verified()


def test_recovery_code_binds_members_without_mandatory_factor_too(client: Client, cast: Cast) -> None:
    Authenticator.objects.create(user=cast.taro, type="totp", data={"secret": cipher.encrypt(TOTP_SECRET).decode()})
    sign_in_with_recovery_code(client, cast.taro, recovery_codes(cast.taro)[0])
    assert client.get("/people/")["Location"] == ENROL


def test_recovery_code_works_once(client: Client, cast: Cast) -> None:
    codes = recovery_codes(cast.hanako)
    sign_in_with_recovery_code(client, cast.hanako, codes[0])
    other = Client()
    other.post("/accounts/login/", {"login": cast.hanako.email, "password": PASSWORD})
    assert other.post("/accounts/2fa/authenticate/", {"code": codes[0]}).status_code == 200


@pytest.mark.django_db(transaction=True)
def test_recovery_session_replaces_the_lost_app_and_gets_on(client: Client, cast: Cast) -> None:
    codes = recovery_codes(cast.hanako)
    sign_in_with_recovery_code(client, cast.hanako, codes[0])
    assert client.get("/accounts/replace-app/")["Location"].startswith("/accounts/reauthenticate/")
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    assert client.get("/accounts/replace-app/").status_code == 200
    secret = client.session["mfa.totp.secret"]
    assert client.post("/accounts/replace-app/", {"code": totp_code(secret)})["Location"] == "/accounts/2fa/"
    assert client.get("/people/").status_code == 200
    (factor,) = Authenticator.objects.filter(user=cast.hanako, type="totp")
    assert cipher.decrypt(factor.data["secret"]) == secret


def test_wrong_code_leaves_the_old_app_in_place(client: Client, cast: Cast) -> None:
    sign_in(client, cast.hanako)
    client.get("/accounts/confirm/")
    assert client.get("/accounts/replace-app/").status_code == 200
    wrong = "000000" if totp_code(client.session["mfa.totp.secret"]) != "000000" else "000001"
    assert client.post("/accounts/replace-app/", {"code": wrong}).status_code == 200
    (factor,) = Authenticator.objects.filter(user=cast.hanako, type="totp")
    assert cipher.decrypt(factor.data["secret"]) == TOTP_SECRET


def test_last_factor_of_an_administrator_cannot_be_removed(client: Client, cast: Cast) -> None:
    sign_in(client, cast.hanako)
    client.get("/accounts/confirm/")
    client.post("/accounts/2fa/totp/deactivate/")
    assert Authenticator.objects.filter(user=cast.hanako, type="totp").exists()


def test_last_passkey_of_an_administrator_cannot_be_removed(client: Client, cast: Cast) -> None:
    Authenticator.objects.filter(user=cast.hanako).update(type="webauthn")
    passkey = Authenticator.objects.get(user=cast.hanako)
    sign_in(client, cast.hanako)
    assert client.post(f"/accounts/2fa/webauthn/keys/{passkey.pk}/remove/")["Location"] == ENROL


def test_password_alone_does_not_open_the_pages_of_factors(client: Client, cast: Cast) -> None:
    """allauth would be content with it (stack.md, trap 1)."""
    sign_in(client, cast.hanako, fresh=False)
    assert client.get("/accounts/reauthenticate/")["Location"].startswith("/accounts/confirm/")
    assert client.post("/accounts/reauthenticate/", {"password": PASSWORD})["Location"].startswith("/accounts/confirm/")
    assert client.get("/accounts/2fa/totp/deactivate/")["Location"].startswith("/accounts/confirm/")


def test_session_from_before_the_factor_is_asked_for_it(client: Client, cast: Cast) -> None:
    unenrol(cast.hanako)
    sign_in(client, cast.hanako)
    Authenticator.objects.create(user=cast.hanako, type="totp", data={"secret": cipher.encrypt(TOTP_SECRET).decode()})
    assert client.get("/people/")["Location"] == "/accounts/confirm/?next=%2Fpeople%2F"
    response = client.post("/accounts/confirm/", {"next": "/people/", "fresh-code": totp_code()})
    assert response["Location"] == "/people/"
    assert client.get("/people/").status_code == 200


def test_session_verified_by_a_removed_factor_is_not_verified(client: Client, cast: Cast) -> None:
    sign_in(client, cast.hanako)
    unenrol(cast.hanako)
    assert client.get("/people/")["Location"] == ENROL


def test_session_verified_by_a_lost_phone_is_asked_for_the_factor_that_is_left(client: Client, cast: Cast) -> None:
    sign_in(client, cast.hanako)
    unenrol(cast.hanako)
    Authenticator.objects.create(user=cast.hanako, type="webauthn", data={})
    assert client.get("/people/")["Location"].startswith("/accounts/confirm/")


def test_otp_required_of_django_otp_follows_allauth(client: Client, cast: Cast, rf: Any) -> None:
    def view(request: Any) -> str:
        return "seen"

    for user, seen in ((cast.hanako, True), (cast.taro, False)):
        request = sign_in(Client(), user).get("/people/").wsgi_request
        answer = otp_required(view, login_url="/accounts/login/")(request)
        assert (answer == "seen") is seen


@pytest.mark.parametrize("name", ["agent", "supervisor", "operator", "auditor"])
@pytest.mark.parametrize("path", CLOSED_PATHS)
def test_staff_signs_before_seeing_anything(client: Client, cast: Cast, name: str, path: str) -> None:
    user = getattr(cast, name)
    Undertaking.objects.filter(user=user).delete()
    sign_in(client, user)
    assert client.get(path)["Location"] == "/accounts/undertaking/"
    assert client.get("/accounts/undertaking/").status_code == 200


def test_undertaking_for_another_organisation_does_not_count(client: Client, cast: Cast) -> None:
    Undertaking.objects.filter(user=cast.agent).update(organisation=cast.provider)
    assert sign_in(client, cast.agent).get("/people/")["Location"] == "/accounts/undertaking/"


@pytest.mark.parametrize("method", ["get", "post"])
def test_dismissed_person_is_out_at_the_next_request_and_told(client: Client, cast: Cast, method: str) -> None:
    sign_in(client, cast.taro)
    assert client.get("/people/").status_code == 200
    memberships.close(cast.taro, organisation=cast.aoba, at=timezone.now())
    response = getattr(client, method)("/people/")
    assert response.status_code == 403
    assert "利用は終了" in response.content.decode() or "Your access has ended" in response.content.decode()
    assert "青木" not in response.content.decode()
    assert client.get("/people/")["Location"] == "/accounts/login/?next=/people/"


def test_membership_that_ended_behind_our_back_ends_the_session_too(client: Client, cast: Cast) -> None:
    sign_in(client, cast.taro)
    Membership.objects.filter(user=cast.taro).update(until=timezone.now())
    assert client.get("/people/").status_code == 403
    assert "_auth_user_id" not in client.session


def test_account_switched_off_ends_the_session_too(client: Client, cast: Cast) -> None:
    sign_in(client, cast.taro)
    User.objects.filter(pk=cast.taro.pk).update(is_active=False)
    assert client.get("/people/").status_code == 403


def test_person_without_membership_meets_a_clear_page(client: Client, cast: Cast) -> None:
    Membership.objects.filter(user=cast.taro).update(until=timezone.now())
    client.post("/accounts/login/", {"login": cast.taro.email, "password": PASSWORD})
    assert client.get("/").status_code == 403


def test_pages_are_japanese_whatever_the_browser_wishes(client: Client, cast: Cast) -> None:
    response = client.get("/accounts/login/", headers={"accept-language": "en"})
    assert response["Content-Language"] == "ja"
    assert '<html lang="ja">' in response.content.decode()


def test_person_reads_their_own_language_and_the_switch_wins(client: Client, cast: Cast) -> None:
    User.objects.filter(pk=cast.taro.pk).update(language="en")
    sign_in(client, cast.taro)
    assert '<html lang="en">' in client.get("/people/").content.decode()
    client.post("/language/", {"language": "ja", "next": "/people/"})
    assert '<html lang="ja">' in client.get("/people/").content.decode()


def test_language_of_one_request_does_not_stay_for_the_next(cast: Cast) -> None:
    User.objects.filter(pk=cast.taro.pk).update(language="en")
    sign_in(Client(), cast.taro).get("/people/")
    assert '<html lang="ja">' in Client().get("/accounts/login/").content.decode()
