"""What was announced: for whoever calls, for whoever is called, and what was reported."""

from datetime import datetime

from accounts.actors import Actor
from desk.models import CallIntention


def own_intentions(actor: Actor, at: datetime) -> list[CallIntention]:
    """Return the calls that the actor has announced and not made yet, the next one first."""
    rows = CallIntention.objects.visible_to(actor).live(at).select_related("inquiry")
    return list(rows.order_by("window_from", "pk"))
