"""Reading people, organisations and invitations. `visible_to` functions are the only way to rows for a page."""

from accounts import undertakings
from accounts.actors import Actor
from accounts.models import Undertaking


def has_signed_undertaking(actor: Actor) -> bool:
    """Tell whether `actor` signed the current words for the organisation they work for now."""
    return Undertaking.objects.filter(
        user=actor.user, organisation=actor.organisation, version=undertakings.CURRENT
    ).exists()
