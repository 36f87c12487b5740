"""The pages of a bill: what a stranger reads, what is limited, and that wrong answers are all alike."""

from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from accounts.models import Tally
from desk import transitions
from desk.models import BillRelay, Inquiry
from handover import transitions as register
from handover.models import BilledAmount, BillReference
from handover.transitions.billing import Billed
from tests.cast import Cast, actor, sign_in
from tests.desk.billed import BILL, IMPORT, about, asked, billed, shows_bill, token
from tests.desk.test_inquiries import opened
from tests.recovery.uniform import answered, shape
from tests.seen import mark, verbs
from tests.stock import NOW

pytestmark = pytest.mark.django_db(transaction=True)


def measured(client: Client, **changes: str) -> tuple[Any, list[str]]:
    with CaptureQueriesContext(connection) as queries:
        response = shows_bill(client, **changes)
    typed = [*BILL.values(), *changes.values()]
    return answered(response, typed), [shape(query["sql"]) for query in queries]


def test_wrong_amount_unknown_number_and_too_many_tries_are_alike(cast: Cast) -> None:
    billed(cast, custodian=cast.taro)
    first = measured(Client(), amount="12,346")
    assert first[0][0] == 200
    assert measured(Client(), reference="B-000-0000", amount="99,999") == first
    assert measured(Client(), month="2026-09") == first
    for _time in range(12):
        shows_bill(Client(), amount="1")
    # Now even the right one: too many tries.
    assert measured(Client()) == first
    assert not Inquiry.objects.exists()


def from_(place: int) -> Client:
    """A browser of another connection."""
    return Client(REMOTE_ADDR=f"192.0.2.{place}")


def earlier() -> dict[str, str]:
    """Record the bill of the month before; return what is typed of it."""
    register.record_bills([Billed(BILL["reference"], date(2026, 9, 1), 11800, "school")], actor=IMPORT, at=NOW)
    return {"second_month": "2026-09", "second_amount": "11,800"}


def used_up(*places: int) -> None:
    """Let strangers try the number of the bill until a single bill does not do any more."""
    for place in places:
        for _time in range(5):
            assert shows_bill(from_(place), amount="1").status_code == 200


def test_wrong_tries_of_one_stranger_lock_nobody_else(cast: Cast) -> None:
    billed(cast, custodian=cast.taro)
    for _time in range(60):
        shows_bill(from_(1), amount="1")
    assert shows_bill(from_(1)).status_code == 200
    assert shows_bill(from_(2)).status_code == 302
    Tally.objects.all().delete()
    for place in range(10):
        shows_bill(Client(), reference=f"B-{place}")
    assert shows_bill(Client()).status_code == 200
    assert shows_bill(from_(99)).status_code == 302


def test_after_ten_wrong_tries_from_everywhere_two_bills_open_it_and_one_does_not(cast: Cast) -> None:
    billed(cast, custodian=cast.taro)
    both = earlier()
    used_up(1, 2)
    assert shows_bill(from_(3)).status_code == 200
    for wrong in ({"second_amount": "11,801"}, {"amount": "1"}, {"second_month": "2026-08"}):
        assert shows_bill(from_(4), **{**both, **wrong}).status_code == 200
    assert shows_bill(from_(5), **both).headers["Location"] == "/bill/card/"
    # On the phone it is counted by itself: one bill does.
    inquiry, _tracking = opened(cast.agent)
    page = sign_in(Client(), cast.agent).post(f"/desk/inquiries/{inquiry.receipt_number}/bill/", BILL)
    assert "広域イーサネット" in page.content.decode()


def test_ten_thousand_senders_get_no_more_guesses_at_one_bill_than_ten(cast: Cast) -> None:
    billed(cast, custodian=cast.taro)
    for place in range(2, 12):
        shows_bill(from_(place), amount="1")
    assert all(shows_bill(from_(place)).status_code == 200 for place in range(20, 30))
    assert shows_bill(from_(30), **earlier()).status_code == 302


def test_second_bill_never_tells_which_of_the_two_was_right(cast: Cast) -> None:
    billed(cast, custodian=cast.taro)
    both = earlier()
    first = measured(from_(1), **both, amount="12,346")
    assert measured(from_(2), **{**both, "second_amount": "11,801"}) == first
    assert measured(from_(3), **both, reference="B-000-0000") == first
    used_up(4, 5)
    for _time in range(5):
        measured(from_(6), **both, amount="12,346")
    assert measured(from_(6), **both) == first  # its own five are used up


def test_right_ones_use_nothing_up_and_both_parts_of_a_second_bill_are_asked(cast: Cast) -> None:
    billed(cast, custodian=cast.taro)
    for place in range(12):
        assert shows_bill(from_(place)).status_code == 302
    assert [shows_bill(from_(20)).status_code for _time in range(7)] == [302] * 7
    tries = Tally.objects.count()
    same = {"second_month": BILL["month"], "second_amount": "1"}
    for half in ({"second_month": "2026-09"}, {"second_amount": "1"}, same):
        assert 'aria-invalid="true"' in shows_bill(from_(21), **half).content.decode()
    assert Tally.objects.count() == tries


def test_right_bill_in_any_spelling_shows_product_and_place_and_nothing_about_the_holder(cast: Cast) -> None:
    billed(cast, custodian=cast.taro)
    client, before = Client(), mark()
    wide = {"reference": "ｂ７７８１２０４", "month": "2026/10", "amount": "￥１２，３４５"}
    assert shows_bill(client, **wide).headers["Location"] == "/bill/card/"
    assert verbs(before) == ["bill.read"]
    page = client.get("/bill/card/").content.decode()
    assert "広域イーサネット" in page and "支社の業務システムが止まります。" in page
    with translation.override("ja"):
        assert str(BillReference.Site.SCHOOL.label) in page
    for hidden in ("青葉", "太郎", cast.taro.email, "R-1", "本社<", "千代田", "r-1@record.example"):
        assert hidden not in page, hidden
    assert Client().get("/bill/card/").headers["Location"] == "/bill/"


