"""The chain of custody of one registration: every period on one scale of time, and who held it on a day (R2)."""

from dataclasses import dataclass
from datetime import date, datetime, time
from itertools import pairwise
from typing import Any

from django.db.models import OuterRef
from django.utils import timezone

from accounts.actors import Actor
from handover.models import Custody, Deputy, Registration, UnverifiedPeriod
from handover.queries.nested import Rows, day, listed, moment
from handover.queries.periods import PERSON, Period, period_of
from handover.queries.sheet import capacity

THINNEST = 0.8
"""Percent of the picture: a period of a day in ten years is still to be seen."""


@dataclass(frozen=True)
class Bar:
    """A period with its place in the picture, in percent of the width."""

    period: Period
    left: str
    width: str

    @property
    def state(self) -> str:
        """`custodian`, `caretaker`, `provider` (kept by the provider) or `deputy`: what the bar looks like."""
        return self.period.kind if self.period.user else "provider"

    @property
    def basis_words(self) -> str:
        return str(Custody.Basis(self.period.basis).label)


@dataclass(frozen=True)
class Stretch:
    """Part of a day: who held it between two times of day. `period` is None before the registration begins."""

    period: Period | None
    begins: str
    ends: str


@dataclass(frozen=True)
class Statement:
    """What is said of a time and cannot be proven: no link of the chain. `last_on` is None when nobody can say."""

    name: str
    first_on: date
    last_on: date | None
    noted_at: datetime


@dataclass(frozen=True)
class Chain:
    """All periods, the oldest first, and all times of standing in. The picture ends at `at`."""

    registration: Registration
    bars: list[Bar]
    deputies: list[Bar]
    statements: list[Statement]
    at: datetime

    @property
    def first(self) -> datetime | None:
        """When the first period begins."""
        return self.bars[0].period.from_at if self.bars else None

    @property
    def gaps(self) -> int:
        """How often there was no person in charge: caretakers that follow one another are one gap."""
        named = [True, *(bar.state == Custody.Kind.CUSTODIAN for bar in self.bars)]
        return sum(before and not now for before, now in pairwise(named))

    def capacity(self, actor: Actor) -> str:
        """In what role `actor` looks."""
        holder = self.bars[-1].period.user if self.bars else None
        standing_in = {bar.period.user for bar in self.deputies if bar.period.to_at is None}
        return capacity(actor, holder=holder, deputies=standing_in)

    def on(self, day: date) -> list[Stretch]:
        """Return who held it on `day`, a calendar day here, from morning to night; none for a day still ahead.

        Each change of the day begins a stretch of its own. Times are those of the clock on the wall.
        """
        if day > timezone.localdate(self.at):
            return []
        periods = [bar.period for bar in self.bars if _touches(bar.period, day)]
        changes = [found for period in periods if (found := _time_on(period.from_at, day))]
        if not periods or _time_on(periods[0].from_at, day):
            parts: list[Period | None] = [None, *periods]
        else:
            parts = [*periods]
        minutes = [f"{change:%H:%M}" for change in changes]
        # Two changes within one minute are told apart by their seconds.
        seconds = len(set(minutes)) < len(minutes)
        words = [f"{change:%H:%M:%S}" for change in changes] if seconds else minutes
        edges = pairwise(["", *words, ""])
        return [Stretch(part, begins, ends) for part, (begins, ends) in zip(parts, edges, strict=True)]


def _touches(period: Period, day: date) -> bool:
    if timezone.localdate(period.from_at) > day:
        return False
    if period.to_at is None:
        return True
    last = timezone.localdate(period.to_at)
    return last > day or (last == day and _time_on(period.to_at, day) is not None)


def _time_on(at: datetime, day: date) -> time | None:
    """Return the time of day of `at` if that is on `day`, None otherwise and for midnight, where the day begins."""
    local = timezone.localtime(at)
    return local.time() if local.date() == day and local.time() != time.min else None


def find_chain(actor: Actor, number: str, at: datetime) -> Chain | None:
    """Return the chain of registration `number` as `actor` may see it at `at`, in one query; None if there is none."""
    of_this = OuterRef("pk")
    periods = Custody.objects.filter(registration=of_this).order_by("from_at", "pk")
    deputies = Deputy.objects.filter(registration=of_this).order_by("since", "pk")
    said = UnverifiedPeriod.objects.filter(registration=of_this).order_by("first_on", "pk")
    registration = (
        Registration.objects.visible_to(actor, at)
        .annotate(
            nested_periods=Rows(periods, kind="kind", basis="basis", from_at="from_at", to_at="to_at", **PERSON),
            nested_deputies=Rows(deputies, from_at="since", to_at="until", **PERSON),
            nested_statements=Rows(said, name="name", first_on="first_on", last_on="last_on", noted_at="noted_at"),
        )
        .filter(number=number)
        .first()
    )
    if registration is None:
        return None
    held = [period_of(row) for row in listed(registration.nested_periods)]
    standing_in = [period_of({**row, "kind": "deputy", "basis": ""}) for row in listed(registration.nested_deputies)]
    start = held[0].from_at if held else at
    return Chain(
        registration=registration,
        bars=[_bar(period, start, at) for period in held],
        deputies=[_bar(period, start, at) for period in standing_in],
        statements=[_statement(row) for row in listed(registration.nested_statements)],
        at=at,
    )


def _statement(row: dict[str, Any]) -> Statement:
    first_on, noted_at = day(row["first_on"]), moment(row["noted_at"])
    if first_on is None or noted_at is None:
        raise ValueError("a statement has its days")
    return Statement(row["name"], first_on, day(row["last_on"]), noted_at)


def _bar(period: Period, start: datetime, end: datetime) -> Bar:
    left, right = _percent(period.from_at, start, end), _percent(period.to_at or end, start, end)
    width = max(right - left, THINNEST)
    return Bar(period, f"{min(left, 100 - width):.2f}%", f"{width:.2f}%")


def _percent(at: datetime, start: datetime, end: datetime) -> float:
    whole = (end - start).total_seconds()
    if whole <= 0:
        return 0 if at <= start else 100
    return min(max((at - start).total_seconds() / whole, 0), 1) * 100
