"""Marks that cases leave on a registration: what they block, for whom, and until when; and whom they let look."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from accounts.errors import NotAllowed, WrongState
from accounts.models import User
from audit.models import Event
from handover import restricting, transitions
from handover.models import CaseAccess, ContactPoint, Custody, Handover, Registration, Restriction
from tests.cast import Cast, actor
from tests.seen import mark, verbs
from tests.stock import ALL_YES, NOW, START, all_received, drafted, holder, offered, registration

pytestmark = pytest.mark.django_db
CASE = "C-1234-567-890"
END = NOW + timedelta(days=30)


def cools_off(held: Registration) -> Restriction:
    return restricting.restrict(
        held, Restriction.Kind.COOLING_OFF, case=CASE, at=NOW, until=END, blocks=restricting.COOLING_OFF_BLOCKS
    )


def second_point(held: Registration) -> ContactPoint:
    return ContactPoint.objects.create(
        registration=held, kind="phone", value="03-1234-5678", since=START.date(), health="good"
    )


def ends_point(held: Registration, by: User, *, at: object = NOW) -> ContactPoint:
    point = ContactPoint.objects.current().filter(registration=held, kind="phone").first() or second_point(held)
    return transitions.end_contact_point(contact_point_pk=point.pk, actor=actor(by), at=at)  # type: ignore[arg-type]


@pytest.mark.parametrize("who", ["taro", "hanako"])
def test_nobody_ends_a_contact_point_in_the_protected_time(cast: Cast, held: Registration, who: str) -> None:
    cools_off(held)
    with pytest.raises(WrongState):
        ends_point(held, getattr(cast, who))
    assert not ContactPoint.objects.filter(registration=held, until__isnull=False).exists()


@pytest.mark.parametrize("who", ["taro", "hanako"])
def test_protected_time_is_over_after_30_days(cast: Cast, held: Registration, who: str) -> None:
    cools_off(held)
    with pytest.raises(WrongState):
        ends_point(held, getattr(cast, who), at=END - timedelta(seconds=1))
    assert ends_point(held, getattr(cast, who), at=END).until is not None


def test_adding_and_naming_goes_on_in_the_protected_time(cast: Cast, held: Registration) -> None:
    cools_off(held)
    before = mark()
    transitions.add_contact_point(
        registration_pk=held.pk,
        kind="mail",
        value="new@aoba.example",
        postal_code="",
        purposes=["procedure"],
        hours="",
        receiver_pays=False,
        actor=actor(cast.taro),
        at=NOW,
    )
    transitions.make_recovery_kit(registration_pk=held.pk, actor=actor(cast.taro), at=NOW)
    assert verbs(before) == ["contact_point.added", "kit.made"]


def test_custodian_hands_nothing_on_in_the_protected_time_but_an_administrator_does(
    cast: Cast, held: Registration
) -> None:
    cools_off(held)
    with pytest.raises(WrongState):
        drafted(cast, held)
    made = drafted(cast, held, by=cast.hanako, days=10)
    assert transitions.offer(handover_pk=made.pk, actor=actor(cast.hanako), at=NOW).status == Handover.Status.OFFERED


def test_custodians_draft_is_not_offered_in_the_protected_time(cast: Cast, held: Registration) -> None:
    made = drafted(cast, held)
    cools_off(held)
    with pytest.raises(WrongState):
        transitions.offer(handover_pk=made.pk, actor=actor(cast.taro), at=NOW)


def test_custodians_offer_does_not_switch_in_the_protected_time(cast: Cast, held: Registration) -> None:
    made = offered(cast, held, days=0)
    cools_off(held)
    with pytest.raises(WrongState):
        transitions.accept(
            handover_pk=made.pk, marks=all_received(made), answers=ALL_YES, actor=actor(cast.jiro), at=NOW
        )
    assert holder(held) == cast.taro
    assert Custody.objects.count() == 1


def test_contested_claim_keeps_the_channels_and_lets_everything_else_go_on(cast: Cast, held: Registration) -> None:
    restricting.restrict(held, Restriction.Kind.CONTESTED, case=CASE, at=NOW, blocks=restricting.CONTESTED_BLOCKS)
    with pytest.raises(WrongState):
        ends_point(held, cast.taro, at=NOW + timedelta(days=400))
    assert drafted(cast, held).status == Handover.Status.DRAFT


def test_open_claim_hinders_nobody(cast: Cast, held: Registration) -> None:
    restricting.restrict(held, Restriction.Kind.CLAIM_OPEN, case=CASE, at=NOW)
    assert ends_point(held, cast.taro).until is not None
    assert drafted(cast, held).status == Handover.Status.DRAFT


def test_mark_of_another_registration_blocks_nothing_here(cast: Cast, held: Registration) -> None:
    cools_off(registration(cast.aoba, "R-2", custodian=cast.taro))
    assert ends_point(held, cast.taro).until is not None


def test_wrong_person_learns_nothing_of_a_mark(cast: Cast, held: Registration) -> None:
    cools_off(held)
    for who in (cast.jiro, cast.wakako, cast.operator, cast.agent, cast.worker):
        with pytest.raises(NotAllowed):
            ends_point(held, who)


def test_case_lifts_its_own_marks_only(cast: Cast, held: Registration) -> None:
    mine = cools_off(held)
    other = restricting.restrict(held, Restriction.Kind.CONTESTED, case="C-2", at=NOW, blocks=["offer"])
    assert restricting.lift(CASE, at=END, kinds=Restriction.Kind.values) == 1
    mine.refresh_from_db()
    other.refresh_from_db()
    assert (mine.ended_at, other.ended_at) == (END, None)
    assert restricting.lift(CASE, at=END, kinds=Restriction.Kind.values) == 0


def test_case_leaves_one_mark_of_a_kind(cast: Cast, held: Registration) -> None:
    cools_off(held)
    with pytest.raises(IntegrityError), transaction.atomic():
        cools_off(held)


# Looks


def test_staff_looks_for_an_open_case_only_and_the_look_names_it(cast: Cast, held: Registration) -> None:
    who = actor(cast.operator)
    assert not Registration.objects.visible_to(who, NOW).exists()
    with pytest.raises(NotAllowed):
        transitions.look(registration=held, capacity="staff", actor=who, at=NOW)
    first = restricting.let_look(cast.operator, held, case=CASE, at=NOW)
    assert restricting.let_look(cast.operator, held, case=CASE, at=NOW) == first
    assert list(Registration.objects.visible_to(who, NOW)) == [held]
    assert not Registration.objects.visible_to(actor(cast.colleague), NOW).exists()
    transitions.look(registration=held, capacity="custodian", actor=who, at=NOW)
    written = Event.objects.get(verb="registration.viewed")
    assert written.facts == {"page": "registration", "as": "staff", "case": CASE}
    assert held.label in {written.subject, *written.about}
    assert restricting.end_looks(CASE, at=END) == 1
    assert not Registration.objects.visible_to(who, END).exists()
    with pytest.raises(NotAllowed):
        transitions.look(registration=held, capacity="staff", actor=who, at=END)


def test_look_of_one_case_does_not_end_with_another(cast: Cast, held: Registration) -> None:
    restricting.let_look(cast.operator, held, case=CASE, at=NOW)
    restricting.let_look(cast.operator, held, case="C-2", at=NOW + timedelta(hours=1))
    restricting.end_looks(CASE, at=END)
    assert restricting.find_case(actor(cast.operator), held, END) == "C-2"
    assert CaseAccess.objects.in_force(END).count() == 1
