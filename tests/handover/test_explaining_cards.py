"""The card of a product and the pack of a handover."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from audit.models import Event
from handover import transitions
from handover.models import (
    BillReference,
    Blob,
    Document,
    DocumentVersion,
    Handover,
    HandoverItem,
    Product,
    Registration,
    Restriction,
)
from handover.queries import pack
from tests.cast import Cast, actor, sign_in
from tests.handover.explained import CARD, page
from tests.handover.paper_files import kept
from tests.house.paths import every_path
from tests.seen import mark
from tests.stock import NOW, offered, registration

pytestmark = pytest.mark.django_db


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
    """R10: no path of papers removes anything, by any method, for one person of the holder alone."""
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
            "handover:look_at_paper": [paper.pk, 1],
            "handover:papers_over": [],
        }
        elsewhere = {"recovery:add_paper", "handover:change_on_paper", "handover:mandated_paper"}
        assert set(names) - elsewhere == set(own) - {"handover:add_version"}
        for name, arguments in own.items():
            assert client.delete(reverse(name, args=arguments)).status_code == 405, name
            client.post(reverse(name, args=arguments), {"delete": "1", "action": "delete"})
    assert (Document.objects.count(), DocumentVersion.objects.count(), Blob.objects.count()) == before
