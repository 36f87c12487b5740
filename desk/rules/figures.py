"""Who reads the figures of the desk. Nobody does anything with them here: they are counted, never typed."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from accounts.models import OrganisationKind, Role

ONLY_READERS = _("Only supervisors and the provider's people see these figures.")


def sees_desk_figures(actor: Any) -> bool:
    """A supervisor, those of the own agency; whoever works on cases or rules at the provider, all."""
    if not isinstance(actor, Actor):
        return False
    if actor.kind == OrganisationKind.AGENCY:
        return actor.has(Role.SUPERVISOR)
    return actor.kind == OrganisationKind.PROVIDER and actor.has(
        Role.OPERATOR, Role.APPROVER, Role.SENIOR, Role.EDITOR, Role.AUDITOR
    )
