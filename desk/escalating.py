"""What is passed on again and again is to become a sentence. Plain functions: they run inside somebody's act."""

from datetime import datetime, time

from django.db.models import Max, Min
from django.utils import timezone

from accounts.actors import Actor
from accounts.models import Membership, OrganisationKind, Role, User
from audit.record import event
from desk.models import Escalation, Inquiry, ScriptTask
from handover import notices
from handover.queries.authority import months_before
from outbox import cipher

ALIKE = 3
"""So many of one topic and reason are to become a sentence."""
MONTHS = 6
"""They count for so long."""


def count(inquiry: Inquiry, *, reason: str, words: str, actor: Actor, at: datetime) -> Escalation:
    """Keep that `inquiry` is passed on, and open the editor's task where it is the third of its kind in six months.

    Call it after the act's own event: from there on one act at a time counts, so that none of two parallel ones is
    missed. An editor who closed the task before is not asked again by what was known then.
    """
    made = Escalation.objects.create(
        inquiry=inquiry, topic=inquiry.topic, reason=reason, sealed_words=cipher.encrypt(words), by=actor.user, at=at
    )
    alike = ScriptTask.objects.filter(topic=inquiry.topic, reason=reason)
    if alike.filter(status=ScriptTask.Status.OPEN).exists():
        return made
    first = timezone.make_aware(datetime.combine(months_before(timezone.localdate(at), MONTHS), time()))
    closed = alike.aggregate(last=Max("closed_at"))["last"]
    rows = Escalation.objects.filter(topic=inquiry.topic, reason=reason, at__gt=max(first, closed or first))
    # One inquiry that went back and forth is one question.
    since = list(
        rows.values_list("inquiry").annotate(first=Min("at")).order_by("first").values_list("first", flat=True)
    )
    if len(since) >= ALIKE:
        _open(inquiry.topic, reason, since[0], actor, at)
    return made


def _open(topic: str, reason: str, since: datetime, actor: Actor, at: datetime) -> None:
    task = ScriptTask.objects.create(topic=topic, reason=reason, since=since, opened_at=at)
    facts = {"topic": topic, "reason": reason}
    written = event("script_task.opened", actor=actor, at=at, subject=task.label, facts=facts)
    notices.tell("script_task", people_of(Role.EDITOR), event=written, at=at, task=task)


def people_of(*roles: str) -> list[User]:
    """Return who has one of `roles` at the provider now."""
    rows = Membership.objects.current().filter(organisation__kind=OrganisationKind.PROVIDER, role__in=roles)
    return list(User.objects.filter(pk__in=rows.values("user"), is_active=True).order_by("pk"))


def close(task: ScriptTask, *, status: str, actor: Actor, at: datetime, **said: str) -> None:
    """End `task`: `said` is the `script_code` of the sentence that was drafted, or `why_not`."""
    task.status, task.closed_at, task.closed_by = status, at, actor.user
    for name, value in said.items():
        setattr(task, name, value)
    task.save(update_fields=["status", "closed_at", "closed_by", *said])
