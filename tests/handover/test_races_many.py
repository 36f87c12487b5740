"""Fifty people press at the same moment: one wins, everybody else gets a clean answer. On both databases."""

from datetime import timedelta
from typing import Any

import pytest

from audit import verify
from audit.models import Event
from handover import clock, transitions
from handover.models import Custody, Handover, HandoverItem, Package, Registration
from handover.queries.replay import replay
from tests.cast import Cast, actor
from tests.handover.racing import RACERS, race_many
from tests.stock import ALL_YES, NOW, TODAY, all_received, drafted, offered, paper, registration, tell_first

pytestmark = pytest.mark.django_db(transaction=True)
LATER = NOW + timedelta(minutes=1)


@pytest.fixture
def two(cast: Cast) -> list[Registration]:
    """R-1 with a paper and R-2, both held by 太郎 and in the log."""
    made = [registration(cast.aoba, f"R-{number}", custodian=cast.taro) for number in (1, 2)]
    paper(made[0], "利用契約書", cast.taro)
    for held in made:
        tell_first(held)
    return made


@pytest.fixture
def package(cast: Cast, two: list[Registration]) -> Package:
    """太郎 leaves; R-1 is prepared for 次郎, R-2 for 三郎."""
    return transitions.open_package(
        person_pk=cast.taro.pk,
        kind="leaves",
        last_day=TODAY + timedelta(days=5),
        effective_on=TODAY,
        reason="",
        successors={two[0].pk: cast.jiro.pk, two[1].pk: cast.saburo.pk},
        actor=actor(cast.taro),
        at=NOW,
    )


def nothing_is_out_of_order(rows: list[Registration]) -> None:
    """One custody and at most one open handover each, and the log tells the same."""
    for held in rows:
        assert Custody.objects.current().filter(registration=held).count() == 1
        assert HandoverItem.objects.filter(registration=held, is_open=True).count() <= 1
    for one in Handover.objects.open():
        assert one.items.standing().filter(kind="registration").exists()
    assert verify.run().first_bad is None
    assert replay().differences == []


def test_fifty_accepts_have_one_winner(cast: Cast, two: list[Registration]) -> None:
    made = offered(cast, two[0], days=0)
    given: dict[str, Any] = {"handover_pk": made.pk, "marks": all_received(made), "answers": ALL_YES}
    who = actor(cast.jiro)
    answers = race_many([lambda: transitions.accept(**given, actor=who, at=LATER)])
    assert answers == {"won": 1, "WrongState": RACERS - 1}
    assert Custody.objects.filter(registration=two[0]).count() == 2
    nothing_is_out_of_order(two)


def test_fifty_accepts_and_withdrawals_have_one_winner(cast: Cast, two: list[Registration]) -> None:
    made = offered(cast, two[0], days=0)
    marks = all_received(made)
    giver, taker = actor(cast.taro), actor(cast.jiro)
    answers = race_many(
        [
            lambda: transitions.withdraw(handover_pk=made.pk, reason="", actor=giver, at=LATER),
            lambda: transitions.accept(handover_pk=made.pk, marks=marks, answers=ALL_YES, actor=taker, at=LATER),
        ]
    )
    assert answers == {"won": 1, "WrongState": RACERS - 1}
    made.refresh_from_db()
    switched = made.status == Handover.Status.OVERLAP
    assert Custody.objects.current().get(registration=two[0]).user == (cast.jiro if switched else cast.taro)
    nothing_is_out_of_order(two)


def test_fifty_withdrawals_have_one_winner(cast: Cast, two: list[Registration]) -> None:
    made = offered(cast, two[0])
    giver = actor(cast.taro)
    answers = race_many([lambda: transitions.withdraw(handover_pk=made.pk, reason="", actor=giver, at=LATER)])
    assert answers == {"won": 1, "WrongState": RACERS - 1}
    assert Event.objects.filter(verb="handover.withdrawn").count() == 1


def test_fifty_reassignments_by_the_administrator_have_one_winner(cast: Cast, two: list[Registration]) -> None:
    answers = race_many(
        [
            lambda: drafted(cast, two[0], by=cast.hanako, to=cast.jiro, days=6),
            lambda: drafted(cast, two[0], by=cast.hanako, to=cast.saburo, days=6),
        ]
    )
    assert answers == {"won": 1, "WrongState": RACERS - 1}
    assert Handover.objects.count() == 1
    nothing_is_out_of_order(two)


