"""Who passes an inquirer on to another desk, takes in and gives back."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from accounts.models import OrganisationKind, Role
from accounts.rulebook import Rule
from desk.models import Inquiry, Referral
from desk.rules.people import NOT_HERE, ONLY_CLOCK, S, at_home, is_system, takes_calls

ONLY_REGISTER = _("Only an operator of the provider keeps the list of desks.")


def keeps_desks(actor: Any, thing: Any = None) -> bool:
    """An operator of the provider."""
    return isinstance(actor, Actor) and actor.kind == OrganisationKind.PROVIDER and actor.has(Role.OPERATOR)


def last_of(inquiry: Inquiry) -> Referral | None:
    """Return the last passing on of `inquiry`, with both desks."""
    # A page asks for each of the acts: the answer stays with the row that was read, and a transition reads its own.
    kept = inquiry.__dict__
    if "last_referral" not in kept:
        rows = inquiry.referrals.select_related("giver", "taker__affiliate").order_by("-pk")
        kept["last_referral"] = rows.first()
    found: Referral | None = kept["last_referral"]
    return found


def has_it(actor: Any, inquiry: Any) -> bool:
    """Whoever takes calls at the desk that has the inquirer now; at any desk while nobody has."""
    if not at_home(actor, inquiry):
        return False
    last = last_of(inquiry)
    if last is None:
        return True
    home = last.taker_id if last.returned_at is None else last.giver_id
    return bool(home == actor.organisation.pk)


def is_asked(actor: Any, inquiry: Any) -> bool:
    """Whoever takes calls at the desk to which the inquirer was passed on."""
    last = last_of(inquiry)
    return takes_calls(actor) and last is not None and last.taker_id == actor.organisation.pk


_OPEN = frozenset({S.OPEN, S.ANSWERED})
_NOT_ASKED = _("This inquirer was not passed on to your desk.")

REFERRALS: dict[str, Rule] = {
    "record_affiliate": Rule("affiliate.recorded", _("Add a desk"), keeps_desks, ONLY_REGISTER),
    "end_affiliate": Rule("affiliate.ended", _("End"), keeps_desks, ONLY_REGISTER),
    "refer_inquiry": Rule("referral.made", _("Pass on to another desk"), has_it, NOT_HERE, _OPEN),
    "take_in_referral": Rule("referral.taken", _("Take in"), is_asked, _NOT_ASKED, _OPEN),
    "climb_referral": Rule("referral.climbed", _("Tell of it"), is_system, ONLY_CLOCK, _OPEN),
    "return_referral": Rule("referral.returned", _("Give back"), is_asked, _NOT_ASKED, _OPEN),
}
