"""Letters that ask who is in charge: printed once, and written down when they come back."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.errors import WrongState
from accounts.rulebook import check
from audit.record import event
from handover import leaving
from handover.models import ContactPoint, NoticeLetter
from handover.rules import TABLE


def print_notices(*, letter_pks: Iterable[int], actor: Actor, at: datetime) -> bytes:
    """Hand the chosen letters out for printing, once, as one PDF.

    Of more than `RUN` the rest waits. The PDF is made before the transaction ends: if that fails, every letter is
    still there. Raises `NotAllowed`, `WrongState` (nothing left to print).
    """
    with transaction.atomic(durable=True):
        rule = check(TABLE, "print_notices", None, actor)
        return leaving.askings(letter_pks, rule=rule, actor=actor, at=at).or_refuse().pdf


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
