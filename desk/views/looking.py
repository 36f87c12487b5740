"""How many customers' cases one person of the staff opens within an hour (procedure.md A10)."""

from collections.abc import Mapping

from django.conf import settings
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from accounts import tallies
from accounts.asking import Request
from accounts.errors import TooMuch
from accounts.models import OrganisationKind, Role
from audit.record import System
from desk import alarms, transitions
from desk.models import Alarm, Inquiry

CLOCK = System("limits")
SOFT, HARD = "agent_customers_an_hour_soft", "agent_customers_an_hour_hard"


def count(
    request: Request, inquiry: Inquiry, *, organisation: str = "", limits: Mapping[str, int] | None = None
) -> None:
    """Count that the reader opens the case of `inquiry`, and raise `TooMuch` beyond the hour's hard limit.

    Beyond the soft limit it goes on, and a supervisor is told. A customer is an `organisation` (its label) where it is
    known, for the desk always the case: its count tells nothing of a match. Auditors draw samples: they are not
    counted. `limits` are those of the procedure that the case keeps; without one of its own, of the one in force.
    """
    actor = request.actor
    if actor.has(Role.AUDITOR):
        return
    names = [inquiry.label]
    if organisation and actor.kind == OrganisationKind.PROVIDER:
        names.append(organisation)
    _charge(request, names, limits)


def count_sought(request: Request, organisation: str, *, within: Inquiry, place: str) -> None:
    """Count that the reader looks up the customer `organisation` (its label) for the case `within`; raise `TooMuch`.

    The first one at `place`, the label of what it is looked up for, is the customer of the case; every other one is a
    customer more, so that no case opens the way to all of them.
    """
    who = f"person:{request.actor.user.person_id}" if request.actor.user.person_id else request.actor.user.label
    is_first = tallies.charge(f"sought:{who}:{place}", limit=1, period=alarms.AN_HOUR, at=request.at)
    _charge(request, [organisation, within.label] if is_first else [organisation], None)


def _charge(request: Request, names: list[str], limits: Mapping[str, int] | None) -> None:
    actor = request.actor
    if limits is None:
        limits = import_string(settings.LIMITS_IN_FORCE)()
    due = alarms.charge_look(actor.user, *names, soft=limits[SOFT], hard=limits[HARD], at=request.at)
    if due:
        transitions.raise_alarm(due, about=actor.user, actor=CLOCK, at=request.at)
    if due == Alarm.Kind.TOO_MANY:
        raise TooMuch(_("You have opened the cases of very many customers within an hour, so this one stays closed."))
