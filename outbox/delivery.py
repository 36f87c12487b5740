"""Sending a notice, and finding those that a killed worker left."""

import json
from datetime import datetime, timedelta
from uuid import UUID

import structlog
from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import F
from django_tasks import TaskResultStatus
from django_tasks.base import Task
from django_tasks_db.models import DBTaskResult

from outbox import bounces, cipher
from outbox.models import Notice

log = structlog.get_logger(__name__)

MAX_TRIES = 12
"""Tries before a notice is given up and shown to operations: with `delay` below they span about three days."""
ABANDONED_AFTER = timedelta(minutes=10)
"""A claim older than this belongs to a worker that died: sending has a time limit of 20 seconds (EMAIL_TIMEOUT)."""

KEPT_FOR = timedelta(days=7)
"""How long a finished task stays for looking into; what it did is in the log and in the notices."""


def delay(tries: int) -> timedelta:
    """Return the pause after `tries` failed tries: 1 minute, doubled each time, at most 12 hours."""
    return min(timedelta(minutes=2 ** min(tries - 1, 12)), timedelta(hours=12))


def claim(notice_id: UUID, *, at: datetime) -> Notice | None:
    """Take a due notice for sending, or return None if another worker has it or it is done.

    One guarded UPDATE, so that of many workers only one sends. The try is counted before sending: a worker killed
    in the middle has used it.
    """
    taken = Notice.objects.filter(
        pk=notice_id, channel=Notice.Channel.MAIL, status=Notice.Status.QUEUED, next_try_at__lte=at
    ).update(status=Notice.Status.SENDING, claimed_at=at, tries=F("tries") + 1)
    return Notice.objects.get(pk=notice_id) if taken else None


def send(notice_id: UUID, *, at: datetime) -> bool:
    """Deliver one notice at least once, always with the same Message-ID so that a mail server can drop the second.

    Returns whether it was sent now. A failure keeps the notice for the next try; the last one marks it failed.
    """
    notice = claim(notice_id, at=at)
    if notice is None:
        return False
    try:
        _mail(notice)
    except Exception as error:  # whatever a mail server does, the notice is kept
        _failed(notice, error, at=at)
        return False
    Notice.objects.filter(pk=notice.pk).update(status=Notice.Status.SENT, sent_at=at, payload=None, last_error="")
    return True


def _mail(notice: Notice) -> None:
    payload = json.loads(cipher.decrypt(notice.payload or b""))
    EmailMessage(
        payload["subject"], payload["body"], to=[payload["to"]], headers={"Message-ID": notice.message_id}
    ).send()


def _failed(notice: Notice, error: Exception, *, at: datetime) -> None:
    refused = bounces.status_of(error)
    # An address that does not exist will not exist in an hour either.
    given_up = refused is not None or notice.tries >= MAX_TRIES
    Notice.objects.filter(pk=notice.pk).update(
        status=Notice.Status.FAILED if given_up else Notice.Status.QUEUED,
        next_try_at=at + delay(notice.tries),
        # The class only: texts of mail servers repeat the address.
        last_error=type(error).__name__,
        bounce_status=refused or "",
    )
    log.warning("notice not sent", notice=str(notice.pk), tries=notice.tries, error=type(error).__name__)


def sweep(deliver: Task[[str], bool], *, at: datetime) -> int:
    """Give due and abandoned notices a new `deliver` task, and fail tasks of workers that died. Returns how many.

    django-tasks neither repeats a task nor frees what `kill -9` left in RUNNING.
    """
    old = at - ABANDONED_AFTER
    with transaction.atomic(durable=True):
        Notice.objects.filter(status=Notice.Status.SENDING, claimed_at__lt=old).update(
            status=Notice.Status.QUEUED, next_try_at=at
        )
        DBTaskResult.objects.filter(status=TaskResultStatus.RUNNING, started_at__lt=old).update(
            status=TaskResultStatus.FAILED, finished_at=at
        )
        waiting = {
            args["args"][0]
            for args in DBTaskResult.objects.filter(
                status=TaskResultStatus.READY, task_path=deliver.module_path
            ).values_list("args_kwargs", flat=True)
        }
        mails = Notice.objects.filter(channel=Notice.Channel.MAIL, status=Notice.Status.QUEUED)
        due = mails.filter(next_try_at__lte=at).values_list("pk", flat=True)
        again = [str(pk) for pk in due if str(pk) not in waiting]
        for pk in again:
            deliver.enqueue(pk)
    return len(again)


def prune(*, at: datetime) -> int:
    """Delete finished tasks older than `KEPT_FOR` before `at`; returns how many. The queue never does it by itself."""
    finished = [TaskResultStatus.SUCCESSFUL, TaskResultStatus.FAILED]
    old = DBTaskResult.objects.filter(status__in=finished, finished_at__lt=at - KEPT_FOR)
    return old.delete()[0]
