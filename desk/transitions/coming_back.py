"""Letters of the desk that came back, found by the number on the envelope."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.errors import WrongState
from accounts.models import User
from accounts.rulebook import check
from audit.queries import about
from audit.record import event
from desk import posting
from desk.models import Inquiry, PostLetter
from desk.queries.letters import find_answer_letter, find_word, left_at
from desk.rules import TABLE
from desk.rules.letters import CAME_BACK


def record_letter_return(number: str, *, actor: Actor, at: datetime) -> PostLetter:
    """Write down that a formal answer or a letter to an inquirer came back; it stands so among the inquiry's letters.

    `number` is the one printed in the window. Raises `NotAllowed`, `WrongState` (it has not left, or that it came back
    is on record already).
    """
    with transaction.atomic(durable=True):
        rule = check(TABLE, "record_letter_return", None, actor)
        found, label = _found(number), f"letter:{number}"
        if found is None or found.left_at is None:
            raise WrongState(_("This has not left yet, or what became of it is known already."))
        inquiry = Inquiry.objects.select_for_update(no_key=True, of=("self",)).get(pk=found.inquiry.pk)
        if about(label).filter(verb=rule.event).exists():
            raise WrongState(_("This has not left yet, or what became of it is known already."))
        day = timezone.localdate(found.left_at)
        row = posting.came_back(inquiry, on=day, owner=found.owner or actor.user, by=actor.user, at=at)
        facts = {"letter": number, "kind": found.kind, "case": inquiry.receipt_number}
        event(rule.event, actor=actor, at=at, subject=inquiry.label, about=[label, CAME_BACK], facts=facts)
        return row


@dataclass(frozen=True)
class _Found:
    inquiry: Inquiry
    left_at: datetime | None
    owner: User | None
    kind: str


def _found(number: str) -> _Found | None:
    answer = find_answer_letter(number)
    if answer:
        return _Found(answer.inquiry, answer.printed_at, answer.drafted_by, "answer")
    word = find_word(number)
    return _Found(word.inquiry, left_at(word), word.by, "word") if word else None
