"""The status page of matters that are no claim: opened by the same two numbers, saying what was promised."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client

from desk import transitions
from tests import claims
from tests.cast import Cast, actor
from tests.desk.promised import asked, held
from tests.stock import NOW

pytestmark = pytest.mark.django_db(transaction=True)


def opened(client: Client, number: str, code: str) -> str:
    with time_machine.travel(NOW, tick=False):
        answer = client.post("/recover/status/", {"number": number, "tracking": code})
        return str(answer.headers.get("Location", ""))


def page(client: Client) -> str:
    with time_machine.travel(NOW, tick=False):
        return str(client.get("/recover/inquiry/").content.decode())


def test_inquirer_reads_what_was_promised_and_by_whom_in_role(cast: Cast, client: Client) -> None:
    inquiry, code = asked(cast.agent)
    held(inquiry, cast.agent, wish="請求書の送り先を変えたい")
    assert opened(client, inquiry.receipt_number, code) == "/recover/inquiry/"
    text = page(client)
    assert inquiry.receipt_number in text and "請求書の送り先を変えたい" in text
    assert "12:00" in text and "11月23日" in text
    assert cast.agent.display_name not in text
    assert "一次受付" in text


def test_end_and_taking_it_up_again_are_told(cast: Cast, client: Client) -> None:
    inquiry, code = asked(cast.agent)
    transitions.close_inquiry(
        inquiry.pk, ground="agreed", agreed_by="相田 透", agreed_how="phone", actor=actor(cast.agent), at=NOW
    )
    opened(client, inquiry.receipt_number, code)
    assert "180" in page(client)


def test_wrong_code_and_unknown_number_open_nothing(cast: Cast, client: Client) -> None:
    inquiry, code = asked(cast.agent)
    assert opened(client, inquiry.receipt_number, "AAAAA-AAAAA") == ""
    assert opened(client, "C-0000-000-000", code) == ""
    with time_machine.travel(NOW, tick=False):
        assert client.get("/recover/inquiry/").headers["Location"] == "/recover/status/"


def test_case_of_a_claim_and_of_another_matter_are_not_mixed_up(cast: Cast, client: Client) -> None:
    inquiry, code = asked(cast.agent)
    claim = claims.received()
    opened(client, inquiry.receipt_number, code)
    with time_machine.travel(NOW, tick=False):
        assert client.get("/recover/case/").headers["Location"] == "/recover/status/"
    assert claim.number


def test_case_closes_after_half_an_hour(cast: Cast, client: Client) -> None:
    inquiry, code = asked(cast.agent)
    opened(client, inquiry.receipt_number, code)
    with time_machine.travel(NOW + timedelta(minutes=31), tick=False):
        assert client.get("/recover/inquiry/").status_code == 302
