"""While a claim waits: reminders, holding answers, duties, who is who. The clock tells; people decide."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from accounts.errors import NotAllowed, Refused, WrongState
from audit.models import Event
from desk.models import Contact, Inquiry
from handover.models import ContactPoint, Registration
from outbox import delivery
from outbox.models import Notice
from recovery import clock, transitions
from recovery.models import Claim, Duty, Reminder
from recovery.queries import afterwards, reminding, tracking, waiting
from tests import claims, seen
from tests.cast import Cast, actor
from tests.claims import PUBLIC, later
from tests.stock import NOW

pytestmark = pytest.mark.django_db(transaction=True)
WRITES = {"postal_code": "100-0001", "address": "東京都千代田区千代田1-1"}
PHONED = "折り返しをお願いした"


@pytest.fixture
def lost(cast: Cast) -> Registration:
    return claims.held(cast)


def reminded(cast: Cast, claim: Claim, medium: str, *, at: Any, sent: bool = True) -> Reminder:
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
    assert seen.verbs(before) == ["claim.reminded"] and seen.notices(before) == []
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
    """Ten business days without a word, whether or not there is a registration. Nothing is sent by it."""
    nobody, claim = confirmed(sender="a", statement={"mail": "a@new.example"}), claims.accepted(cast, lost)
    # From Friday 20 November: with one holiday, the tenth business day is 7 December.
    assert clock.run(at=later(days=16))["reminders_proposed"] == 0
    before = seen.mark()
    assert clock.run(at=later(days=17))["reminders_proposed"] == 2
    assert clock.run(at=later(days=17))["reminders_proposed"] == 0
    assert seen.notices(before) == []
    assert set(Duty.objects.filter(kind="remind").values_list("claim", flat=True)) == {nobody.pk, claim.pk}
    reminded(cast, claim, "phone", at=later(days=18))
    duty = Duty.objects.get(claim=claim, kind="remind")
    assert (duty.closed_at, duty.closed_by) == (later(days=18), cast.operator)
    assert clock.run(at=later(days=20))["reminders_proposed"] == 0


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


# Who is who


def objected(claim: Claim, to: str = "letter") -> int:
    sent = claim.dispatches.filter(purpose="accepted", channel=to).order_by("pk").first()
    assert sent
    transitions.object_to(typed=claims.objection_sent(sent), words="", actor=PUBLIC, at=later(hours=1))
    return claim.objections.get().pk


def identified(cast: Cast, pk: int, how: str, *, at: Any = None, **changes: Any) -> Any:
    given = {"contact_point_pk": None, "person_pk": None, "note": "", **changes}
    return transitions.identify_objector(pk, how=how, **given, actor=actor(cast.operator), at=at or later(hours=2))


def test_identified_objection_does_not_lapse(cast: Cast, lost: Registration) -> None:
    claim = claims.accepted(cast, lost)
    pk = objected(claim)
    before = seen.mark()
    found = identified(cast, pk, "callback", contact_point_pk=claims.point(lost, "phone").pk, note="総務の方")
    assert (found.identified_at, found.identified_how, found.identified_by) == (
        later(hours=2),
        "callback",
        cast.operator,
    )
    assert seen.verbs(before) == ["objection.identified"]
    assert Event.objects.get(verb="objection.identified").facts == {"objection": pk, "how": "callback"}
    assert Contact.objects.filter(inquiry=claim.inquiry, party="record", by=cast.operator).count() == 1
    assert clock.run(at=later(days=15))["objections_lapsed"] == 0
    with pytest.raises(WrongState):
        identified(cast, pk, "code")


def test_code_shows_only_the_contact_point_that_it_went_to(cast: Cast, lost: Registration) -> None:
    claim = claims.accepted(cast, lost)
    assert identified(cast, objected(claim), "code").identified_how == "code"


def test_code_that_went_to_an_account_shows_no_contact_point(cast: Cast, lost: Registration) -> None:
    claim = claims.accepted(cast, lost)
    sent = claim.dispatches.get(to=cast.taro.label)
    transitions.object_to(typed=claims.objection_sent(sent), words="", actor=PUBLIC, at=later(hours=1))
    with pytest.raises(Refused):
        identified(cast, claim.objections.get().pk, "code")


@pytest.mark.parametrize("trouble", ["young", "dead", "foreign", "mail", "none"])
def test_weak_contact_point_identifies_nobody(cast: Cast, lost: Registration, trouble: str) -> None:
    claim = claims.accepted(cast, lost)
    pk, phone = objected(claim), claims.point(lost, "phone")
    if trouble == "young":
        ContactPoint.objects.filter(pk=phone.pk).update(since=(NOW - timedelta(days=29)).date())
    elif trouble == "dead":
        ContactPoint.objects.filter(pk=phone.pk).update(health="returned")
    points = {
        "foreign": lambda: claims.point(claims.held(cast, "R-2"), "phone").pk,
        "mail": lambda: claims.point(lost, "mail").pk,
        "none": lambda: None,
    }
    chosen = points.get(trouble, lambda: phone.pk)()
    with pytest.raises(Refused):
        identified(cast, pk, "callback", contact_point_pk=chosen, at=NOW)


def test_sign_in_since_the_objection_identifies_and_an_earlier_one_does_not(cast: Cast, lost: Registration) -> None:
    claim = claims.accepted(cast, lost)
    claims.came(cast.hanako, NOW)
    pk = objected(claim)
    for person in (cast.hanako, cast.wakako, cast.taro):
        with pytest.raises(Refused):
            identified(cast, pk, "sign_in", person_pk=person.pk)
    claims.came(cast.wakako, later(hours=2))
    with pytest.raises(Refused):
        identified(cast, pk, "sign_in", person_pk=cast.wakako.pk)
    claims.came(cast.hanako, later(hours=2))
    assert identified(cast, pk, "sign_in", person_pk=cast.hanako.pk).identified_how == "sign_in"


def test_whoever_identified_the_objector_does_not_decide(cast: Cast, lost: Registration) -> None:
    claim = claims.accepted(cast, lost)
    pk = objected(claim)
    second = claims.same_human(cast, cast.colleague, "approver")
    phone = claims.point(lost, "phone").pk
    given = {"how": "callback", "contact_point_pk": phone, "person_pk": None, "note": ""}
    transitions.identify_objector(pk, **given, actor=actor(cast.colleague), at=later(hours=2))
    transitions.review_objection(pk, recommendation="upheld", actor=actor(cast.operator), at=later(hours=2))
    with pytest.raises(NotAllowed):
        transitions.decide_objection(pk, outcome="upheld", reason="", actor=actor(second), at=later(hours=2))


def posing(cast: Cast, claim: Claim, *, at: Any = NOW, capacity: str = "contractor") -> Claim:
    return transitions.find_capacity(claim.pk, capacity=capacity, actor=actor(cast.operator), at=at)


def test_contractor_who_said_to_be_the_customer_leaves_a_flag_and_learns_nothing(
    cast: Cast, lost: Registration
) -> None:
    claim = claims.proven(cast, lost)
    before = seen.mark()
    posing(cast, claim, at=claims.READY)
    assert seen.verbs(before) == ["claim.capacity_found"] and seen.notices(before) == []
    assert Event.objects.get(verb="claim.capacity_found").facts == {"capacity": "contractor", "poses": True}
    found = tracking.find_marked(claim.pk)
    assert found and found.posed_at == claims.READY and tracking.rung_of(found, claims.READY) == 0
    # A mistake is put right, and the flag goes with it.
    assert posing(cast, claim, capacity="customer", at=claims.READY).posed_at is None
    with pytest.raises(Refused):
        posing(cast, claim, capacity="unknown")


def test_contractor_who_said_so_leaves_no_flag(cast: Cast) -> None:
    assert posing(cast, claims.received(capacity="contractor")).posed_at is None


def test_custodian_is_told_once_of_two_in_ninety_days(cast: Cast, lost: Registration) -> None:
    first = claims.linked(cast, lost)
    posing(cast, first)
    assert clock.run(at=NOW)["posing_told"] == 0
    transitions.refuse(first.pk, reason="abuse", words="", actor=actor(cast.approver), at=NOW)
    second = claims.received(sender="b", at=later(days=89))
    posing(cast, second, at=later(days=89))
    assert clock.run(at=later(days=89))["posing_told"] == 0, "not linked yet"
    claims.linked(cast, lost, claim=second, at=later(days=89))
    before = seen.mark()
    assert clock.run(at=later(days=89))["posing_told"] == 1
    assert ("contractor_posed", cast.taro.label) in seen.notices(before)
    assert clock.run(at=later(days=89))["posing_told"] == 0


def test_two_with_more_than_ninety_days_between_are_not_told(cast: Cast, lost: Registration) -> None:
    first = claims.linked(cast, lost)
    posing(cast, first)
    transitions.refuse(first.pk, reason="abuse", words="", actor=actor(cast.approver), at=NOW)
    second = claims.linked(cast, lost, claim=claims.received(sender="b"), at=later(days=91))
    posing(cast, second, at=later(days=91))
    assert clock.run(at=later(days=91))["posing_told"] == 0
