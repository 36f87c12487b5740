"""Promises that change hands, climb, pause and end."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from accounts.models import Membership, OrganisationKind, Role, User
from accounts.rulebook import Rule
from desk.rules.people import takes_calls


def answers_for_promises(actor: Any, owner: Any) -> bool:
    """Who takes calls gives the own promises away; a supervisor, or a senior of the provider, those of own people."""
    if not isinstance(actor, Actor) or not isinstance(owner, User):
        return False
    if actor.user == owner:
        return takes_calls(actor)
    leads = {OrganisationKind.AGENCY: Role.SUPERVISOR, OrganisationKind.PROVIDER: Role.SENIOR}
    if actor.kind not in leads or not actor.has(leads[actor.kind]):
        return False
    return Membership.objects.current().filter(user=owner, organisation=actor.organisation).exists()


ONLY_OWN_HOLDS = _("Everybody hands over the own promises; a supervisor those of the own people.")
HOLDS: dict[str, Rule] = {
    # Judged by whose promises they are.
    "hand_over_holds": Rule("hold.handed_over", _("Hand over"), answers_for_promises, ONLY_OWN_HOLDS),
}
