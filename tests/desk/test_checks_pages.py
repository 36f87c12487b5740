"""Pages of checks: what the agent types and reads, and the PIN on the customer's screen."""

import re
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from desk import queries
from desk.models import Call, Check
from desk.queries.checks import steps
from tests.cast import Cast, actor, sign_in
from tests.desk.checked import pin_of, running, taken_down

pytestmark = pytest.mark.django_db(transaction=True)


def send(client: Client, call: Call, what: str, **typed: Any) -> Any:
    return client.post(f"/desk/calls/{call.pk}/checks/{what}/", {"token": str(uuid4()), **typed}, follow=True)


def test_customer_asks_for_a_pin_and_reads_it_once(cast: Cast) -> None:
    client = sign_in(Client(), cast.taro)
    assert "PIN" in client.get("/accounts/caller/").content.decode()
    shown = client.post("/accounts/caller/", {"token": str(uuid4())})
    body = shown.content.decode()
    number, pin = re.findall(r'class="pin code">([\d -]+)<', body)
    assert "no-store" in shown.headers["Cache-Control"]
    assert pin not in client.get("/accounts/caller/").content.decode()
    again = client.post("/accounts/caller/", {"token": str(uuid4())}).content.decode()
    assert 'class="pin' not in again  # within the minute
    call = running(cast.agent)
    desk = sign_in(Client(), cast.agent)
    assert send(desk, call, "pin", number=number, pin=pin).redirect_chain == [("/desk/console/", 302)]
    assert Check.objects.get().result == "enough"
    assert queries.confirmed_calls(cast.taro) and not queries.confirmed_calls(cast.jiro)


@pytest.mark.parametrize("who", ["agent", "operator"])
def test_staff_have_no_page_for_a_pin(cast: Cast, who: str) -> None:
    assert sign_in(Client(), getattr(cast, who)).get("/accounts/caller/").status_code == 403


def test_answers_on_the_console_do_not_tell_what_was_wrong(cast: Cast) -> None:
    inquiry, tracking = taken_down(cast.agent)
    call = running(cast.agent, inquiry)
    number, _pin = pin_of(cast.taro)
    client = sign_in(Client(), cast.agent)
    bodies = []
    for said in (number, "0000 0000"):
        page = send(client, call, "pin", number=said, pin="000000").content.decode()
        bodies.append(page)
    assert all("足りません" in one or "Not enough" in one for one in bodies)
    assert send(client, call, "receipt", number=inquiry.receipt_number, tracking=tracking).status_code == 200
    assert list(Check.objects.order_by("pk").values_list("result", flat=True)) == ["not_enough", "not_enough", "enough"]


def test_a_second_press_and_an_empty_form_use_no_try(cast: Cast) -> None:
    call = running(cast.agent)
    client = sign_in(Client(), cast.agent)
    token = str(uuid4())
    for _press in range(2):
        client.post(f"/desk/calls/{call.pk}/checks/pin/", {"token": token, "number": "1", "pin": "2"})
    assert Check.objects.count() == 1
    page = send(client, call, "pin", number="", pin="")
    assert page.status_code == 200 and "error" in page.content.decode()
    assert Check.objects.count() == 1


def test_calls_of_others_are_not_there(cast: Cast) -> None:
    call = running(cast.operator)
    client = sign_in(Client(), cast.agent)
    assert client.get(f"/desk/calls/{call.pk}/checks/").status_code == 404
    for what in ("receipt", "pin", "mandate", "call-back", "capacity"):
        assert send(client, call, what).status_code == 404
    assert sign_in(Client(), cast.taro).get(f"/desk/calls/{call.pk}/checks/").status_code == 404


def test_steps_take_one_query_however_many_checks(cast: Cast) -> None:
    inquiry, _tracking = taken_down(cast.agent)
    call = running(cast.agent, inquiry)
    client = sign_in(Client(), cast.agent)
    for tries in (1, 2):
        for _try in range(tries):
            send(client, call, "pin", number="1", pin="2")
        with CaptureQueriesContext(connection) as asked:
            found = steps(call, actor(cast.agent))
        assert len(asked) == 1
    assert [(one.key, one.kind, one.state, one.tries_left) for one in found] == [
        (1, "receipt", "to_do", 5),
        (2, "pin", "not_enough", 2),
        (3, "mandate", "to_do", 5),
        (4, "call_back", "to_do", 5),
    ]
    others = steps(call, actor(cast.supervisor))
    assert all(one.action == "" for one in others)


def test_page_shows_each_check_with_its_key(cast: Cast) -> None:
    inquiry, _tracking = taken_down(cast.agent)
    call = running(cast.agent, inquiry)
    page = sign_in(Client(), cast.agent).get(f"/desk/calls/{call.pk}/checks/").content.decode()
    assert [f'data-key="{key}"' in page for key in range(1, 6)] == [True, True, True, True, False]
