"""The inquirer does not agree that it is settled, and says so on the status page: a new promise with an owner."""

from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.actors import Actor
from accounts.errors import NotAllowed, Refused, WrongState
from accounts.models import Membership
from audit.models import Event
from audit.record import Public
from desk import clock, closing, transitions
from desk.models import Closing, Hold, Inquiry
from desk.queries import status
from outbox.models import Notice
from tests import claims
from tests.cast import Cast, actor
from tests.desk import written
from tests.desk.billed import token
from tests.desk.promised import another_agent, asked, held
from tests.letterbox import mails
from tests.seen import mark, notices, verbs
from tests.stock import NOW

pytestmark = pytest.mark.django_db(transaction=True)
LATER = NOW + timedelta(days=30)
WORDS = "まだ請求書が前の住所に届きます"
ADDRESS = "/recover/inquiry/again/"


def ended(cast: Cast, *, by: str = "agent", **asking: Any) -> tuple[Inquiry, str]:
    """A matter that an agent had promised to come back about, and closed with the inquirer's agreement, as said."""
    inquiry, code = asked(cast.agent, **asking)
    held(inquiry, cast.agent)
    transitions.close_inquiry(
        inquiry.pk,
        ground="agreed",
        agreed_by="相田 透",
        agreed_how="phone",
        actor=actor(getattr(cast, by)),
        at=NOW + timedelta(days=1),
    )
    inquiry.refresh_from_db()
    return inquiry, code


def taken_up(inquiry: Inquiry, *, who: Actor | Public | None = None, at: datetime = LATER, words: str = WORDS) -> Hold:
    return transitions.take_up_again(inquiry.pk, words=words, actor=who or Public(), at=at)  # the page asked for codes


def opened(inquiry: Inquiry, code: str, *, at: datetime) -> Client:
    client = Client()
    with time_machine.travel(at, tick=False):
        client.post("/recover/status/", {"number": inquiry.receipt_number, "tracking": code})
    return client


def test_words_become_a_promise_of_whoever_had_it_last(cast: Cast) -> None:
    inquiry, _code = ended(cast, mail="toru@example.jp", answer_by="mail")
    before = mark()
    made = taken_up(inquiry)
    inquiry.refresh_from_db()
    assert (made.owner, made.wish, made.reason, made.next_action) == (cast.agent, WORDS, "taken_up", "mail")
    assert WORDS.encode() not in bytes(made.sealed_wish)
    assert (inquiry.status, inquiry.stage, inquiry.turn) == ("held", "looking", "desk")
    assert (inquiry.closed_at, inquiry.reopened_at) == (None, LATER)
    # Sunday 20 December: two business days later is Tuesday the 22nd.
    assert timezone.localtime(made.promised_until).isoformat() == "2026-12-22T18:00:00+09:00"
    assert str(inquiry.next_on) == "2026-12-22"
    assert verbs(before) == ["inquiry.taken_up_again"]
    facts = {"owner": cast.agent.label, "until": made.promised_until.isoformat(), "next_action": "mail"}
    assert Event.objects.get(sequence__gt=before).facts == facts
    assert notices(before) == [("inquiry_taken_up", cast.agent.label), ("inquiry_update", inquiry.label)]
    body = mails("inquiry_taken_up")[0]["body"]
    assert inquiry.receipt_number in body and WORDS not in body
    last = Closing.objects.get()
    assert (last.reopened_at, last.reopened_by) == (LATER, None)
    assert clock.run(at=made.promised_until + timedelta(minutes=1))["holds_climbed"] == 1


def test_second_time_and_open_matter_change_nothing(cast: Cast) -> None:
    inquiry, _code = ended(cast)
    taken_up(inquiry)
    other, _code = asked(cast.agent)
    before = mark()
    with pytest.raises(WrongState):
        taken_up(inquiry)
    with pytest.raises(WrongState):
        taken_up(other)
    assert verbs(before) == [] and Hold.objects.filter(closed_at=None).count() == 1


def test_180_days_and_words_are_needed(cast: Cast) -> None:
    inquiry, _code = ended(cast)
    assert inquiry.closed_at
    with pytest.raises(Refused):
        taken_up(inquiry, words=" \n")
    with pytest.raises(WrongState):
        taken_up(inquiry, at=inquiry.closed_at + timedelta(days=180))
    taken_up(inquiry, at=inquiry.closed_at + timedelta(days=180) - timedelta(seconds=1))


@pytest.mark.parametrize("who", ["agent", "supervisor", "operator", "senior", "taro"])
def test_nobody_does_it_in_the_inquirers_place(cast: Cast, who: str) -> None:
    inquiry, _code = ended(cast)
    with pytest.raises(NotAllowed):
        taken_up(inquiry, who=actor(getattr(cast, who)))


def test_a_claim_has_a_way_of_its_own(cast: Cast) -> None:
    claim = claims.received()
    Inquiry.objects.filter(pk=claim.inquiry_id).update(status="closed", closed_at=NOW, next_on=None)
    with pytest.raises(WrongState):
        taken_up(Inquiry.objects.get(pk=claim.inquiry_id), at=NOW + timedelta(days=1))


def test_written_answer_is_seen_to_by_whoever_answered(cast: Cast) -> None:
    inquiry = written.asked(cast, by="mail")
    held(inquiry, cast.agent)
    written.released(cast, inquiry)
    inquiry.refresh_from_db()
    assert inquiry.status == "closed" and not Closing.objects.exists()
    assert taken_up(inquiry).owner == cast.operator
    inquiry.refresh_from_db()
    assert inquiry.turn == "provider"


