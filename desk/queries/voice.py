"""What is to become a sentence, and what was asked when it was passed on."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, F, Q

from accounts.actors import Actor
from desk.models import Escalation, ScriptTask
from desk.rules import TABLE


@dataclass(frozen=True)
class TaskLine:
    """One task with how many inquiries were passed on for it since its first."""

    task: ScriptTask
    topic: str
    reason: str
    times: int


def script_tasks() -> list[TaskLine]:
    """Return what is to become a sentence, the oldest first, in two queries for any number."""
    tasks = list(ScriptTask.objects.filter(status=ScriptTask.Status.OPEN).order_by("opened_at", "pk"))
    return [_line(task, times) for task, times in _counted(tasks)]


def find_task(pk: int) -> ScriptTask | None:
    """Return a task, closed ones too."""
    return ScriptTask.objects.filter(pk=pk).first()


def asked(task: ScriptTask) -> list[str]:
    """Return what was asked each time, in the desk's neutral words and without whom: what a sentence has to answer."""
    rows = Escalation.objects.filter(topic=task.topic, reason=task.reason, at__gte=task.since).order_by("at", "pk")
    return [row.words for row in rows if row.words]


def may_draft(actor: Actor, task: ScriptTask) -> bool:
    """Whether `actor` makes it a sentence, or says why not."""
    rule = TABLE["decline_script"]
    return task.status in rule.states and rule.who(actor, task)


def _counted(tasks: list[ScriptTask]) -> Iterable[tuple[ScriptTask, int]]:
    ours = Q(pk=None)
    for task in tasks:
        ours |= Q(topic=task.topic, reason=task.reason, at__gte=task.since)
    rows = (
        Escalation.objects.filter(ours)
        .values_list(F("topic"), F("reason"))
        .annotate(many=Count("inquiry", distinct=True))
        .order_by()
    )
    found = {(topic, reason): many for topic, reason, many in rows}
    return [(task, found.get((task.topic, task.reason), 0)) for task in tasks]


def _line(task: ScriptTask, times: int) -> TaskLine:
    return TaskLine(task, str(task.get_topic_display()), str(task.get_reason_display()), times)
