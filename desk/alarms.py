"""Alarms of the desk, and how many customers somebody of the staff may look at. Plain functions."""

from datetime import datetime, timedelta

from accounts import tallies
from accounts.models import Organisation, User
from audit.record import Actor, event
from desk.models import Alarm

AN_HOUR = timedelta(hours=1)


def open_alarm(
    kind: str, *, actor: Actor, at: datetime, about: User | None = None, organisation: Organisation | None = None
) -> Alarm:
    """Open an alarm inside the caller's transaction; the one that is open already stays as it is."""
    made, is_new = Alarm.objects.get_or_create(
        kind=kind, about=about, organisation=organisation, closed_at=None, defaults={"opened_at": at}
    )
    if is_new:
        # Not in the organisation's own history: who called proves nothing, and nothing of theirs changed.
        labels = [about.label] if about else []
        event("alarm.opened", actor=actor, at=at, subject=made.label, about=labels, facts={"kind": kind})
    return made


def charge_look(user: User, customer: str, *, soft: int, hard: int, at: datetime) -> str:
    """Count that `user` opens the case of `customer`; return the kind of alarm that is due by it, "" for none.

    Counted once an hour for each customer, and by natural person. `Alarm.Kind.TOO_MANY` also says: do not open it.
    """
    who = f"person:{user.person_id}" if user.person_id else user.label
    look = f"look:{who}:{customer}"
    if seen := tallies.counted(look, period=AN_HOUR, at=at):
        # Opened within this hour already: allowed again, unless it was refused then.
        return Alarm.Kind.TOO_MANY if seen > 1 else ""
    if not tallies.charge(look, limit=1, period=AN_HOUR, at=at):
        return ""  # opened twice at the same moment
    if not tallies.charge(f"looks:{who}", limit=hard, period=AN_HOUR, at=at):
        tallies.charge(look, limit=2, period=AN_HOUR, at=at)  # so that it is known as refused
        return Alarm.Kind.TOO_MANY
    if tallies.charge(f"looks-soft:{who}", limit=soft, period=AN_HOUR, at=at):
        return ""
    return Alarm.Kind.MANY_CUSTOMERS
