"""Background work on the procedure, and on what inquirers ask for."""

from django.utils import timezone
from django_tasks import task

from recovery import clock, replaying


@task()
def work_replay(replay_pk: int) -> bool:
    """Do one piece of a replay and leave the next one as a task of its own. Returns whether something is left."""
    left = replaying.work(replay_pk, clock=timezone.now)
    if left:
        work_replay.enqueue(replay_pk)
    return left


@task()
def answer_request(request_pk: int) -> int:
    """Do at once what an inquirer asked for; what a dead worker leaves is done by the clock within a minute."""
    return clock.answer(request_pk, timezone.now())


def sweep() -> int:
    """Begin what a changed rule asks for, and bring back replays whose task died with a worker; returns how many."""
    due = replaying.due(timezone.now())
    for pk in due:
        work_replay.enqueue(pk)
    return len(due)
