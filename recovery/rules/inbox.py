"""What an inquirer hands in on the page of an own case, for the worker to do."""

from django.utils.translation import gettext_lazy as _

from accounts.rulebook import Rule
from recovery.models import Claim
from recovery.rules import people

S = Claim.Status

INBOX: dict[str, Rule] = {
    "hand_in": Rule(
        "claim.request_handed_in",
        _("Ask for it"),
        people.is_public,
        _("Only the inquirer does this, with receipt number and tracking code."),
        frozenset(Claim.OPEN) | {S.REFUSED, S.STOPPED, S.WITHDRAWN},
    ),
    # The clock
    "turn_down": Rule(
        "claim.request_turned_down",
        _("Turn a request down"),
        people.is_clock,
        _("This happens by itself on its date."),
    ),
}
