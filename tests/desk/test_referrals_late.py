"""A passing on that nobody takes in climbs like an overdue promise, and the inquirer reads whose turn it is."""

from datetime import datetime, timedelta

import pytest
import time_machine
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.translation import gettext, override

from accounts.errors import NotAllowed, WrongState
from accounts.models import Role, User
from audit.models import Event
from desk import clock, transitions
from desk.models import Affiliate, Climb, Inquiry, Referral
from desk.queries import promises
from tests.cast import Cast, actor, somebody
from tests.desk.promised import asked, held
from tests.desk.test_referrals import other_desk, passed
from tests.letterbox import mails
from tests.seen import mark, notices, verbs
from tests.stock import NOW

pytestmark = pytest.mark.django_db(transaction=True)


def led_desk(cast: Cast, number: int = 1) -> tuple[Affiliate, User, User]:
    """Another agency on the list, with an agent and a supervisor."""
    desk, agent = other_desk(cast, number)
    name = "統括 椿" + str(number)
    lead = somebody(desk.organisation, name, "トウカツ ツバキ", f"lead{number}@other.example", Role.SUPERVISOR)
    return desk, agent, lead


def waiting(cast: Cast, desk: Affiliate) -> tuple[Inquiry, str, Referral]:
    inquiry, code = asked(cast.agent, mail="toru@example.jp", answer_by="mail")
    return inquiry, code, passed(inquiry, desk, cast.agent)


def status_page(inquiry: Inquiry, code: str, *, at: datetime) -> str:
    client = Client()
    with time_machine.travel(at, tick=False):
        client.post("/recover/status/", {"number": inquiry.receipt_number, "tracking": code})
        return str(client.get("/recover/inquiry/").content.decode())


def said(words: str) -> str:
    """Return what the page says, in Japanese."""
    with override("ja"):
        return gettext(words)


def test_climbs_at_once_to_the_supervisor_and_a_business_day_later_to_the_provider(cast: Cast) -> None:
    desk, _agent, lead = led_desk(cast)
    inquiry, _code, made = waiting(cast, desk)
    late, before = made.promised_until + timedelta(minutes=1), mark()
    assert clock.run(at=made.promised_until)["referrals_climbed"] == 0
    assert clock.run(at=late)["referrals_climbed"] == 1
    assert clock.run(at=late)["referrals_climbed"] == 0
    assert verbs(before) == ["referral.climbed"]
    assert Event.objects.get(sequence__gt=before).facts == {"to": "supervisor", "desk": desk.label}
    assert notices(before) == [("desk_climbed", lead.label)]
    body = mails("desk_climbed")[0]["body"]
    assert inquiry.receipt_number in body and desk.organisation.legal_name in body
    second, before = promises.a_business_day_after(made.promised_until), mark()
    assert clock.run(at=second - timedelta(seconds=1))["referrals_climbed"] == 0
    assert clock.run(at=second)["referrals_climbed"] == 1
    assert notices(before) == [("desk_climbed", cast.senior.label)]
    made.refresh_from_db()
    assert made.taken_at is None and made.returned_at is None  # telling decides nothing


@pytest.mark.parametrize(("way", "address"), [("letter", "東京都千代田区千代田1-1"), ("phone", "")])
def test_who_chose_letter_or_phone_is_told_in_this_way(cast: Cast, way: str, address: str) -> None:
    desk, agent = other_desk(cast)
    inquiry, _code = asked(cast.agent, address=address, answer_by=way)
    passed(inquiry, desk, cast.agent)
    word = inquiry.words.exclude(kind="receipt").get()
    assert (word.kind, word.channel, word.said_at is None) == ("update", way, way == "phone")
    transitions.return_referral(inquiry.pk, reason="not_ours", actor=actor(agent), at=NOW)
    assert inquiry.words.exclude(kind="receipt").count() == (1 if way == "phone" else 2)  # one call is owed, no more


def test_who_is_on_the_phone_hears_it_there(cast: Cast) -> None:
    desk, _agent = other_desk(cast)
    transitions.begin_call(name="相田 透", number="03-1111-2222", actor=actor(cast.agent), at=NOW)
    inquiry, _code = asked(cast.agent)
    passed(inquiry, desk, cast.agent)
    assert inquiry.words.exclude(kind="receipt").get().said_at == NOW


def test_a_desk_without_a_supervisor_climbs_to_the_seniors_at_once(cast: Cast) -> None:
    desk, _agent = other_desk(cast)
    _inquiry, _code, made = waiting(cast, desk)
    before = mark()
    clock.run(at=made.promised_until + timedelta(minutes=1))
    assert notices(before) == [("desk_climbed", cast.senior.label)]
    assert clock.run(at=made.promised_until + timedelta(days=3))["referrals_climbed"] == 0


