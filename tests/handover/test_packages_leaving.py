"""The leaving date passes, and what a caretaker takes over."""

from datetime import timedelta

import pytest

from accounts.errors import NotAllowed, WrongState
from audit.models import Event
from handover import clock, transitions
from handover.models import Custody, Handover, HandoverItem, Package, Registration
from tests import seen
from tests.cast import Cast, actor
from tests.handover.packed import LAST_DAY, after, numbers, opened, share, split
from tests.stock import ALL_YES, NOW, TODAY, all_received, holder, offered, registration


def test_leaving_date_passes_and_the_rest_is_with_a_caretaker_and_in_a_handover(
    cast: Cast, three: list[Registration]
) -> None:
    package = split(cast, three)
    transitions.offer_package(package_pk=package.pk, actor=actor(cast.taro), at=NOW)
    mine = share(package, cast.jiro)
    transitions.accept(handover_pk=mine.pk, marks=all_received(mine), answers=ALL_YES, actor=actor(cast.jiro), at=NOW)
    clock.run(at=after(10))
    clock.run(at=after(14))
    clock.run(at=after(20))
    assert cast.taro.is_active
    clock.run(at=after(21))
    cast.taro.refresh_from_db()
    assert not cast.taro.is_active
    rest = Custody.objects.current().get(registration=three[2])
    assert (rest.user, rest.kind) == (cast.hanako, "caretaker")
    caretakers = Package.objects.get(kind="caretaker")
    waiting = caretakers.handovers.get(status="draft")
    assert (caretakers.person, numbers(waiting), waiting.given_to) == (cast.hanako, ["R-3"], None)
    package.refresh_from_db()
    assert package.status == "done"
    assert holder(three[0]) == cast.jiro
    assert not any(clock.run(at=after(22)).values())


def test_offers_of_a_leaver_go_on_in_the_package_of_the_caretaker(cast: Cast, three: list[Registration]) -> None:
    package = split(cast, three)
    transitions.add_item(
        handover_pk=share(package, cast.saburo).pk,
        registration_pk=three[2].pk,
        kind="key",
        name="書庫の鍵",
        place="総務部",
        detail="",
        actor=actor(cast.taro),
        at=NOW,
    )
    mine = share(package, cast.jiro)
    transitions.offer(handover_pk=mine.pk, actor=actor(cast.taro), at=NOW)
    transitions.leave(user_pk=cast.taro.pk, actor=actor(cast.hanako), at=NOW + timedelta(hours=1))
    caretakers = Package.objects.get(kind="caretaker")
    mine.refresh_from_db()
    assert (mine.package, mine.status, mine.needs_confirmation) == (caretakers, "offered", True)
    waiting = caretakers.handovers.get(given_to=None)
    assert numbers(waiting) == ["R-3"]
    # What the leaver had prepared is not lost.
    assert waiting.items.get(kind="key").name == "書庫の鍵"
    # The caretaker names a successor, offers, and is not the one who confirms nobody else could.
    transitions.assign(
        package_pk=caretakers.pk,
        registration_pks=[three[2].pk],
        successor_pk=cast.jiro.pk,
        actor=actor(cast.hanako),
        at=NOW + timedelta(hours=2),
    )
    assert HandoverItem.objects.filter(is_open=True).count() == 3


def test_caretaker_takes_into_care_and_a_handover_is_opened_at_once(cast: Cast) -> None:
    kept = registration(cast.aoba, "R-7", custodian=None)
    transitions.take_into_care(registration_pk=kept.pk, actor=actor(cast.hanako), at=NOW)
    waiting = Handover.objects.get()
    assert (waiting.status, waiting.given_to, waiting.given_by, numbers(waiting)) == (
        "draft",
        None,
        cast.hanako,
        ["R-7"],
    )
    with pytest.raises(WrongState):
        transitions.withdraw(handover_pk=waiting.pk, reason="", actor=actor(cast.hanako), at=NOW)
    with pytest.raises(WrongState):
        transitions.withdraw_package(package_pk=Package.objects.get().pk, reason="", actor=actor(cast.hanako), at=NOW)


