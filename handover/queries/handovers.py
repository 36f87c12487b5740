"""Reads for handovers."""

from datetime import date, datetime, timedelta

from django.db.models import Count, Q, QuerySet

from accounts.actors import Actor
from accounts.models import Membership, Organisation, User
from handover.models import Custody, Document, Handover, HandoverItem, HandoverQuestion, Registration
from handover.rules.handovers import EXPIRES_AFTER_DAYS, OVERLAP_DAYS, REMINDERS_ON_DAYS


def find_visible(actor: Actor, number: str, at: datetime) -> Handover | None:
    """Return the handover called `number` with its people if `actor` may see it."""
    rows = Handover.objects.visible_to(actor, at)
    people = rows.select_related("organisation", "given_by", "given_to", "offered_by", "package")
    return people.filter(number=number).first()


def listed(actor: Actor, at: datetime) -> QuerySet[Handover]:
    """Return the handovers of a list page, newest first, with people and the number of items."""
    return (
        Handover.objects.visible_to(actor, at)
        .select_related("given_by", "given_to", "offered_by")
        .annotate(
            registration_count=Count(
                "items", filter=Q(items__kind=HandoverItem.Kind.REGISTRATION, items__left_at=None)
            ),
            item_count=Count("items", filter=Q(items__left_at=None)),
            marked_count=Count("items", filter=~Q(items__mark="") & Q(items__left_at=None)),
        )
        .order_by("-drafted_at", "-pk")
    )


def open_for(registration: Registration) -> Handover | None:
    """Return the open handover of `registration` with its people, or None; not a draft that waits for a successor."""
    return (
        Handover.objects.open()
        .filter(given_to__isnull=False, items__registration=registration, items__is_open=True)
        .select_related("given_by", "given_to", "offered_by")
        .first()
    )


def items_of(handover: Handover) -> list[HandoverItem]:
    """Return the items in the order of the page: registrations, papers, things."""
    order = {kind: place for place, kind in enumerate(HandoverItem.Kind.values)}
    rows = handover.items.select_related("registration", "registration__product", "document").order_by("pk")
    if handover.status in (*Handover.OPEN, *Handover.DONE):
        # What ended without a change shows what it had contained.
        rows = rows.filter(left_at=None)
    return sorted(rows, key=lambda item: (order[item.kind], item.pk))


def questions_of(handover: Handover) -> QuerySet[HandoverQuestion]:
    """Return questions and answers, oldest first."""
    return handover.questions.select_related("asked_by", "answered_by").order_by("asked_at", "pk")


def possible_successors(organisation: Organisation, *, but: User | None) -> QuerySet[User]:
    """Return the people of `organisation` who can receive, by kana and name, without the present holder."""
    current = Membership.objects.current().filter(organisation=organisation, user__is_active=True).values("user")
    people = User.objects.filter(pk__in=current).order_by("kana", "display_name", "pk")
    return people.exclude(pk=but.pk) if but else people


def holders_of(actor: Actor) -> QuerySet[User]:
    """Return the people who hold something in the actor's organisation, by kana and name."""
    held = Custody.objects.current().filter(
        registration__organisation=actor.organisation, registration__status=Registration.Status.ACTIVE
    )
    return User.objects.filter(pk__in=held.values("user")).order_by("kana", "display_name", "pk")


def holder_on(registration: Registration, at: datetime) -> Custody | None:
    """Return who held `registration` at the instant `at` (R2)."""
    return (
        Custody.objects.filter(registration=registration, from_at__lte=at)
        .filter(Q(to_at=None) | Q(to_at__gt=at))
        .select_related("user")
        .first()
    )


def papers_of(registration: Registration) -> QuerySet[Document]:
    """Return the papers that a handover lists: what was erased is nothing to hand over."""
    return Document.objects.filter(registration=registration, erased_at=None).order_by("pk")


def due_for_switch(today: date) -> QuerySet[Handover]:
    """Return the accepted handovers whose date has come and that wait for nobody."""
    ready = Q(status=Handover.Status.ACCEPTED, needs_confirmation=False) | Q(status=Handover.Status.CONFIRMED)
    return Handover.objects.filter(ready, effective_on__lte=today).order_by("effective_on", "pk")


def due_for_expiry(at: datetime) -> QuerySet[Handover]:
    """Return the offers that nobody answered for `EXPIRES_AFTER_DAYS`."""
    limit = at - timedelta(days=EXPIRES_AFTER_DAYS)
    return Handover.objects.filter(status=Handover.Status.OFFERED, offered_at__lte=limit).order_by("pk")


def due_for_reminder(at: datetime) -> list[tuple[Handover, int]]:
    """Return offers with the number of the reminder that is due (1 for day 3, 2 for day 7, 3 for day 12)."""
    found: list[tuple[Handover, int]] = []
    first = at - timedelta(days=REMINDERS_ON_DAYS[0])
    for handover in Handover.objects.filter(status=Handover.Status.OFFERED, offered_at__lte=first).order_by("pk"):
        waited = at - (handover.offered_at or at)
        reached = sum(waited >= timedelta(days=days) for days in REMINDERS_ON_DAYS)
        if reached > handover.reminded:
            found.append((handover, reached))
    return found


def due_for_closing(at: datetime) -> QuerySet[Handover]:
    """Return the handovers whose overlap is over."""
    # Those from before there was a column for it end after the days that stood then.
    limit = at - timedelta(days=OVERLAP_DAYS)
    over = Q(reads_until__lte=at) | Q(reads_until=None, effective_at__lte=limit)
    return Handover.objects.filter(over, status=Handover.Status.OVERLAP).order_by("pk")


def overlaps_of(registration: Registration) -> QuerySet[Handover]:
    """Return finished handovers of `registration`, newest first."""
    return Handover.objects.filter(
        status__in=Handover.DONE, items__registration=registration, items__kind=HandoverItem.Kind.REGISTRATION
    ).order_by("-effective_at")
