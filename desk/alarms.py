"""Alarms of the desk, and how many customers somebody of the staff may look at. Plain functions."""

from datetime import datetime, timedelta

from accounts import tallies
from accounts.models import Organisation, User
from accounts.persons import accounts_of
from audit.record import Actor, System, event
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


def raise_for_canary(*, by: User | None, organisation: Organisation, at: datetime) -> Alarm:
    """Open an alarm because a canary was touched: about whoever did it, else about the invented `organisation`.

    Runs in the transaction of the act, so that neither is there without the other.
    """
    who = {"about": by} if by else {"organisation": organisation}
    return open_alarm(Alarm.Kind.CANARY, **who, actor=System("canaries"), at=at)


def charge_look(user: User, *names: str, soft: int, hard: int, at: datetime) -> str:
    """Count that `user` opens the case of a customer; return the kind of alarm that is due by it, "" for none.

    `names` are all of the one customer: its case, and its organisation where that is known. Counted once an hour for
    each customer, and by natural person. `Alarm.Kind.TOO_MANY` also says: do not open it. After it nothing new opens
    until somebody looked into the alarm, in the next hour neither; what was opened within the hour stays open. Whoever
    looked into it gives a new hour's budget by that.
    """
    who = f"person:{user.person_id}" if user.person_id else user.label
    looks = [f"look:{who}:{name}" for name in names]
    seen = _seen(looks, at)
    if seen == 1:
        return ""  # opened within this hour already: allowed again
    is_stopped, looked_into = _stops(user)
    if is_stopped or (seen and not looked_into):
        return Alarm.Kind.TOO_MANY
    if looked_into:
        who = f"{who}:{looked_into}"
    if seen:
        # It was refused within this hour, and somebody has looked into that: counted anew.
        looks = [f"{look}:{looked_into}" for look in looks]
        if seen := _seen(looks, at):
            return Alarm.Kind.TOO_MANY if seen > 1 else ""
    fresh = [tallies.charge(look, limit=1, period=AN_HOUR, at=at) for look in looks]
    if not all(fresh):
        return ""  # opened twice at the same moment
    if not tallies.charge(f"looks:{who}", limit=hard, period=AN_HOUR, at=at):
        for look in looks:
            tallies.charge(look, limit=2, period=AN_HOUR, at=at)  # so that it is known as refused
        return Alarm.Kind.TOO_MANY
    if tallies.charge(f"looks-soft:{who}", limit=soft, period=AN_HOUR, at=at):
        return ""
    return Alarm.Kind.MANY_CUSTOMERS


def _seen(looks: list[str], at: datetime) -> int:
    """Return how one of `looks` was counted within this hour, 0 if none was.

    An opened case of an opened organisation then counts as opened itself.
    """
    for number, look in enumerate(looks):
        if seen := tallies.counted(look, period=AN_HOUR, at=at):
            for other in looks[:number] if seen == 1 else []:
                tallies.charge(other, limit=1, period=AN_HOUR, at=at)
            return seen
    return 0


def _stops(user: User) -> tuple[bool, int]:
    """Return whether the natural person behind `user` is stopped, and the last alarm of it that was looked into."""
    rows = Alarm.objects.filter(kind=Alarm.Kind.TOO_MANY, about__in=accounts_of(user)).order_by("-pk")
    last = list(rows.values_list("pk", "closed_at")[:2])
    closed = [pk for pk, closed_at in last if closed_at]
    return any(closed_at is None for _pk, closed_at in last), max(closed, default=0)
