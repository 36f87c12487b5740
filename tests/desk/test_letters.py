"""Letters in and out: what each act leaves behind, who may, what is due, and what the desk must not read."""

import re
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from accounts.errors import NotAllowed, Refused, WrongState
from accounts.models import User
from audit.models import Event
from desk import clock, queries, registered, transitions
from desk.models import Contact, FormalAnswer, Inquiry, PostLetter, Statement
from tests.announced import announced
from tests.cast import Cast, actor, sign_in
from tests.letterbox import mails
from tests.seen import mark, notices, verbs
from tests.stock import NOW, TODAY

pytestmark = pytest.mark.django_db(transaction=True)

NUMBER = "131-12-38385-2"
DUE = date(2026, 11, 30)  # five business days after 20 November: 23 November is a holiday


def asked(cast: Cast, topic: str = "question") -> Inquiry:
    made, _tracking = transitions.open_inquiry(
        topic=topic,
        statement=Statement(name="相田 透", own_phone="03-1111-2222"),
        capacity="unknown",
        answer_by="phone",
        language="ja",
        actor=actor(cast.agent),
        at=NOW,
    )
    return made


def came(cast: Cast, inquiry: Inquiry, *, by: User | None = None, **changes: Any) -> PostLetter:
    wanted: dict[str, Any] = {
        "kind": "question",
        "sender": "𠮷田商店 髙橋",
        "party": "claimant",
        "registered_number": NUMBER,
        "received_on": TODAY,
        "owner": cast.agent,
        **changes,
    }
    return transitions.note_letter_in(inquiry.pk, **wanted, actor=actor(by or cast.agent), at=NOW)


def sent(cast: Cast, inquiry: Inquiry, *, by: User | None = None, **changes: Any) -> PostLetter:
    if by in (None, cast.agent, cast.supervisor):  # others announce nothing either
        announced(inquiry, by or cast.operator, channel="letter")
    wanted: dict[str, Any] = {
        "kind": "asking",
        "party": "claimant",
        "registered_number": "",
        "sent_on": TODAY,
        "due_on": TODAY + timedelta(days=7),
        **changes,
    }
    return transitions.note_letter_out(inquiry.pk, **wanted, actor=actor(by or cast.operator), at=NOW)


# Numbers -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("131-12-38385-2", "13112383852"),
        ("１３１－１２－３８３８５－２", "13112383852"),
        ("1311 2383 852", "13112383852"),
        ("1234-5678-9014", None),
        ("131-12-38385-3", None),
        ("131-12-38358-2", None),
        ("12345", None),
        ("RR473124829JP", "RR473124829JP"),
        ("RR473124828JP", None),
        ("", None),
    ],
)
def test_number_is_told_by_form_and_check_digit(typed: str, kept: str | None) -> None:
    assert registered.find_number(typed) == kept


def test_number_is_shown_as_the_post_writes_it() -> None:
    assert registered.grouped("13112383852") == NUMBER
    assert registered.grouped("123456789012") == "1234-5678-9012"
    assert registered.grouped("RR473124829JP") == "RR473124829JP"


# Coming in -----------------------------------------------------------------------------------------------------------


def test_agent_notes_a_letter_with_its_due_date_event_and_contact(cast: Cast) -> None:
    inquiry, before = asked(cast), mark()
    made = came(cast, inquiry)
    assert (made.direction, made.status, made.due_on, made.registered_number) == ("in", "open", DUE, "13112383852")
    assert made.sender == "𠮷田商店 髙橋"
    assert made.sealed_from is not None and "髙橋".encode() not in bytes(made.sealed_from)
    written = Event.objects.get(sequence__gt=before)
    assert (written.verb, written.actor, written.subject) == ("post.received", cast.agent.label, inquiry.label)
    assert written.facts == {
        "letter": made.pk,
        "kind": "question",
        "due": DUE.isoformat(),
        "owner": cast.agent.label,
    }
    noted = Contact.objects.filter(inquiry=inquiry).latest("pk")
    assert (noted.direction, noted.channel, noted.party, noted.by) == ("in", "letter", "claimant", cast.agent)
    assert notices(before) == []


@pytest.mark.parametrize(("kind", "days"), [("complaint", 3), ("official", 3), ("papers", 5), ("request", 5)])
def test_due_date_follows_from_the_kind(cast: Cast, kind: str, days: int) -> None:
    made = came(cast, asked(cast), kind=kind)
    assert made.due_on == {3: date(2026, 11, 26), 5: DUE}[days]


