"""Letters that ask who is in charge: printed once, and written down when they come back."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.errors import WrongState
from accounts.rulebook import check
from audit.record import event
from handover.attesting import facts_of
from handover.models import ContactPoint, NoticeLetter
from handover.printing.asking import asking_pdf
from handover.rules import TABLE
from outbox import letters as office

RUN = 50
"""Letters of one print run: what prints in a few seconds, so that nobody presses twice."""


def print_notices(*, letter_pks: Iterable[int], actor: Actor, at: datetime) -> bytes:
    """Hand the chosen letters out for printing, once, as one PDF.

    Of more than `RUN` the rest waits. The PDF is made before the transaction ends: if that fails, every letter is
    still there. Raises `NotAllowed`, `WrongState` (nothing left to print).
    """
    with transaction.atomic(durable=True):
        rule = check(TABLE, "print_notices", None, actor)
        rows = NoticeLetter.objects.filter(pk__in=list(letter_pks), printed_at=None).select_related("notice")
        waiting = list(rows.order_by("queued_at", "pk").select_for_update(no_key=True, of=("self",))[:RUN])
        contents = {notice.pk: content for notice, content in office.hand_out([one.notice for one in waiting], at=at)}
        run = [one for one in waiting if one.notice_id in contents]
        if not run:
            raise WrongState(_("Nothing is left to print here: somebody else printed it, or it was called off."))
        printed = asking_pdf([facts_of(contents[one.notice_id], at) for one in run])
        NoticeLetter.objects.filter(pk__in=[one.pk for one in run]).update(printed_at=at, printed_by=actor.user)
        event(
            rule.event,
            actor=actor,
            at=at,
            subject=f"print_run:{at:%Y%m%d%H%M%S}",
            about=sorted({f"organisation:{one.organisation_id}" for one in run}),
            facts={"letters": [one.number for one in run]},
        )
        return printed


def record_notice_return(*, letter_pk: int, actor: Actor, at: datetime) -> NoticeLetter:
    """Write down that a letter came back: its address of record is dead, everywhere in the organisation.

    What follows of it (an alert of absence) is the clock's to find. Raises `NotAllowed`, `WrongState`.
    """
    with transaction.atomic(durable=True):
        rule = check(TABLE, "record_notice_return", None, actor)
        letter = NoticeLetter.objects.select_for_update(no_key=True, of=("self",)).get(pk=letter_pk)
        if letter.printed_at is None or letter.returned_at:
            raise WrongState(_("This has not left yet, or what became of it is known already."))
        letter.returned_at = at
        letter.save(update_fields=["returned_at"])
        marked = 0
        if letter.contact_point_id:
            point = ContactPoint.objects.select_related("registration").get(pk=letter.contact_point_id)
            marked = (
                ContactPoint.objects.current()
                .filter(
                    kind=ContactPoint.Kind.POST,
                    value=point.value,
                    registration__organisation=point.registration.organisation_id,
                )
                .update(health=ContactPoint.Health.RETURNED, came_back_at=at)
            )
        event(
            rule.event,
            actor=actor,
            at=at,
            subject=letter.label,
            about=[f"organisation:{letter.organisation_id}"],
            facts={"letter": letter.number, "marked": marked},
        )
        return letter
