"""Background work on the procedure."""

from django.utils import timezone
from django_tasks import task

from recovery import replaying


@task()
def work_replay(replay_pk: int) -> bool:
    """Do one piece of a replay and leave the next one as a task of its own. Returns whether something is left."""
    left = replaying.work(replay_pk, clock=timezone.now)
    if left:
        work_replay.enqueue(replay_pk)
    return left


def sweep() -> int:
    """Begin what a changed rule asks for, and bring back replays whose task died with a worker; returns how many."""
    due = replaying.due(timezone.now())
    for pk in due:
        work_replay.enqueue(pk)
    return len(due)
