"""Calls back to a number of record: booking tells nothing, and the number is opened by an announced act only."""

import re
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from accounts.errors import NotAllowed, Refused, WrongState
from accounts.models import User
from audit.models import Event
from desk import call_backs as shared
from desk import calling, transitions
from desk.models import Call, CallBack, CallIntention, Check, Hold, Inquiry
from handover.models import ContactPoint, Registration
from tests.cast import Cast, actor, sign_in
from tests.desk.checked import running, taken_down
from tests.seen import mark, verbs
from tests.stock import NOW, TODAY, registration

pytestmark = pytest.mark.django_db(transaction=True)

NUMBER = "03-1298-7678"
LATER = NOW + timedelta(minutes=5)


@pytest.fixture
def held(cast: Cast) -> Registration:
    return registration(cast.aoba, "R-1", custodian=cast.taro)


def phone(of: Registration, value: str = NUMBER, **changes: Any) -> ContactPoint:
    wanted = {"since": TODAY - timedelta(days=30), "health": "good", "purposes": ["procedure"], **changes}
    return ContactPoint.objects.create(registration=of, kind="phone", value=value, **wanted)


def booked(cast: Cast) -> tuple[CallBack, Call, Inquiry]:
    inquiry, _tracking = taken_down(cast.agent)
    call = running(cast.agent, inquiry)
    window = calling.windows(NOW)[0]
    made = transitions.book_call_back(call.pk, window=window, actor=actor(cast.agent), at=NOW)
    return made, call, inquiry


def looked_up(found: CallBack, by: User, number: str = "R-1") -> CallBack:
    return transitions.find_call_back_number(found.pk, registration=number, actor=actor(by), at=LATER)


def begun(found: CallBack, by: User, at: datetime = LATER) -> tuple[CallBack, str]:
    return transitions.begin_call_back(found.pk, actor=actor(by), at=at)


def ended(found: CallBack, by: User, result: str, at: datetime = LATER) -> CallBack:
    return transitions.end_call_back(found.pk, result=result, note="ご本人", actor=actor(by), at=at)


def test_booking_is_a_promise_and_looks_nothing_up(cast: Cast) -> None:
    before = mark()
    made, _call, inquiry = booked(cast)
    assert verbs(before)[-1] == "call_back.booked"
    hold = Hold.objects.get(inquiry=inquiry, closed_at=None)
    assert (hold.owner, hold.reason, hold.next_action) == (cast.agent, "call_back", "call")
    assert (hold.promised_from, hold.promised_until) == (made.promised_from, made.promised_until)
    inquiry.refresh_from_db()
    assert inquiry.status == "held" and made.point is None and not Check.objects.exists()


def test_booked_once_and_by_who_speaks_about_something(cast: Cast) -> None:
    _made, call, _inquiry = booked(cast)
    window = calling.windows(NOW)[0]
    with pytest.raises(WrongState):
        transitions.book_call_back(call.pk, window=window, actor=actor(cast.agent), at=NOW)
    with pytest.raises(NotAllowed):
        transitions.book_call_back(call.pk, window=window, actor=actor(cast.supervisor), at=NOW)
    empty = running(cast.supervisor)
    with pytest.raises(WrongState):
        transitions.book_call_back(empty.pk, window=window, actor=actor(cast.supervisor), at=NOW)
    assert CallBack.objects.count() == 1


@pytest.mark.parametrize(
    "changes",
    [
        {"since": TODAY - timedelta(days=29)},
        {"health": "returned"},
        {"health": "gone"},
        {"purposes": ["fault"]},
        {"receiver_pays": True},
        {"to_confirm": True},
        {"until": TODAY},
    ],
)
def test_what_may_not_be_called_is_no_number(cast: Cast, held: Registration, changes: dict[str, Any]) -> None:
    phone(held, **changes)
    made, _call, _inquiry = booked(cast)
    found = looked_up(made, cast.operator)
    assert found.point is None
    with pytest.raises(WrongState):
        begun(found, cast.operator)
    assert not CallIntention.objects.exists()


def test_call_is_announced_before_the_number_and_both_looks_are_in_the_history(cast: Cast, held: Registration) -> None:
    point = phone(held)
    made, call, inquiry = booked(cast)
    before = mark()
    found = looked_up(made, cast.operator)
    found, code = begun(found, cast.operator)
    assert verbs(before) == ["call_back.looked_up", "call_back.begun"]
    about = [set(event.about) for event in Event.objects.filter(sequence__gt=before)]
    assert about == [{made.label, inquiry.label, held.label, cast.aoba.label}] * 2
    intention = CallIntention.objects.get()
    assert (intention.inquiry, intention.by, intention.purpose) == (inquiry, cast.operator, "call_back")
    assert intention.code.replace(" ", "") == code and found.point == point
    assert all(NUMBER not in str(event.facts) for event in Event.objects.all())
    done = ended(found, cast.operator, "right")
    check = Check.objects.get()
    assert (check.kind, check.result, check.call, check.inquiry, check.by) == (
        "call_back", "enough", call, inquiry, cast.operator,
    )  # fmt: skip
    contact = inquiry.contacts.get(direction="out")
    assert (contact.party, contact.by, done.done_by) == ("record", cast.operator, cast.operator)
    with pytest.raises(WrongState):
        ended(found, cast.operator, "right")


