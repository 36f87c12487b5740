"""Calls that we make: announced, dialled once from a masked display, timed, and ended like any other."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.errors import NotAllowed, Refused, WrongState
from accounts.models import User
from audit.models import Event
from desk import counting, progress, queries, transitions
from desk.models import Call, CallIntention, Contact, Hold, Inquiry
from outbox.models import Notice
from tests.announced import announced
from tests.cast import Cast, actor, sign_in
from tests.desk import promised
from tests.seen import mark, verbs
from tests.stock import NOW

pytestmark = pytest.mark.django_db(transaction=True)

LATER = NOW + timedelta(minutes=6, seconds=30)
NUMBER = "03-1111-2222"


def asked(cast: Cast, **more: Any) -> Inquiry:
    return promised.asked(cast.agent, at=NOW - timedelta(days=1), **more)[0]


def dialled(inquiry: Inquiry, by: User, at: Any = NOW) -> Call:
    made, _code = announced(inquiry, by)
    return transitions.call_out(made.pk, actor=actor(by), at=at)


def ended(call: Call, by: User, **changes: Any) -> Call:
    wanted = {"ending": "settled", "text": "送り先をお伝えした", **changes}
    return transitions.end_call(call.pk, **wanted, actor=actor(by), at=LATER)


@pytest.mark.parametrize("who", ["agent", "supervisor", "operator"])
def test_announced_call_is_begun_timed_and_written_down_with_what_announced_it(cast: Cast, who: str) -> None:
    person, inquiry = getattr(cast, who), asked(cast)
    made, _code = announced(inquiry, person)
    before, mails = mark(), Notice.objects.count()
    call = transitions.call_out(made.pk, actor=actor(person), at=NOW)
    written = Event.objects.get(sequence__gt=before)
    assert (written.verb, written.subject, written.facts) == ("call.dialled", call.label, {"intention": made.pk})
    assert inquiry.label in written.about and NUMBER not in str(written.facts)
    assert (call.direction, call.inquiry, call.number, call.masked_number) == ("out", inquiry, NUMBER, "03-1111-****")
    ended(call, person)
    contact = Contact.objects.get(inquiry=inquiry, direction="out")
    assert (contact.by, contact.minutes, contact.intention, contact.reached) == (person, 7, made, True)
    assert verbs(before) == ["call.dialled", "call.ended"] and Notice.objects.count() == mails
    inquiry.refresh_from_db()
    assert inquiry.told_at == LATER


def test_one_announcement_is_one_call(cast: Cast) -> None:
    inquiry = asked(cast)
    made, _code = announced(inquiry, cast.agent)
    call = transitions.call_out(made.pk, actor=actor(cast.agent), at=NOW)
    ended(call, cast.agent)
    with pytest.raises(WrongState):
        transitions.call_out(made.pk, actor=actor(cast.agent), at=LATER)
    with pytest.raises(Refused):  # nor does it stand for a call that somebody writes down by hand
        transitions.note_contact(
            inquiry.pk,
            direction="out",
            channel="phone",
            party="claimant",
            minutes=0,
            text="",
            actor=actor(cast.agent),
            at=LATER,
        )


@pytest.mark.parametrize("who", ["supervisor", "operator", "approver", "hanako", "worker"])
def test_nobody_makes_the_call_of_somebody_else(cast: Cast, who: str) -> None:
    made, _code = announced(asked(cast), cast.agent)
    with pytest.raises(NotAllowed):
        transitions.call_out(made.pk, actor=actor(getattr(cast, who)), at=NOW)
    assert not Call.objects.exists()


@pytest.mark.parametrize("hours", [-1, 1])
def test_before_and_after_its_hour_nothing_is_dialled(cast: Cast, hours: int) -> None:
    made, _code = announced(asked(cast), cast.agent)
    with pytest.raises(WrongState):
        transitions.call_out(made.pk, actor=actor(cast.agent), at=NOW + timedelta(hours=hours))
    made.refresh_from_db()
    assert made.used_at is None


def test_cancelled_call_a_letter_and_a_matter_that_ended_are_not_dialled(cast: Cast) -> None:
    inquiry = asked(cast)
    cancelled = announced(inquiry, cast.agent)[0]
    transitions.cancel_call(cancelled.pk, actor=actor(cast.agent), at=NOW)
    letter, call = announced(inquiry, cast.agent, channel="letter")[0], announced(inquiry, cast.agent)[0]
    for one in (cancelled, letter):
        with pytest.raises(WrongState):
            transitions.call_out(one.pk, actor=actor(cast.agent), at=NOW)
    progress.close(inquiry.pk, stage=Inquiry.Stage.ANSWERED, at=NOW)
    with pytest.raises(WrongState):
        transitions.call_out(call.pk, actor=actor(cast.agent), at=NOW)
    assert not Call.objects.exists()


def test_whoever_wishes_for_no_calls_or_none_today_is_not_dialled(cast: Cast) -> None:
    inquiry = asked(cast)
    statement = inquiry.statement
    for changes in ({"own_phone": ""}, {"not_on": "2026-11-19 2026-11-20"}):
        said = type(statement)(**{**vars(statement), **changes})
        Inquiry.objects.filter(pk=inquiry.pk).update(sealed=said.sealed())
        with pytest.raises(WrongState):
            dialled(inquiry, cast.agent)


def test_call_that_nobody_answered_is_on_record_and_no_answer_of_ours(cast: Cast) -> None:
    inquiry = asked(cast)
    told = Inquiry.objects.get(pk=inquiry.pk).told_at
    ended(dialled(inquiry, cast.agent), cast.agent, ending="no_answer", text="留守番電話")
    contact = Contact.objects.get(inquiry=inquiry, direction="out")
    inquiry.refresh_from_db()
    assert (contact.reached, inquiry.told_at) == (False, told)
    assert counting._first_answer(inquiry, [contact], []) is None
    hold = Hold(pk=1, opened_at=NOW - timedelta(hours=1), promised_until=LATER + timedelta(hours=1))
    assert counting._promises([contact], [hold]) == (0, 0, hold.promised_until)
    ended(dialled(inquiry, cast.agent), cast.agent)
    contacts = list(Contact.objects.filter(inquiry=inquiry, direction="out"))
    assert counting._first_answer(inquiry, contacts, []) is not None
    assert counting._promises(contacts, [hold]) == (1, 0, None)


def test_nobody_answered_is_no_end_of_a_call_that_came_in(cast: Cast) -> None:
    call = transitions.begin_call(name="相田 透", number=NUMBER, actor=actor(cast.agent), at=NOW)
    with pytest.raises(Refused):
        transitions.end_call(call.pk, ending="no_answer", text="", actor=actor(cast.agent), at=LATER)


def test_on_a_call_nobody_dials_another(cast: Cast) -> None:
    inquiry = asked(cast)
    dialled(inquiry, cast.agent)
    second, _code = announced(inquiry, cast.agent)
    with pytest.raises(WrongState):
        transitions.call_out(second.pk, actor=actor(cast.agent), at=NOW)
    second.refresh_from_db()
    assert second.used_at is None  # nothing of it happened


def test_database_knows_no_call_out_without_its_announcement(cast: Cast) -> None:
    inquiry, who = asked(cast), {"by": cast.agent, "begun_by": cast.agent, "began_at": NOW}
    with pytest.raises(DatabaseError), transaction.atomic():
        Call.objects.create(direction="out", inquiry=inquiry, **who)


def test_from_the_console_announce_dial_and_end_with_the_number_masked_everywhere_else(cast: Cast) -> None:
    inquiry, client = asked(cast), sign_in(Client(), cast.agent)
    with time_machine.travel(NOW, tick=False):
        shown = client.get(f"/desk/console/{inquiry.receipt_number}/").content.decode()
        where = f"/desk/inquiries/{inquiry.receipt_number}/announce/"
        assert where in shown and 'data-key="p"' in shown
        token = "22222222-2222-4222-8222-222222222222"
        window = {"window_from": "2026-11-20T10:00", "window_until": "2026-11-20T20:00"}
        client.post(where, {"purpose": "inform", "channel": "phone", "token": token, **window})
        made = CallIntention.objects.get()
        listed = client.get("/desk/calls/announced/").content.decode()
        path = f"/desk/calls/announced/{made.pk}/dial/"
        assert path in listed and NUMBER not in listed
        page = client.post(path)
        assert page["Cache-Control"].startswith("max-age=0") and made.code in page.content.decode()
        assert f'href="tel:{NUMBER}"' in page.content.decode() and "03-1111-****" in page.content.decode()
        assert client.post(path).status_code == 409
        console = client.get("/desk/console/").content.decode()
        assert made.code in console and "03-1111-****" in console and NUMBER not in console
        assert "no_answer" in console
        assert path not in client.get("/desk/calls/announced/").content.decode()
        end = {"ending": "no_answer", "text": "留守番電話", "token": token.replace("2", "3")}
        assert client.post("/desk/console/end/", end).status_code == 302
    assert Call.objects.get().ending == "no_answer"
    assert sign_in(Client(), cast.supervisor).post(path).status_code == 404


def test_list_of_announced_calls_costs_the_same_for_one_and_three(cast: Cast) -> None:
    inquiry, counted, who = asked(cast), list[int](), actor(cast.agent)
    for more in (1, 2):
        for _one in range(more):
            announced(inquiry, cast.agent)
        with CaptureQueriesContext(connection) as caught:
            assert len(queries.own_intentions(who, NOW)) in (1, 3)
        counted.append(len(caught))
    assert counted == [1, 1]
