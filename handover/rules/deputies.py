"""Who may name deputies, have them stand in, and say that somebody is absent (R3, procedure.md B4 and B5)."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from accounts.models import OrganisationKind, Role
from accounts.rulebook import Rule
from audit.record import System
from handover.models import CaseAccess, Deputy, Registration
from handover.rules.handovers import holds, stands_in

MOST_DEPUTIES = 2
"""Deputies of one registration at a time (procedure.md B1)."""
ABSENCE_DAYS = 10
"""Business days of silence after a report, before a deputy may stand in (procedure.md B5, first row)."""


def _of_the_holder(actor: Any, registration: Registration) -> bool:
    return isinstance(actor, Actor) and actor.is_customer and actor.organisation.pk == registration.organisation_id


def may_name(actor: Any, registration: Registration) -> bool:
    """The person in charge, a caretaker in person, or an administrator of the holder."""
    return _of_the_holder(actor, registration) and (actor.is_administrator or holds(actor, registration))


def may_end(actor: Any, deputy: Deputy) -> bool:
    """Whoever may name one, and the deputy in person."""
    return may_name(actor, deputy.registration) or _is_in_person(actor, deputy)


def may_activate(actor: Any, deputy: Deputy) -> bool:
    """An administrator of the holder. The person in charge, who is here, hands over instead."""
    return _of_the_holder(actor, deputy.registration) and actor.is_administrator


def is_deputy(actor: Any, registration: Registration) -> bool:
    """A deputy of this very registration."""
    return _of_the_holder(actor, registration) and stands_in(actor, registration)


def may_note_period(actor: Any, registration: Registration) -> bool:
    """An administrator of the holder; an operator of the provider with a case about it."""
    if isinstance(actor, System):
        return False
    if actor.kind == OrganisationKind.PROVIDER and actor.has(Role.OPERATOR):
        return CaseAccess.objects.filter(user=actor.user, registration=registration, ended_at=None).exists()
    return _of_the_holder(actor, registration) and actor.is_administrator


def _is_in_person(actor: Any, deputy: Deputy) -> bool:
    return _of_the_holder(actor, deputy.registration) and actor.user.pk == deputy.user_id


_ACTIVE = frozenset({Registration.Status.ACTIVE})
_ONLY_DEPUTY = _("Only a deputy of this registration can do this.")

DEPUTIES: dict[str, Rule] = {
    "name_deputy": Rule(
        "deputy.named",
        _("Name a deputy"),
        may_name,
        _("Only the person in charge or an administrator can name a deputy."),
        _ACTIVE,
    ),
    "end_deputy": Rule(
        "deputy.ended",
        _("End the deputyship"),
        may_end,
        _("Only the person in charge, an administrator or the deputy can end this."),
    ),
    "activate_deputy": Rule(
        "deputy.activated",
        _("Let the deputy stand in"),
        may_activate,
        _("Only an administrator can let a deputy stand in."),
    ),
    "deactivate_deputy": Rule(
        "deputy.deactivated",
        _("End the standing in"),
        may_end,
        _("Only the person in charge, an administrator or the deputy can end this."),
    ),
    "report_absence": Rule("absence.reported", _("Report an absence"), is_deputy, _ONLY_DEPUTY, _ACTIVE),
    "stand_in": Rule("deputy.stood_in", _("Stand in now"), is_deputy, _ONLY_DEPUTY, _ACTIVE),
    "note_unverified_period": Rule(
        "custody.unverified_noted",
        _("Note an unverified period"),
        may_note_period,
        _("Only an administrator, or the provider with an open case, can note this."),
    ),
}
"""A deputyship is judged by its registration."""
