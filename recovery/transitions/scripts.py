"""A sentence more in the draft of the procedure, also one that the desk lacked again and again."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.errors import Refused, WrongState
from accounts.rulebook import check
from audit.record import event
from desk import escalating
from desk.models import ScriptTask
from recovery.drafts import findings_of, keep
from recovery.models import ProcedureVersion
from recovery.rules import TABLE


def add_script(
    version_pk: int,
    *,
    entry: Mapping[str, Any],
    seen_hash: str,
    task_pk: int | None = None,
    actor: Actor,
    at: datetime,
) -> ProcedureVersion:
    """Put one more sentence into the draft; with `task_pk` it answers what was passed on again and again.

    It is said once two people have published the draft. Raises `NotAllowed`; `WrongState` when somebody else saved
    meanwhile or the task is closed; `Refused` for a code that is taken, or with the place where the sentence is wrong.
    """
    seen = ProcedureVersion.objects.get(pk=version_pk)
    check(TABLE, "add_script", seen, actor)
    code = str(entry["code"])
    if any(one["code"] == code for one in seen.data["scripts"]):
        words = _("There is a sentence with this code.")
        raise Refused(words, {"code": words})
    whole = {**seen.data, "scripts": [*seen.data["scripts"], dict(entry)]}
    findings = findings_of(whole)
    with transaction.atomic(durable=True):
        draft = ProcedureVersion.objects.select_for_update(no_key=True).get(pk=version_pk)
        rule = check(TABLE, "add_script", draft, actor)
        if draft.data_hash != seen_hash or draft.data_hash != seen.data_hash:
            raise WrongState(_("Somebody saved the draft while this page was open. Read it again, then change it."))
        facts = {"version": draft.version, "code": code, **keep(draft, whole, findings, at=at)}
        if task_pk is not None:
            task = ScriptTask.objects.select_for_update(no_key=True).get(pk=task_pk)
            if task.status != ScriptTask.Status.OPEN:
                raise WrongState(_("Somebody has dealt with this already. Nothing was changed."))
            escalating.close(task, status=ScriptTask.Status.DRAFTED, actor=actor, at=at, script_code=code)
            facts["task"] = task.label
        event(rule.event, actor=actor, at=at, subject=draft.label, facts=facts)
        return draft
