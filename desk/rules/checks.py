"""Who checks who is calling, calls back, and writes down in which capacity somebody asked."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from accounts.models import OrganisationKind, Role
from accounts.rulebook import Rule
from desk.rules.calls import ONLY_SPEAKER, speaks


def calls_back(actor: Any, thing: Any = None) -> bool:
    """An operator of the provider: the agency never reads a number of record."""
    return isinstance(actor, Actor) and actor.kind == OrganisationKind.PROVIDER and actor.has(Role.OPERATOR)


ONLY_OPERATOR = _("Only an operator of the provider does this.")
CHECKS: dict[str, Rule] = {
    "check_receipt": Rule("call.receipt_checked", _("Check receipt number and tracking code"), speaks, ONLY_SPEAKER),
    "check_pin": Rule("call.pin_checked", _("Check the PIN"), speaks, ONLY_SPEAKER),
    "check_mandate": Rule("call.mandate_checked", _("Check the mandate"), speaks, ONLY_SPEAKER),
    "book_call_back": Rule("call_back.booked", _("Book a call back"), speaks, ONLY_SPEAKER),
    "find_call_back_number": Rule("call_back.looked_up", _("Find the number of record"), calls_back, ONLY_OPERATOR),
    "begin_call_back": Rule("call_back.begun", _("Announce the call and open the number"), calls_back, ONLY_OPERATOR),
    "end_call_back": Rule("call_back.ended", _("Write down how the call ended"), calls_back, ONLY_OPERATOR),
    "find_capacity": Rule("capacity.found", _("Write down the capacity"), speaks, ONLY_SPEAKER),
    "name_posed_as": Rule("capacity.named", _("Say which customer was meant"), calls_back, ONLY_OPERATOR),
}
