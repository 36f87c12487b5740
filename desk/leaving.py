"""Letters of the desk that leave, by kind: handed out once, in the transaction of a print run."""

from collections.abc import Iterable
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.errors import WrongState
from accounts.rulebook import Rule
from audit.record import event
from desk import posting, telling
from desk.models import FormalAnswer, PostLetter, Word
from handover import documents
from handover.leaving import RUN, Printed
from handover.printing.answer import joined
from handover.printing.errors import FactRefused
from handover.printing.inquiry_letters import inquiry_letters_pdf
from outbox import letters as office


def words(pks: Iterable[int], *, rule: Rule, actor: Actor, at: datetime, most: int = 0) -> Printed:
    """Hand out letters to inquirers; at most `most`, 0 for `RUN`."""
    rows = Word.objects.filter(pk__in=list(pks), channel="letter").select_related("notice", "inquiry")
    waiting = list(rows.order_by("queued_at", "pk").select_for_update(no_key=True, of=("self",))[: most or RUN])
    notices = [one.notice for one in waiting if one.notice]
    contents = {notice.pk: content for notice, content in office.hand_out(notices, at=at)}
    run = [one for one in waiting if one.notice_id in contents]
    said = [contents[one.notice_id] for one in run if one.notice_id]
    if not run:
        return Printed()
    try:
        printed = inquiry_letters_pdf([telling.facts_of(content, at) for content in said])
    except FactRefused as refused:
        raise WrongState(_("A letter cannot be printed: a name or an answer in it is too long.")) from refused
    numbers, about = [one.letter_number for one in run], sorted({one.inquiry.label for one in run})
    subject = f"print_run:{at:%Y%m%d%H%M%S}"
    event(rule.event, actor=actor, at=at, subject=subject, about=about, facts={"letters": numbers})
    return Printed(printed, tuple(numbers))


def answers(pks: Iterable[int], *, rule: Rule, actor: Actor, at: datetime, most: int = 0) -> Printed:
    """Hand out released formal answers, their very pages; each stands in the register. At most `most`, 0 for `RUN`."""
    rows = FormalAnswer.objects.filter(
        pk__in=list(pks), status=FormalAnswer.Status.RELEASED, way=FormalAnswer.Way.LETTER
    )
    rows = rows.select_related("notice", "blob", "inquiry").order_by("pk")[: most or RUN]
    waiting = list(rows.select_for_update(no_key=True, of=("self",)))
    handed = {notice.pk for notice, _content in office.hand_out([one.notice for one in waiting if one.notice], at=at)}
    run = [one for one in waiting if one.notice_id in handed]
    if not run:
        return Printed()
    printed = joined([documents.read_bytes(one.blob) for one in run if one.blob])
    for one in run:
        _leave(one, actor, at)
    numbers, about = [str(one.letter_number) for one in run], sorted({one.inquiry.label for one in run})
    subject = f"print_run:{at:%Y%m%d%H%M%S}"
    event(rule.event, actor=actor, at=at, subject=subject, about=about, facts={"letters": numbers})
    return Printed(printed, tuple(numbers))


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
