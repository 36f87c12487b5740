"""Who may end somebody's membership, and who may take a registration into care."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from accounts.models import OrganisationKind, Role
from accounts.rulebook import Rule
from audit.record import System
from handover.models import Custody, Registration
from handover.rules.handovers import holds


def may_end(actor: Any, leaver: Actor) -> bool:
    """Oneself; administrators and supervisors in their own organisation; the provider everywhere outside itself.

    Inside the provider, and a customer's administrator, only approvers and seniors end.
    """
    if isinstance(actor, System):
        return False
    if actor.user.pk == leaver.user.pk:
        return True
    if actor.organisation.pk == leaver.organisation.pk:
        return bool(actor.has(Role.ADMINISTRATOR, Role.SUPERVISOR, Role.APPROVER, Role.SENIOR))
    if actor.kind != OrganisationKind.PROVIDER:
        return False
    # Who ends a customer's administrator could become one: not the operator whom the desk can reach.
    return bool(actor.has(Role.APPROVER, Role.SENIOR)) or (actor.has(Role.OPERATOR) and not leaver.is_administrator)


def may_take_into_care(actor: Any, registration: Registration) -> bool:
    """An administrator of the holder."""
    return (
        not isinstance(actor, System)
        and actor.is_administrator
        and actor.organisation.pk == registration.organisation_id
    )


def may_print_kit(actor: Any, registration: Registration) -> bool:
    """The custodian alone: the kit opens a way back to this very person's organisation."""
    if isinstance(actor, System) or not actor.is_customer or not holds(actor, registration):
        return False
    return Custody.objects.current().filter(registration=registration, kind=Custody.Kind.CUSTODIAN).exists()


PEOPLE: dict[str, Rule] = {
    "leave": Rule(
        "membership.ended",
        _("End the membership"),
        may_end,
        _("Only an administrator of this organisation can end a membership."),
    ),
    "take_into_care": Rule(
        "custody.taken_into_care",
        _("Take into care"),
        may_take_into_care,
        _("Only an administrator of this organisation can take a registration into care."),
        frozenset({Registration.Status.ACTIVE}),
    ),
    "make_recovery_kit": Rule(
        "kit.made",
        _("Make a recovery kit"),
        may_print_kit,
        _("Only the person in charge can make a recovery kit."),
        frozenset({Registration.Status.ACTIVE}),
    ),
    "finish_task": Rule(
        "task.finished",
        _("Mark as done"),
        lambda actor, task: not isinstance(actor, System) and task.owner_id == actor.user.pk,
        _("Only the owner of this task can mark it as done."),
    ),
}
