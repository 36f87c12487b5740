"""What ends when a registration is closed or goes to another holder. Plain functions: no event, no mail."""

from collections.abc import Collection
from datetime import datetime

from handover import switching
from handover.models import Deputy, Handover, HandoverItem, RecoveryKit, Registration, Task


def end_mandates(registrations: Collection[Registration], *, at: datetime) -> int:
    """End what contractors may do on `registrations` (B5: at a transfer, and at the end); returns how many ended.

    There are no mandates in this register so far, so there is nothing to end.
    """
    return 0


def end_handovers(registrations: Collection[Registration], *, reason: str, at: datetime) -> list[Handover]:
    """Withdraw the open handovers of `registrations`, whose locks the caller holds; returns them for the notices."""
    moving = HandoverItem.objects.filter(is_open=True, registration__in=[one.pk for one in registrations])
    locked = Handover.objects.open().select_for_update(no_key=True, of=("self",))
    ended = list(locked.filter(pk__in=moving.values("handover")).order_by("pk"))
    for handover in ended:
        switching.end(handover, Handover.Status.WITHDRAWN, reason=reason, at=at)
    return ended


def end_people(registrations: Collection[Registration], *, at: datetime) -> None:
    """End deputyships and recovery kits: they belong to people of the holder that was."""
    keys = [one.pk for one in registrations]
    Deputy.objects.current().filter(registration__in=keys).update(until=at)
    RecoveryKit.objects.filter(custody__registration__in=keys, void_at=None).update(void_at=at)


def end_tasks(registrations: Collection[Registration], *, at: datetime) -> int:
    """End everything left to do: nobody works on a closed registration. Returns how many there were."""
    keys = [one.pk for one in registrations]
    return Task.objects.filter(registration__in=keys, done_at=None).update(done_at=at)


def orphan_tasks(registrations: Collection[Registration]) -> None:
    """Take open tasks from their owners: they go to whoever is in charge next (`custody.give`)."""
    keys = [one.pk for one in registrations]
    Task.objects.filter(registration__in=keys, done_at=None).update(owner=None)
