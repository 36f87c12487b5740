"""A contractor asks a customer for a mandate."""

import uuid
from datetime import timedelta
from typing import Any

import pytest

from accounts.errors import NotAllowed, Refused, WrongState
from audit.models import Event
from handover import clock, transitions
from handover.models import (
    Mandate,
    Registration,
)
from handover.rules.mandates import OPEN_QUESTIONS, SETTINGS
from tests import seen
from tests.cast import Cast, actor
from tests.handover.mandated import CLOCK, YEAR, S, asked
from tests.stock import NOW, TODAY


def test_contractor_asks_and_nothing_is_looked_up_or_told_yet(cast: Cast, held: Registration) -> None:
    before = seen.mark()
    made = asked(cast, "R-1", deliver=False)
    assert (made.status, made.customer, made.contractor) == (S.ASKED, None, cast.works)
    assert (made.named_customer, made.named_registrations) == ("青葉商事株式会社", ["R-1"])
    assert (seen.verbs(before), seen.notices(before)) == (["mandate.asked"], [])
    written = Event.objects.get(verb="mandate.asked")
    assert set(written.about) == {made.label, cast.works.label}
    assert written.facts == {
        "scope": 2,
        "settings": ["forwarding", "hours"],
        "starts_on": "2026-11-20",
        "ends_on": "2027-06-08",
        "named": 1,
    }


@pytest.mark.parametrize("customer", ["青葉商事株式会社", "1010001000006", "１０１０００１０００００６ "])
def test_clock_brings_the_question_to_administrators_and_custodians(
    cast: Cast, held: Registration, customer: str
) -> None:
    made, before = asked(cast, "R-1", deliver=False, customer=customer), seen.mark()
    clock.run(at=NOW)
    made.refresh_from_db()
    assert (made.customer, made.looked_up_at, made.status) == (cast.aoba, NOW, S.ASKED)
    assert seen.verbs(before) == ["mandate.delivered"]
    assert seen.notices(before) == sorted([("mandate_asked", cast.taro.label), ("mandate_asked", cast.hanako.label)])
    written = Event.objects.get(verb="mandate.delivered")
    assert set(written.about) == {made.label, cast.aoba.label, held.label}
    with pytest.raises(WrongState):
        transitions.deliver_mandate(mandate_pk=made.pk, actor=CLOCK, at=NOW)


@pytest.mark.parametrize(
    ("customer", "number"),
    [
        ("青葉商事株式会社", "R-9"),
        ("青葉商事", "R-1"),
        ("若葉省", "R-1"),
        ("9999999999999", "R-1"),
        ("みどり通信工事株式会社", "R-1"),
    ],
)
def test_question_that_fits_nothing_stays_asked_and_reaches_nobody(
    cast: Cast, held: Registration, customer: str, number: str
) -> None:
    before = seen.mark()
    made = asked(cast, number, customer=customer)
    assert (made.status, made.customer, made.registrations.count()) == (S.ASKED, None, 0)
    assert made.looked_up_at == NOW
    assert (seen.verbs(before), seen.notices(before)) == (["mandate.asked", "mandate.delivered"], [])
    assert Mandate.objects.visible_to(actor(cast.hanako), NOW).count() == 0


def test_second_press_gives_back_the_first_question(cast: Cast, held: Registration) -> None:
    token = uuid.uuid4()
    first, before = asked(cast, "R-1", token=token), seen.mark()
    assert asked(cast, "R-1", token=token) == first
    assert (Mandate.objects.count(), seen.verbs(before)) == (1, [])


@pytest.mark.parametrize(
    ("field", "changes"),
    [
        ("scope", {"scope": 3}),
        ("scope", {"settings": ["forwarding", "change_of_holder"]}),
        ("settings", {"settings": []}),
        ("settings", {"scope": 1}),
        ("ends_on", {"ends_on": TODAY - timedelta(days=1)}),
        ("ends_on", {"ends_on": YEAR + timedelta(days=1)}),
    ],
)
def test_question_that_cannot_be_is_refused(
    cast: Cast, held: Registration, field: str, changes: dict[str, Any]
) -> None:
    with pytest.raises(Refused) as refused:
        asked(cast, "R-1", **changes)
    assert (list(refused.value.fields), Mandate.objects.count()) == ([field], 0)


@pytest.mark.parametrize("numbers", [[], [" "], ["R" * 41], [f"R-{place}" for place in range(51)]])
def test_question_names_one_to_fifty_registrations(cast: Cast, numbers: list[str]) -> None:
    with pytest.raises(Refused) as refused:
        asked(cast, *numbers)
    assert list(refused.value.fields) == ["registrations"]


def test_contractor_with_ten_open_questions_asks_no_more(cast: Cast, held: Registration) -> None:
    for _place in range(OPEN_QUESTIONS):
        asked(cast, "R-9", deliver=False)
    with pytest.raises(Refused):
        asked(cast, "R-1")


@pytest.mark.parametrize("who", ["hanako", "taro", "wakako", "agent", "operator", "auditor"])
def test_nobody_but_a_contractor_asks(cast: Cast, who: str) -> None:
    cast_as = actor(getattr(cast, who))
    with pytest.raises(NotAllowed):
        transitions.ask_mandate(
            customer="青葉商事株式会社",
            registrations=["R-1"],
            scope=1,
            settings=[],
            ends_on=TODAY,
            reason="",
            token=uuid.uuid4(),
            actor=cast_as,
            at=NOW,
        )


def test_settings_hold_no_act_that_changes_holder_address_or_contract() -> None:
    """T5 acts are nobody's to delegate: the list is of daily settings, and this is the whole of it."""
    daily = {"forwarding", "announcements", "ringing", "hours", "short_numbers", "displayed_number"}
    assert set(SETTINGS) == daily
