"""Who is calling: the agent types what is said and reads enough, not enough, another way."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext

from accounts.errors import NotAllowed, Refused, WrongState
from accounts.models import CallerNumber, OneTimeCode, User
from audit import queries as log
from audit.models import Event, EventAbout
from desk import checking, transitions
from desk.models import Check
from tests.cast import Cast, actor
from tests.desk.checked import pin_of, running, say_pin, taken_down
from tests.seen import mark, notices, verbs
from tests.stock import NOW

pytestmark = pytest.mark.django_db(transaction=True)

LATER = NOW + timedelta(minutes=2)


def wrong(pin: str) -> str:
    return f"{(int(pin.replace('-', '')) + 1) % 1_000_000:06d}"


# The PIN ------------------------------------------------------------------------------------------------------------


def test_number_stays_and_the_pin_is_new_and_kept_nowhere(cast: Cast) -> None:
    before = mark()
    number, pin = pin_of(cast.taro)
    assert verbs(before) == ["caller.pin_made"]
    assert pin_of(cast.taro, LATER)[0] == number == str(CallerNumber.objects.get(user=cast.taro))
    plain = pin.replace("-", "")
    assert len(plain) == 6 and plain.isdecimal()
    assert all(plain not in code.code_hash for code in OneTimeCode.objects.all())
    assert all(plain not in str(event.facts) for event in Event.objects.all())


@pytest.mark.parametrize("who", ["agent", "operator", "auditor"])
def test_staff_have_no_pin(cast: Cast, who: str) -> None:
    with pytest.raises(NotAllowed):
        pin_of(getattr(cast, who))
    assert not CallerNumber.objects.exists()


def test_next_pin_waits_a_minute(cast: Cast) -> None:
    pin_of(cast.taro)
    with pytest.raises(Refused):
        pin_of(cast.taro, NOW + timedelta(seconds=30))


def test_right_pin_is_enough_and_its_person_is_told(cast: Cast) -> None:
    inquiry, _tracking = taken_down(cast.agent)
    call = running(cast.agent, inquiry)
    number, pin = pin_of(cast.taro)
    before = mark()
    made = say_pin(call, cast.agent, number, pin, LATER)
    assert (made.kind, made.result, made.about, made.by, made.inquiry) == (
        "pin", "enough", cast.taro, cast.agent, inquiry,
    )  # fmt: skip
    assert verbs(before) == ["call.pin_checked"]
    assert notices(before) == [("caller_confirmed", cast.taro.label)]
    last = Event.objects.get(sequence__gt=before)
    assert set(last.about) == {call.label, inquiry.label, cast.taro.label} and last.facts == {"result": "enough"}


def test_works_once(cast: Cast) -> None:
    number, pin = pin_of(cast.taro)
    first, second = running(cast.agent), running(cast.supervisor)
    assert say_pin(first, cast.agent, number, pin).result == "enough"
    assert say_pin(second, cast.supervisor, number, pin).result == "not_enough"
    with pytest.raises(WrongState):
        say_pin(first, cast.agent, number, pin)


def test_unknown_dead_and_wrong_are_one_answer_after_the_same_statements(cast: Cast) -> None:
    number, pin = pin_of(cast.taro)
    other, spent = pin_of(cast.jiro, NOW - timedelta(minutes=10))
    pin_of(cast.hanako, NOW - timedelta(days=1))
    call = running(cast.agent)
    # The first try of a call also writes its tallies.
    say_pin(call, cast.agent, "9999 0000", "111111")
    seen = []
    for said, typed in [(number, wrong(pin)), (other, spent), ("0000 1111", pin), ("", "")]:
        before = mark()
        with CaptureQueriesContext(
            connection,
        ) as asked:
            made = say_pin(call, cast.agent, said, typed)
        event = Event.objects.get(sequence__gt=before)
        shape = [one["sql"].split(" ")[0] for one in asked]
        seen.append((made.result, made.about, event.verb, event.facts, len(event.about), notices(before), shape))
    assert seen[0][0] == "not_enough"
    assert all(one == seen[0] for one in seen)


def test_sixth_try_of_a_call_is_another_way_also_when_right(cast: Cast) -> None:
    number, pin = pin_of(cast.taro)
    call = running(cast.agent)
    for _try in range(5):
        assert say_pin(call, cast.agent, "00001111", "000000").result == "not_enough"
    assert say_pin(call, cast.agent, number, pin).result == "other_way"
    assert OneTimeCode.objects.get(purpose="caller").throttling_failure_count == 0


def test_nobody_guesses_through_many_calls(cast: Cast) -> None:
    """Neither one person of the staff at many numbers, nor many persons at one number."""
    results = []
    for place in range(7):
        call = running(cast.agent, at=NOW)
        results += [say_pin(call, cast.agent, f"{place}{one}000000", "000000").result for one in range(5)]
        transitions.end_call(call.pk, ending="cut_off", text="", actor=actor(cast.agent), at=NOW)
    assert results.count("not_enough") == checking.BY_HOUR
    number, _pin = pin_of(cast.taro)
    for who in (cast.supervisor, cast.operator, cast.colleague):
        call = running(who)
        results = [say_pin(call, who, number, "000000").result for _one in range(5)]
    assert results == ["other_way"] * 5


def test_pins_of_contractors_pass_by_their_mandate_only(cast: Cast) -> None:
    number, pin = pin_of(cast.worker)
    made = say_pin(running(cast.agent), cast.agent, number, pin)
    assert (made.result, made.about) == ("not_enough", None)


def test_only_who_speaks_and_only_while_it_runs(cast: Cast) -> None:
    number, pin = pin_of(cast.taro)
    call = running(cast.agent)
    for who in (cast.supervisor, cast.operator, cast.taro, cast.approver):
        with pytest.raises(NotAllowed):
            say_pin(call, who, number, pin)
    transitions.end_call(call.pk, ending="cut_off", text="", actor=actor(cast.agent), at=NOW)
    with pytest.raises(WrongState):
        say_pin(call, cast.agent, number, pin)
    assert not Check.objects.exists()


def test_of_many_wrong_pins_at_once_five_are_looked_at(cast: Cast) -> None:
    number, pin = pin_of(cast.taro)
    call = running(cast.agent)
    bad = wrong(pin)

    def one(_place: int) -> str:
        try:
            return str(say_pin(call, cast.agent, number, bad).result)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(20) as pool:
        results = list(pool.map(one, range(20)))
    assert results.count("not_enough") == 5 and results.count("other_way") == 15
    assert OneTimeCode.objects.get(purpose="caller").throttling_failure_count == 5
    assert say_pin(running(cast.supervisor), cast.supervisor, number, pin).result != "enough"


def test_the_custodian_who_calls_stops_a_claim(cast: Cast) -> None:
    """Invariant 17: a call in with PIN is an act of the custodian, the agent's typing alone is none."""
    assert not log.acted_since(cast.taro.label, NOW)
    number, pin = pin_of(cast.taro, NOW - timedelta(minutes=5))
    call = running(cast.agent)
    say_pin(call, cast.agent, number, wrong(pin))
    assert not log.acted_since(cast.taro.label, NOW)
    say_pin(call, cast.agent, number, pin, LATER)
    assert log.acted_since(cast.taro.label, NOW) and log.acted_since(cast.taro.label, LATER)
    assert not log.acted_since(cast.jiro.label, NOW)
    assert log.last_acts([cast.taro.label, cast.agent.label])[cast.taro.label] == LATER
    assert EventAbout.objects.filter(label=cast.taro.label, event__verb="call.pin_checked").count() == 1


