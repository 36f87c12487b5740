"""Calls: what each act leaves behind, who may, and that only the caller's words lead one to an inquiry."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from accounts.errors import NotAllowed, Refused, WrongState
from accounts.models import User
from audit.models import Event
from desk import transitions
from desk.models import Call, Contact, Inquiry, Statement
from outbox.models import Notice
from recovery import transitions as recovery
from recovery.rules import people
from tests import claims
from tests.cast import Cast, actor
from tests.desk.test_holds import held, inquired
from tests.seen import mark, verbs
from tests.stock import NOW

pytestmark = pytest.mark.django_db(transaction=True)

LATER = NOW + timedelta(minutes=6, seconds=30)
QUESTION = {"topic": "question", "capacity": "unknown", "answer_by": "phone", "language": "ja"}


def begun(by: User, *, number: str = "03-1234-5678", name: str = "渡邉 翔") -> Call:
    return transitions.begin_call(name=name, number=number, actor=actor(by), at=NOW)


def ended(call: Call, by: User, **changes: Any) -> Call:
    wanted = {"ending": "settled", "text": "書類の届け先のご質問", **changes}
    return transitions.end_call(call.pk, **wanted, actor=actor(by), at=LATER)


def last(before: int) -> Event:
    return Event.objects.get(sequence__gt=before)


# Beginning -----------------------------------------------------------------------------------------------------------


def test_agent_begins_a_call_with_number_and_name_encrypted(cast: Cast) -> None:
    before = mark()
    call = begun(cast.agent)
    assert (call.direction, call.by, call.begun_by, call.inquiry) == ("in", cast.agent, cast.agent, None)
    assert (call.number, call.name, call.masked_number) == ("03-1234-5678", "渡邉 翔", "03-1234-****")
    assert b"1234" not in bytes(call.sealed_number or b"") and "渡邉".encode() not in bytes(call.sealed_name or b"")
    written = last(before)
    assert (written.verb, written.subject, written.facts) == ("call.begun", call.label, {"number": "given"})
    assert Notice.objects.count() == 0


def test_a_caller_who_gives_no_number_is_on_record_as_asked(cast: Cast) -> None:
    before = mark()
    assert begun(cast.agent, number="").masked_number == ""
    assert last(before).facts == {"number": "refused"}


@pytest.mark.parametrize("who", ["taro", "worker", "approver", "senior", "editor", "auditor"])
def test_others_begin_no_call(cast: Cast, who: str) -> None:
    with pytest.raises(NotAllowed):
        begun(getattr(cast, who))
    assert not Call.objects.exists()


def test_one_running_call_a_person(cast: Cast) -> None:
    first = begun(cast.agent)
    with pytest.raises(WrongState):
        begun(cast.agent)
    begun(cast.supervisor)
    ended(first, cast.agent, text="")
    begun(cast.agent)
    assert Call.objects.running().count() == 2


@pytest.mark.parametrize(
    ("number", "shown"),
    [("090 1234 5678", "090 1234 ****"), ("+81 3-1234-56-78", "+81 3-1234-****"), ("０３－１２３４", "０３－****")],
)
def test_bar_hides_the_last_four_digits_however_they_are_written(number: str, shown: str, cast: Cast) -> None:
    assert begun(cast.agent, number=number).masked_number == shown


# What it is about ----------------------------------------------------------------------------------------------------


def test_receipt_number_that_was_said_leads_the_call(cast: Cast) -> None:
    call, inquiry = begun(cast.agent), inquired()
    before = mark()
    found = transitions.go_on_with(call.pk, inquiry=inquiry, actor=actor(cast.agent), at=NOW)
    assert found.inquiry == inquiry
    written = last(before)
    assert (written.verb, written.subject, written.facts) == ("call.went_on", call.label, {})
    assert set(written.about) == {call.label, inquiry.label}
    transitions.go_on_with(call.pk, inquiry=inquiry, actor=actor(cast.agent), at=NOW)
    assert verbs(before) == ["call.went_on"]


def test_a_call_stays_with_its_inquiry(cast: Cast) -> None:
    call, first = begun(cast.agent), inquired()
    transitions.go_on_with(call.pk, inquiry=first, actor=actor(cast.agent), at=NOW)
    with pytest.raises(WrongState):
        transitions.go_on_with(call.pk, inquiry=inquired(), actor=actor(cast.agent), at=NOW)
    call.refresh_from_db()
    assert call.inquiry == first


def test_nobody_leads_the_call_of_somebody_else_and_none_that_is_over(cast: Cast) -> None:
    call, inquiry = begun(cast.agent), inquired()
    for who in (cast.supervisor, cast.operator):
        with pytest.raises(NotAllowed):
            transitions.go_on_with(call.pk, inquiry=inquiry, actor=actor(who), at=NOW)
    ended(call, cast.agent)
    with pytest.raises(WrongState):
        transitions.go_on_with(call.pk, inquiry=inquiry, actor=actor(cast.agent), at=NOW)


def test_what_is_taken_down_leads_the_running_call_and_is_one_contact(cast: Cast) -> None:
    call = begun(cast.agent)
    before = mark()
    inquiry, _tracking = transitions.open_inquiry(
        statement=Statement(name="渡邉 翔", own_phone="03-1111-2222"), **QUESTION, actor=actor(cast.agent), at=NOW
    )
    call.refresh_from_db()
    assert call.inquiry == inquiry
    assert set(last(before).about) == {inquiry.label, call.label}
    assert not inquiry.contacts.exists()
    ended(call, cast.agent)
    assert [(one.by, one.minutes) for one in inquiry.contacts.all()] == [(cast.agent, 7)]


def test_a_second_matter_does_not_take_the_call_along(cast: Cast) -> None:
    call, first = begun(cast.agent), inquired()
    transitions.go_on_with(call.pk, inquiry=first, actor=actor(cast.agent), at=NOW)
    second, _tracking = transitions.open_inquiry(
        statement=Statement(name="渡邉 翔", own_phone="03-1111-2222"), **QUESTION, actor=actor(cast.agent), at=NOW
    )
    call.refresh_from_db()
    assert call.inquiry == first
    assert second.contacts.count() == 1


def test_a_claim_taken_down_leads_the_call_and_whoever_speaks_decides_nothing(cast: Cast) -> None:
    call = begun(cast.operator)
    claim, _tracking = recovery.open_claim(
        statement=Statement(organisation_name="青葉商事", name="渡邉 翔", own_phone="090-1234-5678"),
        capacity="customer",
        answer_by="phone",
        language="ja",
        sender=cast.operator.label,
        actor=actor(cast.operator),
        at=NOW,
    )
    call.refresh_from_db()
    assert call.inquiry == claim.inquiry
    assert not claim.inquiry.contacts.exists()
    # On the phone right now counts like having been.
    assert people._is_among(cast.operator, people._spoke(claim))
    assert not people._is_among(cast.approver, people._on_a_call(claim))


def test_a_claim_taken_down_without_a_call_is_noted_at_once(cast: Cast) -> None:
    claim = claims.received(at=NOW)
    assert not Call.objects.exists() and claim.inquiry_id


# Warning and end -----------------------------------------------------------------------------------------------------


def test_end_writes_the_contact_with_the_minutes_of_the_clock(cast: Cast) -> None:
    call, inquiry = begun(cast.agent), inquired()
    transitions.go_on_with(call.pk, inquiry=inquiry, actor=actor(cast.agent), at=NOW)
    before = mark()
    over = ended(call, cast.agent)
    over.refresh_from_db()
    assert (over.ended_at, over.ending, over.name, over.number) == (LATER, "settled", "", "03-1234-5678")
    contact = Contact.objects.get(inquiry=inquiry)
    assert (contact.direction, contact.channel, contact.party, contact.minutes) == ("in", "phone", "claimant", 7)
    assert (contact.by, contact.note, contact.at) == (cast.agent, "書類の届け先のご質問", LATER)
    written = last(before)
    assert (written.verb, written.facts) == ("call.ended", {"ending": "settled", "minutes": 7})
    assert set(written.about) == {call.label, inquiry.label}
    assert Notice.objects.count() == 0


def test_a_call_without_an_inquiry_leaves_no_number_and_no_name(cast: Cast) -> None:
    over = ended(begun(cast.agent), cast.agent, ending="cut_off", text="")
    over.refresh_from_db()
    assert (over.number, over.name, over.ending) == ("", "", "cut_off")
    assert not Contact.objects.exists()


@pytest.mark.parametrize(
    ("ending", "text", "field"),
    [
        ("by_us", "x", "ending"),
        ("promised", "x", "ending"),
        ("", "x", "ending"),
        ("approved", "x", "ending"),
        ("settled", " ", "text"),
    ],
)
def test_an_end_that_is_not_true_is_refused(cast: Cast, ending: str, text: str, field: str) -> None:
    call, inquiry = begun(cast.agent), inquired()
    transitions.go_on_with(call.pk, inquiry=inquiry, actor=actor(cast.agent), at=NOW)
    before = mark()
    with pytest.raises(Refused) as refused:
        ended(call, cast.agent, ending=ending, text=text)
    assert list(refused.value.fields) == [field]
    assert (Call.objects.running().count(), verbs(before)) == (1, [])


@pytest.mark.parametrize("ending", ["promised", "passed"])
def test_nothing_to_follow_up_without_an_inquiry(cast: Cast, ending: str) -> None:
    with pytest.raises(Refused):
        ended(begun(cast.agent), cast.agent, ending=ending)


def test_a_promise_on_record_ends_a_call(cast: Cast) -> None:
    call, inquiry = begun(cast.agent), inquired()
    transitions.go_on_with(call.pk, inquiry=inquiry, actor=actor(cast.agent), at=NOW)
    held(cast, inquiry)
    assert ended(call, cast.agent, ending="promised").ending == "promised"


def test_we_end_a_call_after_a_recorded_warning(cast: Cast) -> None:
    call, before = begun(cast.agent), mark()
    transitions.warn_caller(call.pk, warning="words", actor=actor(cast.agent), at=NOW)
    written = last(before)
    assert (written.verb, written.facts) == ("call.warned", {"warning": "words"})
    with pytest.raises(WrongState):
        transitions.warn_caller(call.pk, warning="long", actor=actor(cast.agent), at=LATER)
    over = ended(call, cast.agent, ending="by_us")
    assert (over.ending, over.warned_at, over.warning) == ("by_us", NOW, "words")


def test_a_warning_is_one_of_the_list_and_the_speakers_own(cast: Cast) -> None:
    call = begun(cast.agent)
    with pytest.raises(Refused):
        transitions.warn_caller(call.pk, warning="rude", actor=actor(cast.agent), at=NOW)
    with pytest.raises(NotAllowed):
        transitions.warn_caller(call.pk, warning="words", actor=actor(cast.supervisor), at=NOW)


def test_the_database_knows_no_end_by_us_without_a_warning(cast: Cast) -> None:
    call = begun(cast.agent)
    with pytest.raises(DatabaseError), transaction.atomic():
        Call.objects.filter(pk=call.pk).update(ended_at=LATER, ending="by_us")


def test_second_end_and_the_end_of_somebody_else_are_refused(cast: Cast) -> None:
    call = begun(cast.agent)
    for who in (cast.supervisor, cast.operator):
        with pytest.raises(NotAllowed):
            ended(call, who)
    ended(call, cast.agent)
    with pytest.raises(WrongState):
        ended(call, cast.agent)


# Taking over ---------------------------------------------------------------------------------------------------------


def test_supervisor_takes_a_running_call_over_and_ends_it(cast: Cast) -> None:
    call, inquiry = begun(cast.agent), inquired()
    transitions.go_on_with(call.pk, inquiry=inquiry, actor=actor(cast.agent), at=NOW)
    before = mark()
    taken = transitions.take_over_call(call.pk, actor=actor(cast.supervisor), at=LATER)
    assert (taken.by, taken.begun_by, taken.taken_over_at) == (cast.supervisor, cast.agent, LATER)
    written = last(before)
    assert (written.verb, written.facts) == (
        "call.taken_over",
        {"from": cast.agent.label, "to": cast.supervisor.label},
    )
    with pytest.raises(NotAllowed):
        ended(call, cast.agent)
    begun(cast.agent)  # free for the next one
    ended(call, cast.supervisor)
    assert Contact.objects.get(inquiry=inquiry).by == cast.supervisor


def test_operator_takes_over_the_call_of_a_colleague_of_the_provider(cast: Cast) -> None:
    call, inquiry = begun(cast.operator), inquired()
    transitions.go_on_with(call.pk, inquiry=inquiry, actor=actor(cast.operator), at=NOW)
    before = mark()
    taken = transitions.take_over_call(call.pk, actor=actor(cast.colleague), at=LATER)
    assert (taken.by, taken.begun_by, taken.taken_over_at) == (cast.colleague, cast.operator, LATER)
    written = last(before)
    facts = {"from": cast.operator.label, "to": cast.colleague.label}
    assert (written.verb, written.facts) == ("call.taken_over", facts)
    with pytest.raises(WrongState):
        transitions.take_over_call(call.pk, actor=actor(cast.operator), at=LATER)
    ended(call, cast.colleague)
    assert Contact.objects.get(inquiry=inquiry).by == cast.colleague


@pytest.mark.parametrize("who", ["operator", "approver", "senior", "editor", "auditor", "agent", "supervisor"])
def test_nobody_who_decides_or_is_of_another_house_takes_over_the_providers_call(cast: Cast, who: str) -> None:
    call = begun(cast.operator)
    with pytest.raises(NotAllowed):
        transitions.take_over_call(call.pk, actor=actor(getattr(cast, who)), at=LATER)


def test_second_account_of_one_human_takes_no_own_call_over(cast: Cast) -> None:
    call = begun(cast.operator)
    cast.colleague.person = cast.operator.person
    cast.colleague.save(update_fields=["person"])
    with pytest.raises(NotAllowed):
        transitions.take_over_call(call.pk, actor=actor(cast.colleague), at=LATER)


@pytest.mark.parametrize("who", ["agent", "operator", "senior", "auditor", "hanako"])
def test_nobody_else_takes_a_call_over(cast: Cast, who: str) -> None:
    call = begun(cast.agent)
    with pytest.raises(NotAllowed):
        transitions.take_over_call(call.pk, actor=actor(getattr(cast, who)), at=LATER)


def test_supervisor_takes_over_neither_the_providers_call_nor_twice_nor_while_speaking(cast: Cast) -> None:
    with pytest.raises(NotAllowed):
        transitions.take_over_call(begun(cast.operator).pk, actor=actor(cast.supervisor), at=LATER)
    call, own = begun(cast.agent), begun(cast.supervisor)
    with pytest.raises(WrongState):
        transitions.take_over_call(call.pk, actor=actor(cast.supervisor), at=LATER)
    call.refresh_from_db()
    assert call.by == cast.agent
    ended(own, cast.supervisor)
    ended(call, cast.agent)
    with pytest.raises(WrongState):
        transitions.take_over_call(call.pk, actor=actor(cast.supervisor), at=LATER)


def test_whoever_spoke_first_is_on_the_call_as_well(cast: Cast) -> None:
    claim = claims.received(at=NOW)
    call = begun(cast.agent)
    transitions.go_on_with(call.pk, inquiry=Inquiry.objects.get(pk=claim.inquiry_id), actor=actor(cast.agent), at=NOW)
    transitions.take_over_call(call.pk, actor=actor(cast.supervisor), at=LATER)
    assert people._is_among(cast.agent, people._on_a_call(claim))
    assert people._is_among(cast.supervisor, people._on_a_call(claim))
