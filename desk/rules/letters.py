"""Letters in and out."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from accounts.models import OrganisationKind, Role
from accounts.rulebook import Rule
from desk.models import PostLetter
from desk.rules.people import LIVE, NOT_HERE, ONLY_CLOCK, ONLY_DESK, at_home, is_system, takes_calls

DUE = {
    PostLetter.Kind.QUESTION: 5,
    PostLetter.Kind.REQUEST: 5,
    PostLetter.Kind.COMPLAINT: 3,
    PostLetter.Kind.PAPERS: 5,
    PostLetter.Kind.OFFICIAL: 3,
}
"""Business days within which a letter that came is answered: nobody hears nothing for more than five."""


def is_operator(actor: Any, thing: Any = None) -> bool:
    """An operator of the provider."""
    return isinstance(actor, Actor) and actor.kind == OrganisationKind.PROVIDER and actor.has(Role.OPERATOR)


def keeps(actor: Any, letter: Any) -> bool:
    """Whoever takes calls writes down what became of a letter that came; of one that left, an operator."""
    if isinstance(letter, PostLetter) and letter.direction == PostLetter.Direction.OUT:
        return is_operator(actor)
    return takes_calls(actor)


CAME_BACK = "letters_back"
"""The label under which the log finds letters of the desk that came back."""
ONLY_OPERATOR = _("Only operators of the provider do this.")
LETTERS: dict[str, Rule] = {
    "note_letter_in": Rule("post.received", _("A letter came"), at_home, NOT_HERE, LIVE),
    "note_letter_out": Rule("post.sent", _("A letter leaves"), is_operator, ONLY_OPERATOR, LIVE),
    "close_letter": Rule(
        "post.closed", _("Write down what became of it"), keeps, ONLY_DESK, frozenset({PostLetter.Status.OPEN})
    ),
    "record_letter_return": Rule("post.came_back", _("It came back"), is_operator, ONLY_OPERATOR),
    "tell_late_letter": Rule(
        "post.late", _("Tell that it is late"), is_system, ONLY_CLOCK, frozenset({PostLetter.Status.OPEN})
    ),
}
