"""Whom a package concerns is told; nobody loses custody or access before the notice of procedure.md B4 is over."""

from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.errors import Refused, WrongState
from accounts.models import Membership, Role
from audit.models import Event
from handover import clock, transitions
from handover.calendar import business_days_after
from handover.models import GapAlert, Handover, Package, Registration
from tests import seen
from tests.cast import Cast, actor, sign_in
from tests.stock import ALL_YES, NOW, TODAY, all_received, holder, registration

pytestmark = pytest.mark.django_db
LAST_DAY = TODAY + timedelta(days=20)
# 20 November 2026 is a Friday, and the Monday after it a holiday.
FOURTH = date(2026, 11, 26)


def after(days: int) -> object:
    return NOW + timedelta(days=days)


def planned(cast: Cast, held: Registration, *, who: str = "taro", by: str = "taro", days: int = 10) -> Package:
    return transitions.open_package(
        person_pk=getattr(cast, who).pk,
        kind="leaves",
        last_day=LAST_DAY,
        effective_on=TODAY + timedelta(days=days),
        reason="",
        successors={held.pk: cast.jiro.pk},
        actor=actor(getattr(cast, by)),
        at=NOW,
    )


def change(package: Package, who: object, last_day: date, day: date, *, at: object = NOW) -> Package:
    return transitions.change_package(
        package_pk=package.pk, last_day=last_day, effective_on=day, actor=actor(who), at=at
    )


def mailed(since: int, template: str) -> set[str]:
    return {to for name, to in seen.notices(since) if name == template}


# A date that cannot be kept ------------------------------------------------------------------------------------------


@pytest.fixture
def stuck(cast: Cast) -> Package:
    """Two administrators, one planned to leave; then the other goes, and the day comes."""
    held = registration(cast.aoba, "R-9", custodian=cast.hanako)
    Membership.objects.create(user=cast.saburo, organisation=cast.aoba, role=Role.ADMINISTRATOR, since=NOW)
    package = planned(cast, held, who="hanako", by="saburo")
    Membership.objects.filter(user=cast.saburo, role=Role.ADMINISTRATOR).update(until=after(1))
    return package


def test_last_administrator_who_cannot_leave_is_told_once_and_the_provider_sees_it(cast: Cast, stuck: Package) -> None:
    before = seen.mark()
    did = clock.run(at=after(21))
    assert (did["left"], did["leavings_held"]) == (0, 1)
    cast.hanako.refresh_from_db()
    assert cast.hanako.is_active
    (written,) = Event.objects.filter(verb="package.leaving_held")
    assert written.facts == {"last_day": LAST_DAY.isoformat()}
    assert set(written.about) == {stuck.label, cast.aoba.label, cast.hanako.label}
    assert mailed(before, "package_leaving_held") == {cast.hanako.label, cast.saburo.label}
    gap = GapAlert.objects.get(kind="leaver_stays")
    assert (gap.organisation, gap.registration, gap.closed_at) == (cast.aoba, None, None)
    for days in (21, 22, 40):
        assert clock.run(at=after(days))["leavings_held"] == 0
    assert seen.notices(before).count(("package_leaving_held", cast.hanako.label)) == 1


def test_another_administrator_comes_and_the_date_is_kept_by_itself(cast: Cast, stuck: Package) -> None:
    clock.run(at=after(21))
    Membership.objects.create(user=cast.saburo, organisation=cast.aoba, role=Role.ADMINISTRATOR, since=after(22))
    assert clock.run(at=after(22))["left"] == 1
    cast.hanako.refresh_from_db()
    assert not cast.hanako.is_active
    assert not GapAlert.objects.filter(kind="leaver_stays", closed_at=None).exists()


