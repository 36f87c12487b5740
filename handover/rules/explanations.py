"""Who may ask for an explanation, and say afterwards whether it is clear (H8). Nothing waits for either."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from accounts.rulebook import Rule
from handover.models import ExplanationRequest, Registration


def may_ask(actor: Any, registration: Registration) -> bool:
    """Somebody of the holder; whether the registration is theirs to read is decided by `queries.pack.readable_by`."""
    return isinstance(actor, Actor) and actor.is_customer and actor.organisation.pk == registration.organisation_id


def is_asker(actor: Any, request: ExplanationRequest) -> bool:
    """Whoever asked."""
    return isinstance(actor, Actor) and actor.user.pk == request.asked_by_id


S = ExplanationRequest.Status
_ONLY_ASKER = _("Only the person who asked for this call can do this.")

EXPLANATIONS: dict[str, Rule] = {
    "ask_explanation": Rule(
        "explanation.asked", _("Explain it to me"), may_ask, _("Only people of the holder can ask for a call.")
    ),
    "withdraw_explanation": Rule(
        "explanation.withdrawn", _("I no longer need the call"), is_asker, _ONLY_ASKER, frozenset({S.ASKED, S.PULLED})
    ),
    "answer_explanation": Rule(
        "explanation.answered", _("Say whether it is clear"), is_asker, _ONLY_ASKER, frozenset({S.DONE})
    ),
}
