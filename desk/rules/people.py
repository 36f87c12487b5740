"""Who of the staff is who: predicates that the tables of this app ask."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from accounts.models import OrganisationKind, Role
from audit.record import System
from desk.models import Inquiry

S = Inquiry.Status
LIVE = frozenset({S.OPEN, S.HELD, S.ANSWERED})


def takes_calls(actor: Any, thing: Any = None) -> bool:
    """An agent or supervisor of the agency, or an operator of the provider."""
    if not isinstance(actor, Actor):
        return False
    if actor.kind == OrganisationKind.AGENCY:
        return actor.has(Role.AGENT, Role.SUPERVISOR)
    return actor.kind == OrganisationKind.PROVIDER and actor.has(Role.OPERATOR)


def at_home(actor: Any, inquiry: Any) -> bool:
    """Whoever takes calls at the desk that has `inquiry`, at any desk while none has it, or at the provider.

    Whom the inquirer only called has it while the call lasts: that desk promises, and leaves the rest to the other.
    """
    if not takes_calls(actor) or not isinstance(inquiry, Inquiry):
        return False
    return actor.kind == OrganisationKind.PROVIDER or inquiry.agency_id in (None, actor.organisation.pk)


def sees_queue(actor: Any) -> bool:
    """Whoever of the desk or of the provider has to do with cases; an auditor only looks."""
    if not isinstance(actor, Actor):
        return False
    if actor.kind == OrganisationKind.AGENCY:
        return actor.has(Role.AGENT, Role.SUPERVISOR)
    return actor.kind == OrganisationKind.PROVIDER and actor.has(
        Role.OPERATOR, Role.APPROVER, Role.SENIOR, Role.AUDITOR
    )


def is_system(actor: Any, thing: Any = None) -> bool:
    """Only the clock."""
    return isinstance(actor, System)


ONLY_STAFF = _("Only the desk and the provider's people who deal with cases see this.")
ONLY_DESK = _("Only the desk and the operators of the provider do this.")
NOT_HERE = _("Another desk has this inquirer now.")
ONLY_CLOCK = _("Only the system does this.")
