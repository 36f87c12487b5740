"""Calls and letters are announced before they are made: who may, how long, and that none is noted without."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import DatabaseError, transaction
from django.test import Client

from accounts.errors import NotAllowed, Refused, WrongState
from audit.models import Event
from desk import announcing, progress, transitions
from desk.models import CallIntention, Contact, Inquiry
from tests.announced import announced
from tests.cast import Cast, actor, sign_in
from tests.desk.test_holds import inquired
from tests.seen import mark, notices, verbs
from tests.stock import NOW

pytestmark = pytest.mark.django_db(transaction=True)

HOUR = timedelta(hours=1)


def announce(cast: Cast, inquiry: Inquiry, *, who: str = "agent", **changes: Any) -> tuple[CallIntention, str]:
    wanted: dict[str, Any] = {
        "purpose": "inform",
        "channel": "phone",
        "window_from": NOW,
        "window_until": NOW + HOUR,
        **changes,
    }
    return transitions.announce_call(inquiry.pk, **wanted, actor=actor(getattr(cast, who)), at=NOW)


def called(cast: Cast, inquiry: Inquiry, *, who: str = "agent", at: Any = NOW, **changes: Any) -> Contact:
    wanted: dict[str, Any] = {
        "direction": "out",
        "channel": "phone",
        "party": "claimant",
        "minutes": 0,
        "text": "進み具合のご連絡",
        **changes,
    }
    return transitions.note_contact(inquiry.pk, **wanted, actor=actor(getattr(cast, who)), at=at)


def test_agent_announces_and_the_code_is_kept_by_print_and_encrypted(cast: Cast) -> None:
    inquiry, before = inquired(), mark()
    made, code = announce(cast, inquiry)
    assert len(code) == 8 and code.isdecimal()
    assert (made.by, made.staff_code, made.topic) == (cast.agent, "S-agent", "recovery")
    assert made.code == f"{code[:4]} {code[4:]}"
    assert code not in made.code_print and code.encode() not in bytes(made.sealed_code)
    written = Event.objects.get(sequence__gt=before)
    assert (written.verb, written.subject, inquiry.label in written.about) == ("intention.announced", made.label, True)
    assert written.facts == {"purpose": "inform", "channel": "phone", "until": (NOW + HOUR).isoformat()}
    assert code not in str(written.facts) and notices(before) == []


@pytest.mark.parametrize("who", ["hanako", "worker", "approver", "senior", "editor", "auditor"])
def test_others_announce_nothing(cast: Cast, who: str) -> None:
    with pytest.raises(NotAllowed):
        announce(cast, inquired(), who=who)
    assert not CallIntention.objects.exists()


def test_nobody_announces_a_call_about_a_closed_matter(cast: Cast) -> None:
    inquiry = inquired()
    progress.close(inquiry.pk, stage=Inquiry.Stage.WITHDRAWN, at=NOW)
    with pytest.raises(WrongState):
        announce(cast, inquiry)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"window_until": NOW}, "window_until"),
        ({"window_from": NOW - 2 * HOUR, "window_until": NOW - HOUR}, "window_until"),
        ({"window_until": NOW + 13 * HOUR}, "window_until"),
        ({"window_from": NOW + timedelta(days=32), "window_until": NOW + timedelta(days=32, hours=1)}, "window_until"),
        ({"purpose": "code"}, "purpose"),
        ({"purpose": "sell"}, "purpose"),
        ({"channel": "mail"}, "channel"),
    ],
)
def test_window_and_lists_are_kept(cast: Cast, changes: dict[str, Any], field: str) -> None:
    with pytest.raises(Refused) as refused:
        announce(cast, inquired(), **changes)
    assert list(refused.value.fields) == [field]
    assert not CallIntention.objects.exists()


def test_letter_by_hand_answers_as_long_as_a_printed_one(cast: Cast) -> None:
    made, _code = announce(cast, inquired(), channel="letter")
    assert made.window_until == NOW + announcing.LETTER_LIFE
    assert called(cast, Inquiry.objects.get(), channel="letter").intention == made


# Calls that are written down ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("channel", ["phone", "video", "letter"])
def test_nothing_of_ours_is_written_down_that_was_not_announced(cast: Cast, channel: str) -> None:
    inquiry, before = inquired(), mark()
    with pytest.raises(Refused) as refused:
        called(cast, inquiry, channel=channel)
    assert str(refused.value.words) == announcing.missing(channel)
    assert (Contact.objects.count(), verbs(before)) == (0, [])


def test_announced_call_is_written_down_once(cast: Cast) -> None:
    inquiry = inquired()
    made, _code = announced(inquiry, cast.agent)
    contact = called(cast, inquiry, minutes=5)
    made.refresh_from_db()
    assert (contact.intention, made.used_at) == (made, NOW)
    with pytest.raises(Refused):
        called(cast, inquiry)


@pytest.mark.parametrize("direction,channel", [("in", "phone"), ("out", "mail"), ("in", "letter")])
def test_what_is_no_call_of_ours_needs_none(cast: Cast, direction: str, channel: str) -> None:
    assert called(cast, inquired(), direction=direction, channel=channel).intention is None


@pytest.mark.parametrize(
    ("changes", "minutes"),
    [
        ({"who": "operator"}, 0),
        ({"channel": "video"}, 0),
        ({"window_from": NOW + HOUR, "window_until": NOW + 2 * HOUR}, 0),
        ({}, 1),  # the call began before it was announced
    ],
    ids=["somebody else's", "another way", "not open yet", "announced in the call"],
)
def test_another_announcement_is_none(cast: Cast, changes: dict[str, Any], minutes: int) -> None:
    inquiry = inquired()
    announce(cast, inquiry, **changes)
    with pytest.raises(Refused):
        called(cast, inquiry, minutes=minutes)


def test_announcement_for_another_matter_is_none(cast: Cast) -> None:
    announce(cast, inquired())
    with pytest.raises(Refused):
        called(cast, inquired())


def test_call_is_written_down_up_to_two_hours_after_its_window(cast: Cast) -> None:
    inquiry = inquired()
    announce(cast, inquiry)
    with pytest.raises(Refused):
        called(cast, inquiry, at=NOW + HOUR + announcing.WRITING_DOWN)
    assert called(cast, inquiry, at=NOW + HOUR + announcing.WRITING_DOWN - timedelta(seconds=1))


@pytest.mark.parametrize("channel", ["phone", "video"])
def test_no_act_writes_a_call_of_ours_without_its_announcement(cast: Cast, channel: str) -> None:
    """Whichever act of the house it is: they all write contacts through one function (invariant 27)."""
    inquiry = inquired()
    facts = {"direction": "out", "channel": channel, "party": "claimant", "by": cast.agent}
    with pytest.raises(ValueError, match="without the intention"), transaction.atomic():
        progress.note(inquiry.pk, text="", at=NOW, **facts)


def test_database_keeps_no_call_before_its_announcement(cast: Cast) -> None:
    made, _code = announce(cast, inquired())
    for wrong in (
        {"used_at": NOW - timedelta(seconds=1)},
        {"used_at": NOW, "cancelled_at": NOW},
        {"window_until": NOW},
        {"by": None},
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            CallIntention.objects.filter(pk=made.pk).update(**wrong)


def test_two_calls_never_have_one_code(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    drawn = iter([7, 7, 8])
    monkeypatch.setattr(announcing.secrets, "randbelow", lambda most: next(drawn))
    inquiry = inquired()
    assert [announce(cast, inquiry)[1] for _call in range(2)] == ["00000007", "00000008"]


# Cancelling -----------------------------------------------------------------------------------------------------------


def test_cancelled_call_cannot_be_made_nor_cancelled_again(cast: Cast) -> None:
    inquiry = inquired()
    made, _code = announce(cast, inquiry)
    before = mark()
    transitions.cancel_call(made.pk, actor=actor(cast.agent), at=NOW)
    written = Event.objects.get(sequence__gt=before)
    assert (written.verb, written.facts) == ("intention.cancelled", {"purpose": "inform"})
    with pytest.raises(Refused):
        called(cast, inquiry)
    with pytest.raises(WrongState):
        transitions.cancel_call(made.pk, actor=actor(cast.agent), at=NOW)


@pytest.mark.parametrize("who", ["supervisor", "operator", "senior", "hanako"])
def test_nobody_cancels_another_ones_call(cast: Cast, who: str) -> None:
    made, _code = announce(cast, inquired())
    with pytest.raises(NotAllowed):
        transitions.cancel_call(made.pk, actor=actor(getattr(cast, who)), at=NOW)


def test_call_whose_time_is_over_is_not_cancelled(cast: Cast) -> None:
    made, _code = announce(cast, inquired())
    with pytest.raises(WrongState):
        transitions.cancel_call(made.pk, actor=actor(cast.agent), at=NOW + HOUR)


# Pages ----------------------------------------------------------------------------------------------------------------


def test_agent_announces_on_the_page_reads_the_code_and_cancels(cast: Cast) -> None:
    inquiry = inquired()
    client = sign_in(Client(), cast.agent)
    given = {
        "purpose": "call_back",
        "channel": "phone",
        "window_from": "2026-11-20T10:00",
        "window_until": "2026-11-20T12:00",
        "token": "11111111-1111-4111-8111-111111111111",
    }
    with time_machine.travel(NOW, tick=False):
        address = f"/desk/inquiries/{inquiry.receipt_number}/announce/"
        assert client.get(address).status_code == 200
        wrong = {**given, "window_until": "2026-11-20T09:00", "token": "11111111-1111-4111-8111-111111111112"}
        assert client.post(address, wrong).status_code == 200
        for _press in range(2):
            assert client.post(address, given)["Location"] == "/desk/calls/announced/"
        made = CallIntention.objects.get()
        assert made.code in client.get("/desk/calls/announced/").content.decode()
        others = sign_in(Client(), cast.supervisor)
        assert made.code not in others.get("/desk/calls/announced/").content.decode()
        assert others.post(f"/desk/calls/announced/{made.pk}/cancel/").status_code == 404
        client.post(f"/desk/calls/announced/{made.pk}/cancel/")
        assert made.code not in client.get("/desk/calls/announced/").content.decode()


def test_refused_contact_says_what_to_do_and_can_be_sent_again(cast: Cast) -> None:
    inquiry = inquired()
    client = sign_in(Client(), cast.agent)
    given = {
        "direction": "out",
        "channel": "phone",
        "party": "claimant",
        "minutes": 0,
        "text": "進み具合",
        "token": "11111111-1111-4111-8111-111111111111",
    }
    address = f"/desk/inquiries/{inquiry.receipt_number}/contacts/"
    with time_machine.travel(NOW, tick=False):
        shown = client.post(address, given)
        assert shown.status_code == 200 and not Contact.objects.exists()
        announced(inquiry, cast.agent)
        again = {**given, "token": shown.context["form"]["token"].value()}
        assert client.post(address, again).status_code == 302
    assert Contact.objects.count() == 1


@pytest.mark.parametrize("count", [1, 3])
def test_list_of_own_calls_takes_one_query(cast: Cast, count: int, django_assert_num_queries: Any) -> None:
    from desk import queries

    for _call in range(count):
        announce(cast, inquired())
    who = actor(cast.agent)
    with django_assert_num_queries(1):
        assert len([one.inquiry.receipt_number for one in queries.own_intentions(who, NOW) if one.inquiry]) == count
