"""Calls: who begins, goes on with, takes over and ends one."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from accounts.models import OrganisationKind, Role
from accounts.persons import is_same_human
from accounts.rulebook import Rule
from desk.models import Call
from desk.rules.people import ONLY_DESK, takes_calls
from desk.rules.trust import announced


def speaks(actor: Any, call: Any) -> bool:
    """Whether `actor` is the one who speaks on `call`."""
    return takes_calls(actor) and isinstance(call, Call) and call.by_id == actor.user.pk


def answers_for_calls(actor: Any) -> bool:
    """Whether `actor` looks after the calls of others: a supervisor of the agency, at the provider any operator.

    Nobody else of the provider: whoever speaks with an inquirer decides nothing afterwards (invariant 10).
    """
    if not isinstance(actor, Actor):
        return False
    leads = {OrganisationKind.AGENCY: Role.SUPERVISOR, OrganisationKind.PROVIDER: Role.OPERATOR}
    return actor.kind in leads and actor.has(leads[actor.kind])


def may_take_over(actor: Any, call: Any) -> bool:
    """A supervisor the call of somebody else of the own agency, an operator that of a colleague of the provider."""
    if not answers_for_calls(actor) or not isinstance(call, Call) or is_same_human(call.by, actor.user):
        return False
    return Call.objects.of_house(actor).filter(pk=call.pk).exists()


ONLY_SPEAKER = _("Only whoever speaks on the call does this.")
ONLY_SUPERVISOR = _(
    "Only a supervisor takes over the call of somebody else of the agency, and an operator that of a colleague."
)
CALLS: dict[str, Rule] = {
    "begin_call": Rule("call.begun", _("Begin the call"), takes_calls, ONLY_DESK),
    "call_out": Rule("call.dialled", _("Make the call"), announced, _("Only whoever announced a call makes it.")),
    # By the receipt number that the caller says, and by nothing else: there is no list to choose a customer from.
    "go_on_with": Rule("call.went_on", _("Go on with this number"), speaks, ONLY_SPEAKER),
    "warn_caller": Rule("call.warned", _("The warning was read out"), speaks, ONLY_SPEAKER),
    "take_over_call": Rule("call.taken_over", _("Take the call over"), may_take_over, ONLY_SUPERVISOR),
    "end_call": Rule("call.ended", _("End the call"), speaks, ONLY_SPEAKER),
}
