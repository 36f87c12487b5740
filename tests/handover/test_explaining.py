"""Product card, pack of a handover, and "explain it to me" from the wish to the answer."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.errors import NotAllowed, Refused, WrongState
from audit.models import Event
from desk import clock
from desk import transitions as at_desk
from desk.models import Contact, Inquiry
from handover import explaining, transitions
from handover.models import (
    BillReference,
    Blob,
    Document,
    DocumentVersion,
    ExplanationRequest,
    Handover,
    HandoverItem,
    Product,
    Registration,
    Restriction,
)
from handover.queries import pack
from outbox.models import Notice
from tests.cast import Cast, actor, sign_in
from tests.handover.paper_files import kept
from tests.house.paths import every_path
from tests.seen import mark, notices, verbs
from tests.stock import ALL_YES, NOW, all_received, offered, registration

pytestmark = pytest.mark.django_db

TRANSACTION = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE")
PHONE = "0312345678"
CARD = {
    "name_ja": "広域イーサネット",
    "name_en": "Wide area Ethernet",
    "what_ja": "本社と支社をつなぐ回線です。",
    "what_en": "The line between the offices.",
    "where_ja": "本社の機械室",
    "where_en": "In the machine room.",
    "stops_ja": "支社の業務システムが止まります。",
    "stops_en": "The systems of the branches stop.",
    "bill_ja": "請求書には「広域イーサ」と印字されます。",
    "bill_en": "The bill says WAN.",
    "printed_ja": "広域イーサ\n回線終端装置",
    "printed_en": "WAN",
    "cost_ja": "毎月同じ額です。",
    "cost_en": "The same every month.",
    "whom_ja": "情報システム部",
    "whom_en": "The IT department.",
}


@pytest.fixture
def product(held: Registration) -> Product:
    made = Product.objects.create(code="LAN-1", **CARD)
    Registration.objects.filter(pk=held.pk).update(product=made)
    held.refresh_from_db()
    return made


def ask(cast: Cast, held: Registration, *, who: str = "taro", at: Any = NOW, **changes: Any) -> ExplanationRequest:
    given: dict[str, Any] = {"phone": PHONE, "unclear": "請求書のどの行ですか", "hours": "any", "not_on": []} | changes
    return transitions.ask_explanation(registration_pk=held.pk, **given, actor=actor(getattr(cast, who)), at=at)


def pulled(cast: Cast, held: Registration, **changes: Any) -> tuple[ExplanationRequest, Inquiry]:
    made = ask(cast, held, **changes)
    inquiry = at_desk.pull_explanation(made.pk, actor=clock.CLOCK, at=NOW)
    made.refresh_from_db()
    return made, inquiry


def page(client: Client, name: str, *arguments: Any) -> str:
    with time_machine.travel(NOW, tick=False):
        response = client.get(reverse(name, args=arguments))
    assert response.status_code == 200, name
    return str(response.content.decode())


# Card -----------------------------------------------------------------------------------------------------------------


def test_whoever_sees_the_registration_reads_the_card_in_plain_words(
    cast: Cast, held: Registration, product: Product, client: Client
) -> None:
    BillReference.objects.create(registration=held, reference="BILL-77", since=NOW.date())
    text = page(sign_in(client, cast.taro), "handover:product_card", "R-1")
    for words in (
        *(CARD[f"{part}_ja"] for part in ("name", "what", "where", "stops", "bill", "cost", "whom")),
        "BILL-77",
    ):
        assert words in text, words
    drawn = text.partition('class="bill"')[2].partition("</figure>")[0]
    assert all(f"<mark>{line}</mark>" in drawn for line in ("広域イーサ", "回線終端装置")), drawn
    assert "BILL-77" in drawn, "the drawing shows by which number to look for it"
    assert reverse("handover:ask_explanation", args=["R-1"]) in text


def test_successor_reads_the_card_from_the_offer_until_the_end_of_it(
    cast: Cast, held: Registration, product: Product, client: Client
) -> None:
    card = reverse("handover:product_card", args=["R-1"])
    sign_in(client, cast.jiro)
    assert client.get(card).status_code == 404
    made = offered(cast, held)
    since = mark()
    assert client.get(card).status_code == 200
    look = Event.objects.get(sequence__gt=since)
    assert (look.verb, look.facts) == ("registration.viewed", {"page": "card", "as": "successor"})
    transitions.withdraw(handover_pk=made.pk, reason="", actor=actor(cast.taro), at=NOW)
    assert client.get(card).status_code == 404


@pytest.mark.parametrize("who", ["jiro", "wakako", "worker", "agent", "operator"])
@pytest.mark.parametrize("name", ["handover:product_card", "handover:ask_explanation"])
def test_others_find_neither_card_nor_call(
    cast: Cast, held: Registration, product: Product, client: Client, who: str, name: str
) -> None:
    assert sign_in(client, getattr(cast, who)).get(reverse(name, args=["R-1"])).status_code == 404


# Pack -----------------------------------------------------------------------------------------------------------------


def test_pack_shows_everything_that_a_successor_must_know(
    cast: Cast, held: Registration, product: Product, client: Client, vault: Any
) -> None:
    kept(held, cast.taro)
    Restriction.objects.create(registration=held, kind="claim_open", case="C-1", since=NOW)
    BillReference.objects.create(registration=held, reference="BILL-77", since=NOW.date())
    transitions.add_alias(registration_pk=held.pk, alias="本社回線", actor=actor(cast.taro), at=NOW)
    made = offered(cast, held)
    Document.objects.filter(registration=held).update(expires_on=NOW.date() + timedelta(days=5))
    since = mark()
    text = page(sign_in(client, cast.jiro), "handover:pack", made.number)
    for words in (
        CARD["stops_ja"],
        "BILL-77",
        "r-1@record.example",
        "利用契約書",
        str(Restriction.Kind.CLAIM_OPEN.label),
        reverse("handover:ask_explanation", args=["R-1"]),
        reverse("handover:product_card", args=["R-1"]),
    ):
        assert words in text, words
    (look,) = Event.objects.filter(sequence__gt=since)
    assert look.verb == "handover.pack_opened" and held.label in look.about
    one = pack.packs([held], actor(cast.jiro), NOW, NOW.date(), compare=lambda blobs: {blob.pk: "x" for blob in blobs})
    assert [event.verb for event in one[0].changes] == ["handover.offered", "handover.drafted", "alias.added"]


def test_pack_says_which_papers_are_whole_and_which_damaged(
    cast: Cast, held: Registration, client: Client, vault: Any
) -> None:
    good, bad = kept(held, cast.taro), kept(held, cast.taro)
    made = offered(cast, held)
    Blob.objects.filter(versions__document=bad).update(sha256="0" * 64)
    client.cookies["language"] = "en"
    cast.jiro.language = "en"
    cast.jiro.save()
    text = page(sign_in(client, cast.jiro), "handover:pack", made.number)
    assert good and text.count("Whole: compared with what was kept") == 1
    assert text.count("Damaged: tell us") == 1
    assert text.count("Only listed, no file") == 1


def _handover_of(cast: Cast, count: int) -> Handover:
    """A handover with `count` registrations, each with a paper, a bill and a mark."""
    product, _new = Product.objects.get_or_create(code="LAN-1", defaults=CARD)
    rows = [registration(cast.aoba, f"M{count}-{number:03}", custodian=cast.taro) for number in range(count)]
    Registration.objects.filter(number__startswith="M").update(product=product)
    made = offered(cast, rows[0])
    for row in rows:
        if row != rows[0]:
            HandoverItem.objects.create(handover=made, kind="registration", registration=row, name=row.number)
        transitions.add_alias(registration_pk=row.pk, alias="別館", actor=actor(cast.taro), at=NOW)
        BillReference.objects.create(registration=row, reference=f"B-{row.number}", since=NOW.date())
        Restriction.objects.create(registration=row, kind="claim_open", case="C-1", since=NOW)
        document = Document.objects.create(
            registration=row, kind="contract", title="契約書", added_by=cast.taro, added_at=NOW
        )
        blob = Blob.objects.create(
            name=f"none-{row.pk}",
            tenant="t",
            document="d",
            key_id="k",
            sha256="",
            size=1,
            content_type="application/pdf",
            stored_at=NOW,
        )
        DocumentVersion.objects.create(
            document=document, number=1, blob=blob, file_name="a.pdf", added_by=cast.taro, added_at=NOW
        )
    return made


def test_pack_costs_the_same_for_one_and_three_and_fifty_registrations(cast: Cast) -> None:
    costs = set()
    for count in (1, 3, 50):
        made = _handover_of(cast, count)
        rows = list(pack.registrations_of(made))
        assert len(rows) == count
        with CaptureQueriesContext(connection) as seen:
            found = pack.packs(rows, actor(cast.jiro), NOW, NOW.date(), compare=lambda blobs: {b.pk: "" for b in blobs})
        assert all(len(one.papers) == len(one.marks) == len(one.changes) == 1 for one in found[1:])
        costs.add(len(seen.captured_queries))
    assert costs == {10}


def test_pack_of_more_than_fifty_is_paged(cast: Cast, client: Client) -> None:
    made = _handover_of(cast, 51)
    sign_in(client, cast.jiro)
    address = reverse("handover:pack", args=[made.number])
    with time_machine.travel(NOW, tick=False):
        first, second = (client.get(f"{address}?page={number}").content.decode() for number in (1, 2))
    assert (first.count('<details class="pack"'), second.count('<details class="pack"')) == (50, 1)


def test_holders_have_no_way_to_delete_a_paper(cast: Cast, held: Registration, vault: Any) -> None:
    """R10: no path of papers removes anything, by any method, for anybody of the holder."""
    paper = kept(held, cast.taro)
    names = [name for name, _address in every_path() if "paper" in (name or "") or "document" in (name or "")]
    assert len(names) >= 4
    assert [name for name in names if any(word in name for word in ("delete", "remove", "destroy"))] == []
    before = (Document.objects.count(), DocumentVersion.objects.count(), Blob.objects.count())
    for who in (cast.taro, cast.hanako):
        client = sign_in(Client(), who)
        own: dict[str, list[Any]] = {
            "handover:paper": [paper.pk],
            "handover:papers": ["R-1"],
            "handover:add_document": ["R-1"],
            "handover:add_version": [paper.pk],
            "handover:change_document": [paper.pk],
            "handover:download_document": [paper.pk, 1],
        }
        assert set(names) - {"recovery:add_paper", "handover:change_on_paper"} == set(own) - {"handover:add_version"}
        for name, arguments in own.items():
            assert client.delete(reverse(name, args=arguments)).status_code == 405, name
            client.post(reverse(name, args=arguments), {"delete": "1", "action": "delete"})
    assert (Document.objects.count(), DocumentVersion.objects.count(), Blob.objects.count()) == before


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
    assert clock.run(at=NOW) == {"explanations": 0, "explanations_dropped": 1}
    assert verbs(since) == ["explanation.dropped"]
    inquiry.refresh_from_db()
    assert (inquiry.status, inquiry.stage, inquiry.statement.own_phone) == ("closed", "withdrawn", "")
    assert clock.run(at=NOW) == {"explanations": 0, "explanations_dropped": 0}


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


# Desk -----------------------------------------------------------------------------------------------------------------


def finish(cast: Cast, inquiry: Inquiry, *, who: str = "agent", outcome: str = "explained", at: Any = NOW) -> Contact:
    return at_desk.finish_explanation(
        inquiry.pk, outcome=outcome, minutes=7, text="請求書の見方", actor=actor(getattr(cast, who)), at=at
    )


def test_clock_makes_an_inquiry_with_number_and_promise(cast: Cast, held: Registration, product: Product) -> None:
    made = ask(cast, held)
    since = mark()
    assert clock.run(at=NOW) == {"explanations": 1, "explanations_dropped": 0}
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
    assert clock.run(at=NOW) == {"explanations": 0, "explanations_dropped": 0}
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
    event = Event.objects.get(sequence__gt=since)
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
    sign_in(client, cast.agent)
    token = "11111111-1111-4111-8111-111111111111"
    given = {"outcome": "again", "minutes": 3, "text": "不在", "token": token}
    for _press in range(2):
        assert client.post(address, given)["Location"] == address
    assert inquiry.contacts.count() == 1
    sign_in(client, cast.approver)
    assert client.post(address, given | {"token": "11111111-1111-4111-8111-111111111112"}).status_code == 403
