"""What a desk of many inquiries has in its tables: written in bulk, each inquiry with all that it left behind.

What waits is the same at every size, as in a desk that keeps up: only the past grows. One in a few leaves a letter,
a complaint, a mistake, an announced call. Nothing is drawn by lot: its number decides what an inquiry has. Models are
imported here, so this is imported once Django is set up.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from accounts.models import Organisation, User
from desk import counting
from desk.models import (
    Alarm,
    Call,
    CallBack,
    CallerReport,
    CallIntention,
    Climb,
    Contact,
    Escalation,
    Feedback,
    Hold,
    Inquiry,
    Mistake,
    PostLetter,
    Statement,
    Word,
)
from outbox import cipher

NOW = datetime.now(UTC)
"""The pages are opened now, so what is overdue or due today follows from it."""
CONTACTS = 10
"""Of each inquiry: 1,000,000 of 100,000."""
OPEN = 200
"""Inquiries that wait, whatever the size: the rest is closed."""
HELD = 100
"""Of those that wait, with a promise; one in five of them is overdue."""
STEP = 2_000
"""Inquiries written at once."""
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@dataclass(frozen=True)
class People:
    """Who works at the desk that is filled."""

    agent: User
    caller: User
    supervisor: User
    operator: User
    home: Organisation
    elsewhere: Organisation
    """Another agency: it has one in five of what ended is at its desk."""

    def at(self, number: int) -> Organisation | None:
        """Which desk has the inquiry `number`; one in seven that waits has no desk yet."""
        if number >= OPEN:
            return self.elsewhere if number % 5 == 1 else self.home
        return None if number % 7 == 6 else self.home

    def of(self, number: int) -> User:
        """Whose the inquiry `number` is."""
        return (self.supervisor, self.agent, self.caller)[number % 3]


@dataclass(frozen=True)
class Words:
    """Encrypted once: what it says changes no time."""

    statement: bytes
    note: bytes
    report: bytes


def fill(first: int, size: int, people: People) -> None:
    """Write inquiries from number `first` up to `size` with all that they left, and count their figures."""
    words = Words(
        Statement(name="相田 透", own_phone="03-1111-2222").sealed(),
        cipher.encrypt("用件"),
        CallerReport.seal({"words": "覚えのない電話"}),
    )
    for start in range(first, size, STEP):
        numbers = range(start, min(start + STEP, size))
        made = Inquiry.objects.bulk_create([_inquiry(one, people, words) for one in numbers], batch_size=500)
        pairs = list(zip(numbers, made, strict=True))
        _contacts(pairs, people, words)
        _promises(pairs, people, words)
        _calls(pairs, people, words)
        _heard(pairs, people, words)
        _post(pairs, people, words)
        counting.count([one.pk for one in made], at=NOW)


Pairs = list[tuple[int, Inquiry]]


def _write(model: Any, rows: list[Any]) -> list[Any]:
    found: list[Any] = model.objects.bulk_create(rows, batch_size=1_000)
    return found


def _inquiry(number: int, people: People, words: Words) -> Any:
    came, is_open = NOW - timedelta(minutes=number % 400_000), number < OPEN
    return Inquiry(
        receipt_number=f"C-{number // 1_000_000:04}-{number // 1_000 % 1_000:03}-{number % 1_000:03}",
        tracking_hash="!",
        topic=("question", "use", "bill", "feedback")[number % 4],
        came_by=("phone", "web")[number % 2],
        sealed=words.statement,
        capacity_stated="unknown",
        agency=people.at(number),
        status=("held" if number < HELD else "open") if is_open else "closed",
        stage="received" if is_open else "answered",
        turn="desk" if is_open else "nobody",
        next_on=NOW.date() if is_open else None,
        received_at=came,
        told_at=came,
        closed_at=None if is_open else came + DAY * (number % 9),
    )


def ring(people: People) -> None:
    """Let somebody be on the phone about an inquiry that waits, and tell supervisor and senior of what is overdue."""
    late = Hold.objects.filter(closed_at=None, promised_until__lt=NOW)
    climbed = [
        Climb(inquiry=one.inquiry, hold=one, to=to, why="overdue", at=one.promised_until)
        for one in late.select_related("inquiry")
        for to in ("supervisor", "senior")
    ]
    _write(Climb, climbed)
    spoken_with = Inquiry.objects.filter(status="held").order_by("-pk")[0]
    Call.objects.create(
        direction="in",
        by=people.caller,
        begun_by=people.caller,
        inquiry=spoken_with,
        sealed_number=cipher.encrypt("03-1111-2222"),
        began_at=NOW,
    )


def _contacts(pairs: Pairs, people: People, words: Words) -> None:
    rows = [
        Contact(
            inquiry=one,
            direction="in" if place % 2 else "out",
            channel="phone" if place % 3 else "mail",
            party="claimant",
            by=people.of(number),
            at=one.received_at + timedelta(hours=7 * place + 1),
            minutes=5,
            sealed_note=words.note,
        )
        for number, one in pairs
        for place in range(CONTACTS)
    ]
    Contact.objects.bulk_create(rows, batch_size=2_000)


def _promises(pairs: Pairs, people: People, words: Words) -> None:
    """Write a promise of each that is closed or held, two words to the inquirer, and what climbed of one in ten."""
    held = [(number, one) for number, one in pairs if number < HELD or number >= OPEN]
    holds = _write(Hold, [_hold(number, one, people, words) for number, one in held])
    climbed = [
        (hold, number) for hold, (number, _one) in zip(holds, held, strict=True) if number >= OPEN and number % 10 == 0
    ]
    rows = [
        Climb(
            inquiry=hold.inquiry,
            hold=hold,
            to="supervisor",
            why="overdue",
            at=hold.promised_until,
            settled_at=hold.closed_at,
        )
        for hold, number in climbed
    ]
    _write(Climb, rows)
    said = [
        Word(inquiry=one, kind=kind, channel="phone", queued_at=one.received_at, said_at=one.received_at)
        for _number, one in pairs
        for kind in ("receipt", "update")
    ]
    _write(Word, said)


def _hold(number: int, inquiry: Inquiry, people: People, words: Words) -> Any:
    owner, is_over = people.of(number), number >= OPEN
    until = inquiry.received_at + DAY if is_over else NOW + HOUR * (-1 - number if number % 10 < 2 else 1 + number)
    return Hold(
        inquiry=inquiry,
        reason="call_back",
        owner=owner,
        next_action="call",
        promised_from=until - HOUR,
        promised_until=until,
        sealed_wish=words.note,
        opened_by=owner,
        opened_at=inquiry.received_at,
        closed_by=owner if is_over else None,
        closed_at=inquiry.received_at + 2 * DAY if is_over else None,
        outcome="agreed" if is_over else "",
        agreed_how="phone" if is_over else "",
        sealed_agreed_by=words.note if is_over else None,
    )


def _calls(pairs: Pairs, people: People, words: Words) -> None:
    """Write a call of each, an announced one of every second, a call back of every tenth."""
    rows = [
        Call(
            direction="in",
            by=people.of(number),
            begun_by=people.of(number),
            inquiry=one,
            sealed_number=words.note,
            began_at=one.received_at,
            ended_at=one.received_at + HOUR / 6,
            ending="settled",
        )
        for number, one in pairs
    ]
    calls = _write(Call, rows)
    announced = [_intention(number, one, people, words) for number, one in pairs if number % 2 == 0]
    _write(CallIntention, announced)
    backs = [
        CallBack(
            call=call,
            inquiry=one,
            booked_by=people.of(number),
            booked_at=one.received_at,
            promised_from=one.received_at,
            promised_until=one.received_at + DAY,
            done_by=people.operator if number >= OPEN else None,
            done_at=one.received_at + HOUR if number >= OPEN else None,
            result="no_number" if number >= OPEN else "",
        )
        for call, (number, one) in zip(calls, pairs, strict=True)
        if number % 10 == 0
    ]
    _write(CallBack, backs)


def _intention(number: int, inquiry: Inquiry, people: People, words: Words) -> Any:
    is_made = number >= 20
    begins = inquiry.received_at if is_made else NOW + HOUR
    return CallIntention(
        inquiry=inquiry,
        purpose="inform",
        topic="question",
        channel="phone",
        by=people.of(number),
        window_from=begins,
        window_until=begins + HOUR,
        code_print=f"{number:064x}",
        sealed_code=words.note,
        made_at=inquiry.received_at - HOUR,
        used_at=begins if is_made else None,
    )


def _heard(pairs: Pairs, people: People, words: Words) -> None:
    """Write what was said about us, what we did wrong, what was passed on, noticed and reported."""
    _write(Feedback, [_feedback(number, one, people, words) for number, one in pairs if number % 5 == 0])
    wrong = [_mistake(number, one, people, words) for number, one in pairs if number % 10 == 0]
    _write(Mistake, wrong)
    passed = [
        Escalation(
            inquiry=one,
            topic=one.topic,
            reason="no_words",
            sealed_words=words.note,
            by=people.of(number),
            at=one.received_at,
        )
        for number, one in pairs
        if number % 10 == 0
    ]
    _write(Escalation, passed)
    noticed = [
        Alarm(
            kind="many_customers",
            about=people.agent,
            opened_at=one.received_at,
            closed_at=one.received_at + DAY,
            closed_by=people.supervisor,
            sealed_words=words.note,
        )
        for number, one in pairs
        if number % 50 == 0
    ]
    _write(Alarm, noticed)
    _write(
        CallerReport,
        [CallerReport(sealed=words.report, at=one.received_at) for number, one in pairs if not number % 50],
    )


def _feedback(number: int, inquiry: Inquiry, people: People, words: Words) -> Any:
    is_told = number >= OPEN
    return Feedback(
        inquiry=inquiry,
        source="call",
        kind="complaint",
        tag="waiting",
        sealed_words=words.note,
        heard_by=people.of(number),
        at=inquiry.received_at,
        status="told" if is_told else "open",
        department="desk" if is_told else "",
        became="training" if is_told else "",
        sealed_answer=words.note if is_told else None,
        answered_by=people.operator if is_told else None,
        answered_at=inquiry.received_at + DAY if is_told else None,
        told_at=inquiry.received_at + 2 * DAY if is_told else None,
    )


def _mistake(number: int, inquiry: Inquiry, people: People, words: Words) -> Any:
    is_closed = number >= OPEN
    return Mistake(
        kind="promise",
        noticed="desk",
        sealed_words=words.note,
        inquiry=inquiry,
        status="closed" if is_closed else "open",
        recorded_by=people.of(number),
        at=inquiry.received_at,
        sealed_done=words.note if is_closed else None,
        closed_at=inquiry.received_at + DAY if is_closed else None,
        closed_by=people.operator if is_closed else None,
    )


def _post(pairs: Pairs, people: People, words: Words) -> None:
    """Write a letter of every fifth."""
    letters = []
    for number, one in pairs:
        if number % 5:
            continue
        day, is_answered = one.received_at.date(), number >= OPEN
        letters.append(
            PostLetter(
                direction="in",
                inquiry=one,
                kind="question",
                sealed_from=words.note,
                on=day,
                due_on=day + 7 * DAY,
                owner=people.of(number),
                status="answered" if is_answered else "open",
                noted_by=people.of(number),
                noted_at=one.received_at,
                closed_by=people.of(number) if is_answered else None,
                closed_at=one.received_at + DAY if is_answered else None,
            )
        )
    _write(PostLetter, letters)
