"""One registration with everything of its page: what is one table away comes in one query."""

from collections.abc import Collection
from dataclasses import dataclass, fields
from datetime import date, datetime
from functools import cached_property
from typing import Any

from django.db.models import OuterRef, Value
from django.db.models.functions import Concat

from accounts.actors import Actor
from accounts.models import User
from accounts.rulebook import available
from audit.models import Event
from handover.models import (
    READING_AFTER,
    BillReference,
    Certificate,
    ContactPoint,
    Custody,
    Deputy,
    Handover,
    HandoverItem,
    Registration,
    Restriction,
    Task,
    UnitAlias,
)
from handover.queries.nested import Rows, day, listed, moment, plain
from handover.restricting import BY_ADMINISTRATOR
from handover.rules import LOOKS, TABLE

LATEST = 8
"""Acts beside a registration, all of which are on the page of its history; and certificates on its page."""
PERIODS = 50
"""Custody periods shown on the page; older ones are in the history."""


@dataclass(frozen=True)
class Period:
    """One period of custody, or of standing in. `user` is None while the provider keeps the registration."""

    user: int | None
    name: str
    kana: str
    department: str
    kind: str
    basis: str
    from_at: datetime
    to_at: datetime | None


@dataclass(frozen=True)
class Point:
    """A contact point of record as the page shows it."""

    pk: int
    kind: str
    value: str
    postal_code: str
    since: date
    health: str
    purposes: list[str]
    hours: str
    receiver_pays: bool
    to_confirm: bool
    confirmed_on: date | None

    @property
    def kind_words(self) -> str:
        return str(ContactPoint.Kind(self.kind).label)

    @property
    def purpose_words(self) -> list[str]:
        return [str(ContactPoint.Purpose(each).label) for each in self.purposes]

    @property
    def health_words(self) -> str:
        return str(ContactPoint.Health(self.health).label)


@dataclass(frozen=True)
class OpenTask:
    """Something left to do."""

    pk: int
    kind: str
    detail: str
    owner: int | None

    @property
    def words(self) -> str:
        return str(Task.Kind(self.kind).label)


@dataclass(frozen=True)
class Mark:
    """What a case elsewhere means for the registration now. `until` is None while nobody knows."""

    kind: str
    case: str
    blocks: list[str]
    since: datetime
    until: datetime | None

    @property
    def words(self) -> str:
        return str(Restriction.Kind(self.kind).label)


@dataclass(frozen=True)
class Sheet:
    """A registration with everything of its page that is one table away."""

    registration: Registration
    periods: list[Period]
    deputies: list[Period]
    points: list[Point]
    aliases: list[dict[str, Any]]
    bills: list[dict[str, Any]]
    tasks: list[OpenTask]
    handover: Handover | None
    acts: list[Event]
    certificates: list[Certificate]
    marks: list[Mark]

    @cached_property
    def held(self) -> Period | None:
        """The current period."""
        return next((period for period in self.periods if period.to_at is None), None)

    @property
    def is_gap(self) -> bool:
        """Whether nobody was ever named or the last one left: a caretaker is not a person in charge."""
        return self.held is None or self.held.kind == Custody.Kind.CARETAKER

    def reads_until(self, actor: Actor) -> datetime | None:
        """Until when `actor` may read as a former custodian, None for everybody else."""
        ends = [period.to_at for period in self.periods if period.user == actor.user.pk and period.to_at]
        return max(ends) + READING_AFTER if ends and not self.is_held_by(actor) else None

    def is_held_by(self, actor: Actor) -> bool:
        return self.held is not None and self.held.user == actor.user.pk

    def capacity(self, actor: Actor) -> str:
        """In what role `actor` looks: what the log keeps of a look."""
        holder = self.held.user if self.held else None
        return capacity(actor, holder=holder, deputies={deputy.user for deputy in self.deputies})

    def tasks_of(self, actor: Actor) -> list[OpenTask]:
        """Return what is left to do for `actor`."""
        return [task for task in self.tasks if task.owner == actor.user.pk]

    @property
    def troubled_points(self) -> list[Point]:
        """Contact points from which something came back."""
        troubled = (ContactPoint.Health.BOUNCED, ContactPoint.Health.RETURNED)
        return [point for point in self.points if point.health in troubled]

    @property
    def has_mail(self) -> bool:
        return any(point.kind == ContactPoint.Kind.MAIL for point in self.points)


def capacity(actor: Actor, *, holder: int | None, deputies: Collection[int | None]) -> str:
    """Return in what role `actor` looks at a registration that `holder` has and `deputies` stand in for."""
    if actor.user.pk == holder:
        return "custodian"
    if actor.user.pk in deputies:
        return "deputy"
    if not actor.is_customer:
        return "staff"
    return "administrator" if actor.is_administrator else "former"


