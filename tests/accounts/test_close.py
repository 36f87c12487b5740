"""Ending access: accounts.memberships.close."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db import transaction
from django.test import Client

from accounts import memberships, transitions
from accounts.actors import Actor
from accounts.errors import NotAllowed
from accounts.models import Invitation, Membership, Role, User
from audit.models import Event
from tests.cast import JOINED, READ, Cast, actor, sign_in

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


COLLEAGUE = {"email": "more@example.jp", "display_name": "", "roles": [Role.MEMBER]}
NAMED = {"display_name": "別名", "kana": "", "department": "", "language": "ja"}
PLACE = {"kana": "", "corporate_number": "", "postal_code": "", "address": ""}
ACTS: dict[str, Callable[[Cast, Invitation, Actor], object]] = {
    "invite": lambda cast, made, by: transitions.invite(by.organisation, **COLLEAGUE, actor=by, at=AT),
    "withdraw": lambda cast, made, by: transitions.withdraw_invitation(made, actor=by, at=AT),
    "resend": lambda cast, made, by: transitions.resend_invitation(made, actor=by, at=AT),
    "second": lambda cast, made, by: transitions.second_invitation(made, actor=by, at=AT),
    "profile": lambda cast, made, by: transitions.change_profile(by.user, **NAMED, actor=by, at=AT),
    "sign": lambda cast, made, by: transitions.sign_undertaking(
        typed_name=by.user.display_name, read=READ, actor=by, at=AT
    ),
    "create": lambda cast, made, by: transitions.create_organisation(
        kind="customer", legal_name="新設", **PLACE, actor=by, at=AT
    ),
    "view": lambda cast, made, by: transitions.view_organisation(cast.wakaba, actor=by, at=AT),
}


@pytest.mark.parametrize("act", ACTS)
def test_act_in_flight_of_somebody_just_dismissed_is_refused(cast: Cast, act: str) -> None:
    by = actor(cast.hanako if act in {"invite", "withdraw", "resend", "profile"} else cast.approver)
    home = cast.provider if act == "second" else cast.aoba
    given = {**COLLEAGUE, "email": "new@example.jp"}
    if home == cast.provider:
        given |= {"roles": [Role.OPERATOR], "staff_number": "P-9"}
    inviter = cast.operator if home == cast.provider else cast.hanako
    made = transitions.invite(home, **given, actor=actor(inviter), at=AT)
    if act == "sign":
        cast.approver.undertakings.all().delete()
    with transaction.atomic():
        memberships.close(by.user, organisation=by.organisation, at=AT)
    before = Event.objects.count()
    with pytest.raises(NotAllowed):
        ACTS[act](cast, made, by)
    assert Event.objects.count() == before


def test_role_taken_away_counts_at_once(cast: Cast) -> None:
    by = actor(cast.hanako)
    Membership.objects.create(user=cast.hanako, organisation=cast.aoba, role=Role.MEMBER, since=JOINED)
    Membership.objects.filter(user=cast.hanako, role=Role.ADMINISTRATOR).update(until=AT)
    with pytest.raises(NotAllowed):
        ACTS["invite"](cast, Invitation(), by)
