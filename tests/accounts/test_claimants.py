"""Accounts without rights for people whose claim was approved: a tenant of their own until it is carried out."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import transaction

from accounts import claimants, memberships, queries, transitions
from accounts.actors import find_actor
from accounts.errors import DomainError, NotAllowed, Refused, WrongState
from accounts.models import Invitation, Membership, Organisation, OrganisationKind, Role, User
from audit.record import Public
from handover.models import Registration
from tests.cast import PASSWORD, READ, Cast, actor
from tests.stock import registration

pytestmark = pytest.mark.django_db

AT = datetime(2026, 11, 27, 9, 0, tzinfo=UTC)
NUMBER = "C-1234-567-890"
GIVEN = {"display_name": "渡邉 翔", "kana": "", "department": "", "language": "ja", "password": PASSWORD}


def invited(cast: Cast, *, number: str = NUMBER, email: str = "sho@new.example") -> tuple[Invitation, str]:
    with transaction.atomic():
        return claimants.invite(
            number=number, email=email, display_name="渡邉 翔", language="ja", by=cast.approver, at=AT
        )


def opened(cast: Cast) -> User:
    _invitation, token = invited(cast)
    return transitions.accept_invitation(token, **GIVEN, actor=Public(), at=AT)


def test_approved_claimant_opens_an_account_in_a_tenant_of_its_own(cast: Cast) -> None:
    user = opened(cast)
    who = actor(user)
    assert (who.kind, who.organisation.legal_name, who.roles) == ("claimant", NUMBER, frozenset({Role.CLAIMANT}))
    assert who.is_claimant
    assert not who.is_customer
    assert who.needs_second_factor
    assert user.person is None


def test_second_link_of_one_claim_leads_to_the_same_tenant(cast: Cast) -> None:
    first, _token = invited(cast)
    second, _token = invited(cast)
    other, _token = invited(cast, number="C-0000-000-001", email="other@new.example")
    assert first.organisation == second.organisation != other.organisation


@pytest.mark.parametrize("after", [timedelta(days=7), timedelta(days=8)])
def test_link_works_for_seven_days(cast: Cast, after: timedelta) -> None:
    _invitation, token = invited(cast)
    with pytest.raises(WrongState):
        transitions.accept_invitation(token, **GIVEN, actor=Public(), at=AT + after)
    assert not User.objects.filter(email="sho@new.example").exists()


def test_link_works_once(cast: Cast) -> None:
    _invitation, token = invited(cast)
    transitions.accept_invitation(token, **GIVEN, actor=Public(), at=AT)
    with pytest.raises(WrongState):
        transitions.accept_invitation(token, **GIVEN, actor=Public(), at=AT)


def test_claimant_sees_only_itself(cast: Cast) -> None:
    registration(cast.aoba, "R-1", custodian=cast.taro)
    user = opened(cast)
    who = actor(user)
    assert not Registration.objects.visible_to(who, AT).exists()
    assert [one.pk for one in queries.organisations_visible_to(who)] == [who.organisation.pk]
    assert [one.pk for one in queries.people_of(who.organisation)] == [user.pk]


def test_claimant_lets_nobody_in_and_nobody_is_let_in_there(cast: Cast) -> None:
    user = opened(cast)
    home = actor(user).organisation
    for who, where in ((user, home), (user, cast.aoba), (cast.operator, home), (cast.hanako, home)):
        with pytest.raises(DomainError) as refused:
            transitions.invite(
                where, email="more@new.example", display_name="", roles=["member"], actor=actor(who), at=AT
            )
        assert isinstance(refused.value, NotAllowed | Refused)
    assert not Invitation.objects.filter(email="more@new.example").exists()


def test_claimant_signs_no_undertaking_and_makes_no_organisation(cast: Cast) -> None:
    who = actor(opened(cast))
    with pytest.raises(NotAllowed):
        transitions.sign_undertaking(typed_name="渡邉 翔", read=READ, actor=who, at=AT)
    with pytest.raises(NotAllowed):
        transitions.create_organisation(
            kind="customer",
            legal_name="新会社",
            kana="",
            corporate_number="",
            postal_code="",
            address="",
            actor=who,
            at=AT,
        )


def test_nobody_makes_an_organisation_of_this_kind_by_hand(cast: Cast) -> None:
    with pytest.raises(Refused):
        transitions.create_organisation(
            kind="claimant",
            legal_name=NUMBER,
            kana="",
            corporate_number="",
            postal_code="",
            address="",
            actor=actor(cast.operator),
            at=AT,
        )


def test_claimant_becomes_a_member_at_one_instant(cast: Cast) -> None:
    user = opened(cast)
    later = AT + timedelta(hours=1)
    with transaction.atomic():
        made = claimants.become_member(user, cast.aoba, at=later)
    assert (made.organisation, made.role, made.since) == (cast.aoba, Role.MEMBER, later)
    ended = Membership.objects.get(user=user, role=Role.CLAIMANT)
    assert ended.until == later
    assert actor(user).organisation == cast.aoba
    assert not actor(user).is_claimant


def test_somebody_who_is_no_claimant_any_more_does_not_become_a_member(cast: Cast) -> None:
    user = opened(cast)
    with transaction.atomic():
        memberships.close(user, organisation=actor(user).organisation, at=AT)
    for who in (User.objects.get(pk=user.pk), cast.jiro, cast.agent):
        with pytest.raises(WrongState), transaction.atomic():
            claimants.become_member(who, cast.aoba, at=AT)
    assert find_actor(User.objects.get(pk=user.pk)) is None
    assert not Membership.objects.filter(user=user, organisation=cast.aoba).exists()
    assert Membership.objects.current().get(user=cast.jiro).organisation == cast.aoba


def test_ended_account_frees_its_address_for_the_next_link(cast: Cast) -> None:
    user = opened(cast)
    with transaction.atomic():
        memberships.close(user, organisation=actor(user).organisation, at=AT)
    assert queries.find_account("sho@new.example") is None
    again = opened(cast)
    assert again.pk != user.pk
    assert Organisation.objects.filter(kind=OrganisationKind.CLAIMANT).count() == 1
