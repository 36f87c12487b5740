"""Anyone begins a recovery: four questions, nothing lost, one sending, the same answer for everybody."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from desk.models import Inquiry, Needs, Statement
from outbox.models import Notice
from recovery.forms.public import QUESTIONS
from recovery.models import Claim
from tests.cast import Cast
from tests.recovery.public_posts import ANSWERS, answers, sends, token

pytestmark = pytest.mark.django_db(transaction=True)

CODE = re.compile(r"[2-9A-HJ-NP-Z]{5}-[2-9A-HJ-NP-Z]{5}")


def test_stranger_sends_four_answers_and_sees_number_and_code_at_once(client: Client) -> None:
    page = sends(client).content.decode()
    claim = Claim.objects.select_related("inquiry").get()
    assert claim.number in page and len(CODE.findall(page)) == 1
    assert claim.inquiry.statement.organisation_name == "(株)青葉商亊"
    assert claim.inquiry.statement.name == "渡邉 翔"
    assert (claim.inquiry.came_by, claim.inquiry.language, claim.mailbox) == ("web", "ja", "sho@new.example")
    assert Notice.objects.filter(recipient=claim.label, template="claim_received").count() == 1


def test_answer_repeats_nothing_that_was_sent(client: Client) -> None:
    page = sends(client, remarks="ひみつの備考").content.decode()
    for value in ("青葉商亊", "渡邉", "sho@new.example", "ひみつの備考", "千代田"):
        assert value not in page


def test_inquirer_who_goes_back_loses_nothing(client: Client) -> None:
    client.post("/recover/questions/1/", ANSWERS[1])
    response = client.post("/recover/questions/2/", {"organisation_name": "", "unit": "大阪支社", "back": "1"})
    assert response["Location"] == "/recover/questions/1/"
    page = client.get("/recover/questions/2/").content.decode()
    assert "大阪支社" in page and "aria-invalid" not in page


def test_inquirer_with_a_mistake_reads_it_at_the_field_and_keeps_the_rest(client: Client) -> None:
    client.post("/recover/questions/1/", ANSWERS[1])
    page = client.post("/recover/questions/2/", {"organisation_name": "", "unit": "大阪支社"}).content.decode()
    assert 'href="#id_organisation_name"' in page and 'aria-invalid="true"' in page and "大阪支社" in page


def test_inquirer_who_jumps_ahead_is_led_to_the_first_open_question(client: Client) -> None:
    assert client.get("/recover/questions/4/")["Location"] == "/recover/questions/1/"
    assert client.get("/recover/check/")["Location"] == "/recover/questions/1/"
    client.post("/recover/questions/4/", ANSWERS[4])
    assert client.get("/recover/check/")["Location"] == "/recover/questions/1/"
    assert client.post("/recover/check/", {"token": ""}).status_code in (302, 409)
    assert client.get("/recover/questions/9/").status_code == 404
    assert client.get("/recover/questions/0/").status_code == 404
    assert not Claim.objects.exists()


def test_inquirer_who_changes_one_answer_is_back_at_the_check(client: Client) -> None:
    answers(client)
    response = client.post("/recover/questions/2/", {**ANSWERS[2], "unit": "名古屋支店"})
    assert response["Location"] == "/recover/check/"
    assert "名古屋支店" in client.get("/recover/check/").content.decode()


def test_second_press_finds_already_sent(client: Client) -> None:
    answers(client)
    named = token(client)
    client.post("/recover/check/", {"token": named})
    again = client.post("/recover/check/", {"token": named})
    claim = Claim.objects.get()
    assert again.status_code == 409 and claim.number in again.content.decode()
    assert not CODE.findall(again.content.decode())


def test_two_presses_at_once_send_once(client: Client) -> None:
    """Both see the draft: the second comes with the session as it was before the first."""
    answers(client)
    named = token(client)
    key = client.session.session_key
    before = Session.objects.get(pk=key).session_data
    assert client.post("/recover/check/", {"token": named}).status_code == 200
    Session.objects.filter(pk=key).update(session_data=before)
    assert client.post("/recover/check/", {"token": named}).status_code == 409
    assert Claim.objects.count() == 1


def test_page_of_an_older_draft_sends_nothing(client: Client) -> None:
    answers(client)
    assert client.post("/recover/check/", {"token": "00000000-0000-4000-8000-000000000000"}).status_code == 409
    assert not Claim.objects.exists()


def test_looking_at_every_page_changes_nothing(client: Client) -> None:
    answers(client)
    for path in ("", *(f"questions/{step}/" for step in ANSWERS), "check/", "status/", "object/"):
        assert client.get(f"/recover/{path}").status_code == 200, path
    assert not Claim.objects.exists() and not Inquiry.objects.exists()


def test_sender_beyond_the_limit_keeps_the_draft(client: Client) -> None:
    for number in range(5):
        assert sends(Client(), mail=f"a{number}@new.example").status_code == 200
    refused = sends(client)
    assert refused.status_code == 429 and Claim.objects.count() == 5
    assert "青葉商亊" in client.get("/recover/check/").content.decode()
    # The press that was refused is not taken for the one that sent.
    again = client.post("/recover/check/", {"token": token(client)}, REMOTE_ADDR="198.51.100.9")
    assert again.status_code == 200 and Claim.objects.count() == 6


def test_senders_of_one_ipv6_network_count_as_one() -> None:
    for number in range(5):
        client = Client(REMOTE_ADDR=f"2001:db8:0:7::{number + 1}")
        assert sends(client, mail=f"a{number}@new.example").status_code == 200
    assert sends(Client(REMOTE_ADDR="2001:db8:0:7:ffff::1"), mail="b@new.example").status_code == 429
    assert sends(Client(REMOTE_ADDR="2001:db8:0:8::1"), mail="c@new.example").status_code == 200


def test_sending_that_failed_can_be_pressed_again(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    answers(client)
    client.raise_request_exception = False
    named = token(client)
    with monkeypatch.context() as broken:
        broken.setattr("recovery.transitions.intake.progress.take_in", lambda **_given: 1 / 0)
        assert client.post("/recover/check/", {"token": named}).status_code == 500
    assert client.post("/recover/check/", {"token": token(client)}).status_code == 200
    assert Claim.objects.count() == 1


def test_phone_is_asked_for_only_when_it_is_used(client: Client) -> None:
    assert sends(client, own_phone="めちゃくちゃ", hours="x" * 500).status_code == 200
    statement = Claim.objects.get().inquiry.statement
    assert (statement.own_phone, statement.hours) == ("", "")
    other = Client()
    for step in (1, 2, 3):
        other.post(f"/recover/questions/{step}/", ANSWERS[step])
    page = other.post("/recover/questions/4/", {**ANSWERS[4], "answer_by": "phone"}).content.decode()
    assert 'href="#id_own_phone"' in page and 'href="#id_hours"' in page
    sent = sends(Client(), answer_by="phone", own_phone="０３－１２３４－５６７８", hours="平日10時から12時")
    assert sent.status_code == 200
    last = Claim.objects.order_by("-pk")[0].inquiry
    assert (last.answer_by, last.statement.own_phone) == ("phone", "03-1234-5678")


def test_wishes_of_people_with_disabilities_are_asked_kept_and_shown(client: Client) -> None:
    for step in (1, 2, 3):
        client.post(f"/recover/questions/{step}/", ANSWERS[step])
    wished = {**ANSWERS[4], "wishes": ["no_phone", "plain"], "wish_words": "筆談でお願いします"}
    barred = {**wished, "answer_by": "phone", "own_phone": "03-1234-5678", "hours": "平日"}
    refused = client.post("/recover/questions/4/", barred)
    assert refused.context["form"].errors.keys() == {"answer_by"}
    assert client.post("/recover/questions/4/", wished).status_code == 302
    again = client.get("/recover/questions/4/").content.decode()  # nothing has to be ticked a second time
    assert again.count(" checked") == 3 and "筆談でお願いします" in again
    assert "短くやさしい文" in client.get("/recover/check/").content.decode()
    assert client.post("/recover/check/", {"token": token(client)}).status_code == 200
    inquiry = Claim.objects.get().inquiry
    assert Needs.opened(inquiry.sealed_needs) == Needs(("no_phone", "plain"), "筆談でお願いします")
    assert "筆談".encode() not in bytes(inquiry.sealed_needs or b"")
    forged = client.post("/recover/questions/4/", {**ANSWERS[4], "wishes": ["everything"]})
    assert forged.context["form"].errors.keys() == {"wishes"}


def test_contractor_is_told_about_mandates_and_goes_on(client: Client) -> None:
    client.post("/recover/questions/1/", {"capacity": "contractor"})
    assert "代行権限" in client.get("/recover/questions/2/").content.decode()
    assert "代行権限" not in Client().get("/recover/questions/1/").content.decode()
    assert sends(client, capacity="contractor").status_code == 200
    assert Claim.objects.get().inquiry.capacity_stated == "contractor"


def test_japanese_name_without_a_space_is_asked_for_one(client: Client) -> None:
    for name, code in (("渡邉翔", 200), ("渡邉 翔", 302), ("Suharto", 302)):
        assert client.post("/recover/questions/4/", {**ANSWERS[4], "name": name}).status_code == code, name


@pytest.mark.parametrize("sign", ["\U0002a6d6", '"', "\\"])
def test_longest_answers_in_the_widest_signs_fit_their_room(sign: str) -> None:
    given: dict[str, Any] = {}
    for kind in QUESTIONS:
        for name, field in kind.base_fields.items():
            if longest := getattr(field, "max_length", None):
                given[name] = sign * longest
    given["mail"] = "a" * 254
    statement = Statement(**{name: value for name, value in given.items() if name in Statement.__dataclass_fields__})
    assert {len(Statement().sealed())} == {len(statement.sealed())}
    # What the form itself lets through, line breaks among it: each of them takes two bytes when written down.
    form = QUESTIONS[2]({"remarks": "\r\n" + "一\r\n" * 499})
    assert form.is_valid(), form.errors


def test_draft_is_not_readable_in_the_table_of_sessions(client: Client) -> None:
    answers(client)
    assert "青葉" not in str(dict(client.session.items()))


def test_line_break_in_a_name_is_refused(client: Client) -> None:
    assert client.post("/recover/questions/2/", {"organisation_name": "青葉\n商事"}).status_code == 200


# X8: customers and strangers -----------------------------------------------------------------------------------------
MASKS = (
    (re.compile(rb"C-[0-9]{4}-[0-9]{3}-[0-9]{3}"), b"NUMBER"),
    (re.compile(rb"[2-9A-HJ-NP-Z]{5}-[2-9A-HJ-NP-Z]{5}"), b"CODE"),
    (re.compile(rb'name="csrfmiddlewaretoken" value="[^"]+"'), b"CSRF"),
)


def masked(response: Any) -> tuple[int, bytes, tuple[tuple[str, str], ...]]:
    body: bytes = response.content
    for pattern, word in MASKS:
        body = pattern.sub(word, body)
    headers = {name: value for name, value in response.items() if name not in ("Expires", "Last-Modified", "Date")}
    return response.status_code, body, tuple(sorted(headers.items()))


def test_customers_and_strangers_get_the_same_bytes(cast: Cast) -> None:
    """50 posts about a customer, 50 of the same length about nobody, by turns."""
    known, unknown = cast.aoba.legal_name, "存在架空株式会社"
    assert len(known) == len(unknown)
    answers_seen = set()
    rows = set()
    for number in range(50):
        for side, name in enumerate((known, unknown)):
            client = Client(REMOTE_ADDR=f"10.{side}.{number}.1")
            mail = f"{'ab'[side]}{number:03}@new.example"
            answers_seen.add(masked(sends(client, organisation_name=name, mail=mail)))
            claim = Claim.objects.select_related("inquiry").order_by("-pk")[0]
            rows.add((claim.status, claim.inquiry.stage, claim.inquiry.turn, len(bytes(claim.inquiry.sealed))))
    assert len(answers_seen) == 1 and len(rows) == 1


def test_mask_does_not_hide_a_difference() -> None:
    """Otherwise one answer for all would say nothing."""
    client = Client()
    one = sends(client)
    changed = masked(one)[1].replace("受付番号".encode(), "受付番號".encode())
    assert changed != masked(one)[1]


def test_next_date_is_told(client: Client) -> None:
    page = sends(client).content.decode()
    inquiry = Inquiry.objects.get()
    assert inquiry.next_on is not None and timezone.localdate() < inquiry.next_on
    assert inquiry.next_on - timezone.localdate() < timedelta(days=14)
    assert f'datetime="{inquiry.next_on.isoformat()}"' in page
