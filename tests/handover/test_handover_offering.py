"""The giver's side: prepare, offer, withdraw."""

from datetime import timedelta

import pytest

from accounts.errors import NotAllowed, Refused, WrongState
from audit.models import Event
from handover import transitions
from handover.models import Handover, HandoverItem, Registration
from tests import seen
from tests.cast import Cast, actor
from tests.stock import NOW, TODAY, drafted, holder, offered, registration


def test_custodian_drafts_handover_with_every_paper_and_thing(cast: Cast, held: Registration) -> None:
    before = seen.mark()
    made = drafted(cast, held)
    assert made.status == Handover.Status.DRAFT
    assert (made.given_by, made.given_to, made.offered_by) == (cast.taro, cast.jiro, cast.taro)
    assert not made.needs_confirmation
    assert [(item.kind, item.name, item.is_open) for item in made.items.order_by("pk")] == [
        ("registration", "青葉商事株式会社　本社", True),
        ("document", "利用契約書", False),
        ("thing", "契約書バインダー", False),
    ]
    assert seen.verbs(before) == ["handover.drafted"]
    assert seen.notices(before) == []
    written = Event.objects.get(verb="handover.drafted")
    assert written.actor == cast.taro.label
    assert {held.label, made.label, cast.taro.label, cast.jiro.label, cast.aoba.label} == set(written.about)
    assert written.facts["registrations"] == ["R-1"]
    assert holder(held) == cast.taro


def test_colleague_without_custody_may_not_draft(cast: Cast, held: Registration) -> None:
    before = seen.mark()
    with pytest.raises(NotAllowed):
        drafted(cast, held, by=cast.saburo)
    assert seen.verbs(before) == []


def test_second_draft_of_same_registration_meets_clear_answer(cast: Cast, held: Registration) -> None:
    drafted(cast, held)
    with pytest.raises(WrongState, match=r"open|引継ぎ"):
        drafted(cast, held, to=cast.saburo)
    assert Handover.objects.count() == 1


def test_closed_registration_is_not_handed_over(cast: Cast, held: Registration) -> None:
    Registration.objects.filter(pk=held.pk).update(status=Registration.Status.CLOSED)
    with pytest.raises(WrongState):
        drafted(cast, held)


@pytest.mark.parametrize("days", [-1, 31])
def test_custodian_chooses_impossible_day_is_refused_at_field(cast: Cast, held: Registration, days: int) -> None:
    with pytest.raises(Refused) as refused:
        drafted(cast, held, days=days)
    assert list(refused.value.fields) == ["effective_on"]


def test_successor_from_another_organisation_is_refused(cast: Cast, held: Registration) -> None:
    with pytest.raises(Refused) as refused:
        drafted(cast, held, to=cast.minoru)
    assert list(refused.value.fields) == ["successor"]
    assert Handover.objects.count() == 0


def test_administrator_offering_for_the_custodian_needs_confirmation(cast: Cast, held: Registration) -> None:
    assert drafted(cast, held, by=cast.hanako, days=10).needs_confirmation


def test_custodian_gets_three_business_days_notice_of_a_reassignment(cast: Cast, held: Registration) -> None:
    # 20 November 2026 is a Friday and the Monday after it a holiday: the third business day is the 26th.
    with pytest.raises(Refused) as refused:
        drafted(cast, held, by=cast.hanako, days=5)
    assert list(refused.value.fields) == ["effective_on"]
    drafted(cast, held, by=cast.hanako, days=6)


def test_draft_withdrawn_before_the_offer_is_never_seen_by_the_successor(cast: Cast, held: Registration) -> None:
    made = drafted(cast, held)
    transitions.withdraw(handover_pk=made.pk, reason="", actor=actor(cast.taro), at=NOW)
    assert not Handover.objects.visible_to(actor(cast.jiro), NOW).exists()


def test_administrator_cannot_offer_to_herself(cast: Cast, held: Registration) -> None:
    with pytest.raises(Refused):
        drafted(cast, held, by=cast.hanako, to=cast.hanako)


def test_only_administrator_as_successor_is_refused_where_a_confirmation_is_needed(
    cast: Cast, held: Registration
) -> None:
    cast.aoba.four_eyes = True
    cast.aoba.save()
    with pytest.raises(Refused):
        drafted(cast, held, to=cast.hanako)


