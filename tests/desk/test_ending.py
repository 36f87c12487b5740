"""How a matter ends that is no claim: by agreement, in writing, or unanswered after reminders; and how it goes on."""

from datetime import timedelta
from typing import Any

import pytest

from accounts.errors import NotAllowed, Refused, WrongState
from accounts.models import User
from audit.models import Event
from desk import transitions
from desk.models import Closing, Hold, Inquiry, Needs, Statement, Word
from outbox import delivery
from outbox.models import Notice
from tests.announced import announced
from tests.cast import Cast, actor
from tests.desk import written
from tests.desk.promised import asked, held
from tests.letterbox import mails
from tests.seen import mark, notices, verbs
from tests.stock import NOW

pytestmark = pytest.mark.django_db(transaction=True)
ADDRESS = "東京都千代田区千代田1-1"
AGREED = {"ground": "agreed", "agreed_by": "相田 透", "agreed_how": "phone"}
A_DAY = timedelta(days=1)


def closed(inquiry: Inquiry, by: User, *, at: Any = NOW, **changes: str) -> Closing:
    return transitions.close_inquiry(inquiry.pk, **{**AGREED, **changes}, actor=actor(by), at=at)


def reminded(inquiry: Inquiry, by: User, medium: str, *, at: Any = NOW) -> Word:
    note = "留守番電話に伝言" if medium == "phone" else ""
    if medium == "phone":
        announced(inquiry, by, at=at)
    return transitions.remind_inquirer(inquiry.pk, medium=medium, note=note, actor=actor(by), at=at)


def sent(at: Any = NOW) -> None:
    """Let every queued notice leave: mails by the server, letters by the printer."""
    for pk in Notice.objects.filter(status="queued", channel="mail").values_list("pk", flat=True):
        delivery.send(pk, at=at)
    Notice.objects.filter(status="queued").update(status="sent", sent_at=at, payload=None)


def test_agreement_closes_and_says_who_agreed_and_how(cast: Cast) -> None:
    inquiry, _code = asked(cast.agent, mail="toru@example.jp")
    hold, before = held(inquiry, cast.agent), mark()
    made = closed(inquiry, cast.agent)
    inquiry.refresh_from_db()
    hold.refresh_from_db()
    assert (inquiry.status, inquiry.stage, inquiry.turn, inquiry.closed_at) == ("closed", "answered", "nobody", NOW)
    assert (made.who, made.how, made.by) == ("相田 透", "phone", cast.agent)
    assert "相田".encode() not in bytes(made.sealed_who or b"")
    assert hold.outcome == Hold.Outcome.DECIDED
    written = Event.objects.get(sequence__gt=before)
    assert (written.verb, written.facts) == ("inquiry.closed", {"ground": "agreed", "how": "phone"})
    assert notices(before) == [("inquiry_closed", inquiry.label)]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"agreed_by": " "}, "agreed_by"),
        ({"agreed_how": ""}, "agreed_how"),
        ({"ground": "tired"}, "ground"),
        ({"ground": "unanswered"}, "ground"),
    ],
)
def test_nothing_closes_without_its_ground(cast: Cast, changes: dict[str, str], field: str) -> None:
    inquiry, _code = asked(cast.agent)
    with pytest.raises(Refused) as refused:
        closed(inquiry, cast.agent, **changes)
    assert list(refused.value.fields) == [field]
    inquiry.refresh_from_db()
    assert inquiry.status == "open"


def test_second_press_and_others_close_nothing(cast: Cast) -> None:
    inquiry, _code = asked(cast.agent)
    for who in (cast.approver, cast.senior, cast.auditor, cast.taro, cast.worker):
        with pytest.raises(NotAllowed):
            closed(inquiry, who)
    closed(inquiry, cast.agent)
    before = mark()
    with pytest.raises(WrongState):
        closed(inquiry, cast.agent)
    assert verbs(before) == []


def test_claim_is_closed_by_its_own_acts_only(cast: Cast) -> None:
    claim, _code = asked(cast.agent, topic="recovery")
    for act in (
        lambda: closed(claim, cast.agent),
        lambda: transitions.remind_inquirer(claim.pk, medium="phone", note="x", actor=actor(cast.agent), at=NOW),
        lambda: transitions.pause_clock(claim.pk, reason="papers", actor=actor(cast.agent), at=NOW),
    ):
        with pytest.raises(WrongState):
            act()


def test_nobody_answers_for_the_provider_alone(cast: Cast) -> None:
    """What is written ends a matter when a second person let it leave, whoever then presses close."""
    inquiry = written.asked(cast, by="phone", statement=Statement(name="相田 透", own_phone="03-1111-2222"))
    for who in (cast.agent, cast.operator):
        with pytest.raises(Refused):
            closed(inquiry, who, ground="written")
    answer = written.proposed(cast, inquiry)
    with pytest.raises(Refused):
        closed(inquiry, cast.operator, ground="written")
    written.let_leave(answer, cast.approver)
    inquiry.refresh_from_db()
    assert inquiry.status == "answered"  # it waits on the status page, and the desk still calls
    made = closed(inquiry, cast.agent, ground="written")
    assert (made.ground, made.who, made.how) == ("written", "", "")
    transitions.reopen_inquiry(inquiry.pk, actor=actor(cast.agent), at=NOW + A_DAY)
    with pytest.raises(Refused):  # what is asked anew is not answered by what was said before
        closed(inquiry, cast.agent, ground="written", at=NOW + 2 * A_DAY)


