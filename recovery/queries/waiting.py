"""What waits for somebody: duties and appeals with their days, and what the clock is to open."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from accounts.actors import Actor
from accounts.errors import Words
from accounts.models import Role, User
from accounts.rulebook import available
from desk import posing
from desk.models import POSED_WITHIN, Inquiry
from handover import custody
from handover.calendar import business_days_after
from handover.models import Custody, Deputy
from handover.queries.nested import listed
from recovery.models import Appeal, Claim, Duty, ProcedureVersion
from recovery.queries import reminding
from recovery.rules import TABLE
from recovery.rules.people import works_at_provider

SHOWN = 200
"""Rows of each list; a week's are less."""
_QUIET = (Claim.Status.RECEIVED, Claim.Status.MATCHED, Claim.Status.COLLECTING)


# For the clock ------------------------------------------------------------------------------------------------------


def _begun_before(today: date, days: int) -> date:
    """Return the last day from which `days` business days are over on `today`."""
    day = today - timedelta(days=days)
    while business_days_after(day, days) > today:
        day -= timedelta(days=1)
    return day


def _older(key: str, at: datetime) -> Q:
    """Claims that came in, or were reopened, at least as many business days ago as their procedure's `key` says."""
    found = Q(pk__in=[])
    for version in ProcedureVersion.objects.all():
        last = _begun_before(timezone.localdate(at), version.procedure.holding[key])
        since = Q(reopened_at=None, received_at__date__lte=last) | Q(reopened_at__date__lte=last)
        found |= Q(procedure=version) & since
    return found


def for_holding(at: datetime) -> list[int]:
    """Return the open claims whose holding answer is due."""
    rows = Claim.objects.open().filter(_older("holding_answer_business_days", at), holding_answered_at=None)
    return list(rows.order_by("pk").values_list("pk", flat=True))


def for_passing_on(at: datetime) -> list[int]:
    """Return the open claims that should be decided by now."""
    rows = Claim.objects.open().filter(_older("decision_business_days", at), passed_on_at=None)
    return list(rows.order_by("pk").values_list("pk", flat=True))


def for_noticing_silence(at: datetime) -> list[int]:
    """Return the open claims whose next date is over, where it is not the inquirer's turn and nobody was told."""
    told = Duty.objects.open().filter(kind=Duty.Kind.SILENCE).values("claim")
    rows = Claim.objects.open().filter(inquiry__next_on__lt=timezone.localdate(at)).exclude(pk__in=told)
    rows = rows.exclude(inquiry__turn=Inquiry.Turn.INQUIRER)
    return list(rows.order_by("pk").values_list("pk", flat=True))


def for_reminding(at: datetime) -> list[int]:
    """Return the claims before a proposal whose claimant was not heard of for long, and nobody was told to remind."""
    last = _begun_before(timezone.localdate(at), reminding.QUIET)
    rows = Claim.objects.filter(status__in=_QUIET, frozen_at=None, received_at__date__lte=last)
    waiting = rows.exclude(pk__in=Duty.objects.open().filter(kind=Duty.Kind.REMIND).values("claim"))
    return [claim.pk for claim in waiting.order_by("pk") if is_quiet(claim, at)]


def is_quiet(claim: Claim, at: datetime) -> bool:
    """Whether the claimant was not heard of for long, nor reminded, and may not be ended as unanswered either.

    The same for every claim that is not proposed yet, whatever is on record about it.
    """
    if claim.frozen_at is not None or claim.status not in _QUIET:
        return False
    last = reminding.last_sign(claim)
    reminded = claim.reminders.order_by("-at").values_list("at", flat=True).first()
    latest = timezone.localdate(max(filter(None, (last, reminded))))
    if business_days_after(latest, reminding.QUIET) > timezone.localdate(at):
        return False
    holding = claim.procedure.procedure.holding
    seen = reminding.counted(claim, last)
    enough = len(seen) >= holding["reminders"] and len({one.medium for one in seen}) >= holding["reminder_media"]
    return not enough


def for_pointing_out() -> list[int]:
    """Return the claims that are left of several on one registration and that nobody was told of."""
    rows = Claim.objects.filter(status__in=Claim.LINKED, frozen_by=Claim.Frozen.COMPETING)
    others = Claim.objects.filter(registration=OuterRef("registration"), status__in=Claim.LINKED)
    told = Duty.objects.open().filter(kind=Duty.Kind.COMPETING).values("claim")
    last = rows.filter(~Exists(others.exclude(pk=OuterRef("pk")))).exclude(pk__in=told)
    return list(last.order_by("pk").values_list("pk", flat=True))


