"""Figures that reward solving: added up in the database from one narrow row an inquiry. Of no person, never a quota."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from accounts.errors import Words
from accounts.models import Organisation, OrganisationKind
from desk import progress
from desk.models import CaseFigure, Inquiry
from desk.queries.elapsed import begun_before

AGES: tuple[tuple[str, int, int | None], ...] = (
    ("age_5", 0, 5),
    ("age_15", 6, 15),
    ("age_35", 16, 35),
    ("age_more", 36, None),
)
"""Bands of business days: no silence over 5, a holding answer at 15, a decision or the senior at 35 (procedure A11)."""
AGE_WORDS: dict[str, Words] = {
    "age_5": _("Up to 5 business days"),
    "age_15": _("6 to 15 business days"),
    "age_35": _("16 to 35 business days"),
    "age_more": _("More than 35 business days"),
}
AGAIN: dict[str, Words] = {
    "again_promise_over": _("A promised time was over"),
    "again_before_promise": _("Before the promised time"),
    "again_without_promise": _("Nothing had been promised"),
    "again_after_answer": _("After the answer"),
}
"""Why an inquirer got in touch again, as far as it can be seen."""
DEFINITIONS: tuple[tuple[Words, Words], ...] = (
    (
        _("First answer"),
        _(
            "Business days from receipt until the inquirer first heard from us; within two is the aim. An inquiry that"
            " waits longer without an answer counts as not within two."
        ),
    ),
    (
        _("Promises kept"),
        _(
            "Holds in which we got in touch, or which ended by agreement or decision, before the promised time was"
            " over. A promise that another one followed in time counts with that one."
        ),
    ),
    (
        _("Repeat contacts"),
        _(
            "The inquirer got in touch again within seven days of the last contact; within an hour it is the same"
            " conversation. Why: what had been promised at that moment."
        ),
    ),
    (_("Ageing"), _("Inquiries that are open now, by business days since receipt, whenever they came in.")),
    (
        _("Time to recovery"),
        _("Business days from receipt until a registration was given back, for those of these days."),
    ),
    (
        _("Escalations"),
        _(
            "Matters passed to the provider with a reason, and promises or silences that climbed because they were"
            " overdue."
        ),
    ),
    (
        _("Calls per closed case"),
        _(
            "Calls with the inquirer, of both directions, in cases that are closed. It describes; nobody is measured"
            " by a number of calls."
        ),
    ),
)


@dataclass
class Line:
    """The figures of one group. Counters of days: business days -> how many inquiries."""

    name: Words
    sums: Counter[str] = field(default_factory=Counter)
    answers: Counter[int] = field(default_factory=Counter)
    recoveries: Counter[int] = field(default_factory=Counter)

    @property
    def number(self) -> int:
        """Inquiries received."""
        return self.sums["number"]

    @property
    def answer_median(self) -> float | None:
        return median(self.answers)

    @property
    def answered_in_time(self) -> float | None:
        """Share of the inquiries answered within two business days; None where none was due."""
        in_time = sum(number for days, number in self.answers.items() if days <= progress.ANSWER_WITHIN)
        return share(in_time, self.answers.total() + self.sums["unanswered"])

    @property
    def promises(self) -> int:
        return self.sums["kept"] + self.sums["broken"] + self.sums["overdue"]

    @property
    def promises_kept(self) -> float | None:
        return share(self.sums["kept"], self.promises)

    @property
    def again(self) -> list[tuple[str, Words, int]]:
        """Repeat contacts by what was the case then."""
        return [(key, words, self.sums[key]) for key, words in AGAIN.items()]

    @property
    def repeats(self) -> int:
        return sum(number for _key, _words, number in self.again)

    @property
    def ages(self) -> list[tuple[str, Words, int]]:
        """Open inquiries by business days since receipt."""
        return [(key, words, self.sums[key]) for key, words in AGE_WORDS.items()]

    @property
    def open(self) -> int:
        return sum(number for _key, _words, number in self.ages)

    @property
    def recovery_median(self) -> float | None:
        return median(self.recoveries)

    @property
    def recovered(self) -> int:
        return self.recoveries.total()

    @property
    def escalations(self) -> int:
        return self.sums["escalations"]

    @property
    def calls_per_case(self) -> float | None:
        return share(self.sums["calls"], self.sums["closed"])


@dataclass(frozen=True)
class Part:
    """One table: the figures by agency, route or topic."""

    key: str
    title: Words
    lines: list[Line]


@dataclass(frozen=True)
class Figures:
    """All of one page. `first` and `last` are days of receipt."""

    first: date
    last: date
    whole: Line
    parts: list[Part]


def share(part: int, whole: int) -> float | None:
    """Return `part` of `whole`, None for nothing."""
    return part / whole if whole else None


def median(days: Counter[int]) -> float | None:
    """Return the middle of the days counted, the mean of the two middle ones when they are even, None for none."""
    total, seen, low = days.total(), 0, None
    if not total:
        return None
    for value in sorted(days):
        seen += days[value]
        if low is None and 2 * seen >= total:
            low = value
        if 2 * seen > total:
            return (low + value) / 2 if low is not None else float(value)
    return None


def visible_to(actor: Actor) -> QuerySet[CaseFigure]:
    """Return the rows that the actor may add up: a supervisor those of the own agency."""
    rows = CaseFigure.objects.all()
    return rows.filter(agency=actor.organisation) if actor.kind == OrganisationKind.AGENCY else rows


def figures(actor: Actor, *, first: date, last: date, at: datetime) -> Figures:
    """Return the figures of inquiries received from `first` to `last`, as `actor` may see them. Four queries."""
    rows = visible_to(actor)
    received = rows.filter(received_on__range=(first, last))
    whole = Line(_("All"))
    groups: dict[str, dict[Any, Line]] = {key: {} for key in _TITLES}
    names = dict(Organisation.objects.filter(kind=OrganisationKind.AGENCY).values_list("pk", "legal_name"))
    today = timezone.localdate(at)
    for place, kind in (
        # One pass over the table: what is added up is grouped by the days of the answer as well.
        (_add_received, received.values(*_TITLES, "first_answer_days").annotate(**_sums(today, at))),
        (
            _add_recoveries,
            rows.filter(recovered_on__range=(first, last)).values(*_TITLES, "recovered_days").annotate(n=Count("pk")),
        ),
        (_add_sums, rows.filter(is_open=True).values(*_TITLES).annotate(**_ages(today))),
    ):
        _take(kind, place, whole, groups, names)
    parts = [Part(key, _TITLES[key], _sorted(groups[key])) for key in _TITLES]
    return Figures(first, last, whole, parts)


_TITLES: dict[str, Words] = {"agency": _("By agency"), "route": _("By route"), "topic": _("By topic")}


def _take(
    rows: Iterable[dict[str, Any]],
    place: Callable[[Line, dict[str, Any]], None],
    whole: Line,
    groups: dict[str, dict[Any, Line]],
    names: dict[int, str],
) -> None:
    for row in rows:
        place(whole, row)
        for key, lines in groups.items():
            line = lines.setdefault(row[key], Line(_name(key, row[key], names)))
            place(line, row)


def _name(key: str, value: Any, names: dict[int, str]) -> Words:
    if key == "agency":
        return names.get(value, "") or _("The provider, or nobody yet")
    return Inquiry.Way(value).label if key == "route" else Inquiry.Topic(value).label


def _sorted(lines: dict[Any, Line]) -> list[Line]:
    """By name: no order that would make a race of it."""
    return sorted(lines.values(), key=lambda line: str(line.name))


def _sums(today: date, at: datetime) -> dict[str, Any]:
    due = begun_before(today, progress.ANSWER_WITHIN)
    return {
        "number": Count("pk"),
        "closed": Count("pk", filter=Q(is_open=False)),
        "calls_sum": Sum("calls", filter=Q(is_open=False), default=0),
        "unanswered": Count("pk", filter=Q(first_answer_days=None, received_on__lt=due)),
        "kept": Sum("promises_kept"),
        "broken": Sum("promises_broken"),
        "overdue": Count("pk", filter=Q(promised_until__lt=at)),
        # Under other names than the columns: an annotation may not take a column's.
        **{f"{key}_sum": Sum(key) for key in (*AGAIN, "escalations")},
    }


def _ages(today: date) -> dict[str, Any]:
    found = {}
    for key, least, most in AGES:
        condition = Q(received_on__lte=begun_before(today, least)) if least else Q()
        if most is not None:
            condition &= Q(received_on__gt=begun_before(today, most + 1))
        found[key] = Count("pk", filter=condition)
    return found


def _add_sums(line: Line, row: dict[str, Any]) -> None:
    for key, value in row.items():
        if key not in _TITLES and key != "first_answer_days":
            line.sums[key.removesuffix("_sum")] += value or 0


def _add_received(line: Line, row: dict[str, Any]) -> None:
    _add_sums(line, row)
    if row["first_answer_days"] is not None:
        line.answers[row["first_answer_days"]] += row["number"]


def _add_recoveries(line: Line, row: dict[str, Any]) -> None:
    line.recoveries[row["recovered_days"]] += row["n"]
