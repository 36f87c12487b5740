"""The step that sends a prepared handover to its successor; used for a single one and for all of a package."""

from datetime import datetime

from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.errors import Refused
from accounts.rulebook import check
from audit.models import Event
from audit.record import event
from handover import notices, preparing, switching
from handover.models import Custody, Handover, Registration
from handover.restricting import refuse_blocked
from handover.rules import TABLE


def send(handover: Handover, registrations: list[Registration], *, actor: Actor, at: datetime) -> Event:
    """Offer a locked draft to its successor, with event and notice.

    When the holder sends what an administrator had prepared, it is the holder who offers: no notice days, and no
    confirmation beyond what the organisation always asks for. When somebody else sends what the holder had prepared,
    the holder has offered nothing: notice days and confirmation as for every other act of that person.
    Raises `NotAllowed`, `WrongState`, `Refused` (no successor named yet, or the date has passed).
    """
    rule = check(TABLE, "offer", handover, actor)
    if handover.given_to is None:
        raise Refused(_("Name a successor first."))
    for registration in registrations:
        refuse_blocked(registration, "offer", at=at, by_administrator=actor.is_administrator)
    switching.require_both_sides(handover, registrations)
    # All of them, for what is in care and what somebody is in charge of can stand on one list.
    held = list(Custody.objects.current().filter(registration__in=registrations))
    _stand_behind(handover, held, actor)
    preparing.refuse_successor(
        handover.organisation, held[0].user_id, handover.given_to, confirms=handover.needs_confirmation, actor=actor
    )
    first = max(preparing.earliest(one, handover.offered_by_id, at) for one in held)
    if handover.package_id and handover.effective_on < first:
        # Its day was chosen for all of the package, and may have passed while this waited for a successor.
        handover.effective_on = first
    preparing.refuse_date(handover.effective_on, first, at)
    handover.status = Handover.Status.OFFERED
    handover.offered_at = at
    handover.save(update_fields=["status", "offered_at", "offered_by", "needs_confirmation", "effective_on"])
    written = event(
        rule.event,
        actor=actor,
        at=at,
        subject=handover.label,
        about=switching.about(handover, registrations),
        facts={"to": handover.given_to.label, "effective_on": handover.effective_on.isoformat()},
    )
    notices.tell("handover_offered", [handover.given_to, handover.given_by], event=written, at=at, handover=handover)
    return written


def _stand_behind(handover: Handover, held: list[Custody], actor: Actor) -> None:
    """Let `actor`, who sends `handover`, be who offers it, and ask for a confirmation if one of `held` needs it."""
    confirms = any(preparing.needs_confirmation(one, actor) for one in held)
    if all(one.user_id == actor.user.pk for one in held):
        if handover.offered_by_id != actor.user.pk or confirms:
            handover.offered_by, handover.needs_confirmation = actor.user, confirms
        return
    if any(one.user_id == handover.offered_by_id for one in held):
        handover.offered_by = actor.user
    handover.needs_confirmation = handover.needs_confirmation or confirms
