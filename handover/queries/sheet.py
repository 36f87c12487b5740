"""One registration with everything of its page: what is one table away comes in one query."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any

from accounts.actors import Actor
from accounts.models import User
from accounts.rulebook import available
from audit.models import Event
from handover.models import (
    READING_AFTER,
    Certificate,
    ContactPoint,
    Custody,
    Deputy,
    Handover,
    Mandate,
    Registration,
    Restriction,
    Task,
)
from handover.queries.gaps import Gap
from handover.queries.nested import day, listed, moment, plain
from handover.queries.periods import Period, period_of
from handover.queries.sheet_rows import Point, read
from handover.queries.standing import Absence, Standing, absence_of, standing_of
from handover.restricting import may_pass
from handover.rules import TABLE


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
class Asked:
    """The yearly question that is open: whom it was put to, and by when to answer."""

    user: int
    due_on: date | None


@dataclass(frozen=True)
class Sheet:
    """A registration with everything of its page that is one table away."""

    registration: Registration
    periods: list[Period]
    deputies: list[Standing]
    absence: Absence | None
    points: list[Point]
    aliases: list[dict[str, Any]]
    bills: list[dict[str, Any]]
    tasks: list[OpenTask]
    handover: Handover | None
    acts: list[Event]
    certificates: list[Certificate]
    marks: list[Mark]
    mandates: list[dict[str, Any]]
    gaps: list[Gap]

    asked: list[Asked]

    @property
    def bill_numbers(self) -> list[str]:
        return [str(bill["reference"]) for bill in self.bills]

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

    def deputies_for(self, actor: Actor) -> list[tuple[Standing, set[str]]]:
        """Return each deputy with what `actor` may do about that one."""
        found = []
        for one in self.deputies:
            row = Deputy(pk=one.pk, registration=self.registration, user=User(pk=one.user))
            may = available(_ABOUT_DEPUTIES, row, actor)
            found.append((one, may - ({"activate_deputy"} if one.acting_since else {"deactivate_deputy"})))
        return found

    def due_of(self, actor: Actor) -> date | None:
        """Return by when `actor` is asked to say whether they are still in charge, None when they are not asked."""
        return next((one.due_on for one in self.asked if one.user == actor.user.pk), None)

    @property
    def troubled_points(self) -> list[Point]:
        """Contact points from which something came back."""
        troubled = (*ContactPoint.NO_MAIL, ContactPoint.Health.RETURNED)
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
    registration = read(actor, number, at)
    return _sheet(registration) if registration else None


def _sheet(registration: Any) -> Sheet:
    periods = [period_of(row) for row in listed(registration.nested_periods)]
    handovers = listed(registration.nested_handover)
    registration.holder_pk = periods[0].user if periods and periods[0].to_at is None else None
    deputies = [standing_of(row) for row in listed(registration.nested_deputies)]
    registration.deputy_pks = {deputy.user for deputy in deputies}
    registration.acting_pks = {deputy.user for deputy in deputies if deputy.acting_since}
    absences = [absence_of(row) for row in listed(registration.nested_absence)]
    acts = listed(registration.nested_acts)
    marks = listed(registration.nested_marks)
    registration.blocked = {(row["kind"], act) for row in marks for act in plain(row["blocks"])}
    return Sheet(
        registration=registration,
        periods=periods,
        deputies=deputies,
        absence=absences[0] if absences else None,
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
        marks=[_mark(row) for row in marks],
        mandates=[_mandate(row) for row in listed(registration.nested_mandates)],
        gaps=[
            Gap(row["kind"], moment(row["opened_at"]), plain(row["reasons"]))
            for row in listed(registration.nested_gaps)
        ],
        asked=[Asked(row["user"], day(row["due_on"])) for row in listed(registration.nested_asked)],
        acts=[Event(**{**row, "facts": plain(row["facts"]), "at": moment(row["at"])}) for row in acts],
    )


def _mark(row: dict[str, Any]) -> Mark:
    times = {"since": moment(row["since"]), "until": moment(row["until"])}
    return Mark(**{**row, **times, "blocks": plain(row["blocks"])})


def _mandate(row: dict[str, Any]) -> dict[str, Any]:
    """Return what the page says of one mandate asked or granted on the registration."""
    days = {"starts_on": day(row["starts_on"]), "ends_on": day(row["ends_on"])}
    words = {"scope_words": Mandate.Scope(row["scope"]).label, "status_words": Mandate.Status(row["status"]).label}
    return {
        **row,
        **days,
        **words,
        "contractor": row["contractor__legal_name"],
        "person": row["representative__display_name"],
    }


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
    "name_deputy",
    "report_absence",
    "stand_in",
    "confirm_contact_point",
    "change_unit",
)
"""Actions of the registration's page that are judged by the registration itself."""


_ABOUT_DEPUTIES = {name: TABLE[name] for name in ("end_deputy", "activate_deputy", "deactivate_deputy")}


def buttons(registration: Registration, actor: Actor) -> set[str]:
    """Return which of `BUTTONS` the actor may press now."""
    may = available({name: TABLE[name] for name in BUTTONS if name in TABLE}, registration, actor)
    blocked: set[tuple[str, str]] = getattr(registration, "blocked", set())
    return may - {act for kind, act in blocked if not (actor.is_administrator and may_pass(kind, act))}
