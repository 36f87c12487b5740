"""Calls that explain a product."""

from django.utils.translation import gettext_lazy as _

from accounts.rulebook import Rule
from desk.rules.people import LIVE, ONLY_CLOCK, ONLY_DESK, is_system, takes_calls
from handover.models import ExplanationRequest

EXPLAINING: dict[str, Rule] = {
    # Judged by what the customer asked for, not by an inquiry, which it makes.
    "pull_explanation": Rule(
        "explanation.pulled", _("Take over"), is_system, ONLY_CLOCK, frozenset({ExplanationRequest.Status.ASKED})
    ),
    "drop_explanation": Rule("explanation.dropped", _("Drop"), is_system, ONLY_CLOCK, LIVE),
    "finish_explanation": Rule("explanation.called", _("Write down the call"), takes_calls, ONLY_DESK, LIVE),
}
