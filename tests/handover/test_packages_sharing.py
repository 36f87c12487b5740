"""The shares of a package: offered, moved, declined, set aside."""

import pytest

from accounts.errors import NotAllowed, Refused, WrongState
from audit.models import Event
from handover import clock, transitions
from handover.models import Package, Registration
from tests import seen
from tests.cast import Cast, actor
from tests.handover.packed import after, numbers, opened, share, split
from tests.stock import ALL_YES, NOW, all_received, holder


def test_everything_is_offered_in_one_act(cast: Cast, three: list[Registration]) -> None:
    package = split(cast, three)
    before = seen.mark()
    transitions.offer_package(package_pk=package.pk, actor=actor(cast.taro), at=NOW)
    assert seen.verbs(before) == ["handover.offered", "handover.offered", "package.offered"]
    assert sorted(seen.notices(before)) == sorted(
        [
            ("handover_offered", cast.jiro.label),
            ("handover_offered", cast.taro.label),
            ("handover_offered", cast.saburo.label),
            ("handover_offered", cast.taro.label),
        ]
    )
    assert not share(package, cast.jiro).needs_confirmation
    with pytest.raises(Refused):
        transitions.offer_package(package_pk=package.pk, actor=actor(cast.taro), at=NOW)
    with pytest.raises(NotAllowed):
        transitions.offer_package(package_pk=package.pk, actor=actor(cast.jiro), at=NOW)


def test_registration_moves_to_another_successor_while_offered(cast: Cast, three: list[Registration]) -> None:
    package = split(cast, three)
    transitions.offer_package(package_pk=package.pk, actor=actor(cast.taro), at=NOW)
    mine = share(package, cast.jiro)
    kept = mine.items.get(registration=three[1])
    transitions.mark_items(
        handover_pk=mine.pk, marks={kept.pk: ("received", "")}, answers={}, actor=actor(cast.jiro), at=NOW
    )
    before = seen.mark()
    transitions.assign(
        package_pk=package.pk,
        registration_pks=[three[0].pk],
        successor_pk=cast.saburo.pk,
        actor=actor(cast.taro),
        at=NOW,
    )
    assert numbers(mine) == ["R-2"]
    assert numbers(share(package, cast.saburo)) == ["R-1", "R-3"]
    kept.refresh_from_db()
    assert kept.mark == "received"
    left = mine.items.exclude(left_at=None)
    assert sorted(left.values_list("kind", flat=True)) == ["document", "registration"]
    assert sorted(share(package, cast.saburo).items.values_list("kind", flat=True)) == [
        "document",
        "registration",
        "registration",
    ]
    assert seen.verbs(before) == ["package.assigned"]
    assert sorted(seen.notices(before)) == sorted(
        [("handover_changed", cast.jiro.label), ("handover_changed", cast.saburo.label)]
    )


def test_accepted_registration_does_not_move(cast: Cast, three: list[Registration]) -> None:
    package = split(cast, three)
    transitions.offer_package(package_pk=package.pk, actor=actor(cast.taro), at=NOW)
    mine = share(package, cast.jiro)
    transitions.accept(handover_pk=mine.pk, marks=all_received(mine), answers=ALL_YES, actor=actor(cast.jiro), at=NOW)
    with pytest.raises(WrongState):
        transitions.assign(
            package_pk=package.pk,
            registration_pks=[three[0].pk],
            successor_pk=cast.saburo.pk,
            actor=actor(cast.taro),
            at=NOW,
        )
    assert numbers(mine) == ["R-1", "R-2"]


def test_administrator_who_assigns_for_the_leaver_needs_notice_and_confirmation(
    cast: Cast, three: list[Registration]
) -> None:
    package = split(cast, three, by="hanako")
    assert share(package, cast.jiro).needs_confirmation
    transitions.offer_package(package_pk=package.pk, actor=actor(cast.hanako), at=NOW)
    mine = share(package, cast.jiro)
    assert (mine.offered_by, mine.is_by_giver) == (cast.hanako, False)


def test_leaver_who_offers_what_the_administrator_prepared_is_the_giver(cast: Cast, three: list[Registration]) -> None:
    package = split(cast, three, by="hanako")
    transitions.offer_package(package_pk=package.pk, actor=actor(cast.taro), at=NOW)
    mine = share(package, cast.jiro)
    assert (mine.offered_by, mine.needs_confirmation) == (cast.taro, False)


