"""Everything a person holds goes into one package."""

from datetime import timedelta

import pytest

from accounts.errors import NotAllowed, Refused, WrongState
from audit.models import Event
from handover import transitions
from handover.models import Package, Registration
from tests import seen
from tests.cast import Cast, actor
from tests.handover.packed import LAST_DAY, numbers, opened, share, split
from tests.stock import NOW, TODAY, holder, offered, registration


def test_leaver_puts_everything_into_one_package_split_among_successors(cast: Cast, three: list[Registration]) -> None:
    before = seen.mark()
    package = split(cast, three)
    assert numbers(share(package, cast.jiro)) == ["R-1", "R-2"]
    assert numbers(share(package, cast.saburo)) == ["R-3"]
    assert list(share(package, cast.jiro).items.values_list("kind", flat=True).order_by("pk")) == [
        "registration",
        "document",
        "registration",
    ]
    assert seen.verbs(before) == ["package.opened"]
    counts = {share(package, cast.jiro).number: 2, share(package, cast.saburo).number: 1}
    assert Event.objects.get(verb="package.opened").facts == {
        "person": cast.taro.label,
        "kind": "leaves",
        "last_day": "2026-12-10",
        "effective_on": "2026-11-30",
        "registrations": 3,
        "adopted": [],
        "shares": counts,
    }
    assert set(seen.notices(before)) == {("package_opened", cast.taro.label), ("package_opened", cast.hanako.label)}
    assert {holder(one) for one in three} == {cast.taro}
    with pytest.raises(WrongState):
        split(cast, three)


def test_stranger_or_colleague_cannot_open_a_package_of_somebody_else(cast: Cast, three: list[Registration]) -> None:
    for who in ("jiro", "wakako", "agent", "operator", "worker"):
        with pytest.raises(NotAllowed):
            opened(cast, by=who)
    assert not Package.objects.exists()


def test_last_administrator_cannot_plan_to_leave(cast: Cast, held: Registration) -> None:
    registration(cast.aoba, "R-9", custodian=cast.hanako)
    with pytest.raises(Refused):
        transitions.open_package(
            person_pk=cast.hanako.pk,
            kind="leaves",
            last_day=LAST_DAY,
            effective_on=TODAY,
            reason="",
            successors={},
            actor=actor(cast.hanako),
            at=NOW,
        )


@pytest.mark.parametrize(("last", "change"), [(-1, -1), (400, 5), (5, 6), (50, 45)])
def test_days_out_of_reach_are_refused(cast: Cast, three: list[Registration], last: int, change: int) -> None:
    with pytest.raises(Refused):
        transitions.open_package(
            person_pk=cast.taro.pk,
            kind="leaves",
            last_day=TODAY + timedelta(days=last),
            effective_on=TODAY + timedelta(days=change),
            reason="",
            successors={},
            actor=actor(cast.taro),
            at=NOW,
        )


def test_handover_under_way_joins_the_package_as_it_is(cast: Cast, three: list[Registration]) -> None:
    made = offered(cast, three[0])
    package = opened(cast)
    made.refresh_from_db()
    assert (made.package, made.status) == (package, "offered")
    waiting = package.handovers.get(given_to=None)
    assert numbers(waiting) == ["R-2", "R-3"]
