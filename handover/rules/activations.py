"""Who opens an organisation's access for its first administrator (R5): one orders, another checks, a third agrees."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from accounts.models import OrganisationKind, Role, User
from accounts.rulebook import Rule
from audit.record import Public
from handover.models import Activation
from handover.rules.register import ONLY_OPERATOR, is_operator

S = Activation.Status


def is_same_human(one: User | None, other: User | None) -> bool:
    """Whether two accounts are one natural person."""
    if one is None or other is None:
        return False
    return one.pk == other.pk or (one.person_id is not None and one.person_id == other.person_id)


def sees_activations(actor: Any, thing: object = None) -> bool:
    """People who decide at the provider: they order, check or agree."""
    at_provider = isinstance(actor, Actor) and actor.kind == OrganisationKind.PROVIDER
    return at_provider and actor.has(Role.OPERATOR, Role.APPROVER, Role.SENIOR)


def may_check(actor: Any, activation: Activation) -> bool:
    """An operator who did not order the letter: whoever chose the address does not judge the answer."""
    return is_operator(actor) and not is_same_human(actor.user, activation.ordered_by)


def may_approve(actor: Any, activation: Activation) -> bool:
    """An approver or senior who neither chose the address of the letter nor checked the answer to it."""
    return (
        sees_activations(actor)
        and actor.has(Role.APPROVER, Role.SENIOR)
        and not is_same_human(actor.user, activation.checked_by)
        and not is_same_human(actor.user, activation.ordered_by)
    )


def is_public(actor: Any, thing: object = None) -> bool:
    """Somebody without an account: the letter's code, or the link of the mail, is the permission."""
    return isinstance(actor, Public)


_NOT_CHECKER = _("Another operator than the one who ordered the letter checks this.")
_NOT_SECOND = _("An approver who neither ordered the letter nor checked this agrees to it.")
_ONLY_DECIDING = _("Only people who decide at the provider see this.")
_ONLY_HOLDER = _("This is for whoever holds the letter.")

ACTIVATIONS: dict[str, Rule] = {
    "order_activation": Rule("activation.ordered", _("Order the letter"), is_operator, ONLY_OPERATOR),
    "print_activations": Rule("activation.printed", _("Print the chosen ones"), is_operator, ONLY_OPERATOR),
    "return_activation": Rule(
        "activation.returned", _("It came back"), is_operator, ONLY_OPERATOR, frozenset({S.SENT})
    ),
    "return_activation_letter": Rule("activation.letter_returned", _("It came back"), is_operator, ONLY_OPERATOR),
    "enter_activation": Rule("activation.entered", _("Next"), is_public, _ONLY_HOLDER, frozenset({S.SENT})),
    "confirm_activation": Rule(
        "activation.asked", _("Confirm this address"), is_public, _ONLY_HOLDER, frozenset({S.ENTERED})
    ),
    "view_activation": Rule("activation.viewed", _("Look"), sees_activations, _ONLY_DECIDING),
    "announce_activation_call": Rule(
        "activation.call_announced", _("Announce the call"), may_check, _NOT_CHECKER, frozenset({S.ASKED})
    ),
    "check_activation": Rule(
        "activation.checked", _("Put the check on record"), may_check, _NOT_CHECKER, frozenset({S.ASKED})
    ),
    "approve_activation": Rule(
        "activation.approved", _("Agree and invite"), may_approve, _NOT_SECOND, frozenset({S.CHECKED})
    ),
    "refuse_activation": Rule(
        "activation.refused",
        _("Refuse"),
        sees_activations,
        _ONLY_DECIDING,
        frozenset({S.ENTERED, S.ASKED, S.CHECKED}),
    ),
}