def test_handover_under_way_goes_on_in_the_package_of_who_takes_it_into_care(cast: Cast) -> None:
    kept = registration(cast.aoba, "R-7", custodian=None)
    made = offered(cast, kept, by=cast.hanako)
    transitions.take_into_care(registration_pk=kept.pk, actor=actor(cast.hanako), at=NOW)
    caretakers = Package.objects.get()
    assert numbers(caretakers.handovers.get()) == ["R-7"]
    transitions.decline(handover_pk=made.pk, reason="", actor=actor(cast.jiro), at=NOW)
    assert numbers(caretakers.handovers.get(given_to=None)) == ["R-7"]


def test_single_offer_of_a_leaver_waits_with_the_caretaker_when_declined(cast: Cast, held: Registration) -> None:
    made = offered(cast, held)
    transitions.leave(user_pk=cast.taro.pk, actor=actor(cast.hanako), at=NOW + timedelta(hours=1))
    transitions.decline(handover_pk=made.pk, reason="", actor=actor(cast.jiro), at=NOW + timedelta(hours=2))
    waiting = Handover.objects.get(status="draft")
    assert (waiting.given_by, waiting.given_to, numbers(waiting)) == (cast.hanako, None, ["R-1"])


def test_what_a_caretaker_offers_singly_waits_again_when_declined(cast: Cast, held: Registration) -> None:
    transitions.leave(user_pk=cast.taro.pk, actor=actor(cast.hanako), at=NOW - timedelta(hours=1))
    caretakers = Package.objects.get()
    made = offered(cast, held, by=cast.hanako, days=6)
    assert made.package == caretakers
    transitions.decline(handover_pk=made.pk, reason="", actor=actor(cast.jiro), at=NOW)
    caretakers.refresh_from_db()
    assert caretakers.status == "open"
    assert numbers(caretakers.handovers.get(status="draft")) == ["R-1"]


def test_caretaker_opens_no_second_package_of_what_waits_in_the_first(cast: Cast, held: Registration) -> None:
    transitions.leave(user_pk=cast.taro.pk, actor=actor(cast.hanako), at=NOW - timedelta(hours=1))
    with pytest.raises(WrongState):
        transitions.open_package(
            person_pk=cast.hanako.pk,
            kind="moves",
            last_day=LAST_DAY,
            effective_on=TODAY,
            reason="",
            successors={},
            actor=actor(cast.hanako),
            at=NOW,
        )
    assert Package.objects.count() == 1


def test_successor_who_leaves_gives_their_share_back_to_the_package(cast: Cast, three: list[Registration]) -> None:
    package = split(cast, three)
    transitions.offer_package(package_pk=package.pk, actor=actor(cast.taro), at=NOW)
    transitions.leave(user_pk=cast.jiro.pk, actor=actor(cast.hanako), at=NOW)
    waiting = package.handovers.get(given_to=None, status="draft")
    assert numbers(waiting) == ["R-1", "R-2"]
    assert numbers(share(package, cast.saburo)) == ["R-3"]


def test_leaver_and_administrators_are_reminded_of_the_last_day_once_each(
    cast: Cast, three: list[Registration]
) -> None:
    package = opened(cast)
    before = seen.mark()
    assert clock.run(at=after(12))["packages_reminded"] == 0
    assert clock.run(at=after(13))["packages_reminded"] == 1
    assert clock.run(at=after(13))["packages_reminded"] == 0
    assert clock.run(at=after(19))["packages_reminded"] == 1
    told = [one for one in seen.notices(before) if one[0] == "package_reminder"]
    assert sorted(told) == sorted([("package_reminder", cast.taro.label), ("package_reminder", cast.hanako.label)] * 2)
    facts = [one.facts for one in Event.objects.filter(verb="package.reminded").order_by("sequence")]
    assert facts == [{"reminder": 1, "unanswered": 3}, {"reminder": 2, "unanswered": 3}]
    with pytest.raises(NotAllowed):
        transitions.remind_package(package_pk=package.pk, reached=2, actor=actor(cast.hanako), at=NOW)  # type: ignore[arg-type]
