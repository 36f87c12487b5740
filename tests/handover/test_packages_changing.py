"""A package changes, takes up, is withdrawn, and ends."""

from datetime import timedelta

import pytest

from accounts.errors import NotAllowed, WrongState
from accounts.models import Membership, Role
from handover import clock, transitions
from handover.models import Custody, Package, Registration, Task
from tests import seen
from tests.cast import Cast, actor
from tests.handover.packed import LAST_DAY, after, numbers, opened, share, split
from tests.stock import ALL_YES, NOW, TODAY, all_received, holder, offered, paper, registration


def test_dates_change_and_everything_not_accepted_follows(cast: Cast, three: list[Registration]) -> None:
    package = split(cast, three)
    transitions.offer(handover_pk=share(package, cast.jiro).pk, actor=actor(cast.taro), at=NOW)
    before = seen.mark()
    day = TODAY + timedelta(days=15)
    transitions.change_package(
        package_pk=package.pk, last_day=LAST_DAY, effective_on=day, actor=actor(cast.hanako), at=NOW
    )
    assert {share(package, one).effective_on for one in (cast.jiro, cast.saburo)} == {day}
    assert seen.verbs(before) == ["package.changed"]
    assert ("handover_changed", cast.jiro.label) in seen.notices(before)
    assert ("handover_changed", cast.saburo.label) not in seen.notices(before)


def test_withdrawn_package_changes_no_custody_and_what_was_accepted_goes_on(
    cast: Cast, three: list[Registration]
) -> None:
    package = split(cast, three)
    transitions.offer_package(package_pk=package.pk, actor=actor(cast.taro), at=NOW)
    mine, theirs = share(package, cast.jiro), share(package, cast.saburo)
    transitions.accept(handover_pk=mine.pk, marks=all_received(mine), answers=ALL_YES, actor=actor(cast.jiro), at=NOW)
    before = seen.mark()
    transitions.withdraw_package(package_pk=package.pk, reason="退職しない", actor=actor(cast.taro), at=NOW)
    theirs.refresh_from_db()
    assert theirs.status == "withdrawn"
    assert seen.verbs(before) == ["package.withdrawn"]
    assert ("handover_withdrawn", cast.saburo.label) in seen.notices(before)
    with pytest.raises(WrongState):
        transitions.withdraw_package(package_pk=package.pk, reason="", actor=actor(cast.taro), at=NOW)
    clock.run(at=after(10))
    assert [holder(one) for one in three] == [cast.jiro, cast.jiro, cast.taro]
    clock.run(at=after(30))
    assert cast.taro.is_active


def test_package_takes_up_what_came_to_the_person_later(cast: Cast, three: list[Registration]) -> None:
    package = opened(cast)
    with pytest.raises(WrongState):
        transitions.extend_package(package_pk=package.pk, actor=actor(cast.taro), at=NOW)
    registration(cast.aoba, "R-4", custodian=cast.taro)
    transitions.extend_package(package_pk=package.pk, actor=actor(cast.taro), at=NOW)
    assert numbers(package.handovers.get()) == ["R-1", "R-2", "R-3", "R-4"]


def test_single_handover_takes_its_registration_out_of_what_waits(cast: Cast, three: list[Registration]) -> None:
    package = opened(cast)
    made = offered(cast, three[0], to=cast.jiro)
    assert made.package is None
    assert numbers(package.handovers.get(given_to=None)) == ["R-2", "R-3"]


def test_strangers_see_no_package(cast: Cast, three: list[Registration]) -> None:
    opened(cast)
    for who in ("jiro", "wakako", "agent", "operator", "worker"):
        assert not Package.objects.visible_to(actor(getattr(cast, who)), NOW).exists()
    for who in ("taro", "hanako"):
        assert Package.objects.visible_to(actor(getattr(cast, who)), NOW).exists()


