"""Who keeps the table of identities, and who answers a question about use."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from accounts.models import OrganisationKind, Role
from accounts.rulebook import Rule
from desk.models import Check, UseGuide
from desk.rules.people import ONLY_DESK, S, takes_calls

SHOWN_BY: dict[str, tuple[str, ...]] = {
    # No PIN: it says who is calling, not that the inquiry is theirs.
    UseGuide.Identity.RECEIPT: (Check.Kind.RECEIPT,),
    UseGuide.Identity.PIN: (Check.Kind.PIN, Check.Kind.CALL_BACK),
    UseGuide.Identity.MANDATE: (Check.Kind.MANDATE, Check.Kind.CONSENT),
}
"""Which checks show each identity; the others are shown by nothing, or by what the caller says."""


def keeps_guides(actor: Any, thing: Any = None) -> bool:
    """An editor of the provider."""
    return isinstance(actor, Actor) and actor.kind == OrganisationKind.PROVIDER and actor.has(Role.EDITOR)


ONLY_EDITOR = _("Only an editor of the provider keeps this table.")
GUIDES: dict[str, Rule] = {
    "write_use_guide": Rule("use_guide.written", _("Change"), keeps_guides, ONLY_EDITOR),
    "answer_use": Rule("use.answered", _("Answer"), takes_calls, ONLY_DESK, frozenset({S.OPEN, S.ANSWERED})),
}
