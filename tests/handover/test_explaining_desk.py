"""The desk calls and explains."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.errors import NotAllowed, Refused, WrongState
from audit.models import Event
from desk import clock
from desk import transitions as at_desk
from desk.models import Inquiry
from handover import explaining, transitions
from handover.models import (
    Product,
    Registration,
)
from outbox.models import Notice
from tests.announced import announced
from tests.cast import Cast, actor, sign_in
from tests.handover.explained import CARD, PHONE, ask, finish, page, pulled
from tests.seen import mark, notices, verbs
from tests.stock import NOW, offered

pytestmark = pytest.mark.django_db


def test_clock_makes_an_inquiry_with_number_and_promise(cast: Cast, held: Registration, product: Product) -> None:
    made = ask(cast, held)
    since = mark()
    assert clock.run(at=NOW).items() >= {"explanations": 1, "explanations_dropped": 0}.items()
    made.refresh_from_db()
    inquiry = Inquiry.objects.get(topic="explanation")
    assert verbs(since) == ["explanation.pulled"]
    assert notices(since) == [("explanation_promised", cast.taro.label)]
    assert (made.status, made.receipt_number) == ("pulled", inquiry.receipt_number)
    assert (made.promised_from, made.promised_until) == (inquiry.call.promised_from, inquiry.call.promised_until)
    assert (inquiry.stage, inquiry.turn, inquiry.status) == ("calling", "desk", "open")
    assert inquiry.next_on == timezone.localdate(made.promised_until)
    said = inquiry.statement
    assert (said.name, said.own_phone, said.product) == (cast.taro.display_name, PHONE, CARD["name_ja"])
    assert clock.run(at=NOW).items() >= {"explanations": 0, "explanations_dropped": 0}.items()
    with pytest.raises(WrongState):
        at_desk.pull_explanation(made.pk, actor=clock.CLOCK, at=NOW)


@pytest.mark.parametrize("who", ["agent", "operator", "hanako"])
def test_people_do_not_take_over_by_hand(cast: Cast, held: Registration, who: str) -> None:
    made = ask(cast, held)
    with pytest.raises(NotAllowed):
        at_desk.pull_explanation(made.pk, actor=actor(getattr(cast, who)), at=NOW)  # type: ignore[arg-type]


def test_agent_sees_card_and_number_and_nothing_of_the_registration(
    cast: Cast, held: Registration, product: Product, client: Client
) -> None:
    Registration.objects.filter(pk=held.pk).update(number="ZZ-98765", address="大阪市北区中之島9")
    held.refresh_from_db()
    _made, inquiry = pulled(cast, held, who="hanako")
    sign_in(client, cast.agent)
    with time_machine.travel(NOW, tick=False):
        queue = client.get("/desk/").content.decode()
    text = page(client, "desk:explanation", inquiry.receipt_number)
    assert reverse("desk:explanation", args=[inquiry.receipt_number]) in queue
    # A number that is typed leads there as well.
    typed = client.get(f"/desk/?number={inquiry.receipt_number}")
    assert typed["Location"] == reverse("desk:explanation", args=[inquiry.receipt_number])
    for words in (PHONE, CARD["what_ja"], CARD["stops_ja"], "請求書のどの行ですか"):
        assert words in text, words
    for secret in ("ZZ-98765", "中之島", cast.taro.display_name, "r-1@record.example", held.registered_name):
        assert secret not in text, secret
        assert secret not in queue, secret
    # No button that releases, reveals, resets or decides: one form that notes the call, beside the page's own frame.
    assert text.count("<form") == page(client, "desk:queue").count("<form")


@pytest.mark.parametrize("who", ["hanako", "taro", "worker", "editor"])
def test_others_do_not_see_the_call(cast: Cast, held: Registration, client: Client, who: str) -> None:
    _made, inquiry = pulled(cast, held)
    sign_in(client, getattr(cast, who))
    assert client.get(reverse("desk:explanation", args=[inquiry.receipt_number])).status_code == 404


def test_forms_of_claims_do_not_open_for_a_call(cast: Cast, held: Registration, client: Client) -> None:
    _made, inquiry = pulled(cast, held)
    sign_in(client, cast.agent)
    for name in ("desk:note_contact", "desk:hold", "recovery:claim"):
        assert client.get(reverse(name, args=[inquiry.receipt_number])).status_code == 404, name


def test_agent_explains_and_the_customer_is_asked_once(cast: Cast, held: Registration, client: Client) -> None:
    offer = offered(cast, held)
    transitions.mark_items(
        handover_pk=offer.pk, marks={}, answers={"purpose": "not_yet"}, actor=actor(cast.jiro), at=NOW
    )
    made, inquiry = pulled(cast, held, who="jiro")
    since = mark()
    contact = finish(cast, inquiry)
    assert (contact.by, contact.note, contact.minutes, contact.channel) == (cast.agent, "請求書の見方", 7, "phone")
    told, event = Event.objects.filter(sequence__gt=since).order_by("sequence")
    assert told.verb == "intention.announced"  # before it is made, like every call
    assert (event.verb, event.facts) == ("explanation.called", {"outcome": "explained", "minutes": 7})
    assert notices(since) == [("explanation_done", cast.jiro.label)]
    made.refresh_from_db()
    inquiry.refresh_from_db()
    offer.refresh_from_db()
    assert (made.status, made.wish["phone"], inquiry.status, inquiry.stage) == ("done", "", "closed", "explained")
    assert inquiry.statement.own_phone == ""
    assert offer.answers == {"purpose": "not_yet"}
    with pytest.raises(WrongState):
        finish(cast, inquiry)
    clock.run(at=NOW + timedelta(days=9))
    assert Notice.objects.filter(template="explanation_done").count() == 1
    sign_in(client, cast.jiro)
    client.post(reverse("handover:answer_explanation", args=[made.pk]), {"clear": "yes"})
    made.refresh_from_db()
    assert made.is_clear is True


@pytest.mark.parametrize(("outcome", "turn"), [("again", "desk"), ("provider", "provider")])
def test_call_that_did_not_end_it_is_promised_anew(cast: Cast, held: Registration, outcome: str, turn: str) -> None:
    made, inquiry = pulled(cast, held)
    later = NOW + timedelta(days=4)
    since = mark()
    finish(cast, inquiry, outcome=outcome, at=later)
    made.refresh_from_db()
    inquiry.refresh_from_db()
    assert (inquiry.status, inquiry.turn, made.status) == ("open", turn, "pulled")
    assert made.promised_until == inquiry.call.promised_until == explaining.promise("any", [], at=later)[1]
    assert inquiry.call.tries == 1
    assert notices(since) == [("explanation_promised", cast.taro.label)]
    passed = list(inquiry.escalations.values_list("topic", "reason"))  # what is passed on again becomes a sentence
    assert passed == ([("explanation", "product")] if outcome == "provider" else [])
    finish(cast, inquiry, who="operator", at=later)


@pytest.mark.parametrize("who", ["hanako", "approver", "auditor", "worker"])
def test_others_cannot_note_the_call(cast: Cast, held: Registration, who: str) -> None:
    _made, inquiry = pulled(cast, held)
    with pytest.raises(NotAllowed):
        finish(cast, inquiry, who=who)


def test_unknown_outcome_is_refused(cast: Cast, held: Registration) -> None:
    _made, inquiry = pulled(cast, held)
    with pytest.raises(Refused):
        finish(cast, inquiry, outcome="released")


def test_answer_before_the_call_is_too_early(cast: Cast, held: Registration) -> None:
    made = ask(cast, held)
    with pytest.raises(WrongState):
        transitions.answer_explanation(request_pk=made.pk, is_clear=True, actor=actor(cast.taro), at=NOW)
    with pytest.raises(NotAllowed):
        transitions.answer_explanation(request_pk=made.pk, is_clear=True, actor=actor(cast.hanako), at=NOW)


def test_agent_notes_the_call_on_the_page_once(cast: Cast, held: Registration, client: Client) -> None:
    _made, inquiry = pulled(cast, held)
    address = reverse("desk:explanation", args=[inquiry.receipt_number])
    now = timezone.now()
    sign_in(client, cast.agent)
    token = "11111111-1111-4111-8111-111111111111"
    given = {"outcome": "again", "minutes": 3, "text": "不在", "token": token}
    announced(inquiry, cast.agent, at=now, purpose="explain")
    for _press in range(2):
        assert client.post(address, given)["Location"] == address
    assert inquiry.contacts.count() == 1
    sign_in(client, cast.approver)
    assert client.post(address, given | {"token": "11111111-1111-4111-8111-111111111112"}).status_code == 403