def test_moved_inside_reads_for_ninety_days(cast: Cast, three: list[Registration]) -> None:
    """B5: predecessor transferred inside."""
    package = opened(cast, {one.pk: cast.jiro.pk for one in three}, kind="moves")
    transitions.offer_package(package_pk=package.pk, actor=actor(cast.taro), at=NOW)
    mine = share(package, cast.jiro)
    transitions.accept(handover_pk=mine.pk, marks=all_received(mine), answers=ALL_YES, actor=actor(cast.jiro), at=NOW)
    clock.run(at=after(10))
    taro = actor(cast.taro)
    assert Registration.objects.visible_to(taro, after(99)).count() == 3
    clock.run(at=after(99))
    assert Registration.objects.visible_to(taro, after(100)).count() == 0
    clock.run(at=after(100))
    mine.refresh_from_db()
    assert mine.status == "closed"
    assert cast.taro.is_active


def test_successor_never_accepts_and_the_leaving_date_is_known(cast: Cast, three: list[Registration]) -> None:
    """B5: expire, back to predecessor; on the leaving date the administrator becomes caretaker."""
    package = split(cast, three)
    transitions.offer_package(package_pk=package.pk, actor=actor(cast.taro), at=NOW)
    clock.run(at=after(14))
    assert {holder(one) for one in three} == {cast.taro}
    clock.run(at=after(21))
    current = Custody.objects.current().filter(registration__in=three)
    assert set(current.values_list("user", "kind")) == {(cast.hanako.pk, "caretaker")}


def test_second_administrator_minds_what_the_first_left(cast: Cast, three: list[Registration]) -> None:
    Membership.objects.create(user=cast.saburo, organisation=cast.aoba, role=Role.ADMINISTRATOR, since=NOW)
    transitions.leave(user_pk=cast.taro.pk, actor=actor(cast.hanako), at=NOW)
    transitions.leave(user_pk=cast.hanako.pk, actor=actor(cast.saburo), at=NOW + timedelta(hours=1))
    caretakers = Package.objects.get(kind="caretaker", status="open")
    assert caretakers.person == cast.saburo
    assert numbers(caretakers.handovers.get(status="draft")) == ["R-1", "R-2", "R-3"]
    assert Task.objects.filter(kind="find_missing").count() == 0


def test_more_than_a_receipt_prints_goes_into_several_handovers(cast: Cast, held: Registration) -> None:
    rows = [held, *(registration(cast.aoba, f"R-{number}", custodian=cast.taro) for number in range(2, 13))]
    for one in rows:
        for number in range(60):
            paper(one, f"書類 {number}", cast.taro)
    package = opened(cast, {one.pk: cast.jiro.pk for one in rows})
    sizes = [one.items.standing().count() for one in package.handovers.filter(given_to=cast.jiro).order_by("pk")]
    assert sum(sizes) == 12 * 61 + 1
    assert max(sizes) <= 500
    assert len(sizes) == 2


def test_administrator_entrusts_one_after_the_other_and_they_gather_in_the_packages(
    cast: Cast, three: list[Registration]
) -> None:
    kept = registration(cast.aoba, "R-9", custodian=None)
    before = seen.mark()
    for number, one in enumerate(three):
        at = NOW + timedelta(seconds=number)
        made = transitions.entrust(registration_pk=one.pk, successor_pk=cast.jiro.pk, actor=actor(cast.hanako), at=at)
    assert numbers(made) == ["R-1", "R-2", "R-3"]
    assert (made.package and made.package.kind, made.given_by, made.needs_confirmation) == ("moves", cast.taro, True)
    assert seen.verbs(before) == ["package.entrusted"] * 3
    # Nothing is offered, so no list is sent: once each the successor and whose holdings they are, and who did it.
    assert [name for name, _to in seen.notices(before)] == ["handover_prepared", "package_opened", "package_opened"]
    with pytest.raises(WrongState):
        transitions.entrust(registration_pk=three[0].pk, successor_pk=cast.jiro.pk, actor=actor(cast.hanako), at=NOW)
    with pytest.raises(NotAllowed):
        transitions.entrust(registration_pk=three[0].pk, successor_pk=cast.jiro.pk, actor=actor(cast.saburo), at=NOW)
    with pytest.raises(WrongState):
        transitions.entrust(registration_pk=kept.pk, successor_pk=cast.jiro.pk, actor=actor(cast.hanako), at=NOW)
