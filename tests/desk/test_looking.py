"""How many customers somebody of the staff opens within an hour: every page that opens a case is counted."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from accounts.models import User
from audit.models import Event
from desk import alarms, transitions
from desk.models import Alarm, Inquiry, Statement
from recovery.queries.procedures import limits_in_force
from tests import claims
from tests.cast import Cast, actor, sign_in
from tests.handover.explained import pulled
from tests.stock import NOW

pytestmark = pytest.mark.django_db(transaction=True)

PAGES = (
    "desk:inquiry",
    "desk:note_contact",
    "desk:hold",
    "desk:explanation",
    "recovery:claim",
    "recovery:collect",
    "recovery:correct_mail",
)
"""Every page of the desk that opens a case, by its receipt number."""


def question(cast: Cast, *, at: datetime = NOW) -> Inquiry:
    made, _tracking = transitions.open_inquiry(
        topic="question",
        statement=Statement(name="相田 透", own_phone="03-1111-2222"),
        capacity="unknown",
        answer_by="phone",
        language="ja",
        actor=actor(cast.agent),
        at=at,
    )
    return made


def number_for(name: str, cast: Cast, registration: str) -> str:
    """Return the receipt number of a case that the page called `name` is about."""
    if name == "desk:explanation":
        return pulled(cast, claims.held(cast, registration))[1].receipt_number
    return claims.received(at=NOW).number if name.startswith("recovery:") else question(cast).receipt_number


def many(user: User, count: int, *, first: int = 0) -> None:
    """Let `user` open the cases of `count` customers."""
    for number in range(first, first + count):
        alarms.charge_look(user, f"inquiry:{number}", soft=30, hard=60, at=NOW)


def opens(client: Client, address: str, *, at: datetime = NOW) -> Any:
    with time_machine.travel(at, tick=False):
        return client.get(address)


@pytest.fixture
def enter() -> Callable[[User], Client]:
    def signed_in(user: User) -> Client:
        with time_machine.travel(NOW, tick=False):
            return sign_in(Client(), user)

    return signed_in


@pytest.mark.parametrize("name", PAGES)
def test_every_page_that_opens_a_case_counts_and_stops(cast: Cast, enter: Callable[[User], Client], name: str) -> None:
    address = reverse(name, args=[number_for(name, cast, "R-1")])
    client = enter(cast.agent)
    many(cast.agent, 29)
    assert opens(client, address).status_code == 200
    assert not Alarm.objects.exists()
    many(cast.agent, 60)
    other = reverse(name, args=[number_for(name, cast, "R-2")])
    stopped = opens(client, other)
    assert stopped.status_code == 429
    assert "上長" in stopped.content.decode() or "supervisor" in stopped.content.decode()
    assert [(one.kind, one.about) for one in Alarm.objects.all()] == [("too_many", cast.agent)]
    # What was opened within the hour stays open: somebody is on the phone about it.
    assert opens(client, address).status_code == 200


def test_thirty_first_customer_is_opened_and_the_supervisor_told(cast: Cast, enter: Callable[[User], Client]) -> None:
    many(cast.agent, 30)
    found = question(cast)
    assert opens(enter(cast.agent), f"/desk/inquiries/{found.receipt_number}/").status_code == 200
    alarm = Alarm.objects.get()
    assert (alarm.kind, alarm.about) == ("many_customers", cast.agent)
    assert Event.objects.latest("sequence").verb == "alarm.opened"


def test_number_typed_into_the_search_opens_no_more_than_the_page(cast: Cast, enter: Callable[[User], Client]) -> None:
    many(cast.agent, 60)
    client, found = enter(cast.agent), question(cast)
    with time_machine.travel(NOW, tick=False):
        answer = client.get("/desk/", {"number": found.receipt_number}, follow=True)
    assert answer.status_code == 429
    assert "相田" not in answer.content.decode()


def test_stop_lasts_until_a_supervisor_looked_and_no_longer(cast: Cast, enter: Callable[[User], Client]) -> None:
    many(cast.agent, 60)
    address = f"/desk/inquiries/{question(cast).receipt_number}/"
    client = enter(cast.agent)
    assert opens(client, address).status_code == 429
    # Neither the next hour nor the form for a contact goes round it.
    assert opens(client, address, at=NOW + timedelta(hours=1)).status_code == 429
    assert opens(client, address + "contacts/", at=NOW + timedelta(hours=1)).status_code == 429
    transitions.close_alarm(Alarm.objects.get().pk, words="研修", actor=actor(cast.supervisor), at=NOW)
    assert opens(client, address).status_code == 200
    many(cast.agent, 60, first=100)
    assert opens(client, f"/desk/inquiries/{question(cast).receipt_number}/").status_code == 429


def test_stop_is_of_the_natural_person_and_of_nobody_else(cast: Cast, enter: Callable[[User], Client]) -> None:
    many(cast.agent, 60)
    double = claims.same_human(cast, cast.agent)
    address = f"/desk/inquiries/{question(cast).receipt_number}/"
    assert alarms.charge_look(double, "inquiry:x", soft=30, hard=60, at=NOW) == "too_many"
    assert opens(enter(cast.supervisor), address).status_code == 200


def test_case_and_organisation_of_one_customer_are_one(cast: Cast) -> None:
    """An operator who knows whose case it is has not opened another customer by writing down a contact of it."""
    for _look in range(2):
        alarms.charge_look(cast.operator, "inquiry:1", "organisation:1", soft=1, hard=1, at=NOW)
    for names in (("inquiry:1",), ("inquiry:2", "organisation:1"), ("inquiry:2",)):
        assert alarms.charge_look(cast.operator, *names, soft=1, hard=1, at=NOW) == "", names
    assert alarms.charge_look(cast.operator, "inquiry:3", "organisation:3", soft=1, hard=1, at=NOW) == "too_many"


def test_auditor_draws_samples_uncounted(cast: Cast, enter: Callable[[User], Client]) -> None:
    many(cast.auditor, 60)
    address = f"/desk/inquiries/{question(cast).receipt_number}/"
    assert opens(enter(cast.auditor), address).status_code == 200


def test_numbers_are_those_of_the_procedure_in_force() -> None:
    found = limits_in_force()
    assert (found["agent_customers_an_hour_soft"], found["agent_customers_an_hour_hard"]) == (30, 60)


# Cases that are over --------------------------------------------------------------------------------------------------


ENDED = timedelta(days=180)


@pytest.mark.parametrize("name", PAGES)
def test_desk_loses_a_case_when_it_can_no_longer_be_taken_up_again(
    cast: Cast, enter: Callable[[User], Client], name: str
) -> None:
    number = number_for(name, cast, "R-1")
    Inquiry.objects.filter(receipt_number=number).update(
        status="closed", stage="answered", turn="nobody", next_on=None, closed_at=NOW - ENDED + timedelta(seconds=1)
    )
    address, unknown = reverse(name, args=[number]), reverse(name, args=["C-0000-000-000"])
    desk, provider = enter(cast.agent), enter(cast.operator)
    assert opens(desk, address).status_code in (200, 409)
    later = NOW + timedelta(seconds=1)
    gone, none = opens(desk, address, at=later), opens(desk, unknown, at=later)
    assert (gone.status_code, gone.content) == (404, none.content)
    assert opens(provider, address, at=later).status_code in (200, 409)


def test_search_finds_what_may_be_taken_up_again_and_nothing_older(cast: Cast, enter: Callable[[User], Client]) -> None:
    number = claims.received(at=NOW).number
    Inquiry.objects.filter(receipt_number=number).update(
        status="closed", turn="nobody", next_on=None, closed_at=NOW - ENDED + timedelta(seconds=1)
    )
    client, found = enter(cast.supervisor), {}
    for at in (NOW, NOW + timedelta(seconds=1)):
        with time_machine.travel(at, tick=False):
            found[at] = client.get("/desk/", {"number": number}).status_code
    assert list(found.values()) == [302, 200]
    assert Inquiry.objects.visible_to(actor(cast.agent)).count() == 0  # without a time only what is open
