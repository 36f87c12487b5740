"""Who makes the list of a claim for many registrations, who confirms a unit, who leaves one out (B5, P16)."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from accounts.rulebook import Rule
from recovery import covering
from recovery.models import Claim
from recovery.rules import people

S = Claim.Status
_ONLY_OPERATOR = _("Only an operator of the provider does this.")
_ONLY_PERSON = _("Only the new person of a unit does this, signed in.")


def is_new_person(actor: Any, claim: Claim) -> bool:
    """Who is named on the list as the new person of a unit, by an own account."""
    return isinstance(actor, Actor) and covering.is_new_person(actor, claim)


TOGETHER: dict[str, Rule] = {
    "take_list": Rule(
        "claim.list_taken", _("Take in a list"), people.is_operator, _ONLY_OPERATOR, frozenset({S.COLLECTING})
    ),
    "match_line": Rule(
        "claim.line_matched",
        _("This line is this registration"),
        people.is_operator,
        _ONLY_OPERATOR,
        frozenset({S.COLLECTING}),
    ),
    "leave_out": Rule(
        "claim.line_left_out",
        _("Take off the list"),
        people.is_operator,
        _ONLY_OPERATOR,
        frozenset({S.COLLECTING, S.PROPOSED, S.NOTIFIED, S.APPROVED}),
    ),
    "invite_people": Rule(
        "claim.people_invited",
        _("Send new links to those who have not confirmed"),
        people.is_operator,
        _ONLY_OPERATOR,
        frozenset({S.APPROVED}),
    ),
    "confirm_lines": Rule(
        "claim.unit_confirmed", _("I take over"), is_new_person, _ONLY_PERSON, frozenset({S.APPROVED})
    ),
    "decline_lines": Rule(
        "claim.unit_declined", _("These are not mine"), is_new_person, _ONLY_PERSON, frozenset({S.APPROVED})
    ),
    "drop_active": Rule(
        "claim.lines_dropped",
        _("Take off the list whose person in charge is here"),
        people.is_clock,
        _("This happens by itself on its date."),
        frozenset(Claim.LINKED),
    ),
}
