"""Somebody is invited, and by two persons where one is not enough."""

from datetime import timedelta

import pytest

from accounts import memberships, transitions
from accounts.errors import NotAllowed, Refused, WrongState
from accounts.links import hash_of
from accounts.models import Invitation, Membership, Organisation, OrganisationKind, Role, User
from audit.models import Event
from outbox.models import Notice
from tests.accounts.invited import AT, accept, first, invite, token_of
from tests.cast import Cast, actor, somebody
from tests.letterbox import mails


def agree(made: Invitation, by: User) -> Invitation:
    return transitions.second_invitation(made, actor=actor(by), at=AT)


def nothing_happened() -> bool:
    return not Event.objects.exists() and not Notice.objects.exists() and not Invitation.objects.exists()


# invite -------------------------------------------------------------------------------------------------------------


def test_administrator_invites_a_colleague(cast: Cast) -> None:
    made = invite(cast.hanako, cast.aoba)
    assert (made.status, made.expires_at, made.invited_by) == ("sent", AT + timedelta(days=7), cast.hanako)
    (event,) = Event.objects.all()
    assert (event.verb, event.actor, event.subject) == ("invitation.made", cast.hanako.label, made.label)
    assert event.facts == {"roles": ["member"], "status": "sent"}
    (mail,) = mails()
    assert (mail["to"], mail["recipient"]) == ("new@example.jp", made.label)
    assert "青木 花子" in mail["body"] and "青葉商事株式会社" in mail["body"]


def test_only_a_hash_of_the_token_is_kept(cast: Cast) -> None:
    made = invite(cast.hanako, cast.aoba)
    token = token_of()
    assert made.token_hash == hash_of(token)
    for row in [*Invitation.objects.values(), *Event.objects.values(), *Notice.objects.values()]:
        assert token not in str(row)


ALLOWED = {
    ("hanako", "aoba"),
    ("wakako", "wakaba"),
    ("worker", "works"),
    ("supervisor", "desk"),
    ("operator", "provider"),
    ("approver", "provider"),
    ("senior", "provider"),
}


PEOPLE = "hanako taro jiro wakako minoru worker agent supervisor operator approver senior editor auditor".split()


@pytest.mark.parametrize("place", ["aoba", "wakaba", "works", "desk", "provider"])
@pytest.mark.parametrize("name", PEOPLE)
def test_who_invites_where(cast: Cast, name: str, place: str) -> None:
    home: Organisation = getattr(cast, place)
    role = {"desk": Role.AGENT, "provider": Role.OPERATOR}.get(place, Role.MEMBER)
    number = "N-1" if home.is_staff else ""
    if (name, place) in ALLOWED:
        assert invite(getattr(cast, name), home, roles=[role], staff_number=number).organisation == home
    else:
        with pytest.raises(NotAllowed):
            invite(getattr(cast, name), home, roles=[role], staff_number=number)
        assert nothing_happened()


@pytest.mark.parametrize(
    ("kind", "role", "number"),
    [
        (OrganisationKind.CUSTOMER, Role.ADMINISTRATOR, ""),
        (OrganisationKind.CONTRACTOR, Role.MEMBER, ""),
        (OrganisationKind.AGENCY, Role.SUPERVISOR, "A-1"),
    ],
)
def test_provider_invites_the_first_person_only(cast: Cast, kind: str, role: str, number: str) -> None:
    home = Organisation.objects.create(kind=kind, legal_name="新設")
    agree(invite(cast.operator, home, roles=[role], staff_number=number), cast.approver)
    user = accept(token_of())
    assert Membership.objects.current().get(user=user).role == role
    with pytest.raises(NotAllowed):
        invite(cast.operator, home, "other@example.jp", roles=[role], staff_number=number)


def test_provider_gives_first_people_no_other_role(cast: Cast) -> None:
    home = Organisation.objects.create(kind=OrganisationKind.CUSTOMER, legal_name="新設")
    with pytest.raises(Refused):
        invite(cast.operator, home, roles=[Role.MEMBER])


@pytest.mark.parametrize("roles", [[], ["operator"], ["member", "senior"], ["nonsense"]])
def test_administrator_cannot_give_roles_of_others(cast: Cast, roles: list[str]) -> None:
    with pytest.raises(Refused) as refusal:
        invite(cast.hanako, cast.aoba, roles=roles)
    assert "roles" in refusal.value.fields
    assert nothing_happened()


