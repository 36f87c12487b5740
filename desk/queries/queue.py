"""What waits, in the order of its promises."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from accounts.errors import Words
from accounts.models import OrganisationKind
from desk import progress
from desk.models import ExplanationCall, Hold, Inquiry
from desk.queries.letters import due_letters
from desk.rules import LIVE

TURNS: dict[str, Words] = {
    Inquiry.Turn.INQUIRER: _("The inquirer"),
    Inquiry.Turn.DESK: _("The desk"),
    Inquiry.Turn.PROVIDER: _("The provider"),
    Inquiry.Turn.NOBODY: _("Nobody"),
}
"""Whose turn it is, as the staff say it; the inquirer reads `Turn`'s own words."""


@dataclass(frozen=True)
class Waiting:
    """One line of the queue: organisation as stated; stage, turn and next date as the reader may know them."""

    number: str
    topic: Inquiry.Topic
    organisation: str
    stage: Words
    turn: Words
    next_on: date | None
    is_late: bool
    """The next date is over."""
    is_frozen: bool
    hold: Hold | None
    is_promise_late: bool
    call: ExplanationCall | None = None
    """What was promised to a customer who wants something explained: nothing of recovery then."""
    letter_due_on: date | None = None
    """The earliest day on which something is due on a letter."""
    is_letter_late: bool = False


def filters_for(actor: Actor) -> dict[str, Words]:
    """Return what the actor can narrow the queue to: values of `show` with their names."""
    turns = {} if actor.kind == OrganisationKind.AGENCY else TURNS
    named = {turn: format_lazy(_("Turn: {who}"), who=who) for turn, who in turns.items() if turn != Inquiry.Turn.NOBODY}
    return {"": _("All"), "mine": _("My promises"), "overdue": _("Overdue"), **named}


def waiting(actor: Actor, *, at: datetime, show: str = "") -> QuerySet[Inquiry, int]:
    """Return the keys of what waits: for the provider the oldest next date first, for the desk the oldest promise.

    `show` is "mine" (holds that the actor owns), "overdue" (next date or promise is over), for the provider a `Turn`,
    or anything else for all. Keys only: the statement fills the row, so rows are read for one page at a time.
    Neither order nor filters tell the desk what only a matching registration would change (invariant 21).
    """
    rows = Inquiry.objects.visible_to(actor).filter(status__in=LIVE)
    holds, at_desk = Hold.objects.filter(closed_at=None), actor.kind == OrganisationKind.AGENCY
    if show == "mine":
        rows = rows.filter(pk__in=holds.filter(owner=actor.user).values("inquiry"))
    elif show == "overdue":
        late = Q(pk__in=holds.filter(promised_until__lt=at).values("inquiry")) | Q(call__promised_until__lt=at)
        rows = rows.filter(late if at_desk else late | Q(next_on__lt=timezone.localdate(at)))
    elif show in TURNS and not at_desk:
        rows = rows.filter(turn=show)
    if at_desk:
        promise = Subquery(holds.filter(inquiry=OuterRef("pk")).values("promised_until")[:1])
        promise_or_call = Coalesce(promise, F("call__promised_until"))
        rows = rows.order_by(promise_or_call.asc(nulls_last=True), "pk")
    else:
        rows = rows.order_by("next_on", "pk")
    return rows.values_list("pk", flat=True)


def lines(keys: Iterable[int], actor: Actor, at: datetime) -> list[Waiting]:
    """Return the lines of one page of the queue, in its order."""
    found = Inquiry.objects.select_related("call").in_bulk(list(keys))
    holds = Hold.objects.filter(closed_at=None, inquiry__in=list(found)).select_related("owner")
    by_inquiry = {hold.inquiry_id: hold for hold in holds}
    due = due_letters(found, actor)
    return [_line(found[key], by_inquiry.get(key), due.get(key), actor, at) for key in keys if key in found]


def _line(inquiry: Inquiry, hold: Hold | None, due_on: date | None, actor: Actor, at: datetime) -> Waiting:
    call: ExplanationCall | None = getattr(inquiry, "call", None)
    stage, turn, next_on = Inquiry.Stage(inquiry.stage), Inquiry.Turn(inquiry.turn), inquiry.next_on
    if actor.kind == OrganisationKind.AGENCY and inquiry.topic == Inquiry.Topic.RECOVERY:
        stage, turn, next_on = progress.by_calendar(inquiry, at)
    statement = inquiry.statement
    return Waiting(
        number=inquiry.receipt_number,
        topic=Inquiry.Topic(inquiry.topic),
        organisation=statement.name if call else statement.organisation_name or statement.name,
        stage=stage.label,
        turn=TURNS[turn],
        next_on=next_on,
        is_late=next_on is not None and next_on < timezone.localdate(at),
        is_frozen=stage == Inquiry.Stage.FROZEN,
        hold=hold,
        is_promise_late=(hold is not None and hold.is_overdue(at)) or (call is not None and call.promised_until < at),
        call=call,
        letter_due_on=due_on,
        is_letter_late=due_on is not None and due_on < timezone.localdate(at),
    )