def test_only_the_other_desks_supervisor_and_the_seniors_read_of_it(cast: Cast) -> None:
    desk, agent, lead = led_desk(cast)
    _inquiry, _code, made = waiting(cast, desk)
    clock.run(at=made.promised_until + timedelta(minutes=1))
    assert [one.referral for one in promises.climbed_to(actor(lead))] == [made]
    assert [line.owner for line in promises.climbed_lines(actor(lead))] == [desk.organisation.legal_name]
    for who in (cast.supervisor, cast.senior, agent):
        assert not promises.climbed_to(actor(who)).exists()
    clock.run(at=promises.a_business_day_after(made.promised_until))
    assert [one.referral for one in promises.climbed_to(actor(cast.senior))] == [made]


def test_inquirer_reads_whose_turn_it_is_at_each_step(cast: Cast) -> None:
    desk, agent, _lead = led_desk(cast)
    inquiry, code, made = waiting(cast, desk)
    name = desk.organisation.legal_name
    text = status_page(inquiry, code, at=NOW)
    assert name in text and said("This desk takes the inquirer in.") in text and said("This time is over") not in text
    late = made.promised_until + timedelta(minutes=1)
    clock.run(at=late)
    text = status_page(inquiry, code, at=late)
    assert name in text and said("This time is over") in text
    inquiry.refresh_from_db()
    assert inquiry.turn == "desk"
    second = promises.a_business_day_after(made.promised_until)
    clock.run(at=second)
    inquiry.refresh_from_db()
    assert inquiry.turn == "provider" and inquiry.next_on and inquiry.next_on > second.date()
    transitions.take_in_referral(inquiry.pk, actor=actor(agent), at=second)
    inquiry.refresh_from_db()
    assert inquiry.turn == "desk" and inquiry.next_on and inquiry.next_on > second.date()
    assert said("This desk answers.") in status_page(inquiry, code, at=second)


@pytest.mark.parametrize("act", ["take_in", "return"])
def test_taken_in_or_given_back_is_settled(cast: Cast, act: str) -> None:
    desk, agent, _lead = led_desk(cast)
    inquiry, _code, made = waiting(cast, desk)
    late = made.promised_until + timedelta(minutes=1)
    clock.run(at=late)
    if act == "take_in":
        transitions.take_in_referral(inquiry.pk, actor=actor(agent), at=late)
    else:
        transitions.return_referral(inquiry.pk, reason="not_ours", actor=actor(agent), at=late)
    assert not Climb.objects.filter(settled_at=None).exists()
    assert clock.run(at=late + timedelta(days=3))["referrals_climbed"] == 0


def test_a_promise_of_anybody_takes_its_place_and_climbs_by_itself(cast: Cast) -> None:
    desk, _agent, _lead = led_desk(cast)
    inquiry, _code, made = waiting(cast, desk)
    late = made.promised_until + timedelta(minutes=1)
    clock.run(at=late)
    held(inquiry, cast.operator, at=late, days=4)
    assert not Climb.objects.filter(settled_at=None).exists()
    assert clock.run(at=late + timedelta(days=3))["referrals_climbed"] == 0


def test_ended_matter_and_one_in_time_climb_nowhere(cast: Cast) -> None:
    desk, _agent, _lead = led_desk(cast)
    inquiry, _code, made = waiting(cast, desk)
    late = made.promised_until + timedelta(minutes=1)
    with pytest.raises(WrongState):
        transitions.climb_referral(made.pk, to="supervisor", actor=clock.CLOCK, at=made.promised_until)
    transitions.close_inquiry(
        inquiry.pk, ground="agreed", agreed_by="相田 透", agreed_how="mail", actor=actor(cast.agent), at=NOW
    )
    assert clock.run(at=late)["referrals_climbed"] == 0
    with pytest.raises(WrongState):
        transitions.climb_referral(made.pk, to="supervisor", actor=clock.CLOCK, at=late)


@pytest.mark.parametrize("who", ["agent", "supervisor", "operator", "senior"])
def test_nobody_but_the_clock_tells_of_it(cast: Cast, who: str) -> None:
    desk, _agent, _lead = led_desk(cast)
    _inquiry, _code, made = waiting(cast, desk)
    late = made.promised_until + timedelta(minutes=1)
    with pytest.raises(NotAllowed):
        transitions.climb_referral(made.pk, to="supervisor", actor=actor(getattr(cast, who)), at=late)


def test_database_knows_no_climb_of_a_passing_on_without_it(cast: Cast) -> None:
    desk, _agent, _lead = led_desk(cast)
    inquiry, _code, made = waiting(cast, desk)
    for wrong in ({"why": "untaken"}, {"why": "silent", "referral": made}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Climb.objects.create(inquiry=inquiry, to="supervisor", at=NOW, **wrong)


def test_list_and_clock_ask_as_much_of_three_as_of_one(cast: Cast) -> None:
    desk, _agent, lead = led_desk(cast)
    counts = []
    for number in (1, 3):
        while Referral.objects.count() < number:
            _inquiry, _code, made = waiting(cast, desk)
        late = made.promised_until + timedelta(minutes=1)
        clock.run(at=late)
        with CaptureQueriesContext(connection) as seen:
            clock.run(at=late)
            lines = promises.climbed_lines(actor(lead))
        counts.append(len(seen))
        assert len(lines) == number
    assert counts[0] == counts[1]
