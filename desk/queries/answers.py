"""Formal answers as a reader may find them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef

from accounts.actors import Actor
from desk.models import FormalAnswer, Inquiry
from desk.rules.answers import releases

SHOWN = 200
"""Rows of each list."""


@dataclass(frozen=True)
class AnswerLine:
    """An answer that waits for release. `may_release`: the reader is a second person for it."""

    answer: FormalAnswer
    may_release: bool


def find_answer(actor: Actor, pk: int, at: datetime | None = None) -> FormalAnswer | None:
    """Return an answer that the actor may see."""
    rows = FormalAnswer.objects.visible_to(actor, at).select_related(
        "inquiry", "drafted_by", "proposed_by", "released_by", "printed_by", "withdrawn_by", "blob"
    )
    return rows.filter(pk=pk).first()


def answers_of(inquiry: Inquiry, actor: Actor, at: datetime | None = None) -> list[FormalAnswer]:
    """Return the answers of `inquiry` that the actor may see, the newest first."""
    rows = FormalAnswer.objects.visible_to(actor, at).filter(inquiry=inquiry).select_related("drafted_by")
    return list(rows.order_by("-drafted_at", "-pk"))


def answers_to_release(actor: Actor) -> list[AnswerLine]:
    """Return what waits for release, the oldest first."""
    rows = FormalAnswer.objects.visible_to(actor).filter(status=FormalAnswer.Status.PROPOSED)
    rows = rows.select_related("inquiry", "drafted_by", "proposed_by").order_by("proposed_at", "pk")
    return [AnswerLine(row, releases(actor, row)) for row in rows[:SHOWN]]


def answers_to_print(actor: Actor) -> list[FormalAnswer]:
    """Return released letters that wait for the printer, the oldest first."""
    rows = FormalAnswer.objects.visible_to(actor).filter(
        status=FormalAnswer.Status.RELEASED, way=FormalAnswer.Way.LETTER
    )
    return list(rows.select_related("inquiry").order_by("released_at", "pk")[:SHOWN])


def answers_shown(inquiry: Inquiry) -> list[FormalAnswer]:
    """Return what the inquirer reads of it on the status page, the newest first."""
    rows = FormalAnswer.objects.shown_to_inquirer().filter(inquiry=inquiry).select_related("blob")
    return list(rows.order_by("-released_at", "-pk"))


def with_answers(inquiry: str) -> dict[str, Exists]:
    """Return what a query of one row needs to know whether an answer about its `inquiry` left: see `answers_in`."""
    left = FormalAnswer.objects.shown_to_inquirer().filter(inquiry=OuterRef(inquiry))
    return {"has_answers": Exists(left)}


def answers_in(row: Any, inquiry: Inquiry) -> list[FormalAnswer]:
    """Return what `answers_shown` returns, read only where `row` says that any left: most have none."""
    return answers_shown(inquiry) if row.has_answers else []
