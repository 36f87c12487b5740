"""Mistakes of our own, by what went wrong; nothing here names or counts who it was."""

from django.db.models import QuerySet

from accounts.actors import Actor
from accounts.models import OrganisationKind
from desk.models import Mistake

OPEN = (Mistake.Status.OPEN, Mistake.Status.MENDED)
"""Named, not "all but closed": only so the index of the status finds them among all that ever went wrong."""


def mistakes(actor: Actor, *, show: str = "") -> QuerySet[Mistake]:
    """Return what `actor` may read and is not closed, the oldest first; with `show` "all" every one, the newest first.

    The registration comes along for the provider only.
    """
    rows = _visible(actor)
    if show == "all":
        return rows.order_by("-at", "-pk")
    return rows.filter(status__in=OPEN).order_by("at", "pk")


def find_mistake(actor: Actor, pk: int) -> Mistake | None:
    """Return one if `actor` may read it; for the desk without its registration (invariant 22)."""
    found = _visible(actor).filter(pk=pk).first()
    if found is not None and actor.kind != OrganisationKind.PROVIDER:
        found.registration = None
    return found


def _visible(actor: Actor) -> QuerySet[Mistake]:
    rows = Mistake.objects.visible_to(actor).select_related("inquiry")
    return rows.select_related("inquiry", "registration") if actor.kind == OrganisationKind.PROVIDER else rows