@pytest.mark.parametrize("way", ["change", "withdraw"])
def test_another_day_or_none_closes_the_alert(cast: Cast, stuck: Package, way: str) -> None:
    clock.run(at=after(21))
    if way == "change":
        change(stuck, cast.hanako, TODAY + timedelta(days=60), TODAY + timedelta(days=30), at=after(22))
    else:
        transitions.withdraw_package(package_pk=stuck.pk, reason="", actor=actor(cast.hanako), at=after(22))
    assert not GapAlert.objects.filter(kind="leaver_stays", closed_at=None).exists()
    # The new day passes too, and nobody else administers: that is told anew.
    assert clock.run(at=after(61))["leavings_held"] == (way == "change")


def test_leaving_date_that_can_be_kept_is_not_held(cast: Cast, held: Registration) -> None:
    package = planned(cast, held)
    for days in (1, 21):
        with pytest.raises(WrongState):
            transitions.hold_leaving_date(package_pk=package.pk, actor=clock.CLOCK, at=after(days))


# Days brought forward ------------------------------------------------------------------------------------------------


def test_administrator_brings_the_last_day_forward_only_with_notice(cast: Cast, held: Registration) -> None:
    package = planned(cast, held)
    for day in (TODAY, FOURTH - timedelta(days=1)):
        with pytest.raises(Refused) as refused:
            change(package, cast.hanako, day, TODAY)
        assert list(refused.value.fields) == ["last_day"]
    assert change(package, cast.hanako, FOURTH, TODAY).last_day == FOURTH
    assert change(package, cast.taro, TODAY, TODAY).last_day == TODAY, "one's own last day is one's own"


def test_administrator_brings_the_own_offer_of_the_holder_forward_only_with_notice(
    cast: Cast, held: Registration
) -> None:
    package = planned(cast, held)
    transitions.offer_package(package_pk=package.pk, actor=actor(cast.taro), at=NOW)
    with pytest.raises(Refused) as refused:
        change(package, cast.hanako, LAST_DAY, TODAY)
    assert list(refused.value.fields) == ["effective_on"]
    change(package, cast.hanako, LAST_DAY, TODAY + timedelta(days=12))
    change(package, cast.hanako, LAST_DAY, FOURTH)
    change(package, cast.taro, LAST_DAY, TODAY)
    assert package.handovers.get(given_to=cast.jiro).effective_on == TODAY


def test_everybody_concerned_learns_of_another_last_day_also_who_has_accepted(cast: Cast, held: Registration) -> None:
    package = planned(cast, held)
    transitions.offer_package(package_pk=package.pk, actor=actor(cast.taro), at=NOW)
    mine = package.handovers.get(given_to=cast.jiro)
    transitions.accept(handover_pk=mine.pk, marks=all_received(mine), answers=ALL_YES, actor=actor(cast.jiro), at=NOW)
    before = seen.mark()
    change(package, cast.hanako, FOURTH, TODAY)
    assert mailed(before, "package_changed") == {cast.taro.label, cast.hanako.label}
    assert mailed(before, "package_last_day") == {cast.jiro.label}
    mine.refresh_from_db()
    assert mine.effective_on == TODAY + timedelta(days=10), "what was accepted keeps its day"
    before = seen.mark()
    change(package, cast.hanako, FOURTH, TODAY + timedelta(days=1))
    assert not mailed(before, "package_last_day")


# After somebody left -------------------------------------------------------------------------------------------------


def test_ending_a_membership_is_no_way_round_the_notice_of_a_reassignment(cast: Cast, held: Registration) -> None:
    transitions.leave(user_pk=cast.taro.pk, actor=actor(cast.hanako), at=NOW)

    def draft(day: date) -> Handover:
        return transitions.draft_handover(
            registration_pk=held.pk,
            successor=cast.jiro,
            effective_on=day,
            reason="",
            note="",
            things=[],
            actor=actor(cast.hanako),
            at=after(0) + timedelta(minutes=1),
        )

    with pytest.raises(Refused) as refused:
        draft(TODAY)
    assert list(refused.value.fields) == ["effective_on"]
    with pytest.raises(Refused):
        draft(FOURTH - timedelta(days=1))
    assert draft(FOURTH).effective_on == FOURTH


