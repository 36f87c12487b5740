"""Invented registrations, and who touched them."""

from datetime import datetime

from django.db.models import Count, Max, Prefetch, QuerySet

from accounts.actors import Actor
from handover.models import Canary, CanaryTouch


def listed(actor: Actor) -> QuerySet[Canary]:
    """Return the canaries that `actor` may see, watched ones first, with `touched` (how often) and `last` touches."""
    newest = CanaryTouch.objects.select_related("by").order_by("-at", "-pk")
    rows = Canary.objects.visible_to(actor).select_related("registration__organisation", "marked_by")
    counted = rows.annotate(touched=Count("touches"), last_at=Max("touches__at"))
    return counted.prefetch_related(Prefetch("touches", newest, to_attr="last")).order_by("ended_at", "-last_at", "pk")


def find(actor: Actor, pk: int) -> Canary | None:
    """Return the canary if `actor` may see it."""
    return Canary.objects.visible_to(actor).select_related("registration__organisation").filter(pk=pk).first()


def due_for_watching(at: datetime) -> list[int]:
    """Return the keys of what is watched at `at`."""
    return list(Canary.objects.watched().filter(marked_at__lte=at).order_by("pk").values_list("pk", flat=True))
