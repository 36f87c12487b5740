"""How many customers' cases one person of the staff opens within an hour (procedure.md A10)."""

from django.utils.translation import gettext as _

from accounts.asking import Request
from accounts.errors import NotAllowed
from accounts.models import OrganisationKind, Role
from audit.record import System
from desk import alarms, transitions
from desk.models import Alarm
from recovery.models import Claim

CLOCK = System("limits")


def count(request: Request, claim: Claim) -> None:
    """Count that the reader opens `claim`, and raise `NotAllowed` beyond the hour's hard limit.

    Beyond the soft limit it goes on, and a supervisor is told. A customer is an organisation where it is known, for
    the desk always the case: its count tells nothing of a match. Auditors draw samples: they are not counted.
    """
    actor = request.actor
    if actor.has(Role.AUDITOR):
        return
    limits = claim.procedure.procedure.limits
    is_known = claim.registration is not None and actor.kind == OrganisationKind.PROVIDER
    customer = claim.registration.organisation.label if claim.registration and is_known else claim.label
    due = alarms.charge_look(
        actor.user,
        customer,
        soft=limits["agent_customers_an_hour_soft"],
        hard=limits["agent_customers_an_hour_hard"],
        at=request.at,
    )
    if due:
        transitions.raise_alarm(due, about=actor.user, actor=CLOCK, at=request.at)
    if due == Alarm.Kind.TOO_MANY:
        raise NotAllowed(
            _(
                "You have opened the cases of very many customers within this hour. Your supervisor was told."
                " Go on later."
            )
        )
