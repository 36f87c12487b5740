"""Background work on what is held."""

from django.utils import timezone
from django_tasks import task

from handover import bulk


@task()
def work_bulk(number: str) -> bool:
    """Do one piece of a job and leave the next one as a task of its own. Returns whether something is left."""
    left = bulk.work(number, clock=timezone.now)
    if left:
        work_bulk.enqueue(number)
    return left


def sweep() -> int:
    """Bring back jobs whose task died with a worker; returns how many."""
    numbers = bulk.forgotten(timezone.now())
    for number in numbers:
        work_bulk.enqueue(number)
    return len(numbers)
