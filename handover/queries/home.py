"""What waits for somebody, for the home page."""

from datetime import datetime

from django.db.models import Prefetch, Q

from accounts.actors import Actor
from accounts.models import OrganisationKind, Role
from handover.models import Custody, GapAlert, Handover, HandoverItem, Registration, Task
from handover.queries import attestation

S = Handover.Status


def handovers_waiting_for(actor: Actor, at: datetime) -> list[Handover]:
    """Return the handovers in which the next step is the actor's, the oldest first (at most 20)."""
    mine = Q(status=S.OFFERED, given_to=actor.user) | Q(status=S.DRAFT, offered_by=actor.user)
    if actor.is_administrator:
        mine |= Q(status=S.ACCEPTED, needs_confirmation=True) & ~Q(given_to=actor.user)
        mine |= Q(status=S.FROZEN) & ~Q(given_to=actor.user) & ~Q(given_by=actor.user)
    rows = Handover.objects.visible_to(actor, at).filter(mine).select_related("given_to", "offered_by")
    standing = HandoverItem.objects.standing().filter(kind=HandoverItem.Kind.REGISTRATION)
    whole = standing.select_related("registration")
    return list(rows.prefetch_related(Prefetch("items", whole, to_attr="whole")).order_by("drafted_at", "pk")[:20])


def tasks_waiting_for(actor: Actor) -> list[Task]:
    """Return the open tasks of the actor, the oldest first (at most 20)."""
    rows = Task.objects.filter(owner=actor.user, done_at=None).select_related("registration")
    return list(rows.order_by("opened_at", "pk")[:20])


def counts_for(actor: Actor, at: datetime) -> dict[str, int]:
    """Return how many registrations are visible and held, and how many gaps are open, for the actor."""
    if actor.kind == OrganisationKind.PROVIDER:
        # Only operators keep the worklist.
        return {"gaps": GapAlert.objects.filter(closed_at=None).count()} if actor.has(Role.OPERATOR) else {}
    if not actor.is_customer:
        return {}
    gaps = GapAlert.objects.filter(organisation=actor.organisation, closed_at=None)
    return {
        "registrations": Registration.objects.visible_to(actor, at).count(),
        "held": Custody.objects.current().filter(user=actor.user).count(),
        "gaps": gaps.count() if actor.is_administrator else 0,
        "asked": attestation.waiting_for(actor).count(),
    }