def test_somebody_else_and_no_number_are_one_answer_to_the_desk(cast: Cast, held: Registration) -> None:
    first, _call, _inquiry = booked(cast)
    ended(first, cast.operator, "no_number")
    transitions.end_call(first.call_id, ending="cut_off", text="折り返し", actor=actor(cast.agent), at=LATER)
    phone(held)
    second, _call, _inquiry = booked(cast)
    begun(looked_up(second, cast.operator), cast.operator)
    ended(second, cast.operator, "wrong")
    assert list(Check.objects.values_list("result", flat=True)) == ["other_way"] * 2


def test_nobody_answered_and_it_is_tried_again_by_anybody(cast: Cast, held: Registration) -> None:
    phone(held)
    made, _call, _inquiry = booked(cast)
    begun(looked_up(made, cast.operator), cast.operator)
    with pytest.raises(WrongState):
        begun(made, cast.colleague)
    with pytest.raises(WrongState):
        ended(made, cast.colleague, "right")
    ended(made, cast.operator, "no_answer")
    made.refresh_from_db()
    assert made.done_at is None and made.intention is None and not Check.objects.exists()
    begun(made, cast.colleague, LATER + timedelta(hours=1))
    assert ended(made, cast.colleague, "right").tries == 2


def test_nobody_is_written_down_as_reached_without_an_announcement(cast: Cast, held: Registration) -> None:
    phone(held)
    made, _call, _inquiry = booked(cast)
    looked_up(made, cast.operator)
    for result in ("right", "wrong", "no_answer"):
        with pytest.raises(WrongState):
            ended(made, cast.operator, result)
    with pytest.raises(Refused):
        ended(made, cast.operator, "somehow")


@pytest.mark.parametrize("who", ["agent", "supervisor", "approver", "auditor", "taro", "worker"])
def test_others_neither_look_nor_call(cast: Cast, held: Registration, who: str) -> None:
    phone(held)
    made, _call, _inquiry = booked(cast)
    person = getattr(cast, who)
    for act in (lambda: looked_up(made, person), lambda: begun(made, person), lambda: ended(made, person, "right")):
        with pytest.raises(NotAllowed):
            act()
    client = sign_in(Client(), person)
    assert client.get("/desk/call-backs/").status_code == 403
    assert client.get(f"/desk/call-backs/{made.pk}/").status_code == 404
    assert client.post(f"/desk/call-backs/{made.pk}/dial/").status_code == 404


def test_masked() -> None:
    assert shared.masked("03-1234-5678") == "03-12**-**78"
    assert shared.masked("090-1234-5678") == "090-1***-**78"
    assert shared.masked("12345") == "1234" + "5"


def test_number_is_in_the_answer_to_the_operators_own_act_only(cast: Cast, held: Registration) -> None:
    phone(held)
    made, _call, _inquiry = booked(cast)
    client = sign_in(Client(), cast.operator)
    page = f"/desk/call-backs/{made.pk}/"
    sent = client.post(page, {"token": str(uuid4()), "registration": "R-1"}, follow=True).content.decode()
    assert "03-12**-**78" in sent and NUMBER not in sent and "tel:03" not in sent
    assert client.get(page + "dial/").status_code == 405
    stale = sign_in(Client(), cast.operator, fresh=False)
    asked = stale.post(page + "dial/", {}).content.decode()
    assert NUMBER not in asked and "fresh-password" in asked and not CallIntention.objects.exists()
    opened = client.post(page + "dial/", {})
    body = opened.content.decode()
    assert f'href="tel:{NUMBER}"' in body and "no-store" in opened.headers["Cache-Control"]
    code = re.search(r'class="pin code">(\d{4} \d{4})<', body)
    assert code and CallIntention.objects.get().code == code.group(1)
    after = client.get(page).content.decode()
    assert NUMBER not in after and "03-12**-**78" in after
    client.post(page + "end/", {"token": str(uuid4()), "result": "right", "note": ""})
    assert Check.objects.get().result == "enough"
    assert NUMBER not in client.get("/desk/call-backs/").content.decode()
