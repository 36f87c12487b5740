"""Letters in and out: what is due, what became of it, and which one has a number."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from accounts.actors import Actor
from audit.models import Event
from audit.queries import about
from desk import registered
from desk.models import FormalAnswer, Inquiry, PostLetter, Word
from desk.queries.answers import answers_of
from desk.rules.letters import CAME_BACK, keeps
from outbox.models import Notice

SHOWN = 200
"""Rows of the register on one page."""


@dataclass(frozen=True)
class LetterLine:
    """One letter as its reader sees it. `number` as the post writes it; `can_close`: the reader may say what became."""

    letter: PostLetter
    number: str
    is_late: bool
    can_close: bool


def find_letter(actor: Actor, pk: int) -> PostLetter | None:
    """Return a letter that the actor may see."""
    return PostLetter.objects.visible_to(actor).select_related("inquiry", "owner").filter(pk=pk).first()


def letters_of(inquiry: Inquiry, actor: Actor, at: datetime) -> list[LetterLine]:
    """Return the letters of `inquiry` that the actor may see: open ones first, the earliest due date first."""
    rows = PostLetter.objects.visible_to(actor, at).filter(inquiry=inquiry)
    return _lines(rows.order_by("closed_at", "due_on", "pk"), actor, at)


def register(actor: Actor, at: datetime) -> list[LetterLine]:
    """Return every letter on which something is due, the earliest first."""
    return _lines(PostLetter.objects.visible_to(actor).open().order_by("due_on", "pk"), actor, at)


def with_number(actor: Actor, typed: str, at: datetime) -> list[LetterLine]:
    """Return letters with this number of registered mail, the newest first; the post uses a number more than once."""
    number = registered.plain(typed)
    if not number:
        return []
    rows = PostLetter.objects.visible_to(actor).filter(registered_number=number)
    return _lines(rows.order_by("-on", "-pk"), actor, at)


def due_letters(inquiries: Iterable[int], actor: Actor) -> dict[int, date]:
    """Return the earliest day on which a letter is due, by inquiry, for those that have one open."""
    rows = PostLetter.objects.visible_to(actor).open().filter(inquiry__in=list(inquiries)).order_by("-due_on")
    return {inquiry: due for inquiry, due in rows.values_list("inquiry", "due_on") if due}


def late_letters(at: datetime) -> QuerySet[PostLetter]:
    """Return letters whose day is over and of which nobody was told, the oldest first."""
    today = timezone.localdate(at)
    return PostLetter.objects.open().filter(due_on__lt=today, told_at=None).order_by("pk")


def _lines(rows: QuerySet[PostLetter], actor: Actor, at: datetime) -> list[LetterLine]:
    today = timezone.localdate(at)
    return [
        LetterLine(
            letter=row,
            number=registered.grouped(row.registered_number),
            is_late=row.is_late(today),
            can_close=row.status == PostLetter.Status.OPEN and keeps(actor, row),
        )
        for row in rows.select_related("inquiry", "owner")[:SHOWN]
    ]


def with_post(inquiry: str, actor: Actor, at: datetime | None) -> dict[str, Exists]:
    """Return what a query of one row needs to know whether its `inquiry` has letters or answers for the actor.

    Most have none, and then two statements are spared: see `post_in`.
    """
    letters = PostLetter.objects.visible_to(actor, at).filter(inquiry=OuterRef(inquiry))
    answers = FormalAnswer.objects.visible_to(actor, at).filter(inquiry=OuterRef(inquiry))
    return {"has_letters": Exists(letters), "has_answers": Exists(answers)}


def post_in(row: Any, inquiry: Inquiry, actor: Actor, at: datetime) -> dict[str, Any]:
    """Return letters and answers of `inquiry`, read only where `row` says that there are any."""
    return {
        "letters": letters_of(inquiry, actor, at) if row.has_letters else [],
        "answers": answers_of(inquiry, actor, at) if row.has_answers else [],
    }


def find_word(number: str) -> Word | None:
    """Return the letter to an inquirer with this number in its window."""
    rows = Word.objects.select_related("inquiry", "notice", "by").filter(channel="letter", notice__isnull=False)
    return rows.filter(letter_number=number).first() if number else None


def left_at(word: Word) -> datetime | None:
    """Return when a letter to an inquirer was printed; None while it waits."""
    return word.notice.sent_at if word.notice and word.notice.status == Notice.Status.SENT else None


def find_answer_letter(number: str) -> FormalAnswer | None:
    """Return the formal answer with this number in its window."""
    return FormalAnswer.objects.select_related("inquiry", "drafted_by").filter(letter_number=number).first()


def came_back(most: int) -> list[Event]:
    """Return the last letters of the desk that came back, as the log has them."""
    return list(about(CAME_BACK)[:most])
