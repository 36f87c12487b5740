"""Formal answers: who writes, who lets them leave. The desk releases nothing, and nobody alone."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from accounts.models import OrganisationKind, Role
from accounts.persons import accounts_of, is_one_of
from accounts.rulebook import Rule
from desk.models import Contact, FormalAnswer
from desk.rules.letters import ONLY_OPERATOR, is_operator
from desk.rules.people import LIVE, NOT_HERE, at_home, takes_calls

A = FormalAnswer.Status


def writes(actor: Any, answer: Any) -> bool:
    """Whoever speaks with the same voice: the desk's people what the desk says, operators what the provider says."""
    if not takes_calls(actor) or not isinstance(answer, FormalAnswer):
        return False
    is_desk: bool = actor.kind == OrganisationKind.AGENCY
    return is_desk == (answer.speaks_for == FormalAnswer.Voice.DESK)


def wrote(actor: Actor, answer: FormalAnswer) -> bool:
    """Whether this human drafted, changed or proposed it at any time, under whatever account."""
    return is_one_of(actor.user, [answer.drafted_by_id, answer.proposed_by_id, *answer.written_by])


def spoke(actor: Actor, answer: FormalAnswer) -> bool:
    """Whether this human spoke or corresponded with the inquirer."""
    theirs = Contact.objects.filter(inquiry=answer.inquiry_id, party=Contact.Party.CLAIMANT)
    return accounts_of(actor.user).filter(pk__in=theirs.values("by")).exists()


def releases(actor: Any, answer: Any) -> bool:
    """A second human of the provider: an approver or senior who never spoke with the inquirer.

    What the desk says in fixed words an operator may let leave as well.
    """
    if not isinstance(actor, Actor) or not isinstance(answer, FormalAnswer) or actor.kind != OrganisationKind.PROVIDER:
        return False
    if answer.speaks_for == FormalAnswer.Voice.DESK:
        return actor.has(Role.OPERATOR, Role.APPROVER, Role.SENIOR) and not wrote(actor, answer)
    return actor.has(Role.APPROVER, Role.SENIOR) and not (wrote(actor, answer) or spoke(actor, answer))


def looks(actor: Any, answer: Any = None) -> bool:
    """Whoever has to do with answers: writes them, prints them, or lets them leave."""
    if not isinstance(actor, Actor):
        return False
    return takes_calls(actor) or (actor.kind == OrganisationKind.PROVIDER and actor.has(Role.APPROVER, Role.SENIOR))


ONLY_WRITERS = _("Only those who speak with this voice write this: the desk for the desk, operators for the provider.")
ONLY_SECOND = _(
    "Another person than those who wrote it lets it leave: an approver or senior of the provider who did not speak"
    " with the inquirer."
)
ONLY_LOOKERS = _("Only those who write, print or release formal answers see this.")
ANSWERS: dict[str, Rule] = {
    "draft_answer": Rule("answer.drafted", _("Write a formal answer"), at_home, NOT_HERE, LIVE),
    "change_answer": Rule("answer.changed", _("Change the answer"), writes, ONLY_WRITERS, frozenset({A.DRAFT})),
    "propose_answer": Rule("answer.proposed", _("Propose for release"), writes, ONLY_WRITERS, frozenset({A.DRAFT})),
    "send_back_answer": Rule("answer.sent_back", _("Send back"), releases, ONLY_SECOND, frozenset({A.PROPOSED})),
    "release_answer": Rule("answer.released", _("Release"), releases, ONLY_SECOND, frozenset({A.PROPOSED})),
    "withdraw_answer": Rule(
        "answer.withdrawn", _("Take back"), writes, ONLY_WRITERS, frozenset({A.DRAFT, A.PROPOSED, A.RELEASED})
    ),
    "print_answers": Rule("answer.printed", _("Print"), is_operator, ONLY_OPERATOR),
}
