"""Quarantine: which stored papers the virus scanner is still to look at, and asking it about one."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from django.conf import settings
from django.db.models import F

from audit.models import Event
from handover import documents
from handover.models import Blob
from handover.vault import clamd

log = structlog.get_logger(__name__)

AT_ONCE = 50
"""Papers that one round of the clock takes: after a day without scanner the rest follows round by round."""
AWAKE_SECONDS = 5
"""How long a scanner may take to say its version: one that hangs must not keep the worker from mails for longer."""
OPEN = (Blob.Status.WAITING, Blob.Status.UNSCANNED)
"""What is still to be looked at. What came before there was a scanner stays readable meanwhile."""


@dataclass(frozen=True)
class Look:
    """What the scanner said of one paper: its name for the malware or "", and its own version."""

    finding: str
    scanner: str


Tell = Callable[[Blob, Event, datetime], bool]
_also: list[Tell] = []


def also_tell(step: Tell) -> None:
    """Let an app to the right tell its people of malware in a paper of theirs: called once, when that app is ready.

    `step(blob, event, at)` queues mails inside the transaction and returns whether the paper is one of its own.
    """
    if step not in _also:
        _also.append(step)


def tell_elsewhere(blob: Blob, event: Event, at: datetime) -> None:
    """Let the other apps tell whoever has to know of malware in `blob`."""
    for step in _also:
        if step(blob, event, at):
            return


def delay(tries: int) -> timedelta:
    """Return the pause after `tries` looks without an answer: 1 minute, doubled each time, at most an hour."""
    return min(timedelta(minutes=2 ** min(max(tries, 1) - 1, 6)), timedelta(hours=1))


def due(at: datetime) -> list[int]:
    """Return the keys of papers that the scanner is to look at by `at`; none without a scanner."""
    if not settings.CLAMD:
        return []
    rows = Blob.objects.filter(status__in=OPEN)
    due_now = rows.filter(scan_due_at__lte=at) | rows.filter(scan_due_at=None)
    return list(due_now.order_by(F("scan_due_at").asc(nulls_last=True), "pk").values_list("pk", flat=True)[:AT_ONCE])


def look(blob_pk: int, *, at: datetime) -> Look | None:
    """Ask the scanner about one paper; None when another worker has it, it is done, or there was no answer.

    The try is counted first by one guarded UPDATE, so that of many workers one asks, and a paper that the scanner
    chokes on does not stop the others. Nothing is lost by a missing answer: the paper stays as it is and is due again.
    """
    blob = _claim(blob_pk, at)
    if blob is None:
        return None
    try:
        scanner = clamd.version(address=settings.CLAMD, seconds=min(settings.CLAMD_TIMEOUT, AWAKE_SECONDS))
        reader = documents.open_whatever_it_is(blob)
        try:
            finding = clamd.scan(reader, address=settings.CLAMD, seconds=settings.CLAMD_TIMEOUT)
        finally:
            reader.close()
    except clamd.Unavailable as why:
        log.warning("the virus scanner gave no answer", blob=blob.pk, tries=blob.scan_tries, why=str(why))
        return None
    except (documents.Damaged, documents.Erased):
        return None
    return Look(finding, scanner)


def _claim(blob_pk: int, at: datetime) -> Blob | None:
    if not settings.CLAMD:
        return None
    blob = Blob.objects.filter(pk=blob_pk, status__in=OPEN).first()
    if blob is None or (blob.scan_due_at and blob.scan_due_at > at):
        return None
    same = Blob.objects.filter(pk=blob_pk, status__in=OPEN, scan_tries=blob.scan_tries)
    taken = same.update(scan_tries=F("scan_tries") + 1, scan_due_at=at + delay(blob.scan_tries + 1))
    blob.scan_tries += 1
    return blob if taken else None
