"""Which route a claim takes, and how a newer shipped version becomes a draft."""

from django.utils.translation import gettext_lazy as _

from accounts.rulebook import Rule
from recovery.models import Claim
from recovery.rules import people
from recovery.rules.editor import is_editor

ROUTES: dict[str, Rule] = {
    "set_route": Rule(
        "claim.route_set",
        _("Choose the route"),
        people.is_operator,
        _("Only an operator of the provider does this."),
        frozenset({Claim.Status.COLLECTING}),
    ),
    "begin_shipped_draft": Rule(
        "procedure.shipped_taken",
        _("Begin a draft with what came with the product"),
        is_editor,
        _("Only an editor of the procedure does this."),
    ),
}
