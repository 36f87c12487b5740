"""What the console shows of the inquiry on the line: masked, because whoever calls has shown nothing yet."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from accounts.actors import Actor
from accounts.errors import Words
from desk import progress
from desk import queries as desk
from desk.forms import stated
from desk.models import Hold, Inquiry, Statement
from desk.queries import Talk
from recovery.models import Claim
from recovery.queries import desk as claims

HIDDEN = 4
"""Signs at the end of a number that are not shown."""
MASKED = ("own_phone", "phone", "bill_reference", "mail")
"""Fields of a statement that help whoever read a receipt number somewhere: their ends are hidden."""


@dataclass(frozen=True)
class Opened:
    """An inquiry as whoever is on the phone sees it; `claim` where it is one, `stage` and date as may be told."""

    inquiry: Inquiry
    claim: Claim | None
    stage: Words
    next_on: date | None
    is_over: bool
    stated: list[tuple[Words, str]]
    hold: Hold | None
    past_holds: list[Hold]
    papers: list[claims.Paper]
    talks: list[Talk]
    promised_until: str

    @property
    def version(self) -> int | None:
        """The procedure whose words are said: the claim's own, None for the one in force."""
        return self.claim.procedure.version if self.claim else None


def find(actor: Actor, number: str, at: datetime) -> Inquiry | None:
    """Return the inquiry with this receipt number if the actor may see it at `at`; its promises come along."""
    rows = Inquiry.objects.visible_to(actor, at).annotate(**desk.with_holds("pk"))
    return rows.filter(receipt_number=number).first()


def opened(actor: Actor, inquiry: Inquiry, at: datetime) -> Opened:
    """Return what the console shows of `inquiry`, which the actor may see."""
    claim = claims.find(actor, inquiry.receipt_number, at) if inquiry.topic == Inquiry.Topic.RECOVERY else None
    came_along = claim or (inquiry if hasattr(inquiry, "hold_rows") else None)
    holds = desk.holds_in(came_along) if came_along else desk.holds_of(inquiry)
    hold = holds[0] if holds and holds[0].closed_at is None else None
    stage, next_on = Inquiry.Stage(inquiry.stage), inquiry.next_on
    if claim and inquiry.closed_at is None:
        # By the calendar alone, also once more is proven: the page of the claim has the rest (invariant 22).
        stage, _turn, next_on = progress.by_calendar(inquiry, at)
    return Opened(
        inquiry=inquiry,
        claim=claim,
        stage=stage.label,
        next_on=next_on,
        is_over=inquiry.closed_at is not None,
        stated=list(_masked(inquiry.statement)),
        hold=hold,
        past_holds=[one for one in holds if one.closed_at],
        papers=claims.papers_in(claim) if claim else [],
        talks=desk.talks_of(inquiry, actor),
        promised_until=claims.promise(hold, next_on, inquiry.language, at),
    )


def _masked(statement: Statement) -> Iterator[tuple[Words, str]]:
    hidden: dict[str, Any] = {name: mask(getattr(statement, name)) for name in MASKED}
    return stated(Statement(**{**vars(statement), **hidden}))


def mask(value: str) -> str:
    """Return `value` with its end hidden: the last signs of a number, all but the first of a mail box."""
    if "@" in value:
        box, _at, domain = value.rpartition("@")
        return f"{box[:1]}****@{domain}"
    return re.sub(rf"(\w\W*){{1,{HIDDEN}}}$", "*" * HIDDEN, value)
