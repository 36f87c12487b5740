"""In which capacity somebody asked, and contractors with and without a mandate."""

import uuid
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from accounts.errors import NotAllowed, Refused, WrongState
from accounts.models import User
from audit.models import Event
from desk import transitions
from desk.checking import Said
from desk.models import CapacityFinding
from handover import transitions as handover
from handover.models import Mandate
from tests.cast import Cast, actor, sign_in
from tests.desk.checked import pin_of, running, say_mandate, taken_down
from tests.seen import mark, notices, verbs
from tests.stock import NOW, TODAY, registration

pytestmark = pytest.mark.django_db(transaction=True)


# Mandates -----------------------------------------------------------------------------------------------------------


@pytest.fixture
def mandate(cast: Cast) -> Mandate:
    registration(cast.aoba, "R-1", custodian=cast.taro)
    registration(cast.aoba, "R-2", custodian=cast.taro)
    return handover.grant_mandate(
        contractor="みどり通信工事株式会社",
        registrations=["R-1"],
        scope=2,
        settings=["hours"],
        representative="",
        ends_on=TODAY + timedelta(days=100),
        reason="保守契約",
        token=uuid.uuid4(),
        actor=actor(cast.hanako),
        at=NOW,
    )


def said(cast: Cast, held: Mandate, at: datetime = NOW, **changes: str) -> Said:
    number, pin = pin_of(cast.worker, at)
    wanted = {"mandate": held.number.lower(), "registration": "R-1", "matter": "hours", "name": "緑川工"}
    return Said(**{**wanted, "number": number, "pin": pin, **changes})


def test_mandate_name_and_pin_are_enough_and_the_customer_reads_it(cast: Cast, mandate: Mandate) -> None:
    call = running(cast.agent)
    typed = said(cast, mandate)
    before = mark()
    made = say_mandate(call, cast.agent, typed)
    assert (made.result, made.about, made.mandate) == ("enough", cast.worker, mandate)
    assert verbs(before) == ["call.mandate_checked"]
    assert notices(before) == [("caller_confirmed", cast.worker.label)]
    last = Event.objects.get(sequence__gt=before)
    assert {"registration:R-1", cast.aoba.label, cast.works.label, cast.worker.label} <= set(last.about)
    assert last.facts == {"result": "enough", "as": "contractor", "mandate": mandate.number, "matter": "hours"}


@pytest.mark.parametrize(
    "changes",
    [
        {"registration": "R-2"},
        {"registration": "R-9"},
        {"matter": "forwarding"},
        {"name": "吉田太郎"},
        {"name": ""},
        {"mandate": "M-2026-AAAAAA"},
        {"pin": "000000"},
        {"number": "0000 0000"},
    ],
)
def test_what_the_mandate_does_not_say_is_not_enough(cast: Cast, mandate: Mandate, changes: dict[str, str]) -> None:
    before = mark()
    made = say_mandate(running(cast.agent), cast.agent, said(cast, mandate, **changes))
    assert (made.result, made.about, made.mandate) == ("not_enough", None, None)
    assert notices(before) == []
    assert Event.objects.order_by("-sequence")[0].about == [made.call.label]


def test_after_its_last_day_it_is_not_enough(cast: Cast, mandate: Mandate) -> None:
    late = NOW + timedelta(days=101)
    assert say_mandate(running(cast.agent), cast.agent, said(cast, mandate, late), late).result == "not_enough"


def test_after_its_end_it_is_not_enough(cast: Cast, mandate: Mandate) -> None:
    handover.end_mandate(mandate_pk=mandate.pk, reason="", actor=actor(cast.hanako), at=NOW)
    assert say_mandate(running(cast.agent), cast.agent, said(cast, mandate)).result == "not_enough"


def test_every_mandate_lets_a_fault_be_reported(cast: Cast, mandate: Mandate) -> None:
    assert say_mandate(running(cast.agent), cast.agent, said(cast, mandate, matter="fault")).result == "enough"


def test_another_persons_pin_is_not_enough(cast: Cast, mandate: Mandate) -> None:
    number, pin = pin_of(cast.taro)
    typed = said(cast, mandate, number=number, pin=pin, name="吉田太郎")
    assert say_mandate(running(cast.agent), cast.agent, typed).result == "not_enough"


# As stated and as found ---------------------------------------------------------------------------------------------


def posed(cast: Cast, by: User, at: datetime = NOW, **changes: Any) -> CapacityFinding:
    inquiry, _tracking = taken_down(by)
    call = running(by, inquiry, at)
    wanted = {"capacity": "contractor", "signs": ["said_so"], **changes}
    made = transitions.find_capacity(call.pk, **wanted, actor=actor(by), at=at)
    transitions.end_call(call.pk, ending="settled", text="手続きのご質問", actor=actor(by), at=at)
    return made


