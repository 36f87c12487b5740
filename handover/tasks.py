"""Background work on what is held."""

from datetime import datetime

import structlog
from django.conf import settings
from django.utils import timezone
from django_tasks import task

from accounts.appointments import keep
from audit.record import System
from handover import bulk, scanning, transitions

log = structlog.get_logger(__name__)
SCANNER = System("scanner")


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


@task()
def scan_paper(blob_pk: int) -> bool:
    """Have the virus scanner look at one paper now; what it does not answer, the clock asks again. Returns whether."""
    return _scan(blob_pk, timezone.now())


def _scan(blob_pk: int, at: datetime) -> bool:
    look = scanning.look(blob_pk, at=at)
    if look is None:
        return False
    found = {"finding": look.finding} if look.finding else {}
    act = transitions.record_infected if found else transitions.record_clean
    return bool(keep(log, act, blob_pk=blob_pk, scanner=look.scanner, actor=SCANNER, at=at, **found))


def have_scanned(blob_pk: int) -> None:
    """Leave a look at one paper to the worker, where there is a scanner; the clock would come to it in a minute."""
    if settings.CLAMD:
        scan_paper.enqueue(blob_pk)


def scan_due(*, at: datetime) -> int:
    """Have the virus scanner look at what is due by `at`; returns how many it looked at.

    One that does not answer ends the round: the others would wait for it as long, one after the other.
    """
    done = 0
    for pk in scanning.due(at):
        if not _scan(pk, at):
            break
        done += 1
    return done
