"""Reads around people: what somebody holds, what somebody has to do."""

from typing import Any

from django.db.models import QuerySet

from accounts.actors import Actor
from accounts.models import Membership, User
from accounts.queries import organisations_visible_to
from handover.models import Custody, Task


def people_visible_to(actor: Actor) -> QuerySet[User]:
    """Return the people who work now for an organisation whose page `actor` may open."""
    current = Membership.objects.current().filter(organisation__in=organisations_visible_to(actor))
    return User.objects.filter(pk__in=current.values("user"))


def held_by(user: User) -> QuerySet[Custody]:
    """Return the open custody periods of `user`, by number of the registration."""
    return Custody.objects.current().filter(user=user).select_related("registration").order_by("registration__number")


def some_held_by(user: User) -> dict[str, Any]:
    """Return the first twenty periods of `held_by` and how many there are, for a page."""
    rows = held_by(user)
    return {"held": rows[:20], "held_count": rows.count()}


def tasks_of(actor: Actor) -> QuerySet[Task]:
    """Return the open and finished tasks of `actor`, the oldest first."""
    return Task.objects.filter(owner=actor.user).select_related("registration").order_by("opened_at", "pk")
