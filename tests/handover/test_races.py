"""Two people press at the same moment: one wins, the other gets a clean answer. On both databases."""

import pytest

from accounts.models import Membership, Role
from handover import custody, transitions
from handover.models import Custody, Handover, Registration
from tests.cast import Cast, actor
from tests.handover.racing import race
from tests.stock import ALL_YES, NOW, START, all_received, drafted, holder, offered, paper, registration

pytestmark = pytest.mark.django_db(transaction=True)
ROUNDS = 4


@pytest.fixture
def kept(cast: Cast) -> Registration:
    made = registration(cast.aoba, "R-1", custodian=cast.taro)
    paper(made, "利用契約書", cast.taro)
    return made


def test_two_accepts_have_one_winner_and_one_clean_answer(cast: Cast, kept: Registration) -> None:
    made = offered(cast, kept, days=0)
    marks = all_received(made)
    who = actor(cast.jiro)

    def accept() -> None:
        transitions.accept(handover_pk=made.pk, marks=marks, answers=ALL_YES, actor=who, at=NOW)

    assert race(accept, accept, accept) == ["WrongState", "WrongState", "won"]
    assert holder(kept) == cast.jiro
    assert Custody.objects.count() == 2


@pytest.mark.parametrize("round_number", range(ROUNDS))
def test_accept_against_withdraw_has_one_winner(cast: Cast, kept: Registration, round_number: int) -> None:
    made = offered(cast, kept, days=0)
    marks = all_received(made)
    giver, taker = actor(cast.taro), actor(cast.jiro)

    def accept() -> None:
        transitions.accept(handover_pk=made.pk, marks=marks, answers=ALL_YES, actor=taker, at=NOW)

    def withdraw() -> None:
        transitions.withdraw(handover_pk=made.pk, reason="", actor=giver, at=NOW)

    acts = (accept, withdraw) if round_number % 2 else (withdraw, accept)
    assert race(*acts) == ["WrongState", "won"]
    made.refresh_from_db()
    expected = cast.jiro if made.status == Handover.Status.OVERLAP else cast.taro
    assert holder(kept) == expected


@pytest.mark.parametrize("round_number", range(ROUNDS))
def test_accept_against_leaving_never_gives_to_somebody_who_left(
    cast: Cast, kept: Registration, round_number: int
) -> None:
    made = offered(cast, kept, days=0)
    marks = all_received(made)
    taker, administrator = actor(cast.jiro), actor(cast.hanako)
    later = NOW.replace(minute=1)

    def accept() -> None:
        transitions.accept(handover_pk=made.pk, marks=marks, answers=ALL_YES, actor=taker, at=NOW)

    def leave() -> None:
        transitions.leave(user_pk=cast.jiro.pk, actor=administrator, at=later)

    acts = (accept, leave) if round_number % 2 else (leave, accept)
    answers = race(*acts)
    assert answers in (["WrongState", "won"], ["won", "won"])
    assert Custody.objects.current().get(registration=kept).user in (cast.taro, cast.hanako)


def test_two_drafts_of_one_registration_have_one_winner(cast: Cast, kept: Registration) -> None:
    assert race(lambda: drafted(cast, kept), lambda: drafted(cast, kept, to=cast.saburo)) == ["WrongState", "won"]
    assert Handover.objects.count() == 1


def test_two_administrators_leaving_at_once_leave_one_behind(cast: Cast, kept: Registration) -> None:
    Membership.objects.create(user=cast.jiro, organisation=cast.aoba, role=Role.ADMINISTRATOR, since=START)
    first, second = actor(cast.hanako), actor(cast.jiro)
    answers = race(
        lambda: transitions.leave(user_pk=cast.hanako.pk, actor=first, at=NOW),
        lambda: transitions.leave(user_pk=cast.jiro.pk, actor=second, at=NOW),
    )
    assert answers == ["Refused", "won"]
    assert len(custody.administrators(cast.aoba)) == 1


def test_taking_into_care_against_leaving_never_gives_to_somebody_who_left(cast: Cast) -> None:
    alone = registration(cast.aoba, "R-7", custodian=None)
    Membership.objects.create(user=cast.jiro, organisation=cast.aoba, role=Role.ADMINISTRATOR, since=START)
    taker, other = actor(cast.jiro), actor(cast.hanako)
    later = NOW.replace(minute=1)
    race(
        lambda: transitions.take_into_care(registration_pk=alone.pk, actor=taker, at=NOW),
        lambda: transitions.leave(user_pk=cast.jiro.pk, actor=other, at=later),
    )
    assert Custody.objects.current().get(registration=alone).user in (None, cast.hanako)