@pytest.mark.parametrize("email", ["minoru@wakaba.example", "MINORU@WAKABA.EXAMPLE", "ｍinoru@wakaba.example"])
def test_address_of_somebody_elsewhere_is_refused(cast: Cast, email: str) -> None:
    with pytest.raises(Refused) as refusal:
        invite(cast.hanako, cast.aoba, email)
    assert "email" in refusal.value.fields
    assert nothing_happened()


def test_second_press_finds_the_open_invitation(cast: Cast) -> None:
    invite(cast.hanako, cast.aoba)
    with pytest.raises(Refused):
        invite(cast.hanako, cast.aoba, "NEW@example.jp")
    assert Invitation.objects.count() == Event.objects.count() == 1


def test_staff_needs_a_staff_number_of_its_own(cast: Cast) -> None:
    taken = cast.agent.person.staff_number if cast.agent.person else ""
    for number in ("", taken):
        with pytest.raises(Refused) as refusal:
            invite(cast.supervisor, cast.desk, roles=[Role.AGENT], staff_number=number)
        assert "staff_number" in refusal.value.fields


# two persons --------------------------------------------------------------------------------------------------------


def into_provider(cast: Cast, by: User) -> Invitation:
    return invite(by, cast.provider, roles=[Role.OPERATOR], staff_number="P-9")


def test_provider_invitation_waits_for_a_second_person(cast: Cast) -> None:
    made = into_provider(cast, cast.operator)
    assert (made.status, made.token_hash) == ("proposed", None)
    assert mails() == []
    seconded = transitions.second_invitation(made, actor=actor(cast.approver), at=AT)
    assert (seconded.status, seconded.seconded_by) == ("sent", cast.approver)
    assert [event.verb for event in Event.objects.order_by("sequence")] == ["invitation.made", "invitation.seconded"]
    user = accept(token_of())
    assert user.person is not None and user.person.staff_number == "P-9"


@pytest.mark.parametrize("name", ["operator", "editor", "auditor", "hanako", "supervisor", "agent"])
def test_who_may_not_agree_to_a_provider_invitation(cast: Cast, name: str) -> None:
    made = into_provider(cast, cast.approver)
    with pytest.raises(NotAllowed):
        transitions.second_invitation(made, actor=actor(getattr(cast, name)), at=AT)
    assert mails() == []


def test_inviter_does_not_agree_to_the_own_invitation(cast: Cast) -> None:
    made = into_provider(cast, cast.senior)
    with pytest.raises(NotAllowed):
        transitions.second_invitation(made, actor=actor(cast.senior), at=AT)


def test_second_account_of_the_inviter_is_the_same_person(cast: Cast) -> None:
    made = into_provider(cast, cast.senior)
    User.objects.filter(pk=cast.approver.pk).update(person=cast.senior.person)
    with pytest.raises(NotAllowed):
        transitions.second_invitation(made, actor=actor(User.objects.get(pk=cast.approver.pk)), at=AT)


def test_invited_person_does_not_agree_to_the_own_invitation(cast: Cast) -> None:
    made = into_provider(cast, cast.operator)
    number = cast.approver.person.staff_number if cast.approver.person else ""
    Invitation.objects.filter(pk=made.pk).update(staff_number=number)
    with pytest.raises(NotAllowed):
        transitions.second_invitation(made, actor=actor(cast.approver), at=AT)


def test_agreeing_twice_is_a_wrong_state(cast: Cast) -> None:
    made = into_provider(cast, cast.operator)
    transitions.second_invitation(made, actor=actor(cast.approver), at=AT)
    with pytest.raises(WrongState):
        transitions.second_invitation(made, actor=actor(cast.senior), at=AT)
    assert len(mails()) == 1


def test_proposed_invitation_cannot_be_sent_by_resending(cast: Cast) -> None:
    made = into_provider(cast, cast.operator)
    with pytest.raises(WrongState):
        transitions.resend_invitation(made, actor=actor(cast.operator), at=AT)
    assert mails() == []


# the provider invites the first person of an organisation -----------------------------------------------------------


@pytest.fixture
def new_home(cast: Cast) -> Organisation:
    return Organisation.objects.create(kind=OrganisationKind.CUSTOMER, legal_name="新設")