def test_owner_who_has_left_is_followed_by_whoever_ended_it_and_then_by_the_provider(cast: Cast) -> None:
    (inquiry, _code), early = ended(cast, by="supervisor"), another_agent(cast)
    Membership.objects.filter(user=cast.agent).update(until=NOW)
    assert taken_up(inquiry).owner == cast.supervisor
    other, _code = asked(early)
    transitions.close_inquiry(
        other.pk, ground="agreed", agreed_by="相田 透", agreed_how="phone", actor=actor(cast.supervisor), at=NOW
    )
    Membership.objects.filter(user=cast.supervisor).update(until=NOW)
    assert taken_up(other).owner == cast.operator


def test_call_is_promised_on_no_day_on_which_we_shall_not_call(cast: Cast) -> None:
    inquiry, _code = ended(cast)
    kept = inquiry.statement
    inquiry.sealed = type(kept)(**{**vars(kept), "not_on": "2026-12-22 2026-12-23"}).sealed()
    inquiry.save()
    before = mark()
    made = taken_up(inquiry)
    assert made.next_action == "call" and timezone.localdate(made.promised_until).isoformat() == "2026-12-24"
    assert notices(before) == [("inquiry_taken_up", cast.agent.label)]


def test_agreement_to_a_promise_that_was_not_given_is_answered_back(cast: Cast) -> None:
    """An agent cannot end a promise for good by typing that the inquirer agreed."""
    inquiry, code = asked(cast.agent)
    hold = held(inquiry, cast.agent, wish="送付先の変更")
    transitions.pause_clock(inquiry.pk, reason="answer", actor=actor(cast.agent), at=NOW)
    agreed = {"outcome": "agreed", "agreed_by": "相田 透", "agreed_how": "phone"}
    transitions.close_hold(hold.pk, **agreed, actor=actor(cast.agent), at=NOW)
    client = opened(inquiry, code, at=NOW)
    with time_machine.travel(NOW, tick=False):
        text = client.get("/recover/inquiry/").content.decode()
    assert ADDRESS in text and "送付先の変更" in text
    made = taken_up(inquiry, at=NOW + timedelta(hours=1))
    inquiry.refresh_from_db()
    assert (made.owner, inquiry.status, inquiry.reopened_at) == (cast.agent, "held", None)
    assert not inquiry.pauses.filter(ended_at=None).exists()
    assert closing.last_sign(inquiry) == made.opened_at
    with pytest.raises(WrongState):
        taken_up(inquiry, at=NOW + timedelta(hours=2))


def test_page_asks_for_words_and_shows_the_new_promise(cast: Cast) -> None:
    inquiry, code = ended(cast)
    client = opened(inquiry, code, at=LATER)
    given = {"words": WORDS, "case": inquiry.receipt_number, "token": token()}
    with time_machine.travel(LATER, tick=False):
        assert ADDRESS in client.get("/recover/inquiry/").content.decode()
        assert 'name="words"' in client.get(ADDRESS).content.decode()
        empty = client.post(ADDRESS, {**given, "words": ""})
        assert empty.status_code == 200 and 'aria-invalid="true"' in empty.content.decode()
        assert client.post(ADDRESS, {**given, "case": "C-0000-000-000"})["Location"] == "/recover/inquiry/"
        assert not Hold.objects.filter(closed_at=None).exists()
        for _press in range(2):
            assert client.post(ADDRESS, given)["Location"] == "/recover/inquiry/"
        text = client.get("/recover/inquiry/").content.decode()
    assert WORDS in text and ADDRESS not in text
    assert Hold.objects.filter(closed_at=None).count() == 1


def test_strangers_read_the_same_whatever_there_is(cast: Cast) -> None:
    inquiry, _code = ended(cast)
    seen = []
    for number in (inquiry.receipt_number, "C-0000-000-000"):
        client = Client()
        with time_machine.travel(LATER, tick=False), CaptureQueriesContext(connection) as asked_for:
            answer = client.post(ADDRESS, {"words": WORDS, "case": number, "token": token()})
            shown = client.get(ADDRESS)
        seen.append((answer.status_code, answer["Location"], shown["Location"], len(asked_for)))
    assert seen[0] == seen[1] and seen[0][1] == "/recover/status/"
    assert not Hold.objects.filter(closed_at=None).exists()


def test_nothing_is_offered_after_180_days_or_while_it_goes_on(cast: Cast) -> None:
    inquiry, code = ended(cast)
    late = LATER + timedelta(days=180)
    client = opened(inquiry, code, at=late)
    with time_machine.travel(late, tick=False):
        assert ADDRESS not in client.get("/recover/inquiry/").content.decode()
        assert client.get(ADDRESS)["Location"] == "/recover/inquiry/"
    other, _code = asked(cast.agent)
    assert status.standing_of(other, NOW).take_up_until is None


def test_refused_transaction_leaves_nothing_behind(cast: Cast) -> None:
    inquiry, _code = ended(cast)
    Membership.objects.filter(user__in=[cast.agent, cast.operator, cast.colleague, cast.senior]).update(until=NOW)
    Membership.objects.filter(user__in=[cast.approver, cast.supervisor]).update(until=NOW)
    before = Notice.objects.count()
    with pytest.raises(WrongState):
        taken_up(inquiry)
    inquiry.refresh_from_db()
    assert inquiry.closed_at and Notice.objects.count() == before