def test_custodian_offers_and_both_sides_are_told(cast: Cast, held: Registration) -> None:
    made = drafted(cast, held)
    before = seen.mark()
    done = transitions.offer(handover_pk=made.pk, actor=actor(cast.taro), at=NOW)
    assert (done.status, done.offered_at) == (Handover.Status.OFFERED, NOW)
    assert seen.verbs(before) == ["handover.offered"]
    assert seen.notices(before) == [
        ("handover_offered", cast.taro.label),
        ("handover_offered", cast.jiro.label),
    ]


def test_successor_cannot_offer(cast: Cast, held: Registration) -> None:
    made = drafted(cast, held)
    with pytest.raises(NotAllowed):
        transitions.offer(handover_pk=made.pk, actor=actor(cast.jiro), at=NOW)


def test_second_press_on_offer_is_a_clean_wrong_state(cast: Cast, held: Registration) -> None:
    made = offered(cast, held)
    before = seen.mark()
    with pytest.raises(WrongState):
        transitions.offer(handover_pk=made.pk, actor=actor(cast.taro), at=NOW)
    assert seen.verbs(before) == []


def test_offer_after_the_date_passed_is_refused(cast: Cast, held: Registration) -> None:
    made = drafted(cast, held, days=1)
    with pytest.raises(Refused):
        transitions.offer(handover_pk=made.pk, actor=actor(cast.taro), at=NOW + timedelta(days=2))


def test_custodian_withdraws_offer_and_everybody_is_told(cast: Cast, held: Registration) -> None:
    made = offered(cast, held)
    before = seen.mark()
    done = transitions.withdraw(handover_pk=made.pk, reason="時期尚早", actor=actor(cast.taro), at=NOW)
    assert (done.status, done.ended_at, done.end_reason) == (Handover.Status.WITHDRAWN, NOW, "時期尚早")
    assert seen.verbs(before) == ["handover.withdrawn"]
    assert seen.notices(before) == [
        ("handover_withdrawn", cast.taro.label),
        ("handover_withdrawn", cast.jiro.label),
    ]
    assert holder(held) == cast.taro
    assert not HandoverItem.objects.filter(is_open=True).exists()
    drafted(cast, held, to=cast.saburo)


def test_withdrawing_a_draft_does_not_tell_the_successor(cast: Cast, held: Registration) -> None:
    made = drafted(cast, held)
    before = seen.mark()
    transitions.withdraw(handover_pk=made.pk, reason="", actor=actor(cast.taro), at=NOW)
    assert seen.notices(before) == [("handover_withdrawn", cast.taro.label)]


def test_successor_cannot_withdraw_and_accepted_is_too_late(cast: Cast, held: Registration) -> None:
    made = offered(cast, held)
    with pytest.raises(NotAllowed):
        transitions.withdraw(handover_pk=made.pk, reason="", actor=actor(cast.jiro), at=NOW)
    Handover.objects.filter(pk=made.pk).update(status=Handover.Status.ACCEPTED)
    with pytest.raises(WrongState):
        transitions.withdraw(handover_pk=made.pk, reason="", actor=actor(cast.taro), at=NOW)


def test_draft_is_not_seen_by_the_successor(cast: Cast, held: Registration) -> None:
    made = drafted(cast, held)
    assert not Handover.objects.visible_to(actor(cast.jiro), NOW).exists()
    transitions.offer(handover_pk=made.pk, actor=actor(cast.taro), at=NOW)
    assert Handover.objects.visible_to(actor(cast.jiro), NOW).get() == made
    assert not Handover.objects.visible_to(actor(cast.saburo), NOW).exists()
    assert not Handover.objects.visible_to(actor(cast.wakako), NOW).exists()


def test_too_many_things_are_refused(cast: Cast) -> None:
    other = registration(cast.aoba, "R-9", custodian=cast.taro)
    with pytest.raises(Refused) as refused:
        transitions.draft_handover(
            registration_pk=other.pk,
            successor=cast.jiro,
            effective_on=TODAY,
            reason="",
            note="",
            things=[(f"鍵{number}", "") for number in range(51)],
            actor=actor(cast.taro),
            at=NOW,
        )
    assert list(refused.value.fields) == ["things"]
    assert Handover.objects.count() == 0
