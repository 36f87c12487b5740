"""What the rows hold after each act, read with one query a table."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import QuerySet

from audit.models import Event
from handover.models import Custody, Handover, HandoverItem, Package


class Period(NamedTuple):
    pk: int
    registration: int
    user: int | None
    kind: str
    basis: str
    basis_label: str
    from_at: datetime
    to_at: datetime | None

    @property
    def holder(self) -> str:
        return f"user:{self.user}" if self.user else "provider"


class Deal(NamedTuple):
    """A handover."""

    pk: int
    number: str
    status: str
    given_by: int | None
    given_to: int | None
    offered_by: int
    confirmed_by: int | None
    package: int | None
    needs_confirmation: bool
    effective_on: date
    offered_at: datetime | None
    objected_at: datetime | None
    countersigned_at: datetime | None
    reads_until: datetime | None
    receipt_facts: Any

    @property
    def is_open(self) -> bool:
        return self.status in Handover.OPEN

    @property
    def is_done(self) -> bool:
        return self.status in Handover.DONE


class Line(NamedTuple):
    """An item of a handover."""

    pk: int
    handover: int
    registration: int
    kind: str
    mark: str
    left_at: datetime | None
    is_open: bool


class Bundle(NamedTuple):
    """A package."""

    pk: int
    person: int
    opened_by: int
    kind: str
    status: str
    last_day: date | None


class Told(NamedTuple):
    sequence: int
    verb: str
    actor: str
    subject: str
    facts: dict[str, Any]
    at: datetime


@dataclass(frozen=True)
class Now:
    """What the rows hold after an act, read in five queries."""

    periods: dict[int, Period] = field(default_factory=dict)
    deals: dict[int, Deal] = field(default_factory=dict)
    lines: dict[int, Line] = field(default_factory=dict)
    bundles: dict[int, Bundle] = field(default_factory=dict)
    # Only what was written since the last look.
    told: list[Told] = field(default_factory=list)
    sequence: int = 0
    # What an area read besides, see `World.once`.
    memo: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def read(cls, since: int) -> Now:
        told = [Told(*row) for row in _EVENTS.rows(since)]
        return cls(
            periods={row[0]: Period(*row) for row in _PERIODS.rows()},
            deals={row[0]: Deal(*row) for row in _DEALS.rows()},
            lines={row[0]: Line(*row) for row in _LINES.rows()},
            bundles={row[0]: Bundle(*row) for row in _BUNDLES.rows()},
            told=told,
            sequence=told[-1].sequence if told else since,
        )

    def current(self, registration_pk: int) -> Period:
        return next(row for row in self.periods.values() if row.registration == registration_pk and row.to_at is None)

    def held_by(self, person: int) -> list[int]:
        return [row.registration for row in self.periods.values() if row.user == person and row.to_at is None]

    def open_deals(self, *statuses: str) -> list[Deal]:
        return [one for one in self.deals.values() if (one.status in statuses if statuses else one.is_open)]

    def open_bundles(self) -> list[Bundle]:
        return [one for one in self.bundles.values() if one.status == "open"]

    def standing(self, deal: int) -> list[Line]:
        return [one for one in self.lines.values() if one.handover == deal and one.left_at is None]

    def registrations_of(self, deal: int) -> set[int]:
        return {one.registration for one in self.standing(deal) if one.kind == "registration"}

    def under_way(self) -> dict[int, int]:
        """The open handover of each registration that is in one."""
        return {one.registration: one.handover for one in self.lines.values() if one.is_open}


class Reader:
    """One query, put into SQL once: what the rows hold is read after every act, a hundred thousand times."""

    def __init__(self, rows: Callable[[], QuerySet[Any, Any]]) -> None:
        self.make, self.ready = rows, False

    def rows(self, *values: object) -> list[tuple[Any, ...]]:
        if not self.ready:
            self.compiler = self.make().query.get_compiler("default")
            self.sql, self.values = self.compiler.as_sql()
            self.converters = self.compiler.get_converters([one for one, _sql, _name in self.compiler.select])
            self.ready = True
        with connection.cursor() as cursor:
            cursor.execute(self.sql, values or self.values)
            found = cursor.fetchall()
        return [tuple(row) for row in self.compiler.apply_converters(found, self.converters)]


def _columns(row: Any) -> list[str]:
    """The columns of a row, whose foreign keys are read as keys."""
    return list(row._fields)


_PERIODS = Reader(lambda: Custody.objects.order_by("registration_id", "from_at", "pk").values_list(*_columns(Period)))
_DEALS = Reader(lambda: Handover.objects.order_by("pk").values_list(*_columns(Deal)))
_LINES = Reader(lambda: HandoverItem.objects.order_by("pk").values_list(*_columns(Line)))
_BUNDLES = Reader(lambda: Package.objects.order_by("pk").values_list(*_columns(Bundle)))
_EVENTS = Reader(lambda: Event.objects.filter(sequence__gt=0).order_by("sequence").values_list(*_columns(Told)))
