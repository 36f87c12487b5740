"""Reads of the desk: what waits, who spoke with whom, what was promised, and who can own a promise."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from accounts.errors import Words
from accounts.models import Membership, OrganisationKind, Role, User
from desk import progress
from desk.models import Alarm, Contact, ExplanationCall, Hold, Inquiry
from desk.rules import LIVE, answers_for_alarm
from handover.models import ExplanationRequest
from handover.queries.nested import Rows, listed, moment

TURNS: dict[str, Words] = {
    Inquiry.Turn.INQUIRER: _("The inquirer"),
    Inquiry.Turn.DESK: _("The desk"),
    Inquiry.Turn.PROVIDER: _("The provider"),
    Inquiry.Turn.NOBODY: _("Nobody"),
}
"""Whose turn it is, as the staff say it; the inquirer reads `Turn`'s own words."""
OWNERS = (Role.AGENT, Role.SUPERVISOR, Role.OPERATOR, Role.APPROVER, Role.SENIOR)
"""Who can keep a promise: editors and auditors have nothing to do with cases."""


@dataclass(frozen=True)
class Waiting:
    """One line of the queue: organisation as stated; stage, turn and next date as the reader may know them."""

    number: str
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


@dataclass(frozen=True)
class Talk:
    """One contact as a reader may see it; `words` are None where only the fact is for the reader."""

    contact: Contact
    words: str | None
    by_desk: bool


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
    return [_line(found[key], by_inquiry.get(key), actor, at) for key in keys if key in found]


def _line(inquiry: Inquiry, hold: Hold | None, actor: Actor, at: datetime) -> Waiting:
    call: ExplanationCall | None = getattr(inquiry, "call", None)
    stage, turn, next_on = Inquiry.Stage(inquiry.stage), Inquiry.Turn(inquiry.turn), inquiry.next_on
    if actor.kind == OrganisationKind.AGENCY and call is None:
        stage, turn, next_on = progress.by_calendar(inquiry, at)
    statement = inquiry.statement
    return Waiting(
        number=inquiry.receipt_number,
        organisation=statement.name if call else statement.organisation_name,
        stage=stage.label,
        turn=TURNS[turn],
        next_on=next_on,
        is_late=next_on is not None and next_on < timezone.localdate(at),
        is_frozen=stage == Inquiry.Stage.FROZEN,
        hold=hold,
        is_promise_late=(hold is not None and hold.is_overdue(at)) or (call is not None and call.promised_until < at),
        call=call,
    )


def find_visible(actor: Actor, number: str) -> Inquiry | None:
    """Return the inquiry with this receipt number if the actor may see it."""
    return Inquiry.objects.visible_to(actor).filter(receipt_number=number).first()


def find_explanation(actor: Actor, number: str) -> Inquiry | None:
    """Return the inquiry of a call that explains a product, with its card, if the actor may see it."""
    rows = Inquiry.objects.visible_to(actor).filter(topic=Inquiry.Topic.EXPLANATION, receipt_number=number)
    return rows.select_related("call__product", "call__request").first()


def called_off_explanations() -> QuerySet[Inquiry]:
    """Return open inquiries of calls that the customers called off, the oldest first."""
    called_off = ExplanationRequest.Status.WITHDRAWN
    return Inquiry.objects.filter(status__in=LIVE, call__request__status=called_off).order_by("pk")


def find_typed(actor: Actor, typed: str) -> Inquiry | None:
    """Return the inquiry whose receipt number was typed in any writing, closed ones too."""
    digits = "".join(str(int(sign)) for sign in re.findall(r"\d", typed))
    return find_visible(actor, f"C-{digits[:4]}-{digits[4:7]}-{digits[7:]}") if len(digits) == 10 else None


def find_hold(actor: Actor, pk: int) -> Hold | None:
    """Return the hold if the actor may see its inquiry."""
    return Hold.objects.filter(pk=pk, inquiry__in=Inquiry.objects.visible_to(actor)).select_related("inquiry").first()


def with_holds(inquiry: str) -> dict[str, Any]:
    """Return what a query of one row needs to bring all promises of its `inquiry` along: see `holds_in`."""
    rows = Hold.objects.filter(inquiry=OuterRef(inquiry)).order_by("-opened_at", "-pk")
    names = {name: name for name in (*_HOLD, *_HOLD_TIMES)} | {"owner_name": "owner__display_name"}
    wish = rows.filter(closed_at=None).values("sealed_wish")[:1]
    return {"hold_rows": Rows(rows, **names), "open_wish": Subquery(wish)}


_HOLD = ("pk", "reason", "next_action", "owner_id", "outcome")
_HOLD_TIMES = ("promised_from", "promised_until", "opened_at", "closed_at")


def holds_in(row: Any) -> list[Hold]:
    """Return the promises that came along with `row`, the newest first, only to be read; at most the first is open."""
    found = []
    for one in listed(row.hold_rows):
        hold = Hold(**{name: one[name] for name in _HOLD}, **{name: moment(one[name]) for name in _HOLD_TIMES})
        hold.owner = User(pk=one["owner_id"], display_name=one["owner_name"])
        if hold.closed_at is None:
            hold.sealed_wish = row.open_wish
        found.append(hold)
    return found


def talks_of(inquiry: Inquiry, actor: Actor) -> list[Talk]:
    """Return who spoke with whom, the newest first.

    The desk sees its own contacts, and that the provider spoke with the inquirer; what the provider wrote down, and
    with whom else it spoke, may tell what is on record (invariant 22).
    """
    memberships = Membership.objects.filter(user=OuterRef("by"), organisation__kind=OrganisationKind.AGENCY)
    rows = inquiry.contacts.select_related("by").annotate(by_desk=Exists(memberships)).order_by("-at", "-pk")
    if actor.kind == OrganisationKind.AGENCY:
        rows = rows.filter(Q(by_desk=True) | Q(party=Contact.Party.CLAIMANT))
        return [Talk(row, row.note if row.by_desk else None, row.by_desk) for row in rows]
    return [Talk(row, row.note, row.by_desk) for row in rows]


def owners() -> dict[str, list[User]]:
    """Return who can own a promise, by the name of the organisation."""
    rows = Membership.objects.current().filter(
        organisation__kind__in=[OrganisationKind.AGENCY, OrganisationKind.PROVIDER],
        role__in=OWNERS,
        user__is_active=True,
    )
    found: dict[str, dict[int, User]] = {}
    for row in rows.select_related("user", "organisation").order_by("organisation__pk", "user__kana", "user__pk"):
        found.setdefault(row.organisation.legal_name, {})[row.user_id] = row.user
    return {name: list(people.values()) for name, people in found.items()}


# Alarms -------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class AlarmLine:
    """One open alarm as its reader sees it. `can_close`: it is not about the reader."""

    pk: int
    what: Words
    about: str
    opened_at: datetime
    can_close: bool


def alarms(actor: Actor) -> list[AlarmLine]:
    """Return the open alarms that are the actor's to see, the oldest first."""
    rows = Alarm.objects.visible_to(actor).open().select_related("about", "organisation").order_by("opened_at", "pk")
    return [
        AlarmLine(
            pk=row.pk,
            what=Alarm.Kind(row.kind).label,
            about=row.about.display_name if row.about else row.organisation.legal_name if row.organisation else "",
            opened_at=row.opened_at,
            can_close=answers_for_alarm(actor, row),
        )
        for row in rows
    ]


def find_alarm(actor: Actor, pk: int) -> Alarm | None:
    """Return an alarm that the actor may see."""
    return Alarm.objects.visible_to(actor).select_related("about", "organisation").filter(pk=pk).first()
