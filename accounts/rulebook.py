"""How a table of rules is asked. Each app keeps one table in its rules.py; buttons and transitions read the same."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.errors import NotAllowed, Words, WrongState
from audit.record import Actor


@dataclass(frozen=True)
class Rule:
    """One action: what it is called on a button, from which states, who may, and the plain reason when not.

    `states` empty means the thing has no state that matters. `who` gets the actor and the thing, and only reads rows.
    `event` is the verb written when it happened.
    """

    event: str
    words: Words
    who: Callable[[Any, Any], bool]
    why_not: Words
    states: frozenset[str] = frozenset()


Table = Mapping[str, Rule]


def check(table: Table, action: str, thing: Any, actor: Actor) -> Rule:
    """Return the rule of `action` if `actor` may do it to `thing` now.

    Raises `NotAllowed` for the wrong person and `WrongState` when the thing's `status` is not one of the rule's:
    in this order, so that somebody who may not act learns nothing of the state.
    """
    rule = table[action]
    if not rule.who(actor, thing):
        raise NotAllowed(rule.why_not)
    check_state(rule, thing)
    return rule


def check_state(rule: Rule, thing: Any) -> None:
    """Raise `WrongState` when the thing's `status` is not one of the rule's. For acts of people without an account."""
    if rule.states and thing.status not in rule.states:
        raise WrongState(
            _("This is no longer possible: it is now “%(state)s”. Nothing was changed.")
            % {"state": thing.get_status_display()}
        )


def available(table: Table, thing: Any, actor: Actor) -> set[str]:
    """Return the actions of `table` that `actor` may do to `thing` now, for the buttons of a page."""
    return {
        action
        for action, rule in table.items()
        if (not rule.states or thing.status in rule.states) and rule.who(actor, thing)
    }
