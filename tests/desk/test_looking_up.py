"""Operators who look customers up for a call are counted as everybody else who opens cases."""

from collections.abc import Callable
from uuid import uuid4

import pytest
import time_machine
from django.test import Client

from accounts.models import OrganisationKind, User
from desk.models import Alarm, CallBack
from tests.cast import Cast, organisation, sign_in
from tests.desk.test_call_backs import booked, phone
from tests.desk.test_capacity import posed
from tests.desk.test_looking import many
from tests.stock import NOW, registration

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def enter() -> Callable[[User], Client]:
    def signed_in(user: User) -> Client:
        with time_machine.travel(NOW, tick=False):
            return sign_in(Client(), user)

    return signed_in


def looks(client: Client, found: CallBack, number: str) -> int:
    with time_machine.travel(NOW, tick=False):
        data = {"registration": number, "token": str(uuid4())}
        return client.post(f"/desk/call-backs/{found.pk}/", data).status_code


def test_page_of_a_call_back_counts_as_a_case_and_stops(cast: Cast, enter: Callable[[User], Client]) -> None:
    found = booked(cast)[0]
    client = enter(cast.operator)
    many(cast.operator, 60)
    with time_machine.travel(NOW, tick=False):
        assert client.get(f"/desk/call-backs/{found.pk}/").status_code == 429
    assert [(one.kind, one.about) for one in Alarm.objects.all()] == [("too_many", cast.operator)]


def test_one_call_back_is_one_customer_and_every_other_looked_up_for_it_is_one_more(
    cast: Cast, enter: Callable[[User], Client]
) -> None:
    homes = [organisation(OrganisationKind.CUSTOMER, f"第{place}書店", "ショテン") for place in range(3)]
    for place, home in enumerate(homes):
        registration(home, f"T-{place}", custodian=None)
    found, client = booked(cast)[0], enter(cast.operator)
    many(cast.operator, 59)
    assert looks(client, found, "T-0") == 302  # the customer of the case: the sixtieth
    assert looks(client, found, "T-0") == 302
    assert not Alarm.objects.filter(kind="too_many").exists()
    assert looks(client, found, "T-1") == 429  # nobody opens all customers through one case
    assert looks(client, found, "T-2") == 429
    found.refresh_from_db()
    assert found.point is None


def test_soft_alarm_tells_while_the_operator_goes_on(cast: Cast, enter: Callable[[User], Client]) -> None:
    phone(registration(cast.aoba, "R-1", custodian=cast.taro))
    found, client = booked(cast)[0], enter(cast.operator)
    many(cast.operator, 30)
    assert looks(client, found, "R-1") == 302
    assert Alarm.objects.get().kind == "many_customers"


def test_naming_whom_somebody_posed_as_counts(cast: Cast, enter: Callable[[User], Client]) -> None:
    registration(cast.aoba, "R-1", custodian=cast.taro)
    registration(cast.wakaba, "R-2", custodian=None)
    first, second = posed(cast, cast.agent), posed(cast, cast.agent)
    client = enter(cast.operator)
    many(cast.operator, 59)
    with time_machine.travel(NOW, tick=False):
        named = client.post(f"/desk/posed-as/{first.pk}/", {"registration": "R-1", "token": str(uuid4())})
        assert named.status_code == 302
        assert client.get(f"/desk/posed-as/{second.pk}/").status_code == 429
