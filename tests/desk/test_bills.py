"""What is this bill: who reads it, how a message goes to and fro, and what becomes of one without an answer."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction

from accounts.errors import NotAllowed, Refused, WrongState
from audit.models import Event
from desk import clock, transitions
from desk.models import BillMessage, Inquiry
from desk.queries import bills
from handover import billing, custody
from handover import transitions as register
from handover.models import BilledAmount, Custody
from handover.transitions.billing import Billed
from tests.cast import Cast, actor
from tests.desk.billed import BILL, IMPORT, MONTH, PUBLIC, asked, billed, looked_up
from tests.letterbox import mails
from tests.seen import mark, notices, verbs
from tests.stock import NOW

pytestmark = pytest.mark.django_db(transaction=True)
LATER = NOW + timedelta(days=1)


def test_amounts_are_kept_as_prints_and_a_second_run_changes_nothing(cast: Cast) -> None:
    found = billed(cast, custodian=cast.taro)
    assert "12345" not in repr(BilledAmount.objects.values()[0]) and len(found.print) == 64
    before = mark()
    row = Billed(BILL["reference"], MONTH, 12345)
    assert register.record_bills([row], actor=IMPORT, at=NOW) == {"new": 0, "corrected": 0, "same": 1, "unknown": 0}
    other = [Billed(BILL["reference"], MONTH, 999), Billed("B-0", MONTH, 1)]
    assert register.record_bills(other, actor=IMPORT, at=NOW) == {"new": 0, "corrected": 1, "same": 0, "unknown": 1}
    assert verbs(before) == ["bills.recorded", "bills.recorded"]
    assert billing.find(looked_up()[0]) == []
    assert "999" not in str(Event.objects.latest("sequence").facts)
    with pytest.raises(NotAllowed):
        somebody: Any = actor(cast.operator)
        register.record_bills([row], actor=somebody, at=NOW)


def test_right_bill_is_read_and_stands_in_the_history(cast: Cast) -> None:
    found = billed(cast, custodian=cast.taro)
    before = mark()
    assert transitions.read_bill(looked_up(), actor=PUBLIC, at=NOW) == [found]
    assert verbs(before) == ["bill.read"]
    told = Event.objects.latest("sequence")
    assert (told.subject, told.actor, told.facts) == ("registration:R-1", "public", {"by": "public"})
    card = bills.cards([found])[0]
    assert (card.product, card.site) == (found.bill.registration.product, "学校")
    for pair in ((billing.NOTHING, looked_up()[0]), (looked_up()[0], billing.NOTHING)):
        assert transitions.read_bill(pair, actor=PUBLIC, at=NOW) == []
    with pytest.raises(NotAllowed):
        transitions.read_bill(looked_up(), actor=actor(cast.approver), at=NOW)


def test_closed_registration_is_not_read(cast: Cast) -> None:
    found = billed(cast, custodian=cast.taro)
    found.bill.registration.status = "closed"
    found.bill.registration.save()
    assert transitions.read_bill(looked_up(), actor=PUBLIC, at=NOW) == []


def test_message_goes_to_whoever_is_in_charge_without_any_address(cast: Cast) -> None:
    found = billed(cast, custodian=cast.taro)
    before = mark()
    relay, tracking = asked(found)
    assert verbs(before) == ["bill.asked"]
    assert notices(before) == [("bill_message", cast.taro.label), ("bill_sent", "inquirer")]
    to_taro, to_payer = mails("bill_message")[0], mails("bill_sent")[0]
    assert "payer@else.example" not in to_taro["body"] and "この請求は何ですか" not in to_taro["body"]
    assert to_payer["to"] == "payer@else.example" and cast.taro.email not in to_payer["body"]
    assert "太郎" not in to_payer["body"] and "R-1" not in to_payer["body"]
    assert tracking in to_payer["body"] and relay.inquiry.receipt_number in to_payer["body"]
    assert (relay.inquiry.status, relay.inquiry.topic, relay.inquiry.next_on.isoformat()) == (
        "relayed",
        "bill",
        "2026-11-30",
    )
    assert not Inquiry.objects.visible_to(actor(cast.agent)).exists()
    assert not Inquiry.objects.visible_to(actor(cast.operator)).exists()


def test_every_message_takes_the_same_room(cast: Cast) -> None:
    found = billed(cast, custodian=cast.taro)
    sizes = {len(bytes(asked(found, text)[0].messages.get().sealed)) for text in ("あ", "𠮷" * 500)}
    assert len(sizes) == 1


def test_answer_is_read_by_its_codes_and_mail_says_only_that_it_is_there(cast: Cast) -> None:
    relay, tracking = asked(billed(cast, custodian=cast.taro))
    before = mark()
    transitions.answer_bill_message(relay.pk, answer="ours", words="続けてください", actor=actor(cast.taro), at=LATER)
    assert verbs(before) == ["bill.answered"]
    assert notices(before) == [("bill_answered", "inquirer")]
    body = mails("bill_answered")[0]["body"]
    assert "続けてください" not in body and cast.taro.email not in body and "山田" not in body
    found = bills.find_thread_by_codes(relay.inquiry.receipt_number, tracking)
    assert found == relay
    assert [(one.side, one.answer, one.words) for one in bills.messages_of(relay)] == [
        ("inquirer", "", "この請求は何ですか"),
        ("holder", "ours", "続けてください"),
    ]
    assert bills.find_thread_by_codes(relay.inquiry.receipt_number, "22222-22222") is None
    assert bills.find_thread_by_codes("C-0000-000-000", tracking) is None


@pytest.mark.parametrize("who", ["jiro", "hanako", "wakako", "agent", "operator", "worker"])
def test_nobody_else_answers(cast: Cast, who: str) -> None:
    relay, _tracking = asked(billed(cast, custodian=cast.taro))
    with pytest.raises(NotAllowed):
        transitions.answer_bill_message(relay.pk, answer="ours", words="", actor=actor(getattr(cast, who)), at=LATER)
    assert bills.find_asked(actor(getattr(cast, who)), relay.inquiry.receipt_number) is None


def test_own_words_need_words(cast: Cast) -> None:
    relay, _tracking = asked(billed(cast, custodian=cast.taro))
    for answer in ("words", "other"):
        with pytest.raises(Refused):
            transitions.answer_bill_message(relay.pk, answer=answer, words="", actor=actor(cast.taro), at=LATER)


def again(relay: Any, at: Any = LATER) -> BillMessage:
    return transitions.ask_again_by_bill(relay.pk, text="もう一つ", actor=PUBLIC, at=at)


def test_inquirer_writes_again_after_an_answer_up_to_the_limit(cast: Cast) -> None:
    relay, _tracking = asked(billed(cast, custodian=cast.taro))
    with pytest.raises(WrongState):
        again(relay)
    for turn in range(1, 5):
        at = NOW + timedelta(days=turn)
        transitions.answer_bill_message(relay.pk, answer="looking", words="", actor=actor(cast.taro), at=at)
        before = mark()
        again(relay, at)
        assert verbs(before) == ["bill.asked_again"]
        assert notices(before) == [("bill_message", cast.taro.label)]
    transitions.answer_bill_message(relay.pk, answer="ours", words="", actor=actor(cast.taro), at=LATER)
    with pytest.raises(Refused):
        again(relay)


def test_without_an_answer_it_becomes_an_inquiry_of_the_desk(cast: Cast) -> None:
    relay, _tracking = asked(billed(cast, custodian=cast.taro))
    in_time = NOW.replace(month=11, day=30)
    assert clock.run(at=in_time)["bills_taken_over"] == 0
    before = mark()
    late = in_time + timedelta(days=1)
    assert clock.run(at=late)["bills_taken_over"] == 1
    assert verbs(before) == ["bill.taken_over"]
    assert notices(before) == [("bill_taken_over", "inquirer")]
    taken = Inquiry.objects.visible_to(actor(cast.agent)).get()
    assert (taken.receipt_number, taken.topic, taken.status, taken.turn) == (
        relay.inquiry.receipt_number,
        "bill",
        "open",
        "desk",
    )
    assert (
        taken.statement.remarks == "この請求は何ですか" and taken.receipt_number in mails("bill_taken_over")[0]["body"]
    )
    assert clock.run(at=late)["bills_taken_over"] == 0
    with pytest.raises(WrongState):
        transitions.answer_bill_message(relay.pk, answer="ours", words="", actor=actor(cast.taro), at=late)
    with pytest.raises(WrongState):
        again(relay, late)
    with pytest.raises(WrongState):
        transitions.take_over_bill(relay.pk, actor=clock.CLOCK, at=late)


def test_without_anybody_in_charge_nobody_is_told_and_the_desk_takes_it_over(cast: Cast) -> None:
    before = mark()
    found = billed(cast, custodian=None)
    relay, _tracking = asked(found)
    assert notices(before) == [("bill_sent", "inquirer")]
    assert clock.run(at=NOW + timedelta(days=30))["bills_taken_over"] == 1
    assert relay.messages.count() == 1


def test_answered_thread_ends_after_its_time(cast: Cast) -> None:
    relay, _tracking = asked(billed(cast, custodian=cast.taro))
    transitions.answer_bill_message(relay.pk, answer="ours", words="", actor=actor(cast.taro), at=LATER)
    with pytest.raises(WrongState):
        transitions.end_bill_relay(relay.pk, actor=clock.CLOCK, at=LATER)
    before = mark()
    run = clock.run(at=LATER + timedelta(days=31))
    assert (run["bills_taken_over"], run["bills_ended"]) == (0, 1)
    assert verbs(before) == ["bill.ended"]
    relay.inquiry.refresh_from_db()
    assert relay.inquiry.status == "closed"


def test_new_person_in_charge_answers_and_the_former_does_not(cast: Cast) -> None:
    relay, _tracking = asked(billed(cast, custodian=cast.taro))
    assert bills.unanswered(actor(cast.taro)) == [relay]
    with transaction.atomic():
        custody.give(
            relay.registration,
            cast.jiro,
            kind=Custody.Kind.CUSTODIAN,
            basis=Custody.Basis.REASSIGNMENT,
            basis_label="test",
            at=LATER,
        )
    assert bills.unanswered(actor(cast.taro)) == []
    assert bills.unanswered(actor(cast.jiro)) == [relay]
