"""Who asks for a one-off consent, who links it and who answers."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from accounts.rulebook import Rule
from desk.models import Consent
from desk.rules.bills import has_bill
from desk.rules.people import LIVE, ONLY_CLOCK, ONLY_DESK, is_system
from desk.rules.referrals import keeps_desks

S = Consent.Status


def answers_consent(actor: Any, consent: Any) -> bool:
    """Whoever is in charge of the registration, or an administrator of its holder."""
    if not isinstance(actor, Actor) or not actor.is_customer:
        return False
    return Consent.objects.visible_to(actor).filter(pk=consent.pk).exists()


CONSENTS: dict[str, Rule] = {
    # Somebody without a session has opened the inquiry by its codes.
    "ask_consent": Rule("consent.asked", _("Ask the customer for consent"), has_bill, ONLY_DESK, LIVE),
    "link_consent": Rule(
        "consent.linked",
        _("Link the registration"),
        keeps_desks,
        _("Only an operator of the provider links a registration."),
        frozenset({S.ASKED}),
    ),
    "answer_consent": Rule(
        "consent.answered",
        _("Answer"),
        answers_consent,
        _("Only the person in charge or an administrator of the customer answers this."),
        frozenset({S.LINKED}),
    ),
    # Declined ones as well: only then does whoever asked hear of it, as of those that nobody answered.
    "expire_consent": Rule(
        "consent.expired", _("End"), is_system, ONLY_CLOCK, frozenset({S.ASKED, S.LINKED, S.GIVEN, S.DECLINED})
    ),
}
