"""What tests about acts on many registrations begin with."""

import uuid
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from handover import tasks, transitions
from handover.models import (
    BulkJob,
    Registration,
)
from tests.cast import Cast, actor
from tests.stock import NOW, registration

LATER = NOW + timedelta(minutes=30)


def nobodys(cast: Cast, count: int, *, first: int = 0) -> list[Registration]:
    return [registration(cast.aoba, f"N-{number:03}", custodian=None) for number in range(first, first + count)]


def begun(cast: Cast, rows: list[Registration], *, who: str = "hanako", **changes: Any) -> BulkJob:
    given: dict[str, Any] = {
        "kind": "take_into_care",
        "registration_pks": [row.pk for row in rows],
        "confirmed": len(rows),
        "arguments": {},
        "token": uuid.uuid4(),
        "actor": actor(getattr(cast, who)),
        "at": NOW,
    }
    return transitions.start_bulk(**given | changes)


def ticking(start: datetime = LATER) -> Callable[[], datetime]:
    """A clock that goes on by a second with every look."""
    moments: Iterator[datetime] = (start + timedelta(seconds=second) for second in range(100_000))
    return lambda: next(moments)


def worked() -> None:
    """Do what the queue holds of jobs, until nothing is left."""
    queue = DBTaskResult.objects.filter(task_path=tasks.work_bulk.module_path, status=TaskResultStatus.READY)
    while waiting := queue.first():
        queue.filter(pk=waiting.pk).update(status=TaskResultStatus.SUCCESSFUL)
        tasks.work_bulk.call(*waiting.args_kwargs["args"])


def figures(job: BulkJob) -> tuple[str, int, int, int]:
    found = BulkJob.objects.counted().get(pk=job.pk)
    return found.status, found.done, found.failed, found.waiting  # type: ignore[attr-defined]
