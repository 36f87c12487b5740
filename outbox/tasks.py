"""Background work of the outbox."""

from uuid import UUID

from django.utils import timezone
from django_tasks import task

from outbox import delivery


@task()
def deliver(notice_id: str) -> bool:
    """Send one notice (its id as text). Returns whether it was sent by this call."""
    return delivery.send(UUID(notice_id), at=timezone.now())


def sweep() -> int:
    """Bring back what a killed worker left; returns how many notices got a new task."""
    return delivery.sweep(deliver, at=timezone.now())
