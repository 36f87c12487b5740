"""Who stands in, and reports of absence, as the page of a registration reads them in its one query."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import CharField, Exists, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Cast, Concat
from django.utils import timezone

from audit.models import Event
from handover.models import AbsenceReport, Deputy, StandIn
from handover.queries.nested import day, moment
from handover.queries.periods import PERSON, Period, period_of


@dataclass(frozen=True)
class Standing(Period):
    """A deputyship; `acting_since` while the deputy stands in."""

    pk: int
    acting_since: datetime | None


@dataclass(frozen=True)
class Absence:
    """An open report that the holder has gone silent; `is_over` once the holder was here since."""

    reason: str
    at: datetime
    ready_on: date
    is_over: bool

    def is_ripe(self, at: datetime) -> bool:
        """Whether a deputy may stand in on it at `at`."""
        return not self.is_over and timezone.localdate(at) >= self.ready_on


def deputies_of(registration: OuterRef) -> QuerySet[Deputy]:
    """Return the deputies with since when each stands in, for a query about registrations."""
    acting = StandIn.objects.current().filter(deputy=OuterRef("pk")).values("since")
    rows = Deputy.objects.current().filter(registration=registration)
    return rows.annotate(acting_since=Subquery(acting[:1])).order_by("since", "pk")


def absences_of(registration: OuterRef) -> QuerySet[AbsenceReport]:
    """Return the open report about the present holder, with whether that holder did anything since."""
    holder = Concat(Value("user:"), Cast(OuterRef("custody__user_id"), CharField()))
    here = Event.objects.filter(actor=holder, at__gte=OuterRef("at"))
    rows = AbsenceReport.objects.open().filter(custody__registration=registration, custody__to_at=None)
    return rows.annotate(is_over=Exists(here))


def standing_of(row: dict[str, Any]) -> Standing:
    """Return the deputyship of one nested row of `deputies_of`."""
    period = period_of({name: row[name] for name in (*PERSON, "from_at", "to_at")} | {"kind": "deputy", "basis": ""})
    return Standing(**vars(period), pk=row["pk"], acting_since=moment(row["acting_since"]))


def absence_of(row: dict[str, Any]) -> Absence:
    """Return the report of one nested row of `absences_of`."""
    at, ready_on = moment(row["at"]), day(row["ready_on"])
    if at is None or ready_on is None:
        raise ValueError("a report of absence has its days")
    return Absence(row["reason"], at, ready_on, bool(row["is_over"]))
