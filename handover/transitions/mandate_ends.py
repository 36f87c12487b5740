"""How a mandate ends: by either side at once, one registration at a time, or on its last day; and the reminders."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.errors import WrongState
from accounts.rulebook import check
from audit.record import System, event
from handover import mandate_sides, mandating
from handover.mandate_steps import lock
from handover.models import Mandate, MandateRegistration
from handover.rules import TABLE
from handover.rules.mandates import asks, reminders_passed


def end_mandate(*, mandate_pk: int, reason: str, actor: Actor, at: datetime) -> Mandate:
    """End a mandate at once: the customer takes it back, the contractor gives it back or takes its question back.

    A question that is taken back is told to nobody, so that it takes the same time whether or not it reached anybody.
    Raises `NotAllowed`, `WrongState`.
    """
    with transaction.atomic(durable=True):
        mandate, registrations = lock(mandate_pk)
        rule = check(TABLE, "end_mandate", mandate, actor)
        was = mandate.status
        mandating.close_rows(mandate, at=at)
        mandate.status, mandate.ended_at, mandate.ended_by = Mandate.Status.ENDED, at, actor.user
        mandate.end_reason = reason
        mandate.save(update_fields=["status", "ended_at", "ended_by", "end_reason"])
        renewals = mandating.end_renewals(mandate, by=actor.user, at=at)
        written = event(
            rule.event,
            actor=actor,
            at=at,
            subject=mandate.label,
            about=mandate_sides.about(mandate, registrations),
            facts={"was": was, "by": "contractor" if asks(actor, mandate) else "customer", "renewals": renewals},
        )
        if was == Mandate.Status.ACTIVE:
            mandate_sides.tell("mandate_ended", mandate, registrations, event=written, at=at)
        return mandate


def remove_registration(*, row_pk: int, actor: Actor, at: datetime) -> MandateRegistration:
    """Take one registration out of a granted mandate and its renewal at once; with the last one the mandate ends.

    Raises `NotAllowed`, `WrongState` when it is out already or was never granted.
    """
    with transaction.atomic(durable=True):
        mandate, _registrations = lock(MandateRegistration.objects.values_list("mandate_id", flat=True).get(pk=row_pk))
        row = MandateRegistration.objects.select_related("registration", "mandate").get(pk=row_pk)
        rule = check(TABLE, "remove_registration", row, actor)
        if mandate.status != Mandate.Status.ACTIVE or row.until or row.since is None:
            raise WrongState(_("This registration is not in the mandate any more. Nothing was changed."))
        ended = mandating.close_row(row, at=at)
        following = MandateRegistration.objects.current().filter(mandate__renewed_from=mandate)
        for later in following.filter(registration=row.registration):
            mandating.close_row(later, at=at)
        written = event(
            rule.event,
            actor=actor,
            at=at,
            subject=mandate.label,
            about=mandate_sides.about(mandate, [row.registration]),
            facts={"registration": row.registration.number, "ended": ended},
        )
        mandate_sides.tell("mandate_shortened", mandate, [row.registration], event=written, at=at)
        return row


def remind_mandate(*, mandate_pk: int, reached: int, actor: System, at: datetime) -> Mandate:
    """Remind both sides of the last day for the `reached`-th time (40 and 14 days before).

    Raises `WrongState` when that was done or the day has not come.
    """
    with transaction.atomic(durable=True):
        mandate, registrations = lock(mandate_pk)
        rule = check(TABLE, "remind_mandate", mandate, actor)
        due = reminders_passed(mandate.ends_on, timezone.localdate(at))
        if mandate.reminded >= reached or reached > due:
            raise WrongState(_("This reminder has already been sent. Nothing was changed."))
        mandate.reminded = reached
        mandate.save(update_fields=["reminded"])
        about = mandate_sides.about(mandate, registrations)
        facts = {"reminder": reached, "ends_on": mandate.ends_on.isoformat()}
        written = event(rule.event, actor=actor, at=at, subject=mandate.label, about=about, facts=facts)
        mandate_sides.tell("mandate_ending", mandate, registrations, event=written, at=at)
        return mandate


def expire_mandate(*, mandate_pk: int, actor: System, at: datetime) -> Mandate:
    """Write down that a mandate is over, after its last day: an appointment that people made when they granted it.

    Nobody could use it any more anyway. Raises `WrongState` before.
    """
    with transaction.atomic(durable=True):
        mandate, registrations = lock(mandate_pk)
        rule = check(TABLE, "expire_mandate", mandate, actor)
        if mandate.ends_on >= timezone.localdate(at):
            raise WrongState(_("The last day of this mandate has not passed. Nothing was changed."))
        mandating.close_rows(mandate, at=at)
        mandate.status, mandate.ended_at = Mandate.Status.EXPIRED, at
        mandate.save(update_fields=["status", "ended_at"])
        about = mandate_sides.about(mandate, registrations)
        written = event(rule.event, actor=actor, at=at, subject=mandate.label, about=about)
        mandate_sides.tell("mandate_expired", mandate, registrations, event=written, at=at)
        return mandate
