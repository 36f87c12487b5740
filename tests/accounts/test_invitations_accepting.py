"""An invitation is accepted, withdrawn or sent again."""

from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress

from accounts import transitions
from accounts.errors import NotAllowed, Refused, WrongState
from accounts.models import Invitation, Membership, Person, Role, User
from audit.models import Event
from tests.accounts.invited import AT, accept, invite, token_of
from tests.cast import JOINED, Cast, actor, somebody
from tests.letterbox import link_in, mails

# accept -------------------------------------------------------------------------------------------------------------


def test_newcomer_accepts(cast: Cast) -> None:
    made = invite(cast.hanako, cast.aoba)
    later = AT + timedelta(hours=1)
    user = accept(token_of(), later)
    assert (user.display_name, user.kana, user.department) == ("新井 新", "アライ アラタ", "総務部")
    assert user.check_password("a long phrase") and user.date_joined == later
    address = EmailAddress.objects.get(user=user)
    assert (address.email, address.verified, address.primary) == ("new@example.jp", True, True)
    (membership,) = Membership.objects.filter(user=user)
    assert (membership.organisation, membership.role, membership.since) == (cast.aoba, "member", later)
    made.refresh_from_db()
    assert (made.status, made.accepted_by, made.closed_at) == ("accepted", user, later)
    event = Event.objects.get(verb="invitation.accepted")
    assert (event.actor, event.actor_organisation, event.subject) == (user.label, cast.aoba.label, made.label)
    assert event.about == sorted([cast.aoba.label, made.label, user.label])
    (mail,) = mails("invitation_accepted")
    assert mail["to"] == cast.hanako.email and "新井 新" in mail["body"]


def test_link_works_once(cast: Cast) -> None:
    invite(cast.hanako, cast.aoba)
    token = token_of()
    accept(token)
    with pytest.raises(WrongState):
        accept(token)
    assert Event.objects.filter(verb="invitation.accepted").count() == 1


@pytest.mark.parametrize(
    ("days", "works"), [(timedelta(days=7) - timedelta(seconds=1), True), (timedelta(days=7), False)]
)
def test_link_is_good_for_seven_days(cast: Cast, days: timedelta, works: bool) -> None:
    invite(cast.hanako, cast.aoba)
    if works:
        assert accept(token_of(), AT + days).is_active
    else:
        with pytest.raises(WrongState):
            accept(token_of(), AT + days)
        assert not User.objects.filter(email="new@example.jp").exists()


def test_withdrawn_link_does_not_work(cast: Cast) -> None:
    made = invite(cast.hanako, cast.aoba)
    transitions.withdraw_invitation(made, actor=actor(cast.hanako), at=AT)
    with pytest.raises(WrongState):
        accept(token_of())


def test_changed_token_is_none(cast: Cast) -> None:
    invite(cast.hanako, cast.aoba)
    token = token_of()
    for wrong in (token[:-1], token.swapcase(), token + "A", "", "1"):
        with pytest.raises(Invitation.DoesNotExist):
            accept(wrong)


def test_address_that_got_an_account_in_between_is_refused(cast: Cast) -> None:
    invite(cast.hanako, cast.aoba)
    invite(cast.wakako, cast.wakaba)
    first, second = [link_in(mail["body"]).split("/")[2] for mail in mails("invitation")]
    accept(first)
    with pytest.raises(Refused):
        accept(second)
    assert User.objects.filter(email="new@example.jp").count() == 1


def test_staff_number_that_was_taken_in_between_is_refused(cast: Cast) -> None:
    invite(cast.supervisor, cast.desk, roles=[Role.AGENT], staff_number="N-1")
    somebody(cast.desk, "別人", "", "n-1@desk.example", Role.AGENT)
    Person.objects.filter(staff_number="S-n-1").update(staff_number="N-1")
    with pytest.raises(Refused):
        accept(token_of())
    assert not User.objects.filter(email="new@example.jp").exists()


# withdraw, resend ---------------------------------------------------------------------------------------------------


def test_withdrawing_is_noted_once(cast: Cast) -> None:
    made = invite(cast.hanako, cast.aoba)
    transitions.withdraw_invitation(made, actor=actor(cast.hanako), at=AT)
    with pytest.raises(WrongState):
        transitions.withdraw_invitation(made, actor=actor(cast.hanako), at=AT)
    assert Event.objects.filter(verb="invitation.withdrawn").count() == 1


@pytest.mark.parametrize("name", ["taro", "wakako", "agent", "editor", "auditor"])
def test_who_may_not_withdraw_or_resend(cast: Cast, name: str) -> None:
    made = invite(cast.hanako, cast.aoba)
    for act in (transitions.withdraw_invitation, transitions.resend_invitation):
        with pytest.raises(NotAllowed):
            act(made, actor=actor(getattr(cast, name)), at=AT)


def test_resending_makes_the_old_link_lead_nowhere(cast: Cast) -> None:
    made = invite(cast.hanako, cast.aoba)
    old = token_of()
    later = AT + timedelta(days=30)
    transitions.resend_invitation(made, actor=actor(cast.hanako), at=later)
    with pytest.raises(Invitation.DoesNotExist):
        accept(old, later)
    assert accept(token_of(), later + timedelta(days=6)).is_active


def test_accepted_invitation_is_not_sent_again(cast: Cast) -> None:
    made = invite(cast.hanako, cast.aoba)
    accept(token_of())
    with pytest.raises(WrongState):
        transitions.resend_invitation(made, actor=actor(cast.hanako), at=AT)


def test_membership_that_ended_before_counts_no_more(cast: Cast) -> None:
    Membership.objects.filter(user=cast.hanako).update(until=JOINED)
    home = cast.aoba
    assert invite(cast.operator, home, roles=[Role.ADMINISTRATOR]).status == "proposed"