def test_declined_share_waits_for_another_successor(cast: Cast, three: list[Registration]) -> None:
    package = split(cast, three)
    transitions.offer_package(package_pk=package.pk, actor=actor(cast.taro), at=NOW)
    theirs = share(package, cast.saburo)
    transitions.decline(handover_pk=theirs.pk, reason="異動のため", actor=actor(cast.saburo), at=NOW)
    waiting = package.handovers.get(given_to=None, status="draft")
    assert numbers(waiting) == ["R-3"]
    assert holder(three[2]) == cast.taro
    transitions.assign(
        package_pk=package.pk, registration_pks=[three[2].pk], successor_pk=cast.jiro.pk, actor=actor(cast.taro), at=NOW
    )
    waiting.refresh_from_db()
    assert waiting.status == "withdrawn"
    assert numbers(share(package, cast.jiro)) == ["R-1", "R-2", "R-3"]


def test_successor_accepts_what_is_theirs_and_sets_the_rest_aside(cast: Cast, three: list[Registration]) -> None:
    package = split(cast, three)
    transitions.offer_package(package_pk=package.pk, actor=actor(cast.taro), at=NOW)
    mine = share(package, cast.jiro)
    marks = all_received(mine)
    marks[mine.items.get(registration=three[0], kind="registration").pk] = ("not_mine", "経理部のものです")
    before = seen.mark()
    transitions.accept(handover_pk=mine.pk, marks=marks, answers=ALL_YES, actor=actor(cast.jiro), at=NOW)
    assert numbers(mine) == ["R-2"]
    assert numbers(package.handovers.get(given_to=None, status="draft")) == ["R-1"]
    assert Event.objects.filter(verb="handover.accepted").get().facts["set_aside"] == ["R-1"]
    assert ("handover_set_aside", cast.taro.label) in seen.notices(before)
    clock.run(at=after(10))
    assert (holder(three[0]), holder(three[1])) == (cast.taro, cast.jiro)


def test_nothing_taken_is_declined_not_accepted(cast: Cast, three: list[Registration]) -> None:
    package = split(cast, three)
    transitions.offer_package(package_pk=package.pk, actor=actor(cast.taro), at=NOW)
    theirs = share(package, cast.saburo)
    marks = {item.pk: ("not_mine", "") for item in theirs.items.all()}
    with pytest.raises(Refused):
        transitions.accept(handover_pk=theirs.pk, marks=marks, answers=ALL_YES, actor=actor(cast.saburo), at=NOW)


def test_unanswered_share_goes_to_the_administrator_on_day_14(cast: Cast, three: list[Registration]) -> None:
    package = split(cast, three)
    transitions.offer_package(package_pk=package.pk, actor=actor(cast.taro), at=NOW)
    mine = share(package, cast.jiro)
    clock.run(at=after(14))
    mine.refresh_from_db()
    assert mine.status == "escalated"
    waiting = package.handovers.get(given_to=None, status="draft")
    assert (numbers(waiting), waiting.offered_by) == (["R-1", "R-2", "R-3"], cast.hanako)
    assert {holder(one) for one in three} == {cast.taro}
    assert Event.objects.filter(verb="handover.escalated").count() == 2


def test_package_of_a_move_is_done_when_everything_was_handed_over(cast: Cast, three: list[Registration]) -> None:
    package = opened(
        cast, {one.pk: to.pk for one, to in zip(three, (cast.jiro, cast.jiro, cast.saburo), strict=True)}, kind="moves"
    )
    transitions.offer_package(package_pk=package.pk, actor=actor(cast.taro), at=NOW)
    for person in (cast.jiro, cast.saburo):
        mine = share(package, person)
        transitions.accept(handover_pk=mine.pk, marks=all_received(mine), answers=ALL_YES, actor=actor(person), at=NOW)
    clock.run(at=after(10))
    package.refresh_from_db()
    assert (package.status, package.ended_at) == ("done", after(10))
    assert [holder(one) for one in three] == [cast.jiro, cast.jiro, cast.saburo]


def test_leaving_date_is_kept_after_everything_was_handed_over(cast: Cast, three: list[Registration]) -> None:
    package = split(cast, three)
    transitions.offer_package(package_pk=package.pk, actor=actor(cast.taro), at=NOW)
    for person in (cast.jiro, cast.saburo):
        mine = share(package, person)
        transitions.accept(handover_pk=mine.pk, marks=all_received(mine), answers=ALL_YES, actor=actor(person), at=NOW)
    clock.run(at=after(10))
    package.refresh_from_db()
    assert package.status == "open", "the date can still be changed"
    # Nothing is unanswered, so nobody is reminded of it.
    assert clock.run(at=after(15))["packages_reminded"] == 0
    clock.run(at=after(21))
    cast.taro.refresh_from_db()
    package.refresh_from_db()
    assert (cast.taro.is_active, package.status) == (False, "done")
    assert [holder(one) for one in three] == [cast.jiro, cast.jiro, cast.saburo]
    assert not Package.objects.filter(kind="caretaker").exists()
