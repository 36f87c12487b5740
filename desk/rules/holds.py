"""Promises that change hands, climb, pause and end."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from accounts.models import Membership, OrganisationKind, Role, User
from accounts.rulebook import Rule
from desk.rules.bills import is_public
from desk.rules.people import LIVE, ONLY_CLOCK, ONLY_DESK, S, is_system, takes_calls


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


def prints(actor: Any, thing: Any = None) -> bool:
    """An operator of the provider: letters leave from its house."""
    return isinstance(actor, Actor) and actor.kind == OrganisationKind.PROVIDER and actor.has(Role.OPERATOR)


ONLY_OPERATORS = _("Only operators of the provider print letters.")
ONLY_OWN_HOLDS = _("Everybody hands over the own promises; a supervisor those of the own people.")
_MAY_DISAGREE = frozenset({S.CLOSED, S.OPEN, S.ANSWERED})
HOLDS: dict[str, Rule] = {
    # Judged by whose promises they are.
    "hand_over_holds": Rule("hold.handed_over", _("Hand over"), answers_for_promises, ONLY_OWN_HOLDS),
    "close_inquiry": Rule("inquiry.closed", _("Close the inquiry"), takes_calls, ONLY_DESK, LIVE),
    "reopen_inquiry": Rule("inquiry.reopened", _("Take it up again"), takes_calls, ONLY_DESK, frozenset({S.CLOSED})),
    # Somebody without a session has opened the inquiry by its codes.
    "take_up_again": Rule(
        "inquiry.taken_up_again", _("Take it up again"), is_public, _("Only whoever asked does this."), _MAY_DISAGREE
    ),
    "remind_inquirer": Rule("inquiry.reminded", _("Remind the inquirer"), takes_calls, ONLY_DESK, LIVE),
    "pause_clock": Rule("inquiry.paused", _("Let the clock stand still"), takes_calls, ONLY_DESK, LIVE),
    "resume_clock": Rule("inquiry.resumed", _("Let the clock run again"), takes_calls, ONLY_DESK, LIVE),
    "record_needs": Rule("inquiry.needs_recorded", _("Record wishes"), takes_calls, ONLY_DESK, LIVE),
    "print_words": Rule("word.printed", _("Print"), prints, ONLY_OPERATORS),
    "climb_hold": Rule("hold.climbed", _("Tell of it"), is_system, ONLY_CLOCK, LIVE),
    "climb_inquiry": Rule("inquiry.climbed", _("Tell of it"), is_system, ONLY_CLOCK, LIVE),
    "update_inquirer": Rule("inquiry.updated", _("Say where it stands"), is_system, ONLY_CLOCK, LIVE),
    "explain_delay": Rule("inquiry.delay_explained", _("Say why it takes longer"), is_system, ONLY_CLOCK, LIVE),
}
