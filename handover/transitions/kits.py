"""The custodian's own safeguards: the recovery kit, and tasks that a switch left."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.errors import WrongState
from accounts.rulebook import check
from audit.record import event
from handover import kits
from handover.confirming import CONFIRMS
from handover.models import Custody, RecoveryKit, Registration, Task
from handover.rules import TABLE


def make_recovery_kit(*, registration_pk: int, actor: Actor, at: datetime) -> tuple[RecoveryKit, str]:
    """Make a new kit for the current custody, voiding an earlier one; returns it with the code, which is not kept.

    The view has made the fresh check and prints the code at once. Raises `NotAllowed`, `WrongState`.
    """
    code = kits.new_code()
    code_hash = kits.hashed(code)
    with transaction.atomic(durable=True):
        registration = Registration.objects.select_for_update(no_key=True).get(pk=registration_pk)
        rule = check(TABLE, "make_recovery_kit", registration, actor)
        held = Custody.objects.current().get(registration=registration)
        void = RecoveryKit.objects.filter(custody__registration=registration, void_at=None).update(void_at=at)
        kit = RecoveryKit.objects.create(custody=held, number=kits.new_number(), code_hash=code_hash, made_at=at)
        Task.objects.filter(
            registration=registration, kind=Task.Kind.MAKE_RECOVERY_KIT, owner=actor.user, done_at=None
        ).update(done_at=at)
        event(
            rule.event,
            actor=actor,
            at=at,
            subject=registration.label,
            about=[actor.organisation.label, actor.label],
            facts={"kits_void": void},
        )
    return kit, code


def finish_task(*, task_pk: int, actor: Actor, at: datetime) -> Task:
    """Mark an own task as done. Raises `NotAllowed`, `WrongState` when it is done already."""
    with transaction.atomic(durable=True):
        task = Task.objects.select_for_update(no_key=True, of=("self",)).select_related("registration").get(pk=task_pk)
        rule = check(TABLE, "finish_task", task, actor)
        if task.done_at:
            raise WrongState(_("This task is already done. Nothing was changed."))
        if task.kind in CONFIRMS:
            raise WrongState(_("This is done on the page of what it asks about. Nothing was changed."))
        task.done_at = at
        task.save(update_fields=["done_at"])
        event(
            rule.event,
            actor=actor,
            at=at,
            subject=task.registration.label,
            about=[actor.organisation.label, actor.label],
            facts={"task": task.kind},
        )
        return task
