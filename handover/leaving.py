"""Letters that leave, by kind: handed out once and drawn. What each print run shares, whoever asks for which kinds."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.errors import WrongState
from accounts.models import OneTimeCode
from accounts.rulebook import Rule
from audit.record import event
from handover import activating, attesting
from handover.models import CODE_LIFE, Activation, ActivationLetter, NoticeLetter
from handover.printing.activation import activations_pdf
from handover.printing.activation_facts import ActivationFacts
from handover.printing.asking import asking_pdf
from handover.printing.envelope import Enveloped
from handover.printing.errors import FactRefused
from handover.rules.activations import is_same_human
from outbox import letters as office

RUN = 50
"""Letters of one print run: what prints in a few seconds, so that nobody presses twice."""


@dataclass(frozen=True)
class Printed:
    """Letters that leave: a page each, in the order of their numbers. `letters` is empty when nothing was left.

    `registered` are the numbers of those that go by registered mail.
    """

    pdf: bytes = b""
    letters: tuple[str, ...] = ()
    registered: frozenset[str] = frozenset()

    def or_refuse(self) -> "Printed":
        """Return itself. Raises `WrongState` when nothing was left to print."""
        if not self.letters:
            raise WrongState(_("Nothing is left to print here: somebody else printed it, or it was called off."))
        return self


def activations(pks: Iterable[int], *, rule: Rule, actor: Actor, at: datetime, most: int = 0) -> Printed:
    """Hand out letters of activations, in the caller's transaction, but those that `actor` ordered.

    At most `most`, 0 for `RUN`.
    """
    rows = ActivationLetter.objects.to_print().filter(pk__in=list(pks)).order_by("pk")
    rows = rows.select_related("notice", "activation__code", "ordered_by")
    locked = rows.select_for_update(no_key=True, of=("self",))
    chosen = [one for one in locked if not is_same_human(one.ordered_by, actor.user)][: most or RUN]
    contents = {notice.pk: content for notice, content in office.hand_out([one.notice for one in chosen], at=at)}
    run = [one for one in chosen if one.notice_id in contents]
    if not run:
        return Printed()
    said = [_checked_facts(contents[one.notice_id], at) for one in run]
    printed = activations_pdf(said)
    for one in run:
        _leave(one, actor, at)
    numbers = [one.number for one in run]
    about = sorted({one.activation.label for one in run})
    subject = f"activation_run:{at:%Y%m%d%H%M%S}"
    event(rule.event, actor=actor, at=at, subject=subject, about=about, facts={"letters": numbers})
    return Printed(printed, tuple(numbers), registered_in(said))


def registered_in(letters: Iterable[Enveloped]) -> frozenset[str]:
    """Return the numbers of the letters that go by registered mail."""
    return frozenset(one.letter_number for one in letters if one.is_registered)


def _checked_facts(content: dict[str, Any], at: datetime) -> ActivationFacts:
    """Return what a letter says. Raises `WrongState` that names the one which cannot be printed: the others can."""
    try:
        return activating.facts_of(content, at)
    except FactRefused as refused:
        words = _("Letter %(number)s cannot be printed: a name or address in it is too long. Print the others.")
        raise WrongState(words % {"number": content["letter_number"]}) from refused


def _leave(letter: ActivationLetter, actor: Actor, at: datetime) -> None:
    letter.printed_at, letter.printed_by = at, actor.user
    letter.save(update_fields=["printed_at", "printed_by"])
    if letter.kind == ActivationLetter.Kind.CODE:
        activation = letter.activation
        OneTimeCode.objects.filter(activation=activation, used_at=None).update(expires_at=at + CODE_LIFE)
        waiting = Activation.objects.filter(pk=activation.pk, status=Activation.Status.ORDERED)
        waiting.update(status=Activation.Status.SENT)


def askings(pks: Iterable[int], *, rule: Rule, actor: Actor, at: datetime, most: int = 0) -> Printed:
    """Hand out letters that ask who is in charge, in the caller's transaction; at most `most`, 0 for `RUN`."""
    rows = NoticeLetter.objects.filter(pk__in=list(pks), printed_at=None).select_related("notice")
    waiting = list(rows.order_by("queued_at", "pk").select_for_update(no_key=True, of=("self",))[: most or RUN])
    contents = {notice.pk: content for notice, content in office.hand_out([one.notice for one in waiting], at=at)}
    run = [one for one in waiting if one.notice_id in contents]
    if not run:
        return Printed()
    printed = asking_pdf([attesting.facts_of(contents[one.notice_id], at) for one in run])
    NoticeLetter.objects.filter(pk__in=[one.pk for one in run]).update(printed_at=at, printed_by=actor.user)
    numbers, about = [one.number for one in run], sorted({f"organisation:{one.organisation_id}" for one in run})
    subject = f"print_run:{at:%Y%m%d%H%M%S}"
    event(rule.event, actor=actor, at=at, subject=subject, about=about, facts={"letters": numbers})
    return Printed(printed, tuple(numbers))
