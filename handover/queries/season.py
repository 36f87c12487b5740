"""Reads for the handover season: who holds how many, who has not answered, where gaps are (R7)."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, Exists, Max, OuterRef, Q, QuerySet
from django.utils import timezone

from accounts.models import Organisation, OrganisationKind, User
from handover.calendar import first_business_day
from handover.models import Attestation, Campaign, Custody, GapAlert, Registration, Told
from handover.rules.attestation import SEASON_MONTHS

A_ROUND = 200
"""Customers of one round of the clock."""


@dataclass(frozen=True)
class Holder:
    """One person who holds something, in numbers. `asked` are questions without an answer, `late` those past due."""

    user: User
    held: int
    asked: int
    late: int
    gaps: int


@dataclass(frozen=True)
class Numbers:
    """One customer in numbers. `kept_by_provider` are registrations without anybody of the customer."""

    registrations: int
    people: int
    asked: int
    late: int
    gaps: int
    kept_by_provider: int


def season_of(today: date) -> date | None:
    """Return the season that runs on `today` (the first of its month), None outside of one.

    It begins on the first business day of March and September; a clock that stood still catches up within the month.
    """
    if today.month not in SEASON_MONTHS or today < first_business_day(today.year, today.month):
        return None
    return today.replace(day=1)


def due_for_season(at: datetime) -> list[Organisation]:
    """Return customers with registrations whose season has not begun, at most a round of them."""
    season = season_of(timezone.localdate(at))
    if season is None:
        return []
    begun = Campaign.objects.filter(season=season)
    active = Registration.objects.filter(organisation=OuterRef("pk"), status=Registration.Status.ACTIVE)
    rows = Organisation.objects.filter(Exists(active), kind=OrganisationKind.CUSTOMER)
    return list(rows.exclude(pk__in=begun.values("organisation")).order_by("pk")[:A_ROUND])


def due_for_telling(at: datetime) -> list[Campaign]:
    """Return seasons of which not everybody in charge was told."""
    season = season_of(timezone.localdate(at))
    if season is None:
        return []
    return list(Campaign.objects.filter(season=season, finished_at=None).order_by("pk")[:A_ROUND])


def held_in(organisation: Organisation) -> QuerySet[Custody]:
    """Return the current custodies of active registrations of `organisation`, those of the provider's keeping too."""
    rows = Custody.objects.current().filter(registration__organisation=organisation)
    return rows.filter(registration__status=Registration.Status.ACTIVE)


def to_tell(campaign: Campaign) -> QuerySet[User]:
    """Return the people in charge who were not told of this season."""
    held = held_in(campaign.organisation).filter(kind=Custody.Kind.CUSTODIAN)
    told = Told.objects.filter(user=OuterRef("pk"), what=told_of(campaign.season))
    return User.objects.filter(~Exists(told), pk__in=held.values("user"), is_active=True).order_by("pk")


def told_of(season: date) -> str:
    """Return how `Told` names a season to somebody in charge."""
    return f"season:{season:%Y-%m}"


def counts_of(organisation: Organisation, people: list[int]) -> dict[int, int]:
    """Return how many registrations each of `people` (keys) is in charge of."""
    rows = held_in(organisation).filter(kind=Custody.Kind.CUSTODIAN, user__in=people)
    return dict(rows.values_list("user").annotate(count=Count("pk")).order_by())


def holder_keys(organisation: Organisation) -> QuerySet[Custody, tuple[int | None, int]]:
    """Return the people (keys) who hold something, with how many: those with the most first."""
    rows = held_in(organisation).filter(user__isnull=False).order_by()
    grouped = rows.values_list("user").annotate(count=Count("pk"))
    return grouped.annotate(kana=Max("user__kana")).order_by("-count", "kana", "user").values_list("user", "count")


def holders(organisation: Organisation, page: list[tuple[int, int]], today: date) -> list[Holder]:
    """Return one page of `holder_keys` with names and numbers, in three queries."""
    keys = [user for user, _count in page]
    people = User.objects.in_bulk(keys)
    asked = {
        user: (count, late)
        for user, count, late in _asked(organisation)
        .filter(user__in=keys)
        .order_by()
        .values_list("user")
        .annotate(count=Count("pk"), late=Count("pk", filter=Q(due_on__lt=today)))
    }
    gaps = dict(
        held_in(organisation)
        .filter(user__in=keys, registration__gap_alerts__closed_at=None, registration__gap_alerts__isnull=False)
        .order_by()
        .values_list("user")
        .annotate(count=Count("registration", distinct=True))
    )
    return [Holder(people[user], count, *asked.get(user, (0, 0)), gaps.get(user, 0)) for user, count in page]


def numbers(organisation: Organisation, today: date) -> Numbers:
    """Return the whole customer in numbers, in three queries."""
    held = held_in(organisation).aggregate(
        all=Count("pk"), people=Count("user", distinct=True), nobody=Count("pk", filter=Q(user=None))
    )
    asked = _asked(organisation).aggregate(all=Count("pk"), late=Count("pk", filter=Q(due_on__lt=today)))
    gaps = GapAlert.objects.filter(organisation=organisation, closed_at=None).count()
    return Numbers(held["all"], held["people"], asked["all"], asked["late"], gaps, held["nobody"])


def _asked(organisation: Organisation) -> QuerySet[Attestation]:
    rows = Attestation.objects.open().filter(registration__organisation=organisation)
    return rows.filter(registration__status=Registration.Status.ACTIVE)