@pytest.mark.parametrize("who", ["hanako", "worker", "approver", "senior", "editor", "auditor"])
def test_others_note_no_letters(cast: Cast, who: str) -> None:
    inquiry = asked(cast)
    before = mark()
    with pytest.raises(NotAllowed):
        came(cast, inquiry, by=getattr(cast, who))
    with pytest.raises(NotAllowed):
        sent(cast, inquiry, by=getattr(cast, who))
    assert (PostLetter.objects.count(), verbs(before)) == (0, [])


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"registered_number": "131-12-38385-4"}, "registered_number"),
        ({"received_on": TODAY + timedelta(days=1)}, "received_on"),
        ({"kind": "answer"}, "kind"),
        ({"kind": "else"}, "kind"),
    ],
)
def test_letter_that_cannot_be_is_refused_at_its_field(cast: Cast, changes: dict[str, Any], field: str) -> None:
    inquiry = asked(cast)
    before = mark()
    with pytest.raises(Refused) as refused:
        came(cast, inquiry, **changes)
    assert list(refused.value.fields) == [field]
    with pytest.raises(Refused):
        came(cast, inquiry, owner=cast.taro)
    assert (PostLetter.objects.count(), verbs(before)) == (0, [])


def test_nothing_is_noted_of_a_closed_matter(cast: Cast) -> None:
    inquiry = asked(cast)
    Inquiry.objects.filter(pk=inquiry.pk).update(status="closed", closed_at=NOW, next_on=None)
    with pytest.raises(WrongState):
        came(cast, inquiry)
    with pytest.raises(WrongState):
        sent(cast, inquiry)


# Going out -----------------------------------------------------------------------------------------------------------


def test_operator_notes_a_letter_that_leaves(cast: Cast) -> None:
    inquiry, before = asked(cast), mark()
    made = sent(cast, inquiry, registered_number=NUMBER)
    assert (made.direction, made.status, made.due_on) == ("out", "open", TODAY + timedelta(days=7))
    assert (made.owner, made.sender) == (cast.operator, "")
    assert verbs(before) == ["intention.announced", "post.sent"]
    written = Event.objects.get(sequence__gt=before, verb="post.sent")
    assert (written.verb, written.subject) == ("post.sent", inquiry.label)
    assert written.facts == {"letter": made.pk, "kind": "asking", "due": "2026-11-27"}


def test_nothing_is_due_on_a_letter_that_only_leaves(cast: Cast) -> None:
    made = sent(cast, asked(cast), kind="returning", due_on=None)
    assert (made.status, made.due_on) == ("answered", None)


def test_agency_notes_nothing_that_leaves(cast: Cast) -> None:
    inquiry = asked(cast)
    for who in (cast.agent, cast.supervisor):
        with pytest.raises(NotAllowed):
            sent(cast, inquiry, by=who)
    with pytest.raises(Refused):
        sent(cast, inquiry, due_on=TODAY)
    with pytest.raises(Refused):
        sent(cast, inquiry, kind="question")
    assert PostLetter.objects.count() == 0


# Ending --------------------------------------------------------------------------------------------------------------


def test_letter_is_answered_once(cast: Cast) -> None:
    made = came(cast, asked(cast))
    before = mark()
    with pytest.raises(Refused):
        transitions.close_letter(made.pk, status="returned", actor=actor(cast.agent), at=NOW)
    with pytest.raises(NotAllowed):
        transitions.close_letter(made.pk, status="answered", actor=actor(cast.approver), at=NOW)
    transitions.close_letter(made.pk, status="answered", actor=actor(cast.supervisor), at=NOW)
    made.refresh_from_db()
    assert (made.status, made.closed_by) == ("answered", cast.supervisor)
    assert Event.objects.get(sequence__gt=before).facts == {"letter": made.pk, "kind": "question", "status": "answered"}
    with pytest.raises(WrongState):
        transitions.close_letter(made.pk, status="answered", actor=actor(cast.agent), at=NOW)
    assert verbs(before) == ["post.closed"]


def test_only_an_operator_says_what_became_of_what_left(cast: Cast) -> None:
    made = sent(cast, asked(cast))
    with pytest.raises(NotAllowed):
        transitions.close_letter(made.pk, status="returned", actor=actor(cast.agent), at=NOW)
    transitions.close_letter(made.pk, status="returned", actor=actor(cast.colleague), at=NOW)
    made.refresh_from_db()
    assert made.status == "returned"


# Overdue -------------------------------------------------------------------------------------------------------------


def test_late_letter_is_told_once_to_supervisor_and_provider(cast: Cast) -> None:
    made = came(cast, asked(cast))
    last = NOW + timedelta(days=10)  # 30 November: due that day
    assert clock.climb_letters(at=last) == 0
    before = mark()
    assert clock.climb_letters(at=last + timedelta(days=1)) == 1
    assert verbs(before) == ["post.late"]
    assert notices(before) == sorted([("letter_late", cast.supervisor.label), ("letter_late", cast.senior.label)])
    assert clock.climb_letters(at=last + timedelta(days=2)) == 0
    body = mails("letter_late")[0]["body"]
    assert made.inquiry.receipt_number in body and "髙橋" not in body and "13112383852" not in body


