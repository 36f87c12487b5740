"""Who may read what a bill is for, ask the person in charge, and answer."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from accounts.rulebook import Rule
from audit.record import Public
from desk.models import BillRelay
from desk.rules.people import ONLY_CLOCK, ONLY_DESK, S, is_system, takes_calls


def is_public(actor: Any, thing: Any = None) -> bool:
    """Somebody without a session, whose codes or bill the view has checked."""
    return isinstance(actor, Public)


def has_bill(actor: Any, thing: Any = None) -> bool:
    """Whoever typed in a bill on the public page, or the desk for somebody on the phone."""
    return is_public(actor) or takes_calls(actor)


def is_in_charge(actor: Any, relay: Any) -> bool:
    """Whoever is in charge of the registration now."""
    return isinstance(actor, Actor) and BillRelay.objects.visible_to(actor).filter(pk=relay.pk).exists()


_ONLY_PUBLIC = _("Only whoever asked does this.")
_RELAYED = frozenset({S.RELAYED})

BILLS: dict[str, Rule] = {
    "read_bill": Rule("bill.read", _("What is this bill?"), has_bill, ONLY_DESK),
    "ask_by_bill": Rule("bill.asked", _("Send the message"), is_public, _ONLY_PUBLIC),
    "ask_again_by_bill": Rule("bill.asked_again", _("Write again"), is_public, _ONLY_PUBLIC, _RELAYED),
    "answer_bill_message": Rule(
        "bill.answered", _("Answer"), is_in_charge, _("Only the person in charge answers this."), _RELAYED
    ),
    "take_over_bill": Rule("bill.taken_over", _("Take over"), is_system, ONLY_CLOCK, _RELAYED),
    "end_bill_relay": Rule("bill.ended", _("End"), is_system, ONLY_CLOCK, _RELAYED),
}
