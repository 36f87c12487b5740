"""Who looks into what was noticed."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from accounts.models import OrganisationKind, Role
from accounts.persons import is_same_human
from accounts.rulebook import Rule
from desk.models import Alarm
from desk.rules.people import ONLY_CLOCK, is_system


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
    "raise_alarm": Rule("alarm.opened", _("Raise"), is_system, ONLY_CLOCK),
    "close_alarm": Rule("alarm.closed", _("Close the alarm"), answers_for_alarm, ONLY_ALARMED),
}
