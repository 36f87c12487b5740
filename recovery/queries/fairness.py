"""Days and outcomes of claims by group, for everybody alike (procedure.md A12). Four queries for the whole report."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby

from django.db.models import Count, Q
from django.utils.dates import MONTHS
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from accounts.errors import Words
from desk.models import Inquiry
from recovery.fairness import statistics
from recovery.fairness.quarters import Quarter
from recovery.fairness.statistics import Band
from recovery.models import CaseException, Claim
from recovery.queries.counting import MANY, OPEN, SIZES, Case, band, cases, received_in

S = Claim.Status
OUTCOMES: dict[str, Words] = {
    S.EXECUTED: S.EXECUTED.label,
    S.REFUSED: S.REFUSED.label,
    S.WITHDRAWN: S.WITHDRAWN.label,
    S.STOPPED: S.STOPPED.label,
    OPEN: gettext_lazy("Still open"),
}
"""How a claim came out, in the order of the report."""
CONTACTS = ((1, "0–1"), (3, "2–3"), (6, "4–6"))
"""How often a claimant got in touch: most of each band and its name."""
OFTEN = "7+"
LEAST = 5
"""Approvals and others that both have to be there before a trend is read: below that the normal curve does not fit."""


@dataclass(frozen=True)
class Dimension:
    """One way of grouping: by the field of `Case` called `key`. `name` says a group, `order` is that of the report.

    `is_compared`: whether drift is looked for in its groups.
    """

    key: str
    title: Words
    name: Callable[[str], Words]
    order: tuple[str, ...] = ()
    is_compared: bool = True


def _tier(key: str) -> Words:
    return _("Tier %(number)s") % {"number": key} if key else _("Before a registration was found")


def _size(key: str) -> Words:
    if key == "1":
        return _("1 registration")
    return _("%(band)s registrations") % {"band": key} if key else _("Before a registration was found")


ROUTES: dict[str, Words] = {
    "representative": gettext_lazy("Registered representative"),
    "sole_trader": gettext_lazy("Sole trader"),
    "association": gettext_lazy("Association or volunteer body"),
    "superior_body": gettext_lazy("Unit under a superior body"),
    "closed_office": gettext_lazy("Office that was closed"),
}
"""The routes of the shipped procedure, in short. A provider's own route goes by its code."""


def _route(key: str) -> Words:
    return ROUTES.get(key, key) if key else _("Normal way")


DIMENSIONS = (
    Dimension("tier", gettext_lazy("By tier"), _tier, ("3", "4", "")),
    Dimension("route", gettext_lazy("By route"), _route, ("", *ROUTES)),
    Dimension("way", gettext_lazy("By way of receipt"), lambda key: Inquiry.Way(key).label, tuple(Inquiry.Way.values)),
    Dimension("size", gettext_lazy("By size of the customer"), _size, (*(name for _most, name in SIZES), MANY, "")),
    Dimension(
        "contractor",
        gettext_lazy("With or without a contractor"),
        lambda key: _("With a contractor") if key == "yes" else _("Without a contractor"),
        ("no", "yes"),
    ),
    Dimension(
        "capacity",
        gettext_lazy("By who asks"),
        lambda key: Inquiry.Capacity(key).label,
        tuple(Inquiry.Capacity.values),
        is_compared=False,
    ),
    Dimension(
        "version",
        gettext_lazy("By version of the procedure"),
        lambda key: _("version %(number)s") % {"number": key},
        is_compared=False,
    ),
)
"""A new way of grouping is one more line here and one more field of `Case`."""


# Figures ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Figures:
    """What is said of one group. `rate` is of the decided: those who withdrew, never answered or were stopped because
    somebody could be reached were neither approved nor refused for what they showed."""

    key: str
    name: Words
    number: int
    outcomes: tuple[tuple[str, Words, int], ...]
    decided: int
    approved: int
    rate: float | None
    low: float
    high: float
    median: float | None
    nine_of_ten: int | None
    put_back: int

    @property
    def is_few(self) -> bool:
        """Too few decisions to read anything from."""
        return self.decided < statistics.TOO_FEW


def figures(key: str, name: Words, of: list[Case]) -> Figures:
    """Return the figures of one group."""
    counted = Counter(one.outcome for one in of)
    decided = sum(one.is_decided for one in of)
    days = [one.days for one in of if one.days is not None]
    approved = counted[S.EXECUTED]
    low, high = statistics.interval(approved, decided)
    return Figures(
        key=key,
        name=name,
        number=len(of),
        outcomes=tuple((key, words, counted[key]) for key, words in OUTCOMES.items()),
        decided=decided,
        approved=approved,
        rate=approved / decided if decided else None,
        low=low,
        high=high,
        median=statistics.median(days),
        nine_of_ten=statistics.nine_of_ten(days),
        put_back=sum(one.is_put_back for one in of),
    )


