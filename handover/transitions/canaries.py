"""Invented registrations: marked, watched, let go."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import memberships
from accounts.actors import Actor
from accounts.errors import Refused, WrongState
from accounts.models import Membership
from accounts.rulebook import check
from audit import queries as audit
from audit.record import System, event
from handover import canaries
from handover.models import Canary, Registration
from handover.rules import TABLE


def mark_canary(*, number: str, actor: Actor, at: datetime) -> Canary:
    """Say that the registration called `number` is invented: from now on whoever touches it raises an alarm.

    Nothing is written on the registration or into its history. Raises `NotAllowed`; `Refused` when there is none with
    this number, it is marked already, or its organisation has people, who would be real.
    """
    with transaction.atomic(durable=True):
        actor = memberships.still_here(actor)
        rule = check(TABLE, "mark_canary", None, actor)
        rows = Registration.objects.select_for_update(no_key=True, of=("self",)).select_related("organisation")
        registration = rows.filter(number=number).first()
        if registration is None:
            words = _("There is no registration with this number.")
            raise Refused(words, {"number": words})
        if Membership.objects.filter(organisation=registration.organisation).exists():
            words = _("Somebody works or worked for its organisation: this is a real customer's.")
            raise Refused(words, {"number": words})
        if Canary.objects.watched().filter(registration=registration).exists():
            words = _("It is marked already.")
            raise Refused(words, {"number": words})
        made = Canary.objects.create(
            registration=registration, marked_by=actor.user, marked_at=at, read_to=audit.last_about(registration.label)
        )
        event(rule.event, actor=actor, at=at, subject=made.label)
        return made


def end_canary(canary_pk: int, *, actor: Actor, at: datetime) -> Canary:
    """Watch an invented registration no longer; what was noted stays. Raises `NotAllowed`, `WrongState`."""
    with transaction.atomic(durable=True):
        actor = memberships.still_here(actor)
        found = Canary.objects.select_for_update(no_key=True, of=("self",)).get(pk=canary_pk)
        rule = check(TABLE, "end_canary", found, actor)
        if found.ended_at:
            raise WrongState(_("It is watched no longer already. Nothing was changed."))
        found.ended_by, found.ended_at = actor.user, at
        found.save(update_fields=["ended_by", "ended_at"])
        event(rule.event, actor=actor, at=at, subject=found.label)
        return found


def watch_canary(canary_pk: int, *, actor: System, at: datetime) -> int:
    """Note what strangers did to a canary, and what the log tells; each raises an alarm. Returns how many.

    Raises `NotAllowed`.
    """
    with transaction.atomic(durable=True):
        found = Canary.objects.select_for_update(no_key=True, of=("self",)).select_related("registration__organisation")
        canary = found.get(pk=canary_pk)
        rule = check(TABLE, "watch_canary", canary, actor)
        noted = [*canaries.heard(canary, at), *canaries.read_log(canary, at)]
        if noted:
            event(rule.event, actor=actor, at=at, subject=canary.label, facts={"touches": len(noted)})
        return len(noted)
