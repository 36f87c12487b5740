"""Calls to the phone of record, the head office by two people, and what the clock does about failed codes."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.persons import is_one_of
from accounts.rulebook import Rule
from recovery.models import Claim
from recovery.rules import people

S = Claim.Status
_ONLY_OPERATOR = _("Only an operator of the provider does this.")
_ONLY_CLOCK = _("This happens by itself on its date.")


def did_not_take_it(actor: Any, claim: Claim) -> bool:
    """Whether `actor` is an operator and not the natural person who took the head office."""
    if not people.is_operator(actor):
        return False
    return not is_one_of(actor.user, [(claim.head_office or {}).get("by")])


LIMITS: dict[str, Rule] = {
    "take_call_number": Rule(
        "claim.call_number_taken",
        _("Get a number for our call"),
        people.is_public,
        _("Only the inquirer does this, with receipt number and tracking code."),
        frozenset(Claim.OPEN),
    ),
    "begin_phone_call": Rule(
        "phone_call.begun", _("Call the phone of record"), people.is_operator, _ONLY_OPERATOR, frozenset({S.COLLECTING})
    ),
    "enter_said_number": Rule(
        "phone_call.confirmed", _("Check the number"), people.is_operator, _ONLY_OPERATOR, frozenset({S.COLLECTING})
    ),
    "end_phone_call": Rule(
        "phone_call.ended", _("End the call"), people.is_operator, _ONLY_OPERATOR, frozenset(Claim.OPEN)
    ),
    "second_head_office": Rule(
        "claim.head_office_seconded",
        _("I compared the head office as well"),
        did_not_take_it,
        _("Another operator compares the address than the one who took it."),
        frozenset({S.COLLECTING}),
    ),
    "supplement_head_office": Rule(
        "claim.head_office_supplemented",
        _("Add building or floor"),
        people.is_operator,
        _ONLY_OPERATOR,
        frozenset({S.COLLECTING}),
    ),
    # The clock
    "note_failed_code": Rule("claim.code_refused", _("Write down a wrong code"), people.is_clock, _ONLY_CLOCK),
    "end_guessed_kit": Rule("kit.guessed", _("Void a kit that was guessed at"), people.is_clock, _ONLY_CLOCK),
    "pause_phone": Rule("phone.paused", _("Switch verification by phone off"), people.is_clock, _ONLY_CLOCK),
}
