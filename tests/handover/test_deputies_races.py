"""Fifty at once: never a third deputy, never two executions. On both databases."""

from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from accounts.models import Role, User
from handover import transitions
from handover.models import AuthorityApproval, Custody, Deputy, Registration
from tests.cast import Cast, actor, somebody
from tests.handover.reassigning import DUE, notified, proposed
from tests.handover.test_races import race
from tests.stock import NOW, drafted, holder, offered, registration

pytestmark = pytest.mark.django_db(transaction=True)
RACERS = 50
Act = Callable[[], Any]


@pytest.fixture
def kept(cast: Cast) -> Registration:
    return registration(cast.aoba, "R-1", custodian=cast.taro)


def test_fifty_named_at_once_make_two_deputies(cast: Cast, kept: Registration) -> None:
    people = [
        somebody(cast.aoba, f"社員 {number}", f"シャイン {number}", f"s{number}@aoba.example", Role.MEMBER)
        for number in range(RACERS)
    ]
    by = actor(cast.taro)

    def named(person: User) -> Act:
        return lambda: transitions.name_deputy(registration_pk=kept.pk, deputy=person, actor=by, at=NOW)

    answers = race(*(named(person) for person in people))
    assert Counter(answers) == {"won": 2, "Refused": RACERS - 2}
    assert set(Deputy.objects.current().values_list("place", flat=True)) == {1, 2}


def test_one_person_named_fifty_times_at_once_is_deputy_once(cast: Cast, kept: Registration) -> None:
    by = actor(cast.taro)

    def name() -> None:
        transitions.name_deputy(registration_pk=kept.pk, deputy=cast.saburo, actor=by, at=NOW)

    assert Counter(race(*[name] * RACERS)) == {"won": 1, "Refused": RACERS - 1}
    assert Deputy.objects.current().count() == 1


@pytest.mark.parametrize("round_number", range(4))
def test_naming_against_taking_over_never_leaves_a_custodian_as_deputy(
    cast: Cast, kept: Registration, round_number: int
) -> None:
    made = offered(cast, kept, days=0)
    taker, by = actor(cast.jiro), actor(cast.hanako)

    def accept() -> None:
        marks = {item.pk: ("received", "") for item in made.items.all()}
        answers = dict.fromkeys(("purpose", "stops", "bill", "contractors", "kit"), "yes")
        transitions.accept(handover_pk=made.pk, marks=marks, answers=answers, actor=taker, at=NOW)

    def name() -> None:
        transitions.name_deputy(registration_pk=kept.pk, deputy=cast.jiro, actor=by, at=NOW)

    answers = race(*((accept, name) if round_number % 2 else (name, accept)))
    assert answers in (["Refused", "won"], ["won", "won"])
    assert holder(kept) == cast.jiro and not Deputy.objects.current().exists()


@pytest.mark.parametrize("round_number", range(4))
def test_naming_against_leaving_never_names_somebody_who_left(
    cast: Cast, kept: Registration, round_number: int
) -> None:
    by = actor(cast.hanako)

    def name() -> None:
        transitions.name_deputy(registration_pk=kept.pk, deputy=cast.saburo, actor=by, at=NOW)

    def leave() -> None:
        transitions.leave(user_pk=cast.saburo.pk, actor=by, at=NOW + timedelta(minutes=1))

    answers = race(*((leave, name) if round_number % 2 else (name, leave)))
    assert answers in (["Refused", "won"], ["won", "won"])
    assert not Deputy.objects.current().exists()


def test_fifty_executions_at_once_change_custody_once(cast: Cast) -> None:
    held = [registration(cast.aoba, number, custodian=cast.hanako) for number in ("R-1", "R-2")]
    case, by = notified(cast, *held), actor(cast.approver)

    def execute() -> None:
        transitions.execute_reassignment(case_pk=case.pk, signed_hash=case.proposal_hash, actor=by, at=DUE)

    assert Counter(race(*[execute] * RACERS)) == {"won": 1, "WrongState": RACERS - 1}
    assert holder(held[0]) == holder(held[1]) == cast.jiro and Custody.objects.count() == 4


def test_two_yeses_at_once_are_one_of_each_role(cast: Cast) -> None:
    case = proposed(cast, registration(cast.aoba, "R-1", custodian=cast.hanako))

    def approve(by: User) -> Act:
        who = actor(by)
        return lambda: transitions.approve_reassignment(
            case_pk=case.pk, signed_hash=case.proposal_hash, actor=who, at=NOW
        )

    both = [approve(cast.approver), approve(cast.senior)] * 5
    assert Counter(race(*both)) == {"won": 2, "WrongState": 8}
    assert sorted(AuthorityApproval.objects.values_list("role", flat=True)) == ["approver", "senior"]


def test_execution_against_a_handover_of_the_predecessor_has_one_owner(cast: Cast) -> None:
    held = registration(cast.aoba, "R-1", custodian=cast.hanako)
    made = drafted(cast, held, by=cast.hanako, to=cast.saburo)
    case, by, giver = notified(cast, held), actor(cast.approver), actor(cast.hanako)

    def execute() -> None:
        transitions.execute_reassignment(case_pk=case.pk, signed_hash=case.proposal_hash, actor=by, at=DUE)

    def offer() -> None:
        transitions.offer(handover_pk=made.pk, actor=giver, at=DUE)

    assert race(execute, offer) == ["WrongState", "won"]
    made.refresh_from_db()
    assert (holder(held), made.status) == (cast.jiro, "withdrawn")
