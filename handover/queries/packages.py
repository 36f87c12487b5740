"""Reads for packages."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from accounts.actors import Actor
from accounts.models import Membership, Role, User
from handover.models import Custody, GapAlert, Handover, HandoverItem, Package, Registration
from handover.queries.handovers import possible_successors
from handover.queries.people import people_visible_to
from handover.rules.packages import REMINDERS_BEFORE

WHOLE = HandoverItem.Kind.REGISTRATION
S = Handover.Status


@dataclass(frozen=True)
class Share:
    """One handover of a package with how far its successor has come. `moving` counts what stands in it."""

    handover: Handover
    moving: int
    items: int
    marked: int

    @property
    def is_waiting(self) -> bool:
        return self.handover.given_to_id is None


def find_visible(actor: Actor, number: str, at: datetime) -> Package | None:
    """Return the package called `number` with its people if `actor` may see it."""
    rows = Package.objects.visible_to(actor, at).select_related("organisation", "person", "opened_by")
    return rows.filter(number=number).first()


def listed(actor: Actor, at: datetime) -> QuerySet[Package]:
    """Return the packages of a list page, newest first, with how many registrations are under way."""
    under_way = Q(handovers__items__is_open=True)
    waiting = under_way & Q(handovers__given_to=None)
    return (
        Package.objects.visible_to(actor, at)
        .select_related("person")
        .annotate(moving=Count("handovers__items", filter=under_way), waiting=Count("handovers__items", filter=waiting))
        .order_by("-opened_at", "-pk")
    )


def shares_of(package: Package) -> list[Share]:
    """Return the handovers of `package`: what waits first, then by what is open, then what is done or ended."""
    standing = Q(items__left_at=None)
    rows = (
        package.handovers.select_related("given_to", "offered_by")
        .annotate(
            moving=Count("items", filter=standing & Q(items__kind=WHOLE)),
            item_count=Count("items", filter=standing),
            marked=Count("items", filter=standing & ~Q(items__mark="")),
        )
        .order_by("pk")
    )
    order = [S.DRAFT, S.OFFERED, S.FROZEN, S.ACCEPTED, S.CONFIRMED, S.OVERLAP, S.CLOSED]
    # One from which everything was taken before it was offered says nothing to anybody.
    told = [row for row in rows if row.moving or row.offered_at]
    shares = [Share(row, row.moving, row.item_count, row.marked) for row in told]
    return sorted(
        shares,
        key=lambda one: (
            not one.is_waiting,
            order.index(S(one.handover.status)) if one.handover.status in order else len(order),
            one.handover.pk,
        ),
    )


def movable(package: Package) -> QuerySet[HandoverItem]:
    """Return the registrations that can still be given to another successor, by successor and number."""
    return (
        HandoverItem.objects.filter(handover__package=package, is_open=True, handover__status__in=[S.DRAFT, S.OFFERED])
        .select_related("registration", "handover__given_to")
        .order_by("handover__given_to", "registration__number")
    )


def not_taken_up(package: Package) -> int:
    """Return how many registrations the person holds that are in no open handover."""
    in_care = Q(kind=Custody.Kind.CARETAKER)
    periods = Custody.objects.current().filter(user=package.person)
    held = periods.filter(in_care if package.kind == Package.Kind.CARETAKER else ~in_care).values("registration")
    rows = Registration.objects.filter(
        pk__in=held, organisation=package.organisation_id, status=Registration.Status.ACTIVE
    )
    return rows.exclude(pk__in=HandoverItem.objects.filter(is_open=True).values("registration")).count()


def holdings(person_pk: int, organisation_pk: int) -> QuerySet[Custody]:
    """Return what a person holds in an organisation, by number of the registration."""
    rows = Custody.objects.current().filter(
        user=person_pk, registration__organisation=organisation_pk, registration__status=Registration.Status.ACTIVE
    )
    return rows.select_related("registration").order_by("registration__number")


def successors(person: User, actor: Actor) -> QuerySet[User]:
    """Return who can receive from `person` by an act of `actor`: colleagues, but neither of the two."""
    return possible_successors(actor.organisation, but=person).exclude(pk=actor.user.pk)


def find_colleague(actor: Actor, pk: int) -> User | None:
    """Return a person of the actor's organisation."""
    return people_visible_to(actor).filter(pk=pk).first()


def due_for_leaving(today: date) -> QuerySet[Package]:
    """Return the packages whose last day in the organisation is over, and whose person can leave."""
    return _over(today).exclude(_IS_LAST)


def due_for_holding(today: date) -> QuerySet[Package]:
    """Return those whose person became the last administrator meanwhile, and of whom nobody was told yet."""
    told = GapAlert.objects.filter(
        organisation=OuterRef("organisation"), kind=GapAlert.Kind.LEAVER_STAYS, registration=None, closed_at=None
    )
    return _over(today).filter(_IS_LAST).exclude(Exists(told))


def is_held_back(package: Package, today: date) -> bool:
    """Whether the last day of `package` is over and its person cannot leave, being the last administrator."""
    is_over = package.last_day is not None and package.last_day < today
    return is_over and _over(today).filter(_IS_LAST, pk=package.pk).exists()


def _over(today: date) -> QuerySet[Package]:
    return Package.objects.open().filter(kind=Package.Kind.LEAVES, last_day__lt=today).order_by("last_day", "pk")


_ADMINISTER = Membership.objects.current().filter(
    organisation=OuterRef("organisation"), role=Role.ADMINISTRATOR, user__is_active=True
)
_IS_LAST = (
    Exists(_ADMINISTER.filter(user=OuterRef("person")))
    & ~Exists(_ADMINISTER.exclude(user=OuterRef("person")))
    & Exists(Registration.objects.filter(organisation=OuterRef("organisation"), status=Registration.Status.ACTIVE))
)
"""As `custody.is_last_administrator` asks it of one person."""


def due_for_reminder(today: date) -> list[tuple[Package, int]]:
    """Return packages with the number of the reminder that is due: 1 a week before the last day, 2 a day before."""
    first = today + timedelta(days=REMINDERS_BEFORE[0])
    found: list[tuple[Package, int]] = []
    unanswered = Handover.objects.filter(status__in=[S.DRAFT, S.OFFERED]).values("package")
    near = Package.objects.open().filter(last_day__lte=first, pk__in=unanswered)
    for package in near.order_by("last_day", "pk"):
        left = (package.last_day - today).days if package.last_day else 0
        reached = sum(left <= days for days in REMINDERS_BEFORE)
        if reached > package.reminded:
            found.append((package, reached))
    return found
