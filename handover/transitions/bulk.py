"""Many registrations at once: a job begins, is stopped or finished; the list leaves the portal."""

import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.codes import ALPHABET
from accounts.errors import Refused, WrongState
from accounts.rulebook import Rule, check
from audit.models import Event
from audit.record import System, event
from handover import notices
from handover.models import BulkItem, BulkJob, Registration
from handover.queries import listing
from handover.rules import TABLE

PIECE = 500
"""Rows of one statement, and registrations named by one event (architecture.md: bulk work in pieces of about 500)."""


def start_bulk(
    *,
    kind: str,
    registration_pks: Sequence[int],
    confirmed: int,
    arguments: Mapping[str, Any],
    token: UUID,
    actor: Actor,
    at: datetime,
) -> BulkJob:
    """Begin a job of `kind` over registrations of the actor's own organisation that it sees; the worker does the rest.

    `confirmed` is the number that the actor was shown: another one means that the filter matches others by now.
    `token` is the form's own: a second press gives back the job that the first one began. `arguments` are plain JSON
    without personal values. Raises `NotAllowed`; `Refused` when nothing is chosen or the number differs.
    """
    with transaction.atomic(durable=True):
        rule = check(TABLE, "start_bulk", kind, actor)
        standing = BulkJob.objects.filter(token=token).first()
        if standing:
            if standing.started_by_id != actor.user.pk:
                raise WrongState(_("This form has been used already. Open it again."))
            return standing
        own = Registration.objects.visible_to(actor, at).filter(organisation=actor.organisation)
        keys = set(own.values_list("pk", flat=True)).intersection(registration_pks)
        if not keys:
            raise Refused(_("Choose at least one registration."))
        if len(keys) != confirmed:
            raise Refused(
                _("The choice has changed meanwhile: it is %(count)d registrations now. Please look again.")
                % {"count": len(keys)}
            )
        made = BulkJob.objects.create(
            number=_new_number(at),
            kind=kind,
            organisation=actor.organisation,
            started_by=actor.user,
            arguments=dict(arguments),
            total=len(keys),
            started_at=at,
            touched_at=at,
            token=token,
        )
        rows = [BulkItem(job=made, registration_id=pk) for pk in sorted(keys)]
        BulkItem.objects.bulk_create(rows, batch_size=PIECE)
        facts = {"kind": kind, "registrations": len(keys)}
        about = [actor.organisation.label]
        event(rule.event, actor=actor, at=at, subject=made.label, about=about, facts=facts)
        return made


def cancel_bulk(*, job_pk: int, actor: Actor | System, at: datetime) -> BulkJob:
    """Stop a job: what is done stays done, what was not begun stays as it is. Another's stop is told to the owner.

    The worker stops a job whose owner has left. Raises `NotAllowed`, `WrongState`.
    """
    with transaction.atomic(durable=True):
        job = BulkJob.objects.select_for_update(no_key=True).get(pk=job_pk)
        rule = check(TABLE, "cancel_bulk", job, actor)
        written = _end(job, BulkJob.Status.CANCELLED, rule, actor, at)
        if not isinstance(actor, Actor) or actor.user.pk != job.started_by_id:
            notices.tell("job_ended", [job.started_by], event=written, at=at, job=_counted(job))
        return job


def finish_bulk(*, job_pk: int, actor: System, at: datetime) -> BulkJob:
    """End a job whose last registration was tried, and tell whoever began it. Raises `NotAllowed`, `WrongState`."""
    with transaction.atomic(durable=True):
        job = BulkJob.objects.select_for_update(no_key=True).get(pk=job_pk)
        rule = check(TABLE, "finish_bulk", job, actor)
        if job.items.filter(status=BulkItem.Status.WAITING).exists():
            raise WrongState(_("Some registrations were not tried yet. Nothing was changed."))
        written = _end(job, BulkJob.Status.DONE, rule, actor, at)
        notices.tell("job_ended", [job.started_by], event=written, at=at, job=_counted(job))
        return job


def export_list(*, registrations: Sequence[str], left_out: int, actor: Actor, at: datetime) -> int:
    """Write down that `actor` takes the list of these registrations (their labels), before it is sent (R11).

    One event for every `PIECE`, each in the history of the registrations it names. `left_out` are those that are
    protected after a recovery (procedure.md A9). Returns how many are named. Raises `NotAllowed`, `Refused` when
    nothing is chosen, `WrongState` when one of them is protected.
    """
    with transaction.atomic(durable=True):
        rule = check(TABLE, "export_list", None, actor)
        if not registrations:
            raise Refused(_("Choose at least one registration."))
        for first in range(0, len(registrations), PIECE):
            piece = registrations[first : first + PIECE]
            numbers = [label.removeprefix("registration:") for label in piece]
            if listing.protected(Registration.objects.filter(number__in=numbers), "export_package", at):
                raise WrongState(_("One of these is protected after a recovery by now. Please choose again."))
            facts = {"registrations": len(registrations), "from": first + 1, "left_out": left_out}
            event(rule.event, actor=actor, at=at, subject=actor.organisation.label, about=piece, facts=facts)
        return len(registrations)


def _end(job: BulkJob, status: BulkJob.Status, rule: Rule, actor: Actor | System, at: datetime) -> Event:
    job.status, job.finished_at, job.claimed_until = status, at, None
    job.save(update_fields=["status", "finished_at", "claimed_until"])
    counted = _counted(job)
    facts = {"kind": job.kind, "registrations": job.total, "done": counted.done, "failed": counted.failed}
    return event(rule.event, actor=actor, at=at, subject=job.label, about=[job.organisation.label], facts=facts)


def _counted(job: BulkJob) -> Any:
    return BulkJob.objects.counted().get(pk=job.pk)


def _new_number(at: datetime) -> str:
    """Return a number to be read out on the phone; it gives nothing to whoever knows it."""
    return f"J-{timezone.localdate(at).year}-{''.join(secrets.choice(ALPHABET) for _place in range(6))}"
