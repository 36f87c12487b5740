"""What the clock does with promises: overdue ones climb, nobody is left in silence, a pause needs a reason."""

from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.errors import NotAllowed, Refused, WrongState
from accounts.models import Membership
from audit.models import Event
from desk import clock, progress, transitions
from desk.models import Climb, Contact, Inquiry, Needs, Word
from desk.queries import promises
from desk.queries.elapsed import Standing, business_days, elapsed
from tests.cast import Cast, actor
from tests.desk.promised import asked, held
from tests.letterbox import mails
from tests.seen import mark, notices, verbs
from tests.stock import NOW

pytestmark = pytest.mark.django_db(transaction=True)


def on(day: str, hour: int = 10) -> datetime:
    """An instant of one day, local time."""
    return timezone.make_aware(datetime.fromisoformat(f"{day}T{hour:02}:00"))


def called(cast: Cast, inquiry: Inquiry, at: datetime, *, direction: str = "out", channel: str = "phone") -> Contact:
    return transitions.note_contact(
        inquiry.pk,
        direction=direction,
        channel=channel,
        party="claimant",
        minutes=3,
        text="折り返し",
        actor=actor(cast.agent),
        at=at,
    )


# Climbing ------------------------------------------------------------------------------------------------------------


def test_overdue_promise_climbs_at_once_and_a_business_day_later_to_the_provider(cast: Cast) -> None:
    inquiry, _code = asked(cast.agent)
    hold = held(inquiry, cast.agent, days=3)
    late, before = hold.promised_until + timedelta(minutes=1), mark()
    assert clock.run(at=hold.promised_until)["holds_climbed"] == 0
    assert clock.run(at=late)["holds_climbed"] == 1
    assert clock.run(at=late)["holds_climbed"] == 0
    assert verbs(before) == ["hold.climbed"]
    assert Event.objects.get(sequence__gt=before).facts == {
        "hold": hold.pk,
        "to": "supervisor",
        "owner": cast.agent.label,
    }
    assert notices(before) == [("desk_climbed", cast.supervisor.label)]
    # Monday 23 November is a holiday: one business day after Monday's promise is Tuesday, at the same hour.
    assert promises.a_business_day_after(hold.promised_until).date().isoformat() == "2026-11-24"
    assert clock.run(at=promises.a_business_day_after(hold.promised_until) - timedelta(seconds=1))["holds_climbed"] == 0
    before = mark()
    assert clock.run(at=promises.a_business_day_after(hold.promised_until))["holds_climbed"] == 1
    assert notices(before) == [("desk_climbed", cast.senior.label)]
    hold.refresh_from_db()
    assert (hold.owner, hold.closed_at) == (cast.agent, None)  # telling decides nothing


def test_overdue_promise_of_the_supervisor_or_the_provider_climbs_to_the_senior_at_once(cast: Cast) -> None:
    for owner in (cast.supervisor, cast.operator):
        hold = held(asked(owner)[0], owner)
        before = mark()
        clock.run(at=hold.promised_until + timedelta(minutes=1))
        assert notices(before) == [("desk_climbed", cast.senior.label)]
        before = mark()
        clock.run(at=hold.promised_until + timedelta(days=3))
        assert "hold.climbed" not in verbs(before)


def test_who_reads_what_climbed(cast: Cast) -> None:
    hold = held(asked(cast.agent)[0], cast.agent)
    theirs = held(asked(cast.operator)[0], cast.operator)
    clock.run(at=hold.promised_until + timedelta(minutes=1))
    assert [one.hold for one in promises.climbed_to(actor(cast.supervisor))] == [hold]
    assert [one.hold for one in promises.climbed_to(actor(cast.senior))] == [theirs]
    assert list(promises.climbed_to(actor(cast.agent))) == []


def test_kept_promise_is_settled(cast: Cast) -> None:
    hold = held(asked(cast.agent)[0], cast.agent)
    late = hold.promised_until + timedelta(minutes=1)
    clock.run(at=late)
    transitions.close_hold(
        hold.pk, outcome="agreed", agreed_by="相田 透", agreed_how="phone", actor=actor(cast.agent), at=late
    )
    assert not Climb.objects.filter(settled_at=None).exists()
    assert clock.run(at=late + timedelta(days=4))["holds_climbed"] == 0


@pytest.mark.parametrize("who", ["agent", "supervisor", "operator", "senior"])
def test_nobody_but_the_clock_tells_of_a_promise(cast: Cast, who: str) -> None:
    hold = held(asked(cast.agent)[0], cast.agent)
    with pytest.raises(NotAllowed):
        transitions.climb_hold(hold.pk, to="supervisor", actor=actor(getattr(cast, who)), at=hold.promised_until)


