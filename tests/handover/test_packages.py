"""A package: everything somebody holds, split among successors, changed under way; and what leaving makes of it."""

from datetime import timedelta

import pytest

from accounts.errors import NotAllowed, Refused, WrongState
from accounts.models import Membership, Role
from audit.models import Event
from handover import clock, transitions
from handover.models import Custody, Handover, HandoverItem, Package, Registration, Task
from tests import seen
from tests.cast import Cast, actor
from tests.stock import ALL_YES, NOW, TODAY, all_received, holder, offered, paper, registration

LAST_DAY = TODAY + timedelta(days=20)


@pytest.fixture
def three(cast: Cast, held: Registration) -> list[Registration]:
    """R-1 to R-3, all held by 太郎, the first with a paper."""
    return [held, *(registration(cast.aoba, f"R-{number}", custodian=cast.taro) for number in (2, 3))]


def opened(cast: Cast, successors: dict[int, int] | None = None, *, by: str = "taro", kind: str = "leaves") -> Package:
    return transitions.open_package(
        person_pk=cast.taro.pk,
        kind=kind,
        last_day=LAST_DAY,
        effective_on=TODAY + timedelta(days=10),
        reason="退職",
        successors=successors or {},
        actor=actor(getattr(cast, by)),
        at=NOW,
    )


def split(cast: Cast, three: list[Registration], *, by: str = "taro") -> Package:
    """R-1 and R-2 to 次郎, R-3 to 三郎."""
    to = {three[0].pk: cast.jiro.pk, three[1].pk: cast.jiro.pk, three[2].pk: cast.saburo.pk}
    return opened(cast, to, by=by)


def share(package: Package, who: object) -> Handover:
    return package.handovers.filter(status__in=Handover.OPEN).get(given_to=who)


def numbers(handover: Handover) -> list[str]:
    rows = handover.items.standing().filter(kind="registration").order_by("registration__number")
    return list(rows.values_list("registration__number", flat=True))


def after(days: int) -> object:
    return NOW + timedelta(days=days)


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