def test_answered_letter_is_never_late(cast: Cast) -> None:
    made = came(cast, asked(cast))
    transitions.close_letter(made.pk, status="answered", actor=actor(cast.agent), at=NOW)
    assert clock.climb_letters(at=NOW + timedelta(days=60)) == 0


def test_nobody_but_the_clock_tells(cast: Cast) -> None:
    made = came(cast, asked(cast))
    with pytest.raises(NotAllowed):
        transitions.tell_late_letter(made.pk, actor=actor(cast.senior), at=NOW + timedelta(days=60))
    with pytest.raises(WrongState):
        transitions.tell_late_letter(made.pk, actor=clock.CLOCK, at=NOW)


# What the desk reads -------------------------------------------------------------------------------------------------


def test_desk_reads_nothing_of_what_left_for_a_recovery(cast: Cast) -> None:
    """It may have gone to an address on record, so it would tell that there is one (invariant 22)."""
    claim = asked(cast)
    Inquiry.objects.filter(pk=claim.pk).update(topic="recovery")
    came(cast, claim)
    sent(cast, claim, registered_number=NUMBER, due_on=TODAY + timedelta(days=1))
    for who, seen in ((cast.agent, ["in"]), (cast.supervisor, ["in"]), (cast.operator, ["in", "out"])):
        lines = queries.letters_of(claim, actor(who), NOW)
        assert sorted(line.letter.direction for line in lines) == seen
        found = queries.with_number(actor(who), NUMBER, NOW)
        assert sorted(line.letter.direction for line in found) == seen
    assert queries.due_letters([claim.pk], actor(cast.agent)) == {claim.pk: DUE}
    assert queries.due_letters([claim.pk], actor(cast.operator)) == {claim.pk: TODAY + timedelta(days=1)}
    PostLetter.objects.filter(direction="in").update(told_at=NOW)
    PostLetter.objects.filter(direction="out").update(owner=cast.agent)
    before = mark()
    assert clock.climb_letters(at=NOW + timedelta(days=30)) == 1
    assert notices(before) == [("letter_late", cast.senior.label)]


def test_pages_show_what_is_due_and_find_a_number(cast: Cast, client: Client) -> None:
    inquiry = asked(cast)
    came(cast, inquiry)
    sign_in(client, cast.agent)
    for path in ("/desk/post/", "/desk/post/?number=13112383852", "/desk/", f"/desk/inquiries/{inquiry}/"):
        text = client.get(path).content.decode()
        assert "30 November 2026" in text or "11月30日" in text, path
    text = client.get("/desk/post/?number=131-12-38385-3").content.decode()
    assert "この番号の" in text or "No letter has this number." in text


@pytest.mark.parametrize("count", [1, 3])
def test_register_takes_one_query(cast: Cast, django_assert_num_queries: Any, count: int) -> None:
    for _number in range(count):
        came(cast, asked(cast))
    reader = actor(cast.agent)
    with django_assert_num_queries(1):
        assert len(queries.register(reader, NOW)) == count


@pytest.mark.parametrize("model", [PostLetter, FormalAnswer])
def test_what_is_on_record_of_one_matter_is_asked_by_its_own_row(cast: Cast, model: Any) -> None:
    """However many other matters there are: all that the reader may see is worked out for none of them.

    What is listed are the reader's own running call and announced calls, by an index of both.
    """
    plan = model.objects.visible_to(actor(cast.agent), NOW).filter(inquiry=asked(cast)).explain()
    listed = re.findall(r"LIST SUBQUERY \d+\n.*INDEX desk_(?:call_one_running|intention_own) \(by_id=", plan)
    assert plan.count("LIST SUBQUERY") == len(listed), plan
    assert "CORRELATED" in plan or connection.vendor == "postgresql", plan


def test_form_notes_once_and_shows_a_wrong_number(cast: Cast, client: Client) -> None:
    inquiry = asked(cast)
    sign_in(client, cast.agent)
    path = f"/desk/inquiries/{inquiry}/letters/in/"
    data: dict[str, Any] = {
        "kind": "question",
        "sender": "相田",
        "party": "claimant",
        "registered_number": "131-12-38385-9",
        "received_on": TODAY.isoformat(),
        "owner": cast.agent.pk,
        "token": "1b4e28ba-2fa1-41d2-883f-0016d3cca427",
    }
    assert client.post(path, data).status_code == 200
    assert PostLetter.objects.count() == 0
    good = {**data, "registered_number": "", "token": "1b4e28ba-2fa1-41d2-883f-0016d3cca428"}
    for _press in range(2):
        assert client.post(path, good).status_code == 302
    assert PostLetter.objects.count() == 1