def test_promise_that_is_not_overdue_is_not_told_of(cast: Cast) -> None:
    hold = held(asked(cast.agent)[0], cast.agent)
    with pytest.raises(WrongState):
        transitions.climb_hold(hold.pk, to="supervisor", actor=clock.CLOCK, at=hold.promised_until)


# Silence -------------------------------------------------------------------------------------------------------------


def test_nobody_waits_longer_than_five_business_days_for_a_mail(cast: Cast) -> None:
    inquiry, _code = asked(cast.agent, mail="toru@example.jp", answer_by="mail")
    # Friday 20 November, and the 23rd is a holiday: the fourth business day is Friday 27 November.
    assert clock.run(at=on("2026-11-26"))["inquirers_updated"] == 0
    assert clock.run(at=on("2026-11-27", 8))["inquirers_updated"] == 0  # not before the office opens
    before = mark()
    assert clock.run(at=on("2026-11-27"))["inquirers_updated"] == 1
    assert verbs(before) == ["inquiry.updated"]
    said = mails("inquiry_update")[0]
    inquiry.refresh_from_db()
    assert said["to"] == "toru@example.jp" and inquiry.receipt_number in said["body"] and "12月4日" in said["body"]
    assert str(inquiry.next_on) == "2026-12-04"
    assert clock.run(at=on("2026-11-30"))["inquirers_updated"] == 0
    assert not Climb.objects.exists()


def test_far_promise_is_no_reason_for_silence(cast: Cast) -> None:
    inquiry, _code = asked(cast.agent, mail="toru@example.jp", answer_by="mail")
    held(inquiry, cast.agent, days=40)
    clock.run(at=on("2026-11-27"))
    assert "12月30日" in mails("inquiry_update")[0]["body"]


def test_call_goes_on_the_list_and_climbs_when_nobody_makes_it(cast: Cast) -> None:
    inquiry, _code = asked(cast.agent)
    assert clock.run(at=on("2026-11-27"))["inquirers_updated"] == 1
    owed = Word.objects.get(said_at=None)
    assert (owed.kind, owed.channel) == ("update", "phone")
    assert clock.run(at=on("2026-11-27"))["inquirers_updated"] == 0
    before = mark()
    clock.run(at=on("2026-11-30"))
    assert (verbs(before), notices(before)) == (["inquiry.climbed"], [("desk_climbed", cast.supervisor.label)])
    before = mark()
    clock.run(at=on("2026-12-01"))
    assert (verbs(before), notices(before)) == (["inquiry.climbed"], [("desk_climbed", cast.senior.label)])
    called(cast, inquiry, on("2026-12-01", 11))
    owed.refresh_from_db()
    assert owed.said_at is not None
    assert not Climb.objects.filter(settled_at=None).exists()
    assert clock.run(at=on("2026-12-02"))["silences_climbed"] == 0


def test_whoever_cannot_be_called_gets_a_mail_or_a_letter_instead(cast: Cast) -> None:
    deaf = Needs(chosen=("no_phone",))
    asked(cast.agent, mail="toru@example.jp", needs=deaf)
    asked(cast.agent, address="東京都千代田区千代田1-1", needs=deaf)
    assert clock.run(at=on("2026-11-27"))["inquirers_updated"] == 2
    assert sorted(Word.objects.filter(kind="update").values_list("channel", flat=True)) == ["letter", "mail"]
    assert not Word.objects.filter(said_at=None).exists()


def test_clock_says_nothing_to_claims_which_have_a_clock_of_their_own(cast: Cast) -> None:
    asked(cast.agent, topic="recovery", mail="toru@example.jp", answer_by="mail")
    done = clock.run(at=on("2027-03-01"))
    assert [done[name] for name in ("inquirers_updated", "delays_explained", "inquiries_aged")] == [0, 0, 0]


def test_clock_asks_as_much_of_three_as_of_one(cast: Cast) -> None:
    counts = []
    for _number in (1, 3):
        while Inquiry.objects.count() < _number:
            held(asked(cast.agent)[0], cast.agent, days=40)
        with CaptureQueriesContext(connection) as seen:
            clock.run(at=on("2026-11-24"))
        counts.append(len(seen))
    assert counts[0] == counts[1]


# 15 and 35 business days ---------------------------------------------------------------------------------------------


