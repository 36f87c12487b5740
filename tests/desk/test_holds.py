"""Contacts and promises: what each act leaves behind, who may, and that a promise without its parts cannot exist."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from accounts.errors import NotAllowed, Refused, WrongState
from accounts.models import User
from audit.models import Event
from desk import progress, transitions
from desk.models import Contact, Hold, Inquiry, Statement
from outbox import cipher
from tests.cast import Cast, actor
from tests.seen import mark, verbs
from tests.stock import NOW, TODAY

pytestmark = pytest.mark.django_db(transaction=True)
AGREED = {"agreed_by": "相田 透", "agreed_how": "phone"}


def inquired() -> Inquiry:
    """Somebody asked."""
    with transaction.atomic():
        return progress.take_in(
            came_by="phone",
            statement=Statement(organisation_name="青葉商事"),
            capacity="customer",
            answer_by="phone",
            language="ja",
            tracking_code=progress.new_tracking_code(),
            next_on=TODAY,
            at=NOW,
        )


def held(cast: Cast, inquiry: Inquiry, *, by: User | None = None, **changes: Any) -> Hold:
    wanted: dict[str, Any] = {
        "reason": "call_back",
        "owner": cast.agent,
        "next_action": "call",
        "promised_from": NOW + timedelta(days=3),
        "promised_until": NOW + timedelta(days=3, hours=2),
        "wish": "折り返しの電話",
        **changes,
    }
    return transitions.hold(inquiry.pk, **wanted, actor=actor(by or cast.agent), at=NOW)


def noted(cast: Cast, inquiry: Inquiry, by: User) -> Contact:
    return transitions.note_contact(
        inquiry.pk,
        direction="in",
        channel="phone",
        party="claimant",
        minutes=7,
        text="書類の届け先のご質問",
        actor=actor(by),
        at=NOW,
    )


# Contacts ------------------------------------------------------------------------------------------------------------


def test_agent_notes_a_contact_with_one_event_and_words_encrypted(cast: Cast) -> None:
    inquiry, before = inquired(), mark()
    made = noted(cast, inquiry, cast.agent)
    assert (made.by, made.minutes, made.note) == (cast.agent, 7, "書類の届け先のご質問")
    assert "書類".encode() not in bytes(made.sealed_note)
    written = Event.objects.get(sequence__gt=before)
    assert (written.verb, written.actor, written.subject) == ("contact.noted", cast.agent.label, inquiry.label)
    assert written.facts == {"direction": "in", "channel": "phone", "party": "claimant", "minutes": 7}


@pytest.mark.parametrize("who", ["hanako", "worker", "approver", "senior", "editor", "auditor"])
def test_others_note_nothing_and_promise_nothing(cast: Cast, who: str) -> None:
    inquiry, before = inquired(), mark()
    with pytest.raises(NotAllowed):
        noted(cast, inquiry, getattr(cast, who))
    with pytest.raises(NotAllowed):
        held(cast, inquiry, by=getattr(cast, who))
    assert (Contact.objects.count(), Hold.objects.count(), verbs(before)) == (0, 0, [])


def test_nobody_notes_a_contact_of_a_closed_matter(cast: Cast) -> None:
    inquiry = inquired()
    progress.close(inquiry.pk, stage=Inquiry.Stage.WITHDRAWN, at=NOW)
    with pytest.raises(WrongState):
        noted(cast, inquiry, cast.agent)
    with pytest.raises(WrongState):
        held(cast, inquiry)


# Promises ------------------------------------------------------------------------------------------------------------


def test_agent_promises_and_the_inquirer_has_a_next_date(cast: Cast) -> None:
    inquiry, before = inquired(), mark()
    made = held(cast, inquiry)
    inquiry.refresh_from_db()
    assert (inquiry.status, inquiry.next_on) == (Inquiry.Status.HELD, TODAY + timedelta(days=3))
    assert (made.wish, made.closed_at) == ("折り返しの電話", None)
    written = Event.objects.get(sequence__gt=before)
    assert (written.verb, written.subject) == ("hold.opened", inquiry.label)
    assert written.facts == {
        "reason": "call_back",
        "next_action": "call",
        "owner": cast.agent.label,
        "until": (NOW + timedelta(days=3, hours=2)).isoformat(),
    }


def test_new_promise_follows_the_old_one(cast: Cast) -> None:
    inquiry = inquired()
    first = held(cast, inquiry)
    second = held(cast, inquiry, owner=cast.operator)
    first.refresh_from_db()
    assert (first.outcome, first.closed_by) == (Hold.Outcome.FOLLOWED, cast.agent)
    assert Hold.objects.get(closed_at=None) == second


def test_promise_is_over_when_its_time_is(cast: Cast) -> None:
    made = held(cast, inquired())
    assert not made.is_overdue(made.promised_until)
    assert made.is_overdue(made.promised_until + timedelta(seconds=1))


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"promised_until": NOW + timedelta(days=3)}, "promised_until"),
        ({"promised_from": NOW - timedelta(hours=1)}, "promised_until"),
    ],
)
def test_promise_of_no_time_or_a_time_gone_is_refused(cast: Cast, changes: dict[str, Any], field: str) -> None:
    inquiry = inquired()
    with pytest.raises(Refused) as refused:
        held(cast, inquiry, **changes)
    assert list(refused.value.fields) == [field]
    assert not Hold.objects.exists()


@pytest.mark.parametrize("who", ["hanako", "worker"])
def test_promise_owned_by_an_outsider_is_refused(cast: Cast, who: str) -> None:
    inquiry = inquired()
    with pytest.raises(Refused) as refused:
        held(cast, inquiry, owner=getattr(cast, who))
    assert list(refused.value.fields) == ["owner"]
    assert not Hold.objects.exists()


@pytest.mark.parametrize(
    "missing",
    [
        {"owner": None},
        {"reason": ""},
        {"next_action": ""},
        {"promised_from": None},
        {"promised_until": None},
        {"promised_until": NOW},
    ],
    ids=["owner", "reason", "next action", "from", "until", "no time between"],
)
def test_database_holds_no_promise_without_all_its_parts(cast: Cast, missing: dict[str, Any]) -> None:
    """Whatever wrote it: invariant 26 does not hang on one function."""
    whole: dict[str, Any] = {
        "inquiry": inquired(),
        "reason": "call_back",
        "owner": cast.agent,
        "next_action": "call",
        "promised_from": NOW,
        "promised_until": NOW + timedelta(hours=1),
        "sealed_wish": cipher.encrypt(""),
        "opened_by": cast.agent,
        "opened_at": NOW,
    }
    with pytest.raises(DatabaseError), transaction.atomic():
        Hold.objects.create(**{**whole, **missing})
    Hold.objects.create(**whole)
    with pytest.raises(DatabaseError), transaction.atomic():
        Hold.objects.create(**whole)  # a second open one


def test_agreed_promise_is_closed_and_the_next_word_is_due(cast: Cast) -> None:
    inquiry = inquired()
    made, before = held(cast, inquiry), mark()
    transitions.close_hold(made.pk, outcome="agreed", **AGREED, actor=actor(cast.supervisor), at=NOW)
    made.refresh_from_db()
    inquiry.refresh_from_db()
    assert (made.outcome, made.closed_by, made.closed_at) == ("agreed", cast.supervisor, NOW)
    # Five business days after Friday 20 November, over the holiday of the 23rd.
    assert (inquiry.status, str(inquiry.next_on)) == (Inquiry.Status.OPEN, "2026-11-30")
    written = Event.objects.get(sequence__gt=before)
    assert (written.verb, written.facts) == ("hold.closed", {"outcome": "agreed", "how": "phone"})


def test_promise_is_closed_once(cast: Cast) -> None:
    inquiry = inquired()
    made = held(cast, inquiry)
    transitions.close_hold(made.pk, outcome="agreed", **AGREED, actor=actor(cast.agent), at=NOW)
    before = mark()
    with pytest.raises(WrongState):
        transitions.close_hold(made.pk, outcome="agreed", **AGREED, actor=actor(cast.agent), at=NOW)
    held(cast, inquiry)  # held again: the old one stays closed
    with pytest.raises(WrongState):
        transitions.close_hold(made.pk, outcome="agreed", **AGREED, actor=actor(cast.agent), at=NOW)
    assert verbs(before) == ["hold.opened"]


@pytest.mark.parametrize("outcome", ["decided", "followed", "", "else"])
def test_nobody_closes_a_promise_without_the_inquirer(cast: Cast, outcome: str) -> None:
    made = held(cast, inquired())
    with pytest.raises(Refused):
        transitions.close_hold(made.pk, outcome=outcome, **AGREED, actor=actor(cast.agent), at=NOW)
    assert Hold.objects.get().closed_at is None


def test_approver_closes_no_promise(cast: Cast) -> None:
    made = held(cast, inquired())
    with pytest.raises(NotAllowed):
        transitions.close_hold(made.pk, outcome="agreed", **AGREED, actor=actor(cast.approver), at=NOW)