def named(found: CapacityFinding, by: User, number: str = "R-1", at: datetime = NOW) -> CapacityFinding:
    return transitions.name_posed_as(found.pk, registration=number, actor=actor(by), at=at)


def test_agent_records_and_nothing_follows(cast: Cast) -> None:
    registration(cast.aoba, "R-1", custodian=cast.taro)
    before = mark()
    made = posed(cast, cast.agent)
    assert (made.stated, made.found, made.poses, made.signs) == ("customer", "contractor", True, ["said_so"])
    assert "capacity.found" in verbs(before) and notices(before) == []
    made.inquiry.refresh_from_db()
    assert (made.inquiry.capacity_stated, made.inquiry.capacity_found) == ("customer", "contractor")
    assert made.organisation is None


def test_a_guess_is_no_finding_and_there_is_one_a_call(cast: Cast) -> None:
    with pytest.raises(Refused):
        posed(cast, cast.agent, signs=[])
    with pytest.raises(Refused):
        transitions.find_capacity(
            running(cast.supervisor, taken_down(cast.supervisor)[0]).pk,
            capacity="thief", signs=[], actor=actor(cast.supervisor), at=NOW,
        )  # fmt: skip
    call = running(cast.operator, taken_down(cast.operator)[0])
    who = {"actor": actor(cast.operator), "at": NOW}
    transitions.find_capacity(call.pk, capacity="customer", signs=[], **who)
    with pytest.raises(WrongState):
        transitions.find_capacity(call.pk, capacity="contractor", signs=["papers"], **who)
    assert not CapacityFinding.objects.filter(poses=True).exists()


def test_customer_is_told_after_the_second_time_and_once(cast: Cast) -> None:
    registration(cast.aoba, "R-1", custodian=cast.taro)
    findings = [posed(cast, cast.agent, NOW + timedelta(days=day)) for day in (0, 40, 80)]
    before = mark()
    named(findings[0], cast.operator, at=NOW)
    assert notices(before) == []
    named(findings[1], cast.operator, at=NOW + timedelta(days=40))
    told = [("customer_posed_as", cast.hanako.label), ("customer_posed_as", cast.taro.label)]
    assert notices(before) == sorted(told)
    named(findings[2], cast.colleague, at=NOW + timedelta(days=80))
    assert notices(before) == sorted(told)
    assert verbs(before) == ["capacity.named"] * 3
    assert cast.aoba.label in Event.objects.order_by("-sequence")[0].about


def test_twice_within_more_than_90_days_or_of_two_customers_tells_nobody(cast: Cast) -> None:
    registration(cast.aoba, "R-1", custodian=cast.taro)
    registration(cast.wakaba, "W-1", custodian=cast.minoru)
    late = NOW + timedelta(days=91)
    first, other, last = posed(cast, cast.agent), posed(cast, cast.agent), posed(cast, cast.agent, late)
    before = mark()
    named(first, cast.operator)
    named(other, cast.operator, "W-1")
    named(last, cast.operator, at=late)
    assert notices(before) == []


def test_no_customer_of_ours_was_meant(cast: Cast) -> None:
    made = named(posed(cast, cast.agent), cast.operator, "")
    assert made.organisation is None and made.dropped_at
    with pytest.raises(WrongState):
        named(made, cast.operator)
    with pytest.raises(Refused):
        named(posed(cast, cast.agent), cast.operator, "R-404")


@pytest.mark.parametrize("who", ["agent", "supervisor", "approver", "taro"])
def test_only_operators_say_whom_somebody_posed_as(cast: Cast, who: str) -> None:
    made = posed(cast, cast.agent)
    with pytest.raises(NotAllowed):
        named(made, getattr(cast, who))
    client = sign_in(Client(), getattr(cast, who))
    assert client.get(f"/desk/posed-as/{made.pk}/").status_code == 404


def test_pages_of_the_finding(cast: Cast) -> None:
    registration(cast.aoba, "R-1", custodian=cast.taro)
    inquiry, _tracking = taken_down(cast.agent)
    call = running(cast.agent, inquiry)
    client = sign_in(Client(), cast.agent)
    path = f"/desk/calls/{call.pk}/checks/capacity/"
    missing = client.post(path, {"token": str(uuid4()), "capacity": "contractor"})
    assert missing.status_code == 200 and not CapacityFinding.objects.exists()
    client.post(path, {"token": str(uuid4()), "capacity": "contractor", "signs": ["work", "papers"]})
    made = CapacityFinding.objects.get()
    assert made.signs == ["papers", "work"]
    operator = sign_in(Client(), cast.operator)
    assert inquiry.receipt_number in operator.get("/desk/call-backs/").content.decode()
    page = f"/desk/posed-as/{made.pk}/"
    assert "青葉商事" in operator.get(page).content.decode()
    operator.post(page, {"token": str(uuid4()), "registration": "R-1"})
    made.refresh_from_db()
    assert made.organisation == cast.aoba
