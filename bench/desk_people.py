"""Who opens the pages of the desk that are measured: signed in, second factor shown, undertaking signed."""

import time
from datetime import timedelta

from allauth.mfa.models import Authenticator
from django.test import Client

from accounts import undertakings
from accounts.models import Membership, Organisation, Person, Role, Undertaking, User
from bench.desk_rows import NOW, People


def make(host: str) -> tuple[People, dict[str, Client]]:
    """Make an agency with its people and two of the provider; return them and their browsers by name."""
    desk = Organisation.objects.create(kind="agency", legal_name="窓口受託株式会社")
    provider = Organisation.objects.create(kind="provider", legal_name="回線提供株式会社")
    found = {
        "agent": _somebody(desk, "agent", Role.AGENT),
        "caller": _somebody(desk, "caller", Role.AGENT),
        "supervisor": _somebody(desk, "supervisor", Role.SUPERVISOR),
        "operator": _somebody(provider, "operator", Role.OPERATOR),
        "senior": _somebody(provider, "senior", Role.SENIOR),
    }
    elsewhere = Organisation.objects.create(kind="agency", legal_name="別窓口受託株式会社")
    people = People(found["agent"], found["caller"], found["supervisor"], found["operator"], desk, elsewhere)
    return people, {name: _signed_in(user, host) for name, user in found.items()}


def _somebody(home: Organisation, name: str, role: str) -> User:
    user = User(email=f"{name}@desk.example", display_name=f"日向 {name}", kana="ヒナタ", date_joined=NOW)
    user.person = Person.objects.create(organisation=home, staff_number=name)
    user.set_unusable_password()
    user.save()
    Membership.objects.create(user=user, organisation=home, role=role, since=NOW - timedelta(days=900))
    version = undertakings.current()
    Undertaking.objects.create(
        user=user,
        organisation=home,
        version=version,
        text_hash=undertakings.text_hash(version, "ja"),
        signed_at=NOW,
    )
    return user


def _signed_in(user: User, host: str) -> Client:
    factor = Authenticator.objects.create(user=user, type="totp", data={"secret": ""})
    client = Client(SERVER_NAME=host)
    client.force_login(user, backend="accounts.backends.Backend")
    session, now = client.session, time.time()
    session["account_authentication_methods"] = [
        {"method": "password", "at": now, "email": user.email},
        {"method": "mfa", "at": now, "id": factor.pk, "type": "totp"},
    ]
    session["account_authentication_methods_user"] = str(user.pk)
    session.save()
    return client
