"""A route beside the normal way: an operator says that it fits, and why (procedure.md A12)."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.errors import Refused, WrongState
from accounts.rulebook import check
from outbox import cipher
from recovery import steps
from recovery.models import Claim, RouteChoice
from recovery.procedure import tier_for
from recovery.queries import weighing
from recovery.rules import TABLE


def set_route(claim_pk: int, *, route: str, reason: str, actor: Actor, at: datetime) -> Claim:
    """Let a claim go by `route`, a code of its version of the procedure, or "" for the normal way.

    What the inquirer stated about the organisation is a hint and decides nothing: a person says which route fits, and
    whoever does decides nothing later. What the route asks for stands at once instead of what the tier asks for, and
    the claim is placed at the route's tier at least. Evidence that counts on another route only is kept and counts no
    more. Raises `NotAllowed`; `WrongState` (frozen, the claim goes that way already); `Refused` with the field's name
    (no reason, no such route, a route for holders without a corporate number where the holder has one).
    """
    with transaction.atomic(durable=True):
        claim = steps.lock(claim_pk)
        rule = check(TABLE, "set_route", claim, actor)
        steps.refuse_frozen(claim)
        if route == claim.route:
            raise WrongState(_("The claim goes this way already. Nothing was changed."))
        _refuse_unfit(claim, route)
        if not reason.strip():
            words = _("Please write this down: whoever decides reads it.")
            raise Refused(words, {"reason": words})
        RouteChoice.objects.create(
            claim=claim, route=route, sealed_reason=cipher.encrypt(reason.strip()), by=actor.user, at=at
        )
        was, claim.route = claim.route, route
        if claim.registration is not None:
            procedure = claim.procedure.procedure
            claim.circumstances = weighing.circumstances_of(claim, claim.registration, procedure, at)
            claim.tier = tier_for(procedure, claim.circumstances, route)
        claim.save(update_fields=["route", "tier", "circumstances"])
        steps.note(rule, claim, actor=actor, at=at, route=route, was=was, tier=claim.tier)
        return claim


def _refuse_unfit(claim: Claim, route: str) -> None:
    if not route:
        return
    rules = claim.procedure.procedure
    if not rules.has_route(route):
        words = _("Choose one from the list.")
        raise Refused(words, {"route": words})
    holder = claim.registration.organisation if claim.registration else None
    if holder and holder.corporate_number and not rules.route(route).has_number:
        words = _("The holder has a corporate number, so this route does not fit.")
        raise Refused(words, {"route": words})
