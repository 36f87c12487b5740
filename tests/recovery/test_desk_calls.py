"""Taking a call: both codes are read out once, and a customer sounds like a stranger."""

import uuid

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from audit.models import Event
from desk.models import Contact
from recovery.models import Claim
from tests import claims
from tests.cast import Cast, sign_in
from tests.recovery.desk_pages import page, steady
from tests.seen import mark, verbs
from tests.stock import NOW

pytestmark = pytest.mark.django_db(transaction=True)
CALL: dict[str, str] = {
    "name": "渡邉 翔",
    "own_phone": "090-1234-5678",
    "organisation_name": "(株)青葉商亊",
    "capacity": "customer",
    "answer_by": "phone",
    "language": "ja",
    "remarks": "本社の回線のはず",
}


def call(**changes: str) -> dict[str, str]:
    return {**CALL, "token": str(uuid.uuid4()), **changes}


def test_agent_takes_a_call_and_reads_both_codes_out_once(cast: Cast, client: Client) -> None:
    before = mark()
    sign_in(client, cast.agent)
    response = client.post("/desk/calls/new/", call())
    claim = Claim.objects.select_related("inquiry").get()
    text = response.content.decode()
    assert response.status_code == 200
    tracking = claims.CODE.findall(text)[0]
    assert text.count(tracking) == 2 and text.count(claim.number) >= 3  # to read, and in the sentence to say
    assert f"受付番号は{claim.number}、進捗確認コードは{tracking}です。" in text
    assert "no-store" in response["Cache-Control"]
    assert verbs(before) == ["claim.received"]
    assert Event.objects.get(sequence__gt=before).actor == cast.agent.label
    inquiry = claim.inquiry
    assert (inquiry.came_by, inquiry.answer_by, inquiry.statement.own_phone) == ("phone", "phone", "090-1234-5678")
    assert inquiry.statement.organisation_name == "(株)青葉商亊"  # as typed, nothing put right
    assert Contact.objects.get().by == cast.agent
    assert tracking not in page(client, claim, timezone.now())


@pytest.mark.parametrize("who", ["hanako", "worker", "approver", "senior", "editor", "auditor"])
def test_others_take_no_calls(cast: Cast, client: Client, who: str) -> None:
    sign_in(client, getattr(cast, who))
    assert client.get("/desk/calls/new/").status_code == 403
    assert client.post("/desk/calls/new/", call()).status_code == 403
    assert not Claim.objects.exists()


def test_second_press_takes_no_second_call(cast: Cast, client: Client) -> None:
    sign_in(client, cast.agent)
    data = call()
    assert client.post("/desk/calls/new/", data).status_code == 200
    assert client.post("/desk/calls/new/", data).status_code == 409
    assert Claim.objects.count() == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"own_phone": ""},
        {"own_phone": "あとで"},
        {"name": ""},
        {"organisation_name": ""},
        {"capacity": ""},
        {"answer_by": "mail"},
        {"mail": "そのうち"},
        {"token": ""},
    ],
    ids=str,
)
def test_call_without_a_number_to_call_back_is_not_taken(cast: Cast, client: Client, wrong: dict[str, str]) -> None:
    response = sign_in(client, cast.agent).post("/desk/calls/new/", call(**wrong))
    assert response.status_code == 200
    assert "error-summary" in response.content.decode()
    assert "本社の回線のはず" in response.content.decode()  # nothing typed is lost
    assert not Claim.objects.exists()


def test_longest_call_in_the_widest_characters_fits(cast: Cast, client: Client) -> None:
    from recovery.forms.desk import SIZES

    data = {name: "𠮷" * size for name, size in SIZES.items()} | {"mail": "", "own_phone": "090-1234-5678"}
    response = sign_in(client, cast.agent).post("/desk/calls/new/", call(**data))
    assert response.status_code == 200
    assert Claim.objects.get().inquiry.statement.remarks == "𠮷" * SIZES["remarks"]


def test_call_from_a_customer_and_from_a_stranger_look_alike(cast: Cast, client: Client) -> None:
    claims.held(cast)
    sign_in(client, cast.agent)
    pages = []
    for name in ("青葉商事株式会社", "存在しない株式会社"):
        with time_machine.travel(NOW, tick=False):
            text = client.post("/desk/calls/new/", call(organisation_name=name)).content.decode()
        claim = Claim.objects.order_by("-pk")[0]
        tracking = claims.CODE.findall(text)[0]
        pages.append(steady(text).replace(claim.number, "").replace(tracking, "").replace(name, ""))
    assert pages[0] == pages[1]