def test_fifty_assignments_leave_the_registration_with_one_successor(
    cast: Cast, two: list[Registration], package: Package
) -> None:
    """Each may follow another: the last one stands, and what it found changed is a clean answer."""

    def assign(to: Any, who: Any) -> Any:
        return lambda: transitions.assign(
            package_pk=package.pk, registration_pks=[two[0].pk], successor_pk=to.pk, actor=actor(who), at=LATER
        )

    acts = [assign(cast.saburo, cast.taro), assign(cast.jiro, cast.hanako), assign(cast.hanako, cast.taro)]
    answers = race_many(acts)
    assert answers.keys() <= {"won", "WrongState"}
    assert answers["won"]
    assert HandoverItem.objects.filter(registration=two[0], is_open=True).count() == 1
    nothing_is_out_of_order(two)


def test_fifty_assignments_and_accepts_never_move_what_was_accepted(
    cast: Cast, two: list[Registration], package: Package
) -> None:
    transitions.offer_package(package_pk=package.pk, actor=actor(cast.taro), at=NOW)
    mine = package.handovers.get(given_to=cast.jiro)
    marks, taker, giver = all_received(mine), actor(cast.jiro), actor(cast.taro)
    answers = race_many(
        [
            lambda: transitions.accept(handover_pk=mine.pk, marks=marks, answers=ALL_YES, actor=taker, at=LATER),
            lambda: transitions.assign(
                package_pk=package.pk,
                registration_pks=[two[0].pk],
                successor_pk=cast.saburo.pk,
                actor=giver,
                at=LATER,
            ),
        ]
    )
    assert answers.keys() <= {"won", "WrongState"}
    mine.refresh_from_db()
    now = Custody.objects.current().get(registration=two[0]).user
    assert now == (cast.jiro if mine.status == Handover.Status.OVERLAP else cast.taro)
    nothing_is_out_of_order(two)


def test_package_offered_fifty_times_is_offered_once(cast: Cast, two: list[Registration], package: Package) -> None:
    who = actor(cast.taro)
    answers = race_many([lambda: transitions.offer_package(package_pk=package.pk, actor=who, at=LATER)])
    # Nothing is left to offer: the form says so.
    assert answers == {"won": 1, "Refused": RACERS - 1}
    assert Event.objects.filter(verb="handover.offered").count() == 2


def test_leaving_and_accepting_never_gives_to_somebody_who_left(cast: Cast, two: list[Registration]) -> None:
    made = offered(cast, two[0], days=0)
    marks, taker, administrator = all_received(made), actor(cast.jiro), actor(cast.hanako)
    end = LATER + timedelta(minutes=1)
    answers = race_many(
        [
            lambda: transitions.accept(handover_pk=made.pk, marks=marks, answers=ALL_YES, actor=taker, at=LATER),
            lambda: transitions.leave(user_pk=cast.jiro.pk, actor=administrator, at=end),
        ]
    )
    assert answers.keys() <= {"won", "WrongState", "NotAllowed"}
    assert 1 <= answers["won"] <= 2
    assert Custody.objects.current().get(registration=two[0]).user in (cast.taro, cast.hanako)
    nothing_is_out_of_order(two)


def test_leaver_and_successors_of_the_package_at_once(cast: Cast, two: list[Registration], package: Package) -> None:
    transitions.offer_package(package_pk=package.pk, actor=actor(cast.taro), at=NOW)
    shares = list(package.handovers.filter(status=Handover.Status.OFFERED).order_by("pk"))
    end = LATER + timedelta(minutes=1)

    def accept(share: Handover) -> Any:
        marks, who = all_received(share), actor(share.given_to)  # type: ignore[arg-type]
        return lambda: transitions.accept(handover_pk=share.pk, marks=marks, answers=ALL_YES, actor=who, at=LATER)

    administrator = actor(cast.hanako)
    acts = [*map(accept, shares), lambda: transitions.leave(user_pk=cast.taro.pk, actor=administrator, at=end)]
    answers = race_many(acts)
    assert answers.keys() <= {"won", "WrongState"}
    holders = {Custody.objects.current().get(registration=one).user for one in two}
    assert cast.taro not in holders
    for held in Custody.objects.current().filter(kind="caretaker"):
        assert HandoverItem.objects.filter(registration=held.registration, is_open=True).exists()
    nothing_is_out_of_order(two)


def test_clock_and_administrator_let_somebody_leave_once(cast: Cast, two: list[Registration], package: Package) -> None:
    end = NOW + timedelta(days=6)
    administrator = actor(cast.hanako)
    answers = race_many(
        [
            lambda: transitions.keep_leaving_date(package_pk=package.pk, actor=clock.CLOCK, at=end),
            lambda: transitions.leave(user_pk=cast.taro.pk, actor=administrator, at=end),
        ]
    )
    assert answers == {"won": 1, "WrongState": RACERS - 1}
    assert Event.objects.filter(verb="membership.ended").count() == 1
    assert set(Custody.objects.current().values_list("user", "kind")) == {(cast.hanako.pk, "caretaker")}
    nothing_is_out_of_order(two)