def test_reason_after_15_and_a_senior_after_35_business_days(cast: Cast) -> None:
    inquiry, _code = asked(cast.agent, mail="toru@example.jp", answer_by="mail")
    held(inquiry, cast.operator, days=90, reason="waiting_provider", next_action="examine")
    assert clock.run(at=on("2026-12-11"))["delays_explained"] == 0
    assert clock.run(at=on("2026-12-14"))["delays_explained"] == 1
    assert "事業者の対応待ち" in mails("inquiry_holding")[0]["body"]
    assert clock.run(at=on("2026-12-15"))["delays_explained"] == 0
    # The turn of the year and the holidays of January do not count.
    assert clock.run(at=on("2027-01-15"))["inquiries_aged"] == 0
    before = mark()
    assert clock.run(at=on("2027-01-18"))["inquiries_aged"] == 1
    assert ("desk_climbed", cast.senior.label) in notices(before)
    assert ("inquiry_passed_on", inquiry.label) in notices(before)
    assert clock.run(at=on("2027-01-19"))["inquiries_aged"] == 0


def test_paused_days_do_not_count(cast: Cast) -> None:
    inquiry, _code = asked(cast.agent, mail="toru@example.jp", answer_by="mail")
    transitions.pause_clock(inquiry.pk, reason="papers", actor=actor(cast.agent), at=on("2026-11-24"))
    assert clock.run(at=on("2026-12-14"))["delays_explained"] == 0
    transitions.resume_clock(inquiry.pk, actor=actor(cast.agent), at=on("2026-12-14"))
    inquiry.refresh_from_db()
    assert elapsed(inquiry, on("2026-12-14")) == 1
    assert clock.run(at=on("2027-01-06"))["delays_explained"] == 0
    assert elapsed(inquiry, on("2027-01-07")) == 15
    assert clock.run(at=on("2027-01-07"))["delays_explained"] == 1


def test_pause_does_not_silence_us(cast: Cast) -> None:
    inquiry, _code = asked(cast.agent, mail="toru@example.jp", answer_by="mail")
    transitions.pause_clock(inquiry.pk, reason="wish", actor=actor(cast.agent), at=NOW)
    assert clock.run(at=on("2026-11-27"))["inquirers_updated"] == 1


def test_pause_for_papers_ends_when_they_come(cast: Cast) -> None:
    inquiry, _code = asked(cast.agent)
    pause = transitions.pause_clock(inquiry.pk, reason="papers", actor=actor(cast.agent), at=NOW)
    called(cast, inquiry, NOW + timedelta(days=1))
    pause.refresh_from_db()
    assert pause.ended_at is None  # we called: nothing came
    called(cast, inquiry, NOW + timedelta(days=2), direction="in", channel="letter")
    pause.refresh_from_db()
    assert pause.ended_at == NOW + timedelta(days=2)


def test_pause_needs_a_reason_from_the_list_and_is_one_at_a_time(cast: Cast) -> None:
    inquiry, _code = asked(cast.agent)
    with pytest.raises(Refused):
        transitions.pause_clock(inquiry.pk, reason="busy", actor=actor(cast.agent), at=NOW)
    before = mark()
    transitions.pause_clock(inquiry.pk, reason="office", actor=actor(cast.agent), at=NOW)
    with pytest.raises(WrongState):
        transitions.pause_clock(inquiry.pk, reason="papers", actor=actor(cast.agent), at=NOW)
    transitions.resume_clock(inquiry.pk, actor=actor(cast.supervisor), at=NOW)
    with pytest.raises(WrongState):
        transitions.resume_clock(inquiry.pk, actor=actor(cast.agent), at=NOW)
    assert verbs(before) == ["inquiry.paused", "inquiry.resumed"]
    for who in (cast.approver, cast.auditor, cast.taro):
        with pytest.raises(NotAllowed):
            transitions.pause_clock(inquiry.pk, reason="papers", actor=actor(who), at=NOW)


def test_pause_ends_with_the_matter(cast: Cast) -> None:
    inquiry, _code = asked(cast.agent)
    pause = transitions.pause_clock(inquiry.pk, reason="papers", actor=actor(cast.agent), at=NOW)
    progress.close(inquiry.pk, stage=Inquiry.Stage.ANSWERED, at=NOW + timedelta(days=1))
    pause.refresh_from_db()
    assert pause.ended_at == NOW + timedelta(days=1)


def test_business_days_are_counted_by_the_calendar() -> None:
    first, last = on("2026-11-20").date(), on("2026-11-27").date()
    assert business_days(first, last) == 4
    assert business_days(first, last, [Standing(on("2026-11-24").date(), on("2026-11-26").date())]) == 2
    assert business_days(last, first) == 0


def test_agency_without_a_supervisor_still_climbs(cast: Cast) -> None:
    hold = held(asked(cast.agent)[0], cast.agent)
    Membership.objects.filter(user=cast.supervisor).update(until=NOW)
    before = mark()
    clock.run(at=hold.promised_until + timedelta(minutes=1))
    assert notices(before) == [("desk_climbed", cast.senior.label)]
