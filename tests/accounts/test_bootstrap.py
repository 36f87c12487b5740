"""manage.py bootstrap: the provider's first two people."""

from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from accounts.models import Invitation, Membership, Organisation, User
from audit.models import Event
from tests.cast import Cast
from tests.letterbox import link_in

NEW = {"display_name": "空知 操", "kana": "", "department": "", "language": "ja"}
PASSWORDS = {"password": "a long phrase", "again": "a long phrase"}


def bootstrap(*arguments: str) -> str:
    out = StringIO()
    call_command("bootstrap", *arguments, stdout=out)
    return link_in(out.getvalue())


@pytest.mark.django_db
def test_first_person_gets_a_link_that_works_once(settings: Any) -> None:
    path = bootstrap("first@provider.example", "--name", "空知 操")
    provider = Organisation.objects.get(kind="provider")
    assert provider.legal_name == settings.PROVIDER_NAME
    assert Event.objects.get().actor == "system:bootstrap"
    client = Client()
    assert client.post(path, {**NEW, **PASSWORDS}).status_code == 302
    user = User.objects.get(email="first@provider.example")
    roles = set(Membership.objects.filter(user=user).values_list("role", flat=True))
    assert roles == {"operator", "approver", "senior", "editor"}
    assert client.get("/")["Location"] == "/accounts/enrol/"
    assert Client().post(path, {**NEW, **PASSWORDS}).status_code == 409


@pytest.mark.django_db
def test_two_persons_come_in_and_no_third() -> None:
    Client().post(bootstrap("first@provider.example"), {**NEW, **PASSWORDS})
    with pytest.raises(CommandError) as same:
        bootstrap("second@provider.example")
    assert same.value.returncode == 1
    Client().post(bootstrap("second@provider.example", "--staff-number", "2"), {**NEW, **PASSWORDS})
    with pytest.raises(CommandError) as third:
        bootstrap("third@provider.example", "--staff-number", "3")
    assert third.value.returncode == 1
    assert Organisation.objects.filter(kind="provider").count() == 1


@pytest.mark.django_db
def test_new_link_withdraws_the_one_before() -> None:
    first = bootstrap("first@provider.example")
    second = bootstrap("first@provider.example")
    assert Client().get(first).status_code == 409
    assert Client().get(second).status_code == 200
    assert Invitation.objects.filter(status="sent").count() == 1


def test_provider_with_its_people_needs_no_bootstrap(cast: Cast) -> None:
    with pytest.raises(CommandError) as refused:
        bootstrap("more@provider.example", "--staff-number", "99")
    assert refused.value.returncode == 1


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["", "nobody", "a@b", "a b@c.example"])
def test_unusable_address_is_told_apart(address: str) -> None:
    with pytest.raises(CommandError) as refused:
        bootstrap(address)
    assert refused.value.returncode == 2
    assert not Organisation.objects.exists()