def test_desks_own_words_and_words_that_decide_nothing_end_nothing(cast: Cast) -> None:
    inquiry = written.asked(cast, by="mail")
    written.released(cast, inquiry, template="progress", chosen=["under_way"], text="")
    with pytest.raises(Refused):
        closed(inquiry, cast.operator, ground="written")


# Unanswered ----------------------------------------------------------------------------------------------------------


def test_silence_ends_a_matter_after_two_reminders_by_two_media_and_30_days(cast: Cast) -> None:
    inquiry, _code = asked(cast.agent, mail="toru@example.jp", answer_by="mail")
    before = mark()
    reminded(inquiry, cast.agent, "mail", at=NOW + A_DAY)
    sent(NOW + A_DAY)
    reminded(inquiry, cast.agent, "mail", at=NOW + 2 * A_DAY)
    sent(NOW + 2 * A_DAY)
    with pytest.raises(Refused):  # two, but by one medium
        closed(inquiry, cast.agent, ground="unanswered", at=NOW + 60 * A_DAY)
    reminded(inquiry, cast.agent, "phone", at=NOW + 3 * A_DAY)
    assert verbs(before) == ["inquiry.reminded"] * 2 + ["intention.announced", "inquiry.reminded"]
    with pytest.raises(Refused):
        closed(inquiry, cast.agent, ground="unanswered", at=NOW + 33 * A_DAY - timedelta(seconds=1))
    closed(inquiry, cast.agent, ground="unanswered", at=NOW + 33 * A_DAY)
    inquiry.refresh_from_db()
    assert inquiry.stage == Inquiry.Stage.UNANSWERED
    assert len(mails("inquiry_closed")) == 1


def test_reminder_that_was_answered_or_never_left_does_not_count(cast: Cast) -> None:
    inquiry, _code = asked(cast.agent, mail="toru@example.jp", answer_by="mail")
    reminded(inquiry, cast.agent, "mail", at=NOW + A_DAY)  # waits in the outbox
    reminded(inquiry, cast.agent, "phone", at=NOW + A_DAY)
    with pytest.raises(Refused):
        closed(inquiry, cast.agent, ground="unanswered", at=NOW + 60 * A_DAY)
    sent(NOW + 2 * A_DAY)
    transitions.note_contact(
        inquiry.pk,
        direction="in",
        channel="mail",
        party="claimant",
        minutes=0,
        text="まだ探しています",
        actor=actor(cast.agent),
        at=NOW + 5 * A_DAY,
    )
    with pytest.raises(Refused):
        closed(inquiry, cast.agent, ground="unanswered", at=NOW + 60 * A_DAY)


def test_reminder_goes_only_where_it_reaches(cast: Cast) -> None:
    inquiry, _code = asked(cast.agent)
    for medium in ("mail", "letter", "pigeon"):
        with pytest.raises(Refused) as refused:
            reminded(inquiry, cast.agent, medium)
        assert list(refused.value.fields) == ["medium"]
    with pytest.raises(Refused) as refused:
        transitions.remind_inquirer(inquiry.pk, medium="phone", note="", actor=actor(cast.agent), at=NOW)
    assert list(refused.value.fields) == ["note"]
    transitions.record_needs(inquiry.pk, needs=Needs(chosen=("no_phone",)), actor=actor(cast.agent), at=NOW)
    with pytest.raises(Refused):
        reminded(inquiry, cast.agent, "phone")


# Again ---------------------------------------------------------------------------------------------------------------


def test_matter_is_taken_up_again_under_its_number_within_180_days(cast: Cast) -> None:
    inquiry, _code = asked(cast.agent)
    closed(inquiry, cast.agent)
    before, at = mark(), NOW + 180 * A_DAY
    with pytest.raises(NotAllowed):
        transitions.reopen_inquiry(inquiry.pk, actor=actor(cast.auditor), at=at)
    with pytest.raises(WrongState):
        transitions.reopen_inquiry(inquiry.pk, actor=actor(cast.agent), at=at + timedelta(seconds=1))
    again = transitions.reopen_inquiry(inquiry.pk, actor=actor(cast.agent), at=at)
    assert (again.receipt_number, again.status, again.turn, again.reopened_at) == (
        inquiry.receipt_number,
        "open",
        "desk",
        at,
    )
    assert verbs(before) == ["inquiry.reopened"]
    assert Closing.objects.get().reopened_by == cast.agent
    with pytest.raises(WrongState):
        transitions.reopen_inquiry(inquiry.pk, actor=actor(cast.agent), at=at)
    closed(inquiry, cast.agent, at=at)
    assert Closing.objects.count() == 2


# Letters -------------------------------------------------------------------------------------------------------------


def test_operator_prints_letters_to_inquirers_once(cast: Cast) -> None:
    inquiry, code = asked(cast.agent, address=ADDRESS, answer_by="letter")
    english, _code = asked(cast.agent, address=ADDRESS, answer_by="letter", language="en")
    words = list(Word.objects.filter(channel="letter").values_list("pk", flat=True))
    for who in (cast.agent, cast.supervisor, cast.auditor):
        with pytest.raises(NotAllowed):
            transitions.print_words(words, actor=actor(who), at=NOW)
    before = mark()
    printed = transitions.print_words(words, actor=actor(cast.operator), at=NOW)
    assert printed.startswith(b"%PDF")
    written = Event.objects.get(sequence__gt=before)
    assert (written.verb, written.about) == (
        "word.printed",
        sorted([written.subject, inquiry.label, english.label]),
    )
    assert code.encode() not in str(written.facts).encode()
    with pytest.raises(WrongState):
        transitions.print_words(words, actor=actor(cast.operator), at=NOW)
    assert not Notice.objects.filter(channel="letter").exclude(payload=None).exists()
