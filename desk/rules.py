"""Who may do what at the desk. Nothing here decides, reveals, releases or resets: it cannot be asked for."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from accounts.models import OrganisationKind, Role
from accounts.persons import is_same_human
from accounts.rulebook import Rule
from audit.record import System
from desk.models import Alarm, Inquiry
from handover.models import ExplanationRequest

S = Inquiry.Status
LIVE = frozenset({S.OPEN, S.HELD, S.ANSWERED})


def takes_calls(actor: Any, thing: Any = None) -> bool:
    """An agent or supervisor of the agency, or an operator of the provider."""
    if not isinstance(actor, Actor):
        return False
    if actor.kind == OrganisationKind.AGENCY:
        return actor.has(Role.AGENT, Role.SUPERVISOR)
    return actor.kind == OrganisationKind.PROVIDER and actor.has(Role.OPERATOR)


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
_ONLY_DESK = _("Only the desk and the operators of the provider do this.")
_ONLY_CLOCK = _("Only the system does this.")


def sees_alarms(actor: Any) -> bool:
    """A supervisor of the agency, of its own people; a senior of the provider, of everybody."""
    if not isinstance(actor, Actor):
        return False
    if actor.kind == OrganisationKind.AGENCY:
        return actor.has(Role.SUPERVISOR)
    return actor.kind == OrganisationKind.PROVIDER and actor.has(Role.SENIOR)


def answers_for_alarm(actor: Any, alarm: Any) -> bool:
    """Whether `actor` looks into `alarm`: nobody into one about the own person, under whatever account."""
    if not sees_alarms(actor) or not isinstance(alarm, Alarm):
        return False
    if alarm.about is not None and is_same_human(alarm.about, actor.user):
        return False
    return actor.kind == OrganisationKind.PROVIDER or Alarm.objects.visible_to(actor).filter(pk=alarm.pk).exists()


ONLY_ALARMED = _("Only a supervisor, or a senior of the provider, looks into this; nobody into an alarm about oneself.")
ALARMS: dict[str, Rule] = {
    "raise_alarm": Rule("alarm.opened", _("Raise"), is_system, _ONLY_CLOCK),
    "close_alarm": Rule("alarm.closed", _("Close the alarm"), answers_for_alarm, ONLY_ALARMED),
}
TABLE: dict[str, Rule] = {
    "note_contact": Rule("contact.noted", _("Note a contact"), takes_calls, _ONLY_DESK, LIVE),
    "hold": Rule("hold.opened", _("Take on hold"), takes_calls, _ONLY_DESK, frozenset({S.OPEN, S.HELD})),
    "close_hold": Rule("hold.closed", _("Close the hold"), takes_calls, _ONLY_DESK, frozenset({S.HELD})),
    # Judged by what the customer asked for, not by an inquiry, which it makes.
    "pull_explanation": Rule(
        "explanation.pulled", _("Take over"), is_system, _ONLY_CLOCK, frozenset({ExplanationRequest.Status.ASKED})
    ),
    "drop_explanation": Rule("explanation.dropped", _("Drop"), is_system, _ONLY_CLOCK, LIVE),
    **ALARMS,
    "finish_explanation": Rule("explanation.called", _("Write down the call"), takes_calls, _ONLY_DESK, LIVE),
}
