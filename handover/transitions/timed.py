"""What happens by itself on its date: the switch that people agreed on, reminders, expiry, the end of the overlap."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.errors import WrongState
from accounts.models import User
from accounts.rulebook import check
from audit.record import System, event
from handover import custody, notices, switching
from handover.models import Handover, HandoverItem, Package
from handover.rules import TABLE


def switch(*, handover_pk: int, actor: System, at: datetime) -> Handover:
    """Carry out an accepted handover on its date. People decided it; the clock only keeps the appointment.

    Raises `WrongState` when somebody changed it first or the date has not come.
    """
    with transaction.atomic(durable=True):
        handover, registrations = switching.lock(Handover.objects.all(), handover_pk)
        check(TABLE, "switch", handover, actor)
        if not switching.is_due(handover, at):
            raise WrongState(_("This handover still waits for its date or a confirmation. Nothing was changed."))
        switching.switch_now(handover, registrations, actor=actor, at=at)
        return handover


def remind(*, handover_pk: int, reached: int, actor: System, at: datetime) -> Handover:
    """Remind the successor for the `reached`-th time (days 3, 7, 12); `WrongState` when that was done."""
    with transaction.atomic(durable=True):
        handover, registrations = switching.lock(Handover.objects.all(), handover_pk)
        rule = check(TABLE, "remind", handover, actor)
        if handover.reminded >= reached:
            raise WrongState(_("This reminder has already been sent. Nothing was changed."))
        handover.reminded = reached
        handover.save(update_fields=["reminded"])
        written = switching.noted(rule, handover, registrations, actor=actor, at=at, facts={"reminder": reached})
        notices.tell("handover_reminder", [handover.given_to], event=written, at=at, handover=handover)
        return handover


def expire(*, handover_pk: int, actor: System, at: datetime) -> Handover:
    """End an offer that nobody answered; custody stays, both sides and the administrators are told.

    In a package it goes to the longest-serving administrator, in whose hands it waits for another successor.
    """
    with transaction.atomic(durable=True):
        handover, registrations = switching.lock(Handover.objects.all(), handover_pk)
        rule = check(TABLE, "expire", handover, actor)
        minds = _escalate_to(handover)
        status = Handover.Status.ESCALATED if minds else Handover.Status.EXPIRED
        switching.end_and_put_back(handover, registrations, status, reason="", at=at, minded_by=minds)
        written = event(
            "handover.escalated" if minds else rule.event,
            actor=actor,
            at=at,
            subject=handover.label,
            about=switching.about(handover, registrations),
            facts={"with": minds.label} if minds else {},
        )
        people = [handover.given_by, handover.offered_by, handover.given_to]
        everybody = [*people, *custody.administrators(handover.organisation)]
        notices.tell("handover_expired", everybody, event=written, at=at, handover=handover)
        return handover


def _escalate_to(handover: Handover) -> User | None:
    """Who has to find another successor: an administrator, where the holder is leaving or was a caretaker anyway."""
    package = handover.package
    if package is None or package.status != Package.Status.OPEN:
        return None
    others = custody.administrators(handover.organisation, but=handover.given_to)
    return others[0] if others else None


def remind_package(*, package_pk: int, reached: int, actor: System, at: datetime) -> Package:
    """Remind leaver and administrators, 7 days and 1 day before the last one, of what nobody has accepted yet.

    Raises `WrongState` when that was done.
    """
    with transaction.atomic(durable=True):
        package = Package.objects.select_for_update(no_key=True).get(pk=package_pk)
        rule = check(TABLE, "remind_package", package, actor)
        if package.reminded >= reached:
            raise WrongState(_("This reminder has already been sent. Nothing was changed."))
        package.reminded = reached
        package.save(update_fields=["reminded"])
        unanswered = package.handovers.filter(status__in=[Handover.Status.DRAFT, Handover.Status.OFFERED])
        count = HandoverItem.objects.filter(handover__in=unanswered, is_open=True).count()
        about = [f"organisation:{package.organisation_id}", f"user:{package.person_id}"]
        facts = {"reminder": reached, "unanswered": count}
        written = event(rule.event, actor=actor, at=at, subject=package.label, about=about, facts=facts)
        people = [package.person, package.opened_by, *custody.administrators(package.organisation)]
        notices.tell("package_reminder", people, event=written, at=at, package=package, count=count)
        return package


def close_overlap(*, handover_pk: int, actor: System, at: datetime) -> Handover:
    """End the overlap: the predecessor no longer reads."""
    with transaction.atomic(durable=True):
        handover, registrations = switching.lock(Handover.objects.all(), handover_pk)
        rule = check(TABLE, "close_overlap", handover, actor)
        handover.status = Handover.Status.CLOSED
        handover.ended_at = at
        handover.save(update_fields=["status", "ended_at"])
        switching.noted(rule, handover, registrations, actor=actor, at=at)
        return handover
