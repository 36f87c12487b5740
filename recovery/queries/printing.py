"""The print queue: what waits, what is on its way, what came back. Never what is written in it."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import F, Q

from accounts.actors import Actor
from outbox.models import Notice
from recovery.models import Dispatch
from recovery.rules.people import owes

SHOWN = 200
"""Rows of each list; a morning's post is less."""


@dataclass(frozen=True)
class Waiting:
    """A letter that waits. `is_own`: the reader does not print it (`recovery.rules.people.owes`)."""

    pk: int
    number: str
    words: str
    receipt_number: str
    queued_at: datetime
    is_own: bool
    is_code: bool

    @property
    def key(self) -> str:
        """What the form carries."""
        return str(self.pk)


@dataclass(frozen=True)
class Underway:
    """A letter that was printed, or a mail that was given up, and nobody has written down what became of it."""

    pk: int
    number: str
    purpose: str
    receipt_number: str
    left_at: datetime
    is_letter: bool


def waiting(actor: Actor) -> list[Waiting]:
    """Return what waits for the print run, the oldest first."""
    rows = Dispatch.objects.to_print().select_related("claim").order_by("queued_at", "pk")[:SHOWN]
    own = set(Dispatch.objects.to_print().filter(owes(actor.user)).values_list("pk", flat=True))
    return [
        Waiting(
            pk=one.pk,
            number=one.letter_number or "",
            words=one.get_purpose_display(),
            receipt_number=one.claim.number,
            queued_at=one.queued_at,
            is_own=one.pk in own,
            is_code=one.purpose == Dispatch.Purpose.CODE,
        )
        for one in rows
    ]


def underway() -> list[Underway]:
    """Return what left and of which nobody knows the end, the oldest first."""
    letters = Q(channel=Dispatch.Channel.LETTER, printed_at__isnull=False)
    given_up = Q(channel=Dispatch.Channel.MAIL, notice__status=Notice.Status.FAILED)
    rows = Dispatch.objects.undelivered().filter(letters | given_up, returned_at=None)
    rows = rows.select_related("claim").order_by(F("printed_at").asc(nulls_last=True), "pk")
    return [
        Underway(
            pk=one.pk,
            number=one.letter_number or "",
            purpose=one.get_purpose_display(),
            receipt_number=one.claim.number,
            left_at=one.printed_at or one.queued_at,
            is_letter=one.letter_number is not None,
        )
        for one in rows[:SHOWN]
    ]


def find_dispatch(pk: int) -> Dispatch | None:
    """Return a letter or mail that left and of which nobody knows the end."""
    known = Dispatch.objects.undelivered().filter(returned_at=None).select_related("claim")
    return known.filter(pk=pk).first()


def numbers_of(actor: Actor, at: datetime) -> list[str]:
    """Return the numbers of the letters that `actor` printed at that moment."""
    rows = Dispatch.objects.filter(printed_by=actor.user, printed_at=at).order_by("letter_number")
    return [str(number) for number in rows.values_list("letter_number", flat=True)]
