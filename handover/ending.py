"""What ends when a registration is closed or goes to another holder. Plain functions: no event, no mail."""

from collections.abc import Collection
from datetime import datetime

from handover import mandating, shares
from handover.models import Deputy, Handover, MandateRegistration, RecoveryKit, Registration, Task


def end_mandates(registrations: Collection[Registration], *, at: datetime) -> int:
    """End what contractors may do on `registrations` (B5: at a transfer, and at the end); returns how many ended."""
    return sum(len(mandating.settle(one, kept=(), at=at).ended) for one in registrations)


def drop_questions(registrations: Collection[Registration], *, at: datetime) -> None:
    """Take `registrations` out of what contractors asked their former holder for: it decides on them no longer."""
    keys = [one.pk for one in registrations]
    MandateRegistration.objects.undecided().filter(registration__in=keys).update(until=at)


def end_handovers(registrations: Collection[Registration], *, reason: str, at: datetime) -> list[Handover]:
    """Take `registrations`, whose locks the caller holds, out of their open handovers; returns those for the notices.

    A handover of nothing else ends as withdrawn; one with more registrations goes on without them.
    """
    found: dict[int, Handover] = {}
    for registration in sorted(registrations, key=lambda one: one.pk):
        if handover := shares.take_out(registration, at=at, reason=reason):
            found[handover.pk] = handover
    return list(found.values())


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
