"""Released letters leave once: their very pages as one file for the printer."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.errors import WrongState
from accounts.rulebook import check
from audit.record import event
from desk import posting
from desk.models import FormalAnswer, PostLetter
from desk.rules import TABLE
from handover import documents
from handover.printing.answer import joined
from outbox import letters as office

RUN = 50
"""Letters of one print run."""


def print_answers(answer_pks: Iterable[int], *, actor: Actor, at: datetime) -> bytes:
    """Hand the chosen released letters out for printing, once, as one PDF of the very pages that were released.

    Each stands in the register of letters from then on. Of more than `RUN` the rest waits for the next run. Raises
    `NotAllowed`, `WrongState` (nothing left to print), `Damaged` when stored bytes are not those of their row.
    """
    with transaction.atomic(durable=True):
        rule = check(TABLE, "print_answers", None, actor)
        rows = FormalAnswer.objects.filter(
            pk__in=list(answer_pks), status=FormalAnswer.Status.RELEASED, way=FormalAnswer.Way.LETTER
        )
        rows = rows.select_related("notice", "blob", "inquiry").order_by("pk")[:RUN]
        waiting = list(rows.select_for_update(no_key=True, of=("self",)))
        handed = {
            notice.pk for notice, _content in office.hand_out([one.notice for one in waiting if one.notice], at=at)
        }
        run = [one for one in waiting if one.notice_id in handed]
        if not run:
            raise WrongState(_("Nothing is left to print here: somebody else printed it, or it was called off."))
        printed = joined([documents.read_bytes(one.blob) for one in run if one.blob])
        for one in run:
            _leave(one, actor, at)
        labels = sorted({one.inquiry.label for one in run})
        facts = {"letters": [one.letter_number for one in run]}
        event(rule.event, actor=actor, at=at, subject=f"print_run:{at:%Y%m%d%H%M%S}", about=labels, facts=facts)
        return printed


def _leave(one: FormalAnswer, actor: Actor, at: datetime) -> None:
    one.status, one.printed_by, one.printed_at = FormalAnswer.Status.PRINTED, actor.user, at
    one.save(update_fields=["status", "printed_by", "printed_at"])
    today = timezone.localdate(at)
    posting.left(
        one.inquiry,
        kind=PostLetter.Kind.ANSWER,
        on=today,
        due_on=None,
        number="",
        owner=one.drafted_by,
        by=actor.user,
        at=at,
    )
