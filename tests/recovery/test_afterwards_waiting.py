"""While a claim waits: reminders, holding answers, duties. The clock tells; people decide."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from accounts.errors import NotAllowed, Refused, WrongState
from audit.models import Event
from desk.models import Contact, Inquiry
from handover.models import Registration
from outbox import delivery
from outbox.models import Notice
from recovery import clock, transitions
from recovery.models import Claim, Duty, Reminder
from recovery.queries import afterwards, reminding, tracking, waiting
from tests import claims, seen
from tests.announced import announced
from tests.cast import Cast, actor
from tests.claims import PUBLIC, later
from tests.stock import NOW

pytestmark = pytest.mark.django_db(transaction=True)
WRITES = {"postal_code": "100-0001", "address": "東京都千代田区千代田1-1"}
PHONED = "折り返しをお願いした"


def reminded(cast: Cast, claim: Claim, medium: str, *, at: Any, sent: bool = True) -> Reminder:
    if medium == "phone":
        announced(claim.inquiry, cast.operator, at=at, purpose="missing")
    made = transitions.remind(claim.pk, medium=medium, note=PHONED, actor=actor(cast.operator), at=at)
    if sent and medium == "mail":
        delivery.send(made.dispatch.notice_id, at=at)
    if sent and medium == "letter":
        transitions.print_letters([made.dispatch_id], actor=actor(cast.colleague), at=at)
    return made


def unanswered(cast: Cast, claim: Claim, *, at: Any) -> Claim:
    return transitions.refuse(claim.pk, reason="no_response", words="", actor=actor(cast.approver), at=at)


def confirmed(**changes: Any) -> Claim:
    claim = claims.received(**changes)
    transitions.enter_mailbox_code(claim.pk, typed=claims.code_in_mail(claim), actor=PUBLIC, at=NOW)
    return claim


# Reminders, and no end without them


def test_claim_ends_as_unanswered_thirty_days_after_two_reminders_by_two_ways(cast: Cast) -> None:
    claim = confirmed()
    reminded(cast, claim, "mail", at=later(days=15))
    with pytest.raises(Refused):
        unanswered(cast, claim, at=later(days=100))
    reminded(cast, claim, "phone", at=later(days=20))
    with pytest.raises(Refused):
        unanswered(cast, claim, at=later(days=50) - timedelta(seconds=1))
    claim = unanswered(cast, claim, at=later(days=50))
    assert (claim.status, claim.end_reason) == ("refused", "no_response")
    assert afterwards.reasons_of(claim, claim.endings.get()) == (afterwards.UNANSWERED,)


def test_two_reminders_by_the_same_way_are_not_enough(cast: Cast) -> None:
    claim = confirmed()
    for days in (15, 20, 25):
        reminded(cast, claim, "mail", at=later(days=days))
    with pytest.raises(Refused):
        unanswered(cast, claim, at=later(days=200))


@pytest.mark.parametrize("trouble", ["not sent", "not printed", "came back"])
def test_reminder_that_did_not_go_does_not_count(cast: Cast, trouble: str) -> None:
    claim = confirmed(statement=WRITES)
    reminded(cast, claim, "mail", at=later(days=15), sent=trouble != "not sent")
    letter = reminded(cast, claim, "letter", at=later(days=15), sent=trouble != "not printed")
    if trouble == "came back":
        transitions.record_return(letter.dispatch_id, actor=actor(cast.operator), at=later(days=20))
    with pytest.raises(Refused):
        unanswered(cast, claim, at=later(days=200))
    if trouble != "came back":
        return
    reminded(cast, claim, "phone", at=later(days=30))
    assert unanswered(cast, claim, at=later(days=60)).status == "refused"


@pytest.mark.parametrize("sign", ["code", "call", "paper"])
def test_any_sign_of_the_claimant_begins_the_count_anew(cast: Cast, sign: str) -> None:
    claim = confirmed()
    reminded(cast, claim, "mail", at=later(days=15))
    reminded(cast, claim, "phone", at=later(days=16))
    at = later(days=40)
    if sign == "code":
        with pytest.raises(Refused):
            transitions.enter_code(claim.pk, purpose="letter", typed="22222-22222", actor=PUBLIC, at=at)
    elif sign == "call":
        Contact.objects.create(
            inquiry=claim.inquiry,
            direction="in",
            channel="phone",
            party="claimant",
            by=cast.agent,
            at=at,
            sealed_note=b"",
        )
    else:
        transitions.ask_for_code(claim.pk, wish="letter", actor=PUBLIC, at=at)
    with pytest.raises(Refused):
        unanswered(cast, claim, at=later(days=200))


def test_objection_of_somebody_else_is_no_sign_of_the_claimant(cast: Cast, lost: Registration) -> None:
    claim = claims.accepted(cast, lost)
    letter = claim.dispatches.get(channel="letter")
    transitions.object_to(typed=claims.objection_sent(letter), words="", actor=PUBLIC, at=later(days=5))
    assert reminding.last_sign(claim) == NOW


@pytest.mark.parametrize(
    ("medium", "statement", "field"),
    [("mail", {}, "medium"), ("letter", {}, "medium"), ("fax", {}, "medium"), ("phone", {}, "note")],
)
def test_reminder_goes_only_where_it_may(cast: Cast, medium: str, statement: Any, field: str) -> None:
    claim = claims.received(statement=statement)
    with pytest.raises(Refused) as refused:
        transitions.remind(claim.pk, medium=medium, note="", actor=actor(cast.operator), at=NOW)
    assert field in refused.value.fields


def test_reminder_by_phone_was_a_talk_with_the_claimant(cast: Cast, lost: Registration) -> None:
    claim = claims.accepted(cast, lost)
    before = seen.mark()
    reminded(cast, claim, "phone", at=NOW)
    assert seen.verbs(before) == ["intention.announced", "claim.reminded"] and seen.notices(before) == []
    assert Event.objects.get(verb="claim.reminded").facts == {"medium": "phone"}
    contact = Contact.objects.get(inquiry=claim.inquiry, party="claimant")
    assert (contact.direction, contact.note) == ("out", PHONED)


def test_reminder_by_mail_and_letter_leave_with_fixed_words(cast: Cast) -> None:
    claim = confirmed(statement=WRITES)
    before = seen.mark()
    reminded(cast, claim, "mail", at=NOW, sent=False)
    reminded(cast, claim, "letter", at=NOW)
    assert seen.notices(before) == [("claim_letter", claim.label), ("claim_reminder", claim.label)]


def test_clock_proposes_a_reminder_for_any_quiet_claim_alike(cast: Cast, lost: Registration) -> None:
    """Five business days without a word, whether or not there is a registration. Nothing is sent by it."""
    nobody, claim = confirmed(sender="a", statement={"mail": "a@new.example"}), claims.accepted(cast, lost)
    # From Friday 20 November: with one holiday, the fifth business day is 30 November.
    assert clock.run(at=later(days=9))["reminders_proposed"] == 0
    before = seen.mark()
    assert clock.run(at=later(days=10))["reminders_proposed"] == 2
    assert clock.run(at=later(days=10))["reminders_proposed"] == 0
    assert seen.notices(before) == []
    assert set(Duty.objects.filter(kind="remind").values_list("claim", flat=True)) == {nobody.pk, claim.pk}
    reminded(cast, claim, "phone", at=later(days=11))
    duty = Duty.objects.get(claim=claim, kind="remind")
    assert (duty.closed_at, duty.closed_by) == (later(days=11), cast.operator)
    assert clock.run(at=later(days=13))["reminders_proposed"] == 0


# Holding answer and passing on


def test_everybody_gets_the_same_holding_answer_on_the_same_day(cast: Cast, lost: Registration) -> None:
    nobody, claim = confirmed(sender="a", statement={"mail": "a@new.example"}), claims.proven(cast, lost)
    # The fifteenth business day after 20 November is 14 December.
    assert clock.run(at=later(days=23))["holding_answered"] == 0
    at = later(days=24)
    before = seen.mark()
    assert clock.run(at=at)["holding_answered"] == 2
    assert clock.run(at=at)["holding_answered"] == 0
    told = [row for row in seen.notices(before) if row[0] == "claim_holding"]
    assert told == sorted([("claim_holding", nobody.label), ("claim_holding", claim.label)])
    rows = Notice.objects.filter(template="claim_holding")
    bodies = {claims._content(row)["body"].replace(row.recipient.removeprefix("claim:"), "") for row in rows}
    assert len(bodies) == 1
    for one in (nobody, claim):
        found = tracking.find_marked(one.pk)
        assert found and afterwards.delay_of(found) == afterwards.Delay(date(2027, 1, 18), is_passed_on=False)
        told_on = tracking.facts_for(found, tracking.rung_of(found, at), at).next_on
        assert told_on and told_on >= at.date()


def test_claim_that_is_not_decided_in_time_goes_to_the_seniors_and_the_inquirer_is_told(cast: Cast) -> None:
    claim = confirmed()
    at = datetime(2027, 1, 18, 1, tzinfo=NOW.tzinfo)
    assert clock.run(at=at - timedelta(days=1))["passed_on"] == 0
    before = seen.mark()
    assert clock.run(at=at)["passed_on"] == 1
    assert clock.run(at=at)["passed_on"] == 0
    assert ("claim_passed_on", claim.label) in seen.notices(before)
    claim.refresh_from_db()
    assert claim.status == "received", "it decides nothing"
    lines = waiting.lines_for(actor(cast.senior), at)
    assert [(line.number, line.can_finish) for line in lines] == [(claim.number, True)]
    assert all(
        line.number != claim.number or "Decide" not in str(line.what)
        for line in waiting.lines_for(actor(cast.operator), at)
    )
    duty = Duty.objects.get(kind="decision")
    with pytest.raises(NotAllowed):
        transitions.finish_duty(duty.pk, words="", actor=actor(cast.operator), at=at)
    transitions.finish_duty(duty.pk, words="審査を急ぐ", actor=actor(cast.senior), at=at)
    with pytest.raises(WrongState):
        transitions.finish_duty(duty.pk, words="", actor=actor(cast.senior), at=at)
    assert Event.objects.get(verb="duty.finished").facts == {"duty": duty.pk, "kind": "decision"}
    assert clock.run(at=at)["passed_on"] == 0, "once for a claim"


def test_passed_date_is_a_duty_of_the_operators_and_the_page_names_the_next_one(cast: Cast, lost: Registration) -> None:
    claim = claims.proven(cast, lost)
    Inquiry.objects.filter(pk=claim.inquiry_id).update(turn="provider", next_on=later(days=2).date())
    at = later(days=6)
    transitions.offer_reassignment(claim.pk, actor=clock.CLOCK, at=at)
    before = seen.mark()
    assert clock.run(at=at)["silences_noticed"] == 1
    assert clock.run(at=at)["silences_noticed"] == 0
    assert seen.notices(before) == [], "that a date passed may follow from what is on record"
    found = tracking.find_marked(claim.pk)
    assert found and tracking.rung_of(found, at) == 3
    shown = tracking.facts_for(found, 3, at).next_on
    assert shown and at.date() <= shown <= (at + timedelta(days=8)).date()
    duty = Duty.objects.get(kind="silence")
    transitions.finish_duty(duty.pk, words="電話した", actor=actor(cast.operator), at=at)
    assert clock.run(at=at)["silences_noticed"] == 0


def test_end_of_a_claim_ends_its_duties(cast: Cast) -> None:
    claim = confirmed()
    clock.run(at=later(days=80))
    assert Duty.objects.open().filter(claim=claim).count() > 1
    transitions.withdraw(claim.pk, actor=PUBLIC, at=later(days=81))
    assert not Duty.objects.open().exists()


# Appeals and competing claims


def test_overdue_appeal_climbs_to_the_seniors_and_stays_open(cast: Cast, lost: Registration) -> None:
    claim = claims.accepted(cast, lost)
    transitions.refuse(claim.pk, reason="not_confirmed", words="", actor=actor(cast.approver), at=NOW)
    made = transitions.appeal(claim.pk, words="", actor=PUBLIC, at=NOW)
    at = datetime(2026, 12, 7, 1, tzinfo=NOW.tzinfo)
    assert made.due_on == at.date()
    assert clock.run(at=at)["appeals_climbed"] == 0
    at += timedelta(days=1)
    before = seen.mark()
    assert clock.run(at=at)["appeals_climbed"] == 1
    assert clock.run(at=at)["appeals_climbed"] == 0
    assert seen.verbs(before) == ["appeal.overdue"] and seen.notices(before) == [("claim_passed_on", claim.label)]
    made.refresh_from_db()
    assert made.status == "open"
    inquiry = Inquiry.objects.get(pk=claim.inquiry_id)
    assert inquiry.next_on and inquiry.next_on > at.date()
    whats = [(line.is_appeal, line.is_late) for line in waiting.lines_for(actor(cast.senior), at)]
    assert sorted(whats) == [(False, False), (True, True)]
    duty = Duty.objects.get(kind="appeal")
    with pytest.raises(WrongState):
        transitions.finish_duty(duty.pk, words="", actor=actor(cast.senior), at=at)
    given = {"outcome": "dismissed", "findings": ["rules_kept"], "words": "規則どおり"}
    transitions.decide_appeal(made.pk, **given, actor=actor(cast.senior), at=at)
    duty.refresh_from_db()
    assert duty.closed_by == cast.senior


def test_claim_that_is_left_of_several_is_pointed_out_to_the_seniors(cast: Cast, lost: Registration) -> None:
    claim = claims.accepted(cast, lost)
    rival = claims.linked(cast, lost, claim=claims.received(sender="b"))
    assert clock.run(at=NOW)["pointed_out"] == 0
    transitions.withdraw(rival.pk, actor=PUBLIC, at=NOW)
    assert clock.run(at=NOW)["pointed_out"] == 1
    assert clock.run(at=NOW)["pointed_out"] == 0
    lines = waiting.lines_for(actor(cast.senior), NOW)
    assert [(line.number, str(line.due_on)) for line in lines] == [(claim.number, "2026-11-26")]
    assert waiting.count_for(actor(cast.senior)) == 1
    assert waiting.count_for(actor(cast.operator)) == waiting.count_for(actor(cast.auditor)) == 0
    transitions.resume(claim.pk, reason="", actor=actor(cast.senior), at=NOW)
    assert waiting.count_for(actor(cast.senior)) == 0
