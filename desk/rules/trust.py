"""Who announces calls, and who reports one that was not ours."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from accounts.models import OrganisationKind, Role
from accounts.rulebook import Rule
from audit.record import Public
from desk.models import CallIntention
from desk.rules.people import LIVE, ONLY_DESK, takes_calls


def announced(actor: Any, intention: Any) -> bool:
    """Whoever announced the call, and nobody else: another's call code is not for reading."""
    return takes_calls(actor) and isinstance(intention, CallIntention) and intention.by_id == actor.user.pk


P = CallIntention.Purpose
OF_THE_DESK = frozenset({P.CALL_BACK, P.EXPLAIN, P.INFORM, P.MISSING})
"""What the agency calls somebody for: whoever asked. To ask or tell a customer of record is for the provider alone, and
our page would say of a call of that kind that it is genuine."""
BY_PRINT = frozenset({P.CODE, P.ACCESS, P.IN_CHARGE})
"""Purposes of printed letters alone."""
BY_HAND = frozenset(P) - BY_PRINT
"""What somebody may choose at all: only a print run brings codes and asks who is in charge."""


def purposes_for(actor: Actor) -> frozenset[P]:
    """Return what `actor` may announce a call for."""
    return OF_THE_DESK if actor.kind == OrganisationKind.AGENCY else BY_HAND


def is_public(actor: Any, thing: Any = None) -> bool:
    """Anybody, signed in or not: whoever was called."""
    return isinstance(actor, Public)


def sees_reports(actor: Any) -> bool:
    """A senior of the provider: what strangers say about strangers is read by few."""
    return isinstance(actor, Actor) and actor.kind == OrganisationKind.PROVIDER and actor.has(Role.SENIOR)


TRUST: dict[str, Rule] = {
    "announce_call": Rule("intention.announced", _("Announce a call or letter"), takes_calls, ONLY_DESK, LIVE),
    "cancel_call": Rule(
        "intention.cancelled", _("Cancel the announcement"), announced, _("Only whoever announced a call cancels it.")
    ),
    "report_caller": Rule(
        "caller.reported", _("Hang up and report it"), is_public, _("This is for whoever was called.")
    ),
}
