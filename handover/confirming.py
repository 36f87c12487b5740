"""Asking anew whether contact points and units are right, after the name or the holder changed. No events here."""

from collections.abc import Collection
from datetime import date, datetime

from handover.models import ContactPoint, Custody, Registration, Task

CONFIRMS = (Task.Kind.CONFIRM_CONTACT_POINTS, Task.Kind.CONFIRM_UNIT)
"""Tasks that a page of their own finishes, and that pass to each next person in charge until then."""


def ask(registrations: Collection[Registration], *, units: bool, at: datetime) -> None:
    """Leave the task to confirm contact points (and with `units` the using unit), one each, to who is in charge.

    Without a person in charge it waits without an owner until `custody.give` names one.
    """
    keys = [one.pk for one in registrations]
    ContactPoint.objects.current().filter(registration__in=keys).update(to_confirm=True)
    kinds = CONFIRMS if units else CONFIRMS[:1]
    held = Custody.objects.current().filter(registration__in=keys, kind=Custody.Kind.CUSTODIAN)
    owners = dict(held.values_list("registration_id", "user_id"))
    open_now = Task.objects.filter(registration__in=keys, kind__in=kinds, done_at=None)
    asked = set(open_now.values_list("registration_id", "kind"))
    Task.objects.bulk_create(
        Task(kind=kind, registration_id=key, owner_id=owners.get(key), opened_at=at)
        for key in keys
        for kind in kinds
        if (key, kind.value) not in asked
    )


def begin_anew(registrations: Collection[Registration], *, on: date) -> None:
    """End every contact point and begin it again on `on`, unverified: to the new holder it has no past.

    Were the rows kept, the former holder's phone would still prove a recovery (C1 to C3 count from 30 days on record).
    What came back stays marked as it was.
    """
    old = list(ContactPoint.objects.current().filter(registration__in=[one.pk for one in registrations]).order_by("pk"))
    ContactPoint.objects.filter(pk__in=[point.pk for point in old]).update(until=on, to_confirm=False)
    troubled = (ContactPoint.Health.BOUNCED, ContactPoint.Health.RETURNED)
    ContactPoint.objects.bulk_create(
        ContactPoint(
            registration_id=point.registration_id,
            kind=point.kind,
            value=point.value,
            postal_code=point.postal_code,
            since=on,
            health=point.health if point.health in troubled else ContactPoint.Health.UNVERIFIED,
            purposes=point.purposes,
            hours=point.hours,
            receiver_pays=point.receiver_pays,
            to_confirm=True,
        )
        for point in old
    )


def settle(registration: Registration, *, at: datetime) -> bool:
    """Finish the task on the contact points when none is left to confirm; returns whether none is."""
    if ContactPoint.objects.current().filter(registration=registration, to_confirm=True).exists():
        return False
    finish(registration, Task.Kind.CONFIRM_CONTACT_POINTS, at=at)
    return True


def finish(registration: Registration, kind: str, *, at: datetime) -> int:
    """Finish the open task of `kind`; returns how many there were."""
    return Task.objects.filter(registration=registration, kind=kind, done_at=None).update(done_at=at)
