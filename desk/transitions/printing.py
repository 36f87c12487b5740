"""Letters to inquirers leave once."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.errors import WrongState
from accounts.rulebook import check
from audit.record import event
from desk import telling
from desk.models import Word
from desk.rules import TABLE
from handover.printing.errors import FactRefused
from handover.printing.inquiry_letters import inquiry_letters_pdf
from outbox import letters as office

RUN = 50
"""Letters of one print run: what prints in a few seconds, so that nobody presses twice."""


def print_words(word_pks: Collection[int], *, actor: Actor, at: datetime) -> bytes:
    """Hand the chosen letters out for printing, once, as one PDF; nobody can open them again.

    The PDF is made before the transaction ends: if that fails, every letter is still there. Of more than `RUN` the
    rest waits. Raises `NotAllowed`, `WrongState` (nothing left to print, or one that cannot be printed).
    """
    with transaction.atomic(durable=True):
        rule = check(TABLE, "print_words", None, actor)
        rows = Word.objects.filter(pk__in=word_pks, channel="letter").select_related("notice", "inquiry")
        waiting = list(rows.order_by("queued_at", "pk").select_for_update(no_key=True, of=("self",))[:RUN])
        notices = [one.notice for one in waiting if one.notice]
        contents = {notice.pk: content for notice, content in office.hand_out(notices, at=at)}
        run = [one for one in waiting if one.notice_id in contents]
        said = [contents[one.notice_id] for one in run if one.notice_id]
        if not run:
            raise WrongState(_("Nothing is left to print here: somebody else printed it, or it was called off."))
        try:
            printed = inquiry_letters_pdf([telling.facts_of(content, at) for content in said])
        except FactRefused as refused:
            raise WrongState(_("A letter cannot be printed: a name or an answer in it is too long.")) from refused
        event(
            rule.event,
            actor=actor,
            at=at,
            subject=f"print_run:{at:%Y%m%d%H%M%S}",
            about=sorted({one.inquiry.label for one in run}),
            facts={"letters": [one.letter_number for one in run]},
        )
        return printed
