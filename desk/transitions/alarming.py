"""What was noticed, and what a supervisor found."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.errors import WrongState
from accounts.models import User
from accounts.rulebook import check
from audit.record import System, event
from desk import alarms
from desk.models import Alarm
from desk.rules import TABLE
from outbox import cipher


def raise_alarm(kind: str, *, about: User, actor: System, at: datetime) -> Alarm:
    """Open an alarm about somebody of the staff; the one that is open already stays. Raises `NotAllowed`."""
    with transaction.atomic(durable=True):
        check(TABLE, "raise_alarm", None, actor)
        return alarms.open_alarm(kind, about=about, actor=actor, at=at)


def close_alarm(alarm_pk: int, *, words: str, actor: Actor, at: datetime) -> Alarm:
    """Say what was found about an alarm. What was stopped by it stays stopped. Raises `NotAllowed`, `WrongState`."""
    with transaction.atomic(durable=True):
        found = Alarm.objects.select_for_update(no_key=True, of=("self",)).select_related("about").get(pk=alarm_pk)
        rule = check(TABLE, "close_alarm", found, actor)
        if found.closed_at:
            raise WrongState(_("This alarm is closed already. Nothing was changed."))
        found.closed_at, found.closed_by, found.sealed_words = at, actor.user, cipher.encrypt(words)
        found.save(update_fields=["closed_at", "closed_by", "sealed_words"])
        event(rule.event, actor=actor, at=at, subject=found.label, facts={"kind": found.kind})
        return found
