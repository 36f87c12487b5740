"""“Still you?”, the season, letters that ask, mail and post that come back, people nobody sees any more."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from audit.record import System
from handover.calendar import first_business_day
from handover.models import Attestation, NoticeLetter
from handover.rules.attestation import ASKED_DAYS_BEFORE, DAYS, EVERY_MONTHS, SEASON_MONTHS, months_after
from outbox import bounces
from outbox.models import Notice
from tests.handover.life.days import begin, goes_to, ticks
from tests.handover.life.world import Rule, T, World

CLOCK = System("clock")
NEAREST = 3
"""Of the days ahead, so many of the nearest are gone to."""


def asked(world: World) -> Sequence[Any]:
    return world.once("questions", lambda: list(Attestation.objects.open().order_by("pk")))


def days(world: World) -> Sequence[datetime]:
    """The days on which the clock asks, reminds, tells others, writes, or begins a season; if it looks after that."""
    if not world.looks_after_all:
        return ()
    ahead = {begin(one.due_on + timedelta(days=day)) for one in asked(world) for day in DAYS.values()}
    for row in world.now.periods.values():
        if row.to_at is None and row.user:
            due = months_after((row.from_at + timedelta(hours=9)).date(), EVERY_MONTHS)
            ahead.add(begin(due - timedelta(days=ASKED_DAYS_BEFORE)))
    first = world.today.replace(day=1)
    months = [months_after(first, number) for number in range(8)]
    ahead |= {begin(_season(one)) for one in months if one.month in SEASON_MONTHS}
    return sorted(one for one in ahead if one > world.at)[:NEAREST]


def _season(month: date) -> date:
    return first_business_day(month.year, month.month)


def months_pass(world: World, random: Random, day: datetime) -> None:
    """One of the nearest days comes, and mostly those after it while anybody is asked: some answer, letters go out."""
    goes_to(world, day)
    for _day in range(random.choice([0, 1, 3, 4])):
        if asked(world) and random.random() < 0.12:
            answers(world, random, random.choice(asked(world)))
        if letters(world) and random.random() < 0.7:
            handles_letter(world, random, random.choice(letters(world)))
        if asked(world) and (ahead := days(world)):
            goes_to(world, ahead[0])


def answers(world: World, random: Random, question: Attestation) -> None:
    same = [one.registration_id for one in asked(world) if one.user_id == question.user_id]
    chosen = random.sample(same, random.randint(1, len(same)))
    who = world.usually(random, question.user_id)
    answer = random.choice(["still", "still", "not_any_more", "somebody_else"])
    done = world.do(T.attest, who, registration_pks=chosen, answer=answer)
    if done and answer != "still" and random.random() < 0.4:
        world.do(T.attest, who, registration_pks=chosen, answer="still")


def letters(world: World) -> Sequence[Any]:
    rows = NoticeLetter.objects.filter(returned_at=None).order_by("pk")
    return world.once("letters", lambda: list(rows)) if world.looks_after_all else ()


def handles_letter(world: World, random: Random, letter: NoticeLetter) -> None:
    who = world.mostly(random, random.choice([world.cast.operator.pk, world.cast.colleague.pk]))
    if letter.printed_at is None or random.random() < 0.1:
        waiting = [one.pk for one in letters(world) if one.printed_at is None]
        printed = world.do(T.print_notices, who, letter_pks=waiting)
        if not printed or random.random() < 0.3:
            return
    if world.do(T.record_notice_return, who, letter_pk=letter.pk):
        _is_missed(world, random, random.choice(holders(world) or sorted(world.members)))


def sent(world: World) -> Sequence[Any]:
    """The last mails to people and to addresses of record."""

    def read() -> list[Any]:
        rows = Notice.objects.filter(channel="mail", bounced_at=None, event__sequence__gt=world.now.sequence - 15)
        found = rows.values_list("pk", "event__sequence", "recipient", "template")
        # Their keys are random.
        return sorted(found, key=lambda one: (one[1], *_kind_and_key(one[2]), one[3]))

    return world.once("mails", read) if world.now.sequence > world.first.sequence else ()


def _kind_and_key(recipient: str) -> tuple[str, int]:
    kind, _colon, key = recipient.partition(":")
    return kind, int(key) if key.isdigit() else 0


def comes_back(world: World, random: Random, mail: tuple[Any, int, str, str]) -> None:
    """A mail is refused, now or in a report that is read later; who is seen after that is not absent."""
    if world.looks_after_all and random.random() < 0.15:
        Notice.objects.filter(pk=mail[0]).update(status="failed", last_error=bounces.REFUSED, bounce_status="5.1.1")
        ticks(world)
        return
    world.do(T.record_bounce, CLOCK, notice_pk=mail[0], status="5.1.1")
    kind, key = _kind_and_key(mail[2])
    if kind == "user" and world.now.held_by(key):
        _is_missed(world, random, key)


def _is_missed(world: World, random: Random, person: int) -> None:
    """The absence is noted before the next round of the clock, and over with whatever the person does."""
    if world.do(T.note_absence, CLOCK, user_pk=person) and random.random() < 0.6 and person in world.members:
        is_seen(world, random, person)


def holders(world: World) -> Sequence[int]:
    held = {row.user for row in world.now.periods.values() if row.to_at is None and row.user}
    return sorted(held & world.members)


def is_seen(world: World, random: Random, person: int) -> None:
    """Somebody does anything at all."""
    world.do(T.look, person, registration=random.choice(world.registrations), capacity="custodian")
    world.do(T.end_absence, CLOCK, user_pk=person)


RULES = [
    Rule("months_pass", 3, days, months_pass),
    Rule("answers_question", 5, asked, answers),
    Rule("handles_letter", 12, letters, handles_letter),
    Rule("mail_comes_back", 1, sent, comes_back),
    Rule("is_seen", 0.8, holders, is_seen),
]
