"""A passkey in a real browser: set up, sign in with it, confirm with it. Chromium plays the security key."""

from collections.abc import Iterator
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.sessions.backends.db import SessionStore
from playwright.sync_api import Page, expect

from accounts.models import Undertaking
from audit.models import Event
from tests.cast import PASSWORD, Cast

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def key(page: Page) -> Iterator[dict[str, Any]]:
    """Plug in a key that confirms by itself, as after a touch of the right finger."""
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    yield devtools.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    devtools.detach()


def sign_in_by_password(page: Page, origin: str, email: str) -> None:
    page.goto(f"{origin}/accounts/login/")
    page.fill("[name=login]", email)
    page.fill("[name=password]", PASSWORD)
    page.locator("main form", has=page.locator("[name=password]")).locator("button[type=submit]").click()


def set_up_passkey(page: Page, origin: str) -> None:
    page.goto(f"{origin}/accounts/2fa/webauthn/add/")
    if "reauthenticate" in page.url:
        page.fill("[name=password]", PASSWORD)
        page.locator("main form", has=page.locator("[name=password]")).locator("button[type=submit]").click()
    page.fill("[name=name]", "指紋")
    page.check("[name=passwordless]")
    page.locator("#mfa_webauthn_add").click()
    page.wait_for_url("**/accounts/2fa/recovery-codes/")


def test_staff_enrols_a_passkey_and_signs_in_with_it(
    page: Page, live_server: Any, cast: Cast, key: dict[str, Any]
) -> None:
    Authenticator.objects.filter(user=cast.agent).delete()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    sign_in_by_password(page, live_server.url, cast.agent.email)
    expect(page).to_have_url(f"{live_server.url}/accounts/enrol/")
    set_up_passkey(page, live_server.url)
    page.goto(f"{live_server.url}/people/")
    expect(page.locator("h1")).to_be_visible()
    assert page.url.endswith("/people/")

    page.context.clear_cookies()
    page.goto(f"{live_server.url}/accounts/login/")
    page.click("#passkey_login")
    page.wait_for_url(f"{live_server.url}/")
    page.goto(f"{live_server.url}/people/")
    assert page.url.endswith("/people/")
    last = Event.objects.filter(verb="accounts.signed_in").order_by("-sequence").first()
    assert last is not None and last.facts == {"methods": ["webauthn"]}
    assert complaints == []


def test_person_with_a_passkey_only_confirms_with_key_and_password(
    page: Page, live_server: Any, cast: Cast, key: dict[str, Any]
) -> None:
    Authenticator.objects.filter(user=cast.agent).delete()
    sign_in_by_password(page, live_server.url, cast.agent.email)
    set_up_passkey(page, live_server.url)
    assert Undertaking.objects.filter(user=cast.agent).exists()
    # An old sign-in: nothing of the last five minutes is left in the session.
    cookie = next(entry for entry in page.context.cookies() if entry["name"] == "session")
    age(cookie["value"])
    page.goto(f"{live_server.url}/accounts/confirm/?next=/people/")
    page.fill("[name=fresh-password]", PASSWORD)
    page.locator("main button[type=submit]").click()
    assert "/accounts/confirm/" in page.url
    page.locator("main a[href*='webauthn']").click()
    page.click("#mfa_webauthn_reauthenticate")
    page.wait_for_url("**/accounts/confirm/**")
    page.fill("[name=fresh-password]", PASSWORD)
    page.locator("main button[type=submit]").click()
    page.wait_for_url(f"{live_server.url}/people/")


def age(session_key: str) -> None:
    store = SessionStore(session_key)
    records = store["account_authentication_methods"]
    store["account_authentication_methods"] = [{**record, "at": record["at"] - 600} for record in records]
    store.save()
