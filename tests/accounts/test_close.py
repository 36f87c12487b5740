"""Ending access: accounts.memberships.close."""

from datetime import UTC, datetime

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db import transaction
from django.test import Client

from accounts import memberships
from accounts.models import Membership, Role, User
from tests.cast import JOINED, Cast, sign_in

AT = datetime(2026, 11, 27, tzinfo=UTC)


def test_close_ends_memberships_account_and_sessions(cast: Cast) -> None:
    sign_in(Client(), cast.hanako)
    sign_in(Client(), cast.hanako)
    Membership.objects.create(user=cast.hanako, organisation=cast.aoba, role=Role.MEMBER, since=JOINED)
    assert memberships.close(cast.hanako, organisation=cast.aoba, at=AT) == ["administrator", "member"]
    assert set(Membership.objects.filter(user=cast.hanako).values_list("until", flat=True)) == {AT}
    assert not User.objects.get(pk=cast.hanako.pk).is_active
    assert not EmailAddress.objects.filter(user=cast.hanako).exists()
    assert not UserSession.objects.filter(user=cast.hanako).exists()
    left = [row.get_decoded() for row in Session.objects.all()]
    assert left == [{memberships.ENDED_KEY: True}] * 2


def test_close_touches_nobody_else(cast: Cast) -> None:
    client = sign_in(Client(), cast.jiro)
    memberships.close(cast.taro, organisation=cast.aoba, at=AT)
    assert client.get("/people/").status_code == 200
    assert Membership.objects.current().filter(organisation=cast.aoba).count() == 3


def test_close_keeps_factors_as_memory(cast: Cast) -> None:
    memberships.close(cast.hanako, organisation=cast.aoba, at=AT)
    assert Authenticator.objects.filter(user=cast.hanako).exists()


def test_close_in_one_organisation_keeps_access_in_another(cast: Cast) -> None:
    Membership.objects.create(user=cast.taro, organisation=cast.works, role=Role.MEMBER, since=JOINED)
    memberships.close(cast.taro, organisation=cast.works, at=AT)
    assert User.objects.get(pk=cast.taro.pk).is_active
    assert Membership.objects.current().filter(user=cast.taro, organisation=cast.aoba).exists()


@pytest.mark.django_db(transaction=True)
def test_close_refuses_to_stand_alone(cast: Cast) -> None:
    with pytest.raises(transaction.TransactionManagementError):
        memberships.close(cast.taro, organisation=cast.aoba, at=AT)
    assert Membership.objects.current().filter(user=cast.taro).exists()
