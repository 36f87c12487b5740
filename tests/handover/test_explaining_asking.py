"""Somebody asks to be called and told what a registration is."""

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.errors import NotAllowed, Refused, WrongState
from audit.models import Event
from desk import clock
from desk import transitions as at_desk
from handover import explaining, transitions
from handover.models import (
    ExplanationRequest,
    Handover,
    Product,
    Registration,
)
from tests.cast import Cast, actor, sign_in
from tests.handover.explained import PHONE, ask, finish, page, pulled
from tests.seen import mark, verbs
from tests.stock import ALL_YES, NOW, all_received, offered

pytestmark = pytest.mark.django_db


# Wish -----------------------------------------------------------------------------------------------------------------


def test_custodian_asks_and_the_number_is_encrypted(cast: Cast, held: Registration, product: Product) -> None:
    since = mark()
    made = ask(cast, held, hours="morning", not_on=[4, 0])
    assert (made.status, made.product, made.handover, made.not_on) == ("asked", product, None, [0, 4])
    assert made.wish == {"phone": PHONE, "unclear": "請求書のどの行ですか"}
    assert PHONE.encode() not in bytes(made.sealed)
    event = Event.objects.get(sequence__gt=since)
    assert (event.verb, event.subject) == ("explanation.asked", made.label)
    assert event.facts == {"hours": "morning", "not_on": [0, 4], "handover": None}
    assert held.label in event.about


def test_successor_asks_and_the_handover_goes_on(cast: Cast, held: Registration, product: Product) -> None:
    offer = offered(cast, held, days=0)
    made = ask(cast, held, who="jiro")
    assert made.handover == offer
    done = transitions.accept(
        handover_pk=offer.pk,
        marks=all_received(offer),
        answers=ALL_YES | {"purpose": "not_yet"},
        actor=actor(cast.jiro),
        at=NOW,
    )
    assert done.status == Handover.Status.OVERLAP


def test_second_press_shows_the_open_one(cast: Cast, held: Registration, client: Client) -> None:
    first = ask(cast, held)
    since = mark()
    assert ask(cast, held, phone="0399999999") == first
    assert verbs(since) == []
    response = sign_in(client, cast.taro).get(reverse("handover:ask_explanation", args=["R-1"]))
    assert response["Location"] == reverse("handover:explanation", args=[first.pk])
    transitions.withdraw_explanation(request_pk=first.pk, actor=actor(cast.taro), at=NOW)
    assert ask(cast, held) != first


@pytest.mark.parametrize("who", ["jiro", "wakako", "worker", "agent", "operator"])
def test_others_cannot_ask(cast: Cast, held: Registration, who: str) -> None:
    with pytest.raises(NotAllowed):
        ask(cast, held, who=who)


def test_no_day_left_to_call_is_refused(cast: Cast, held: Registration) -> None:
    with pytest.raises(Refused) as said_no:
        ask(cast, held, not_on=[0, 1, 2, 3, 4])
    assert list(said_no.value.fields) == ["not_on"]


def test_page_asks_and_shows_only_to_whoever_asked(cast: Cast, held: Registration, client: Client) -> None:
    sign_in(client, cast.taro)
    address = reverse("handover:ask_explanation", args=["R-1"])
    assert client.post(address, {"phone": "x", "hours": "any"}).status_code == 200
    given = {"phone": "03-1234-5678", "unclear": "何の番号ですか", "hours": "afternoon", "not_on": ["1"]}
    response = client.post(address, given)
    made = ExplanationRequest.objects.get()
    assert response["Location"] == reverse("handover:explanation", args=[made.pk])
    assert "何の番号ですか" in page(client, "handover:explanation", made.pk)
    for who in (cast.hanako, cast.jiro, cast.wakako, cast.agent, cast.operator):
        other = sign_in(Client(), who)
        assert other.get(reverse("handover:explanation", args=[made.pk])).status_code == 404
        for act in ("withdraw_explanation", "answer_explanation"):
            assert other.post(reverse(f"handover:{act}", args=[made.pk])).status_code == 404


def test_withdrawn_wish_forgets_the_number_and_is_dropped(cast: Cast, held: Registration) -> None:
    made, inquiry = pulled(cast, held)
    transitions.withdraw_explanation(request_pk=made.pk, actor=actor(cast.taro), at=NOW)
    made.refresh_from_db()
    assert (made.status, made.wish["phone"], made.ended_at) == ("withdrawn", "", NOW)
    with pytest.raises(WrongState):
        transitions.withdraw_explanation(request_pk=made.pk, actor=actor(cast.taro), at=NOW)
    with pytest.raises(NotAllowed):
        transitions.withdraw_explanation(request_pk=made.pk, actor=actor(cast.hanako), at=NOW)
    with pytest.raises(WrongState):
        finish(cast, inquiry)
    since = mark()
    assert clock.run(at=NOW).items() >= {"explanations": 0, "explanations_dropped": 1}.items()
    assert verbs(since) == ["explanation.dropped"]
    inquiry.refresh_from_db()
    assert (inquiry.status, inquiry.stage, inquiry.statement.own_phone) == ("closed", "withdrawn", "")
    assert clock.run(at=NOW).items() >= {"explanations": 0, "explanations_dropped": 0}.items()


def test_nobody_called_off_is_not_dropped(cast: Cast, held: Registration) -> None:
    _made, inquiry = pulled(cast, held)
    with pytest.raises(WrongState):
        at_desk.drop_explanation(inquiry.pk, actor=clock.CLOCK, at=NOW)


# Promise --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("hours", "not_on", "first", "last"),
    [
        # NOW is a Friday; Monday is a holiday (勤労感謝の日).
        ("any", [], "2026-11-24 09:00", "2026-11-24 17:00"),
        ("morning", [], "2026-11-24 09:00", "2026-11-24 12:00"),
        ("afternoon", [1], "2026-11-25 13:00", "2026-11-25 17:00"),
        ("any", [0, 1, 2, 3], "2026-11-27 09:00", "2026-11-27 17:00"),
    ],
)
def test_promise_is_the_next_business_day_that_suits(hours: str, not_on: list[int], first: str, last: str) -> None:
    promised = explaining.promise(hours, not_on, at=NOW)
    assert [timezone.localtime(moment).strftime("%Y-%m-%d %H:%M") for moment in promised] == [first, last]


def test_promise_without_a_day_is_an_error() -> None:
    with pytest.raises(ValueError, match="no day"):
        explaining.promise("any", [0, 1, 2, 3, 4], at=NOW)