def grouped(of: Iterable[Case], dimension: Dimension) -> dict[str, list[Case]]:
    """Return the claims of each group that has any, in the order of the report."""
    found: dict[str, list[Case]] = {}
    for one in of:
        found.setdefault(getattr(one, dimension.key), []).append(one)
    order = [*dimension.order, *sorted(found)]
    return {key: found[key] for key in dict.fromkeys(order) if key in found}


def by_quarter(of: Iterable[Case]) -> list[Figures]:
    """Return the figures of each quarter of receipt, the oldest first."""
    rows = sorted(of, key=lambda one: one.quarter)
    return [
        figures(str(code), words_of(Quarter.from_code(code)), list(some))
        for code, some in groupby(rows, lambda one: one.quarter)
    ]


def words_of(quarter: Quarter) -> str:
    """Say a quarter by its months, so that nobody has to ask where the year begins."""
    words = pgettext("quarter", "%(first)s to %(last)s %(year)d")
    return words % {"year": quarter.year, "first": MONTHS[quarter.first.month], "last": MONTHS[quarter.last.month]}


# Persistence --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Persistence:
    """Outcome against how often a claimant got in touch. `verdict` is one of few, none, more, less."""

    rows: list[Figures]
    verdict: str
    decided: int
    z: float
    probability: float


def persistence(of: list[Case]) -> Persistence:
    """Compare approvals over the number of contacts, among claims of the same tier: who insists must gain nothing."""
    names = [name for _most, name in CONTACTS] + [OFTEN]
    bands: dict[str, list[Case]] = {name: [] for name in names}
    for one in of:
        bands[band(one.contacts, CONTACTS, OFTEN)].append(one)
    rows = [figures(name, name, some) for name, some in bands.items()]
    decided, approved = sum(row.decided for row in rows), sum(row.approved for row in rows)
    z = statistics.trend(_strata(bands))
    probability = statistics.probability(z)
    used = sum(row.decided >= LEAST for row in rows)
    if decided < statistics.TOO_FEW or min(approved, decided - approved) < LEAST or used < 2:
        verdict = "few"
    elif probability >= statistics.SEEN:
        verdict = "none"
    else:
        verdict = "more" if z > 0 else "less"
    return Persistence(rows, verdict, decided, z, probability)


def _strata(bands: dict[str, list[Case]]) -> list[list[Band]]:
    tiers = {one.tier for some in bands.values() for one in some}
    found = []
    for tier in sorted(tiers):
        alike = [[one for one in some if one.tier == tier and one.is_decided] for some in bands.values()]
        found.append(
            [Band(score, len(some), sum(one.outcome == S.EXECUTED for one in some)) for score, some in enumerate(alike)]
        )
    return found


# Report -------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Part:
    """One table of the report."""

    key: str
    title: Words
    rows: list[Figures]


@dataclass(frozen=True)
class Bent:
    """Exceptions for one reason among the claims of the report, by what became of them."""

    reason: Words
    asked: int
    approved: int
    refused: int


@dataclass(frozen=True)
class Report:
    """All of it, for claims received from `first` to `last`."""

    first: date
    last: date
    whole: Figures
    quarters: list[Figures]
    parts: list[Part]
    persistence: Persistence
    exceptions: list[Bent]


def report(first: date, last: date, at: datetime) -> Report:
    """Return the report about claims that came in from the day `first` to the day `last`. Four queries."""
    which = received_in(first, last)
    found = cases(which, at)
    return Report(
        first=first,
        last=last,
        whole=figures("", _("All together"), found),
        quarters=by_quarter(found),
        parts=[
            Part(one.key, one.title, [figures(key, one.name(key), some) for key, some in grouped(found, one).items()])
            for one in DIMENSIONS
        ],
        persistence=persistence(found),
        exceptions=_exceptions(which),
    )


def _exceptions(which: Q) -> list[Bent]:
    claims = Claim.objects.filter(which).exclude(registration__canaries__isnull=False)
    rows = CaseException.objects.filter(claim__in=claims).values_list("reason_code")
    refused = Q(status=CaseException.Status.REFUSED)
    counted = rows.annotate(
        asked=Count("pk"),
        refused=Count("pk", filter=refused),
        approved=Count("pk", filter=Q(decided_at__isnull=False) & ~refused),
    )
    return [
        Bent(CaseException.Reason(reason).label, asked, approved, refused)
        for reason, asked, refused, approved in counted.order_by("-asked", "reason_code")
    ]


def default_period(today: date) -> tuple[date, date]:
    """Return the first and last day shown where nothing is chosen: the four quarters before this one, and this one."""
    return Quarter.of(today).back(4).first, today
