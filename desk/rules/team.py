"""Who looks after the people of the desk."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from accounts.models import OrganisationKind, Role


def sees_team(actor: Any) -> bool:
    """A supervisor sees the own agency; a senior of the provider every agency."""
    if not isinstance(actor, Actor):
        return False
    if actor.kind == OrganisationKind.AGENCY:
        return actor.has(Role.SUPERVISOR)
    return actor.kind == OrganisationKind.PROVIDER and actor.has(Role.SENIOR)


ONLY_LOOKING_AFTER = _("Only a supervisor of the agency, or a senior of the provider, sees this.")