@pytest.mark.parametrize("name", ["operator", "approver", "senior"])
def test_one_person_of_the_provider_lets_nobody_into_a_customer(cast: Cast, new_home: Organisation, name: str) -> None:
    made = first(getattr(cast, name), new_home)
    assert (made.status, made.token_hash, mails()) == ("proposed", None, [])
    with pytest.raises(NotAllowed):
        agree(made, getattr(cast, name))
    with pytest.raises(WrongState):
        transitions.resend_invitation(made, actor=actor(getattr(cast, name)), at=AT)


def test_second_account_of_the_person_who_invites_the_first_administrator_does_not_agree(
    cast: Cast, new_home: Organisation
) -> None:
    made = first(cast.operator, new_home)
    User.objects.filter(pk=cast.approver.pk).update(person=cast.operator.person)
    with pytest.raises(NotAllowed):
        agree(made, User.objects.get(pk=cast.approver.pk))
    assert mails() == []


@pytest.mark.parametrize("name", ["editor", "auditor", "hanako", "supervisor", "second_operator"])
def test_who_does_not_agree_to_the_first_administrator(cast: Cast, new_home: Organisation, name: str) -> None:
    made = first(cast.operator, new_home)
    other = getattr(cast, name, None) or somebody(cast.provider, "空 二", "", "second@provider.example", Role.OPERATOR)
    with pytest.raises(NotAllowed):
        agree(made, other)
    assert mails() == []


@pytest.mark.parametrize("name", ["approver", "senior"])
def test_approver_agrees_to_the_first_administrator(cast: Cast, new_home: Organisation, name: str) -> None:
    made = agree(first(cast.operator, new_home), getattr(cast, name))
    assert (made.status, made.seconded_by) == ("sent", getattr(cast, name))
    assert Membership.objects.get(user=accept(token_of())).organisation == new_home


def test_invitation_of_the_first_person_is_void_once_there_is_one(cast: Cast, new_home: Organisation) -> None:
    made = agree(first(cast.operator, new_home), cast.approver)
    waiting = first(cast.operator, new_home, "other@example.jp")
    token = token_of()
    somebody(new_home, "先 着", "", "earlier@new.example", Role.ADMINISTRATOR)
    with pytest.raises(WrongState):
        accept(token)
    with pytest.raises(WrongState):
        transitions.resend_invitation(made, actor=actor(cast.operator), at=AT)
    with pytest.raises(WrongState):
        agree(waiting, cast.approver)
    assert not User.objects.filter(email="new@example.jp").exists() and len(mails()) == 1
    transitions.withdraw_invitation(made, actor=actor(cast.operator), at=AT)


def test_invitation_of_an_own_administrator_stays_good(cast: Cast) -> None:
    made = invite(cast.hanako, cast.aoba, roles=[Role.ADMINISTRATOR])
    transitions.resend_invitation(made, actor=actor(cast.operator), at=AT)
    assert accept(token_of()).is_active


# a lost second factor -----------------------------------------------------------------------------------------------


def test_who_lost_a_second_factor_is_invited_anew_by_two_as_a_new_account(cast: Cast) -> None:
    memberships.close(cast.wakako, organisation=cast.wakaba, at=AT)
    other = somebody(cast.wakaba, "若林 二", "", "second@wakaba.example", Role.ADMINISTRATOR)
    third = somebody(cast.wakaba, "若林 三", "", "third@wakaba.example", Role.ADMINISTRATOR)
    made = invite(other, cast.wakaba, "Wakako@wakaba.example", roles=[Role.ADMINISTRATOR])
    assert made.status == "proposed"
    with pytest.raises(NotAllowed):
        transitions.second_invitation(made, actor=actor(other), at=AT)
    transitions.second_invitation(made, actor=actor(third), at=AT)
    user = accept(token_of("wakako@wakaba.example"))
    assert user.pk != cast.wakako.pk
    assert not User.objects.get(pk=cast.wakako.pk).is_active


def test_who_had_no_second_factor_is_invited_anew_by_one(cast: Cast) -> None:
    memberships.close(cast.taro, organisation=cast.aoba, at=AT)
    assert invite(cast.hanako, cast.aoba, "taro@aoba.example").status == "sent"
    assert accept(token_of("taro@aoba.example")).pk != cast.taro.pk