def test_message_and_answer_pass_through_the_pages(cast: Cast) -> None:
    billed(cast, custodian=cast.taro)
    client = Client()
    shows_bill(client)
    given = {"about": about(client), "mail": "payer@else.example", "text": "何の料金ですか", "token": token()}
    page = client.post("/bill/card/", given).content.decode()
    relay = BillRelay.objects.select_related("inquiry").get()
    number = relay.inquiry.receipt_number
    tracking = page.split('claim-code">')[2].split("<")[0]
    assert number in page
    assert client.post("/bill/card/", given).headers["Location"] == "/bill/status/"
    assert BillRelay.objects.count() == 1
    taro = sign_in(Client(), cast.taro)
    assert f"/bill/questions/{number}/" in taro.get("/").content.decode()
    asks = taro.get(f"/bill/questions/{number}/").content.decode()
    assert "何の料金ですか" in asks and "payer@else.example" not in asks
    answer = {"answer": "words", "words": "校内の回線です", "token": token()}
    assert taro.post(f"/bill/questions/{number}/", answer).status_code == 302
    assert taro.post(f"/bill/questions/{number}/", answer).status_code == 302
    assert relay.messages.count() == 2
    reader = Client()
    opens = {"receipt_number": number, "tracking": tracking}
    assert reader.post("/bill/status/", opens).headers["Location"] == "/bill/thread/"
    thread = reader.get("/bill/thread/").content.decode()
    assert "校内の回線です" in thread and "太郎" not in thread and "青葉" not in thread
    assert reader.post("/bill/thread/", {"text": "ありがとうございます", "token": token()}).status_code == 302
    assert relay.messages.count() == 3
    assert "ありがとうございます" in taro.get(f"/bill/questions/{number}/").content.decode()


@pytest.mark.parametrize("text", ["https://evil.example/", "ｗｗｗ．evil", "me@else.example", "evil.com へどうぞ"])
def test_links_and_addresses_are_not_carried(cast: Cast, text: str) -> None:
    found = billed(cast, custodian=cast.taro)
    client = Client()
    shows_bill(client)
    given = {"about": str(found.pk), "mail": "payer@else.example", "text": text, "token": token()}
    assert client.post("/bill/card/", given).status_code == 200
    assert not BillRelay.objects.exists()
    relay, _tracking = asked(found)
    taro = sign_in(Client(), cast.taro)
    answer = {"answer": "words", "words": text, "token": token()}
    assert taro.post(f"/bill/questions/{relay.inquiry.receipt_number}/", answer).status_code == 200
    assert relay.messages.count() == 1


def test_service_of_another_bill_cannot_be_asked_about(cast: Cast) -> None:
    billed(cast, custodian=cast.taro)
    client = Client()
    shows_bill(client)
    given = {"about": "999999", "mail": "payer@else.example", "text": "何ですか", "token": token()}
    assert client.post("/bill/card/", given).status_code == 200
    assert not BillRelay.objects.exists()


def test_unknown_receipt_number_and_wrong_code_are_alike(cast: Cast) -> None:
    relay, _tracking = asked(billed(cast, custodian=cast.taro))
    answers = []
    for number in (relay.inquiry.receipt_number, "C-0000-000-000"):
        with CaptureQueriesContext(connection) as queries:
            response = Client().post("/bill/status/", {"receipt_number": number, "tracking": "22222-22222"})
        answers.append((answered(response, [number]), [shape(query["sql"]) for query in queries]))
    assert answers[0] == answers[1]


def test_agent_reads_the_card_only_and_other_answers_are_alike(cast: Cast) -> None:
    billed(cast, custodian=cast.taro)
    inquiry, _tracking = opened(cast.agent)
    agent, address = sign_in(Client(), cast.agent), f"/desk/inquiries/{inquiry.receipt_number}/bill/"
    before = mark()
    page = agent.post(address, BILL).content.decode()
    assert verbs(before) == ["bill.read"]
    assert "広域イーサネット" in page and "青葉" not in page and "太郎" not in page and "R-1" not in page
    wrong = answered(agent.post(address, {**BILL, "amount": "1"}), ["1"])
    assert (
        answered(agent.post(address, {**BILL, "amount": "1", "reference": "B-778-0000"}), ["1"])[1].replace(
            "B-778-0000", BILL["reference"].replace("1", "")
        )
        == wrong[1]
    )
    assert sign_in(Client(), cast.approver).post(address, BILL).status_code == 403
    # What is with the person in charge is nobody's of the desk.
    relay, _codes = asked(BilledAmount.objects.get())
    assert agent.get(f"/desk/inquiries/{relay.inquiry.receipt_number}/").status_code == 404


def test_number_of_statements_does_not_grow_with_messages(cast: Cast) -> None:
    relay, _tracking = asked(billed(cast, custodian=cast.taro))
    taro = sign_in(Client(), cast.taro)
    address = f"/bill/questions/{relay.inquiry.receipt_number}/"
    taro.get(address)
    with CaptureQueriesContext(connection) as one:
        taro.get(address)
    for _time in range(2):
        transitions.answer_bill_message(relay.pk, answer="ours", words="", actor=actor(cast.taro), at=NOW)
    with CaptureQueriesContext(connection) as three:
        taro.get(address)
    assert len(one) == len(three)