# Receipt number and tracking code -----------------------------------------------------------------------------------


def say_receipt(call: Any, by: User, number: str, tracking: str) -> Check:
    return transitions.check_receipt(call.pk, number=number, tracking=tracking, actor=actor(by), at=NOW)


def test_both_codes_identify_the_inquirer(cast: Cast) -> None:
    inquiry, tracking = taken_down(cast.agent)
    call = running(cast.supervisor)
    before = mark()
    made = say_receipt(call, cast.supervisor, inquiry.receipt_number.replace("-", " "), tracking.lower())
    call.refresh_from_db()
    assert (made.result, made.inquiry, made.about, call.inquiry) == ("enough", inquiry, None, inquiry)
    assert verbs(before) == ["call.receipt_checked"] and notices(before) == []


def test_another_number_or_another_code_is_not_enough(cast: Cast) -> None:
    inquiry, tracking = taken_down(cast.agent)
    other, theirs = taken_down(cast.agent)
    call = running(cast.agent, inquiry)
    said = [
        (other.receipt_number, theirs),
        (inquiry.receipt_number, theirs),
        ("C-0000-000-000", tracking),
        ("", ""),
    ]
    assert [say_receipt(call, cast.agent, *one).result for one in said] == ["not_enough"] * 4
    call.refresh_from_db()
    assert call.inquiry == inquiry
    assert say_receipt(call, cast.agent, inquiry.receipt_number, tracking).result == "enough"
    with pytest.raises(WrongState):
        say_receipt(call, cast.agent, inquiry.receipt_number, tracking)
