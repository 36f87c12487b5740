"""Where a case stands, told to the inquirer. Plain functions: they run inside the transaction of somebody's act."""

import secrets
from datetime import date, datetime
from typing import Any

from django.contrib.auth.hashers import make_password
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts import codes
from accounts.models import User
from desk import belonging
from desk.models import Climb, Contact, Hold, Inquiry, Needs, Pause, Statement, Word
from handover.calendar import business_days_after
from outbox import cipher

ANSWER_WITHIN = 2
"""Business days until whoever asked hears that somebody read it (procedure.md A14)."""
CALLS = (Contact.Channel.PHONE, Contact.Channel.VIDEO)
"""Ways in which we call somebody: announced before, so that whoever is called can ask whether it is us."""
SILENCE = 5
"""Business days after which an inquirer has to hear from us at the latest (procedure.md A11)."""


def take_in(
    *,
    came_by: str,
    statement: Statement,
    capacity: str,
    answer_by: str,
    language: str,
    tracking_code: str,
    next_on: date,
    at: datetime,
    topic: str = Inquiry.Topic.RECOVERY,
    needs: Needs | None = None,
) -> Inquiry:
    """Write the one row that every inquiry is, whoever asks and whatever is known of them.

    `tracking_code` is the plain code, of which only a slow hash is kept; "" for somebody who follows it signed in.
    """
    while True:
        inquiry = Inquiry(
            receipt_number=_new_number(),
            tracking_hash=make_password(codes.plain(tracking_code) if tracking_code else None),
            topic=topic,
            came_by=came_by,
            sealed=statement.sealed(),
            language=language,
            answer_by=answer_by,
            capacity_stated=capacity,
            next_on=next_on,
            received_at=at,
            told_at=at,
            sealed_needs=needs.sealed() if needs else None,
        )
        try:
            with transaction.atomic():
                inquiry.save(force_insert=True)
        except IntegrityError:
            continue  # one of ten thousand million: take another number
        return inquiry


def new_tracking_code() -> str:
    """Return a fresh code in two groups of five, 50 bits: `7Q4M2-KXH9P`."""
    signs = "".join(secrets.choice(codes.ALPHABET) for _place in range(codes.LENGTH))
    return f"{signs[:5]}-{signs[5:]}"


def stand(inquiry_pk: int, *, stage: str, turn: str, next_on: date) -> None:
    """Set what the inquirer reads on the status page: stage, whose turn, next date."""
    Inquiry.objects.filter(pk=inquiry_pk).update(stage=stage, turn=turn, next_on=next_on)


def by_calendar(inquiry: Inquiry, at: datetime, *, silence: int = SILENCE) -> tuple[Inquiry.Stage, Inquiry.Turn, date]:
    """Return stage, turn and next date of an open inquiry as they would be if nothing were on record about anybody.

    It follows from the calendar alone: what inquirer and desk read before the proofs (invariant 21). An appeal is the
    inquirer's own act, so it shows as well. `silence` is the business days after which the inquirer hears from us at
    the latest.
    """
    today = timezone.localdate(at)
    if inquiry.stage == Inquiry.Stage.APPEAL and inquiry.next_on:
        return Inquiry.Stage.APPEAL, Inquiry.Turn.PROVIDER, inquiry.next_on
    next_on = business_days_after(timezone.localdate(inquiry.reopened_at or inquiry.received_at), ANSWER_WITHIN)
    if today <= next_on:
        return Inquiry.Stage.RECEIVED, Inquiry.Turn.PROVIDER, next_on
    return Inquiry.Stage.COLLECTING, Inquiry.Turn.INQUIRER, ahead(next_on, at, silence=silence)


def ahead(next_on: date, at: datetime, *, silence: int = SILENCE) -> date:
    """Return the next date as an inquirer reads it: where it is over, the next one after it by the calendar."""
    today = timezone.localdate(at)
    while next_on < today:
        next_on = business_days_after(next_on, silence)
    return next_on


