"""The worker's round."""

from datetime import datetime, timedelta

import pytest
from django.core.management import call_command
from django.utils import timezone
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from outbox import delivery, tasks

pytestmark = pytest.mark.django_db(transaction=True)

NOW = timezone.now()
WEEK = timedelta(days=7)


def task(status: TaskResultStatus, finished_at: datetime | None) -> str:
    made = tasks.deliver.enqueue("00000000-0000-0000-0000-000000000000").id
    DBTaskResult.objects.filter(pk=made).update(status=status, finished_at=finished_at, enqueued_at=NOW - 9 * WEEK)
    return str(made)


def test_finished_tasks_go_after_a_week_and_waiting_ones_stay() -> None:
    done, failed = TaskResultStatus.SUCCESSFUL, TaskResultStatus.FAILED
    for status in (done, failed):
        task(status, NOW - WEEK - timedelta(seconds=1))
    kept = {
        task(done, NOW - WEEK),
        task(failed, NOW),
        task(TaskResultStatus.READY, None),
        task(TaskResultStatus.RUNNING, None),
    }
    assert delivery.prune(at=NOW) == 2
    assert {str(pk) for pk in DBTaskResult.objects.values_list("pk", flat=True)} == kept


def test_worker_clears_old_tasks_away_in_its_round() -> None:
    task(TaskResultStatus.SUCCESSFUL, timezone.now() - 2 * WEEK)
    call_command("work", "--once")
    assert not DBTaskResult.objects.exists()
