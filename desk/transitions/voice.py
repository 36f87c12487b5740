"""What the desk passes to the provider, and what does not become a sentence."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from accounts.actors import Actor
from accounts.rulebook import check
from audit.record import event
from desk import escalating, progress
from desk.models import Escalation, Inquiry, ScriptTask
from desk.rules import TABLE
from handover.calendar import business_days_after


def pass_on(inquiry_pk: int, *, reason: str, words: str, actor: Actor, at: datetime) -> Escalation:
    """Pass an inquiry to the provider, with a reason from the list and what was asked in neutral words.

    From then on it is the provider's turn; a claim stands where it stands, for it is examined by its own rules. The
    third of one topic and reason in six months asks an editor for a sentence. Raises `NotAllowed`, `WrongState`.
    """
    with transaction.atomic(durable=True):
        inquiry = Inquiry.objects.select_for_update(no_key=True).get(pk=inquiry_pk)
        rule = check(TABLE, "pass_on", inquiry, actor)
        if inquiry.topic not in (Inquiry.Topic.RECOVERY, Inquiry.Topic.EXPLANATION):
            next_on = business_days_after(timezone.localdate(at), progress.ANSWER_WITHIN)
            progress.stand(inquiry.pk, stage=Inquiry.Stage.LOOKING, turn=Inquiry.Turn.PROVIDER, next_on=next_on)
        facts = {"topic": inquiry.topic, "reason": reason}
        event(rule.event, actor=actor, at=at, subject=inquiry.label, facts=facts)
        return escalating.count(inquiry, reason=reason, words=words, actor=actor, at=at)


def decline_script(task_pk: int, *, why_not: str, actor: Actor, at: datetime) -> ScriptTask:
    """Say why what is passed on again and again becomes no sentence. Raises `NotAllowed`, `WrongState`."""
    with transaction.atomic(durable=True):
        task = ScriptTask.objects.select_for_update(no_key=True).get(pk=task_pk)
        rule = check(TABLE, "decline_script", task, actor)
        escalating.close(task, status=ScriptTask.Status.DECLINED, actor=actor, at=at, why_not=why_not)
        facts = {"topic": task.topic, "reason": task.reason}
        event(rule.event, actor=actor, at=at, subject=task.label, facts=facts)
        return task