def close(inquiry_pk: int, *, stage: str, at: datetime, by: User | None = None) -> None:
    """End the matter with a last stage; an open hold ends with it, by the written decision."""
    Hold.objects.filter(inquiry_id=inquiry_pk, closed_at=None).update(
        closed_at=at, closed_by=by, outcome=Hold.Outcome.DECIDED
    )
    settle(inquiry_pk, at=at)
    Pause.objects.filter(inquiry_id=inquiry_pk, ended_at=None).update(ended_at=at, ended_by=by)
    Word.objects.filter(inquiry_id=inquiry_pk, said_at=None).delete()
    Inquiry.objects.filter(pk=inquiry_pk).update(
        stage=stage, turn=Inquiry.Turn.NOBODY, status=Inquiry.Status.CLOSED, next_on=None, closed_at=at
    )


def reopen(inquiry_pk: int, *, stage: str, turn: str, next_on: date, at: datetime | None = None) -> None:
    """Take an ended matter up again. With `at` its calendar begins anew; without, it is only looked at once more."""
    again = {} if at is None else {"reopened_at": at}
    Inquiry.objects.filter(pk=inquiry_pk).update(
        stage=stage, turn=turn, next_on=next_on, status=Inquiry.Status.OPEN, closed_at=None, **again
    )


def settle(inquiry_pk: int, *, at: datetime) -> None:
    """What climbed is settled: somebody got in touch, promised anew, or ended the matter."""
    Climb.objects.filter(inquiry_id=inquiry_pk, settled_at=None).update(settled_at=at)


def put_off(inquiry_pk: int, *, next_on: date) -> None:
    """Name the next date anew; stage and turn stay."""
    Inquiry.objects.filter(pk=inquiry_pk, closed_at=None).update(next_on=next_on)


def find_capacity(inquiry_pk: int, *, capacity: str) -> None:
    """Keep what an operator found the inquirer to be, beside what was stated."""
    Inquiry.objects.filter(pk=inquiry_pk).update(capacity_found=capacity)


def note(inquiry_pk: int, *, text: str, at: datetime, **facts: Any) -> Contact:
    """Write down one contact: `facts` are direction, channel, party, by and minutes, and what announced our call.

    Whoever spoke with us has heard from us: silence counts anew, a call that was owed is made; not by a call that
    nobody answered (`reached` False). Whatever the inquirer sends ends a pause that waited for it. What no desk has
    yet is at the desk of whoever spoke.
    Raises ValueError for a call of ours that nothing announced (invariant 27): see `desk.announcing.use`.
    """
    if facts["direction"] == Contact.Direction.OUT and facts["channel"] in CALLS and facts.get("intention") is None:
        raise ValueError("a call of ours without the intention that announced it")
    belonging.take_up(inquiry_pk, by=facts.get("by"))
    if facts["party"] == Contact.Party.CLAIMANT and facts.get("reached", True):
        _in_touch(inquiry_pk, facts["direction"], facts["channel"], at)
    return Contact.objects.create(inquiry_id=inquiry_pk, at=at, sealed_note=cipher.encrypt(text), **facts)


WAITS_FOR_INQUIRER = (Pause.Reason.PAPERS, Pause.Reason.ANSWER)
_TALKS = (Contact.Channel.PHONE, Contact.Channel.VIDEO, Contact.Channel.VISIT)


def _in_touch(inquiry_pk: int, direction: str, channel: str, at: datetime) -> None:
    if direction == Contact.Direction.IN:
        waits = Pause.objects.filter(inquiry_id=inquiry_pk, ended_at=None, reason__in=WAITS_FOR_INQUIRER)
        waits.update(ended_at=at)
    if direction == Contact.Direction.OUT or channel in _TALKS:
        Inquiry.objects.filter(pk=inquiry_pk).update(told_at=at)
        Word.objects.filter(inquiry_id=inquiry_pk, said_at=None).update(said_at=at)
        Climb.objects.filter(inquiry_id=inquiry_pk, why=Climb.Why.SILENT, settled_at=None).update(settled_at=at)


def note_their_call(inquiry_pk: int, *, by: User | None, at: datetime) -> Contact:
    """Write down that the inquirer called: `by` spoke with them, and therefore decides nothing later."""
    return note(
        inquiry_pk,
        text="",
        at=at,
        direction=Contact.Direction.IN,
        channel=Contact.Channel.PHONE,
        party=Contact.Party.CLAIMANT,
        by=by,
    )


def _new_number() -> str:
    """Return a receipt number that is easily said on the phone and tells nothing: not even how many there were."""
    digits = "".join(secrets.choice("0123456789") for _place in range(10))
    return f"C-{digits[:4]}-{digits[4:7]}-{digits[7:]}"