def for_climbing(at: datetime) -> list[int]:
    """Return the appeals whose day is over and that no senior was told of."""
    told = Duty.objects.open().filter(kind=Duty.Kind.APPEAL).values("claim")
    rows = Appeal.objects.filter(status=Appeal.Status.OPEN, due_on__lt=timezone.localdate(at)).exclude(claim__in=told)
    return list(rows.order_by("pk").values_list("pk", flat=True))


def for_posing(at: datetime) -> list[int]:
    """Return one claim of each customer that is to be told of contractors who posed as it (`desk.posing`)."""
    rows = Claim.objects.filter(
        status__in=Claim.LINKED, posed_at__gt=at - POSED_WITHIN, posing_told_at=None, registration__isnull=False
    )
    found: dict[int, int] = {}
    for claim in rows.select_related("registration__organisation").order_by("pk"):
        customer = claim.registration.organisation if claim.registration else None
        if customer and customer.pk not in found and posing.due(customer, at):
            found[customer.pk] = claim.pk
    return list(found.values())


# For the worklist ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Line:
    """One thing that waits for the reader or a colleague. `pk` is None for an appeal, which its decision ends."""

    number: str
    what: Words
    due_on: date
    is_late: bool
    since: datetime
    is_appeal: bool
    pk: int | None
    can_finish: bool


def sees(actor: Actor) -> bool:
    """Whether the worklist is for `actor`: whoever examines or decides at the provider."""
    return works_at_provider(actor, Role.OPERATOR, Role.APPROVER, Role.SENIOR)


def _duties(actor: Actor) -> QuerySet[Duty]:
    kinds: list[str] = []
    if actor.has(Role.OPERATOR):
        kinds += Duty.OF_OPERATORS
    if actor.has(Role.SENIOR):
        kinds += [kind for kind in Duty.Kind.values if kind not in Duty.OF_OPERATORS]
    return Duty.objects.open().filter(kind__in=kinds)


def _appeals(actor: Actor) -> QuerySet[Appeal]:
    rows = Appeal.objects.filter(status=Appeal.Status.OPEN)
    return rows if actor.has(Role.APPROVER, Role.SENIOR) else rows.none()


def count_for(actor: Actor) -> int:
    """Return how much waits for `actor`, for the home page."""
    return _duties(actor).count() + _appeals(actor).count() if sees(actor) else 0


def lines_for(actor: Actor, at: datetime) -> list[Line]:
    """Return what waits for `actor`, the earliest day first. Nothing of a claim but its number."""
    today = timezone.localdate(at)
    found = [_of_duty(duty, today) for duty in _duties(actor).select_related("claim").order_by("due_on", "pk")[:SHOWN]]
    rows = _appeals(actor).select_related("claim").order_by("due_on", "pk")[:SHOWN]
    found += _of_appeals(rows, today)
    return sorted(found, key=lambda line: (line.due_on, line.number))


def _of_duty(duty: Duty, today: date) -> Line:
    can_finish = duty.kind not in Duty.WITH_THE_DECISION
    words = Duty.Kind(duty.kind).label
    return Line(duty.claim.number, words, duty.due_on, duty.due_on < today, duty.opened_at, False, duty.pk, can_finish)


def _of_appeals(rows: Iterable[Appeal], today: date) -> list[Line]:
    return [
        Line(one.claim.number, TABLE["decide_appeal"].words, one.due_on, one.due_on < today, one.at, True, None, False)
        for one in rows
    ]


def find_duty(actor: Actor, pk: int) -> Duty | None:
    """Return an open duty that is the actor's to see."""
    return _duties(actor).filter(pk=pk).select_related("claim").first() if sees(actor) else None


def duties_in(claim: Any) -> list[Duty]:
    """Return what the clock has opened about `claim` and nobody has done, as it came along: `queries.desk.find`."""
    return [Duty(kind=row["kind"], due_on=date.fromisoformat(row["due_on"])) for row in listed(claim.duty_rows)]


def may_judge(claim: Claim, appeal: Appeal, actor: Actor) -> bool:
    """Whether `actor` may decide on `appeal` now, for the button of a page."""
    appeal.claim = claim
    return "decide_appeal" in available({"decide_appeal": TABLE["decide_appeal"]}, appeal, actor)


def people_on_record(claim: Claim) -> list[User]:
    """Return who can show to be the organisation by signing in: custodian, deputies, administrators, once each."""
    registration = claim.registration
    if registration is None:
        return []
    held = Custody.objects.current().filter(registration=registration, user__isnull=False).select_related("user")
    deputies = Deputy.objects.current().filter(registration=registration).select_related("user").order_by("pk")
    people = [one.user for one in held if one.user] + [one.user for one in deputies]
    return list({one.pk: one for one in (*people, *custody.administrators(registration.organisation))}.values())