def test_package_of_the_caretaker_waits_for_the_notice_by_itself(cast: Cast, held: Registration) -> None:
    transitions.leave(user_pk=cast.taro.pk, actor=actor(cast.hanako), at=NOW)
    package = Package.objects.get(kind="caretaker")
    later = NOW + timedelta(minutes=1)
    transitions.assign(
        package_pk=package.pk,
        registration_pks=[held.pk],
        successor_pk=cast.jiro.pk,
        actor=actor(cast.hanako),
        at=later,
    )
    transitions.offer_package(package_pk=package.pk, actor=actor(cast.hanako), at=later)
    mine = package.handovers.get(given_to=cast.jiro)
    assert mine.effective_on == FOURTH
    transitions.accept(handover_pk=mine.pk, marks=all_received(mine), answers=ALL_YES, actor=actor(cast.jiro), at=later)
    # The only administrator of the customer confirms alone: there is nobody else who could (docs/decisions/0019).
    transitions.confirm(handover_pk=mine.pk, actor=actor(cast.hanako), at=later)
    clock.run(at=after(5))
    assert holder(held) == cast.hanako
    clock.run(at=after(6))
    assert holder(held) == cast.jiro


def test_what_nobody_left_is_handed_over_the_same_day(cast: Cast) -> None:
    kept = registration(cast.aoba, "R-8", custodian=None)
    transitions.take_into_care(registration_pk=kept.pk, actor=actor(cast.hanako), at=NOW)
    made = transitions.draft_handover(
        registration_pk=kept.pk,
        successor=cast.jiro,
        effective_on=TODAY,
        reason="",
        note="",
        things=[],
        actor=actor(cast.hanako),
        at=NOW + timedelta(minutes=1),
    )
    assert made.effective_on == TODAY


# Many prepared for one person ----------------------------------------------------------------------------------------


def test_colleague_for_whom_much_is_prepared_is_told_once_and_so_is_the_holder(cast: Cast, held: Registration) -> None:
    more = [registration(cast.aoba, f"R-{number}", custodian=cast.taro) for number in (2, 3)]
    before = seen.mark()
    for one in (held, *more):
        transitions.entrust(registration_pk=one.pk, successor_pk=cast.jiro.pk, actor=actor(cast.hanako), at=NOW)
    told = [("handover_prepared", cast.jiro), ("package_opened", cast.taro), ("package_opened", cast.hanako)]
    assert seen.notices(before) == sorted((template, person.label) for template, person in told)
    before = seen.mark()
    transitions.entrust(registration_pk=held.pk, successor_pk=cast.saburo.pk, actor=actor(cast.hanako), at=NOW)
    assert seen.notices(before) == [("handover_prepared", cast.saburo.label)]


def test_successor_whose_offer_loses_something_is_told(cast: Cast, held: Registration) -> None:
    package = planned(cast, held)
    transitions.offer_package(package_pk=package.pk, actor=actor(cast.taro), at=NOW)
    before = seen.mark()
    transitions.entrust(registration_pk=held.pk, successor_pk=cast.saburo.pk, actor=actor(cast.hanako), at=NOW)
    assert mailed(before, "handover_changed") == {cast.jiro.label}
    assert mailed(before, "handover_prepared") == {cast.saburo.label}


def test_form_of_a_caretaker_begins_with_the_first_possible_day(cast: Cast, held: Registration, client: Client) -> None:
    begun = timezone.now()
    transitions.leave(user_pk=cast.taro.pk, actor=actor(cast.hanako), at=begun)
    sign_in(client, cast.hanako)
    page = client.get(reverse("handover:draft", args=[held.number]))
    first = business_days_after(timezone.localdate(begun), 3)
    assert page.context["form"].initial == {"effective_on": first}