def find_sheet(actor: Actor, number: str, at: datetime) -> Sheet | None:
    """Return registration `number` as `actor` may see it at `at`, in one query; None when there is none to see."""
    of_this = OuterRef("pk")
    periods = Custody.objects.filter(registration=of_this).order_by("-from_at", "-pk")
    deputies = Deputy.objects.current().filter(registration=of_this).order_by("since", "pk")
    points = ContactPoint.objects.current().filter(registration=of_this).order_by("kind", "since", "pk")
    aliases = UnitAlias.objects.filter(registration=of_this, until=None).order_by("since", "pk")
    bills = BillReference.objects.filter(registration=of_this, until=None).order_by("since", "pk")
    tasks = Task.objects.filter(registration=of_this, done_at=None).order_by("opened_at", "pk")
    items = HandoverItem.objects.filter(registration=of_this, is_open=True)
    certificates = Certificate.objects.filter(registration=of_this).order_by("-pk")
    marks = Restriction.objects.in_force(at).filter(registration=of_this).order_by("since", "pk")
    label = Concat(Value("registration:"), OuterRef("number"))
    acts = Event.objects.filter(about_rows__label=label).exclude(verb__in=LOOKS).order_by("-sequence")
    registration = (
        Registration.objects.visible_to(actor, at)
        .select_related("organisation", "product")
        .annotate(
            nested_periods=Rows(
                periods[:PERIODS], kind="kind", basis="basis", from_at="from_at", to_at="to_at", **PERSON
            ),
            nested_deputies=Rows(deputies, from_at="since", to_at="until", **PERSON),
            nested_points=Rows(points, **{field.name: field.name for field in fields(Point)}),
            nested_aliases=Rows(aliases, pk="pk", alias="alias"),
            nested_bills=Rows(bills, reference="reference"),
            nested_tasks=Rows(tasks, pk="pk", kind="kind", detail="detail", owner="owner_id"),
            nested_handover=Rows(items, **_HANDOVER),
            nested_certificates=Rows(certificates[:LATEST], **{name: name for name in _CERTIFICATE}),
            nested_marks=Rows(marks, kind="kind", case="case", blocks="blocks", since="since", until="until"),
            nested_acts=Rows(acts[:LATEST], **{name: name for name in _EVENT}),
        )
        .filter(number=number)
        .first()
    )
    return _sheet(registration) if registration else None


_CERTIFICATE = ("serial", "language", "status", "issued_at")
_EVENT = ("sequence", "verb", "actor", "actor_organisation", "facts", "at")
PERSON = {
    "user": "user_id",
    "name": "user__display_name",
    "kana": "user__kana",
    "department": "user__department",
}
_HANDOVER = {
    name: f"handover__{name}"
    for name in (
        "number",
        "status",
        "organisation_id",
        "given_by_id",
        "given_to_id",
        "offered_by_id",
        "effective_on",
        "needs_confirmation",
        "offered_at",
        "accepted_at",
        "confirmed_at",
    )
} | {
    "successor_name": "handover__given_to__display_name",
    "successor_kana": "handover__given_to__kana",
    "successor_department": "handover__given_to__department",
}


def _sheet(registration: Any) -> Sheet:
    periods = [period_of(row) for row in listed(registration.nested_periods)]
    handovers = listed(registration.nested_handover)
    registration.holder_pk = periods[0].user if periods and periods[0].to_at is None else None
    deputies = [period_of({**row, "kind": "deputy", "basis": ""}) for row in listed(registration.nested_deputies)]
    registration.deputy_pks = {deputy.user for deputy in deputies}
    acts = listed(registration.nested_acts)
    registration.blocked = {act for row in listed(registration.nested_marks) for act in plain(row["blocks"])}
    return Sheet(
        registration=registration,
        periods=periods,
        deputies=deputies,
        points=[
            Point(
                **{
                    **row,
                    "since": day(row["since"]),
                    "purposes": plain(row["purposes"]),
                    "receiver_pays": bool(row["receiver_pays"]),
                    "to_confirm": bool(row["to_confirm"]),
                    "confirmed_on": day(row["confirmed_on"]),
                }
            )
            for row in listed(registration.nested_points)
        ],
        aliases=listed(registration.nested_aliases),
        bills=listed(registration.nested_bills),
        tasks=[OpenTask(**row) for row in listed(registration.nested_tasks)],
        handover=_handover(handovers[0]) if handovers else None,
        certificates=[
            Certificate(**{**row, "issued_at": moment(row["issued_at"])})
            for row in listed(registration.nested_certificates)
        ],
        marks=[_mark(row) for row in listed(registration.nested_marks)],
        acts=[Event(**{**row, "facts": plain(row["facts"]), "at": moment(row["at"])}) for row in acts],
    )


def period_of(row: dict[str, Any]) -> Period:
    """Return the period of one nested row with the columns of `PERSON`, `kind`, `basis`, `from_at` and `to_at`."""
    # The provider has no name here; the page puts its own.
    texts = {name: row[name] or "" for name in ("name", "kana", "department")}
    return Period(**{**row, **texts, "from_at": moment(row["from_at"]), "to_at": moment(row["to_at"])})


def _mark(row: dict[str, Any]) -> Mark:
    times = {"since": moment(row["since"]), "until": moment(row["until"])}
    return Mark(**{**row, **times, "blocks": plain(row["blocks"])})


def _handover(row: dict[str, Any]) -> Handover:
    """Return an open handover without its primary key: enough for its rules, its steps and its next step."""
    successor = User(
        pk=row["given_to_id"],
        display_name=row.pop("successor_name"),
        kana=row.pop("successor_kana"),
        department=row.pop("successor_department"),
    )
    times = {name: moment(row[name]) for name in ("offered_at", "accepted_at", "confirmed_at")}
    confirmation = {"needs_confirmation": bool(row["needs_confirmation"])}
    made = Handover(**{**row, **times, **confirmation, "effective_on": day(row["effective_on"])})
    made.given_to = successor
    return made


BUTTONS = (
    "add_contact_point",
    "end_contact_point",
    "add_alias",
    "end_alias",
    "draft_handover",
    "take_into_care",
    "add_document",
    "issue_certificate",
    "export_package",
    "confirm_contact_point",
    "change_unit",
)
"""Actions of the registration's page that are judged by the registration itself."""


def buttons(registration: Registration, actor: Actor) -> set[str]:
    """Return which of `BUTTONS` the actor may press now."""
    may = available({name: TABLE[name] for name in BUTTONS if name in TABLE}, registration, actor)
    blocked: set[str] = getattr(registration, "blocked", set())
    return may - (blocked - BY_ADMINISTRATOR if actor.is_administrator else blocked)
