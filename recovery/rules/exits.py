"""The cheaper exits before a recovery: who, from which states."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from accounts.rulebook import Rule
from recovery.models import Claim, VouchRequest
from recovery.rules import people

S = Claim.Status
_GATHERING = frozenset({S.RECEIVED, S.MATCHED, S.COLLECTING})


def was_asked(actor: Any, request: VouchRequest) -> bool:
    """Whether `actor` is the colleague who was asked, signed in for the organisation that holds the registration."""
    registration = request.claim.registration
    if not isinstance(actor, Actor) or not actor.is_customer or registration is None:
        return False
    return actor.user.pk == request.user_id and actor.organisation.pk == registration.organisation_id


EXITS: dict[str, Rule] = {
    # The inquirer
    "redeem_kit": Rule(
        "kit.redeemed",
        _("I have a recovery kit"),
        people.is_public,
        _("Only the inquirer does this, with receipt number and tracking code."),
        _GATHERING,
    ),
    # Operators
    "ask_to_vouch": Rule(
        "vouch.asked",
        _("Ask colleagues whether they know the claimant"),
        people.is_operator,
        _("Only an operator of the provider does this."),
        frozenset({S.COLLECTING}),
    ),
    "open_dns_check": Rule(
        "dns_check.opened",
        _("Ask for an entry in the DNS"),
        people.is_operator,
        _("Only an operator of the provider does this."),
        frozenset({S.COLLECTING}),
    ),
    "check_dns": Rule(
        "dns_check.found",
        _("Look it up now"),
        people.is_operator,
        _("Only an operator of the provider does this."),
        frozenset({S.COLLECTING}),
    ),
    # A colleague of the claimant, signed in
    "answer_vouch": Rule(
        "vouch.answered",
        _("Answer"),
        was_asked,
        _("Only a colleague who was asked answers this, and never the claimant or a contractor."),
        frozenset({VouchRequest.Status.OPEN}),
    ),
    # The clock
    "offer_reassignment": Rule(
        "claim.exit_offered",
        _("Offer to settle it inside the organisation"),
        people.is_clock,
        _("This happens by itself on its date."),
        frozenset({S.COLLECTING}),
    ),
}
