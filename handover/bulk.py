"""Acts on many registrations: what there is, and the worker's way through a job."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog
from django.db.models import Q, QuerySet
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.actors import Actor, find_actor
from accounts.errors import DomainError, Words
from audit.queries import about
from audit.record import System
from handover import transitions
from handover.models import BulkItem, BulkJob, Custody, Registration
from handover.queries.certificates import issued_for
from handover.rules import TABLE
from handover.rules.bulk import CERTIFICATES, is_customer, is_customers_administrator

log = structlog.get_logger(__name__)
SYSTEM = System("bulk")
PIECE = 100
"""Registrations a worker does before it gives mails and other jobs their turn."""
CLAIM = timedelta(minutes=2)
"""How long a worker has a job to itself; renewed with every registration, so that it outlives only a killed worker."""
FORGOTTEN = timedelta(minutes=5)
"""After which a running job that no worker touched is given to one again: its task died with a worker."""

Arguments = Mapping[str, Any]


@dataclass(frozen=True)
class BulkAct:
    """One act that can be done to many registrations: one transition each, in a transaction of its own.

    `run` takes `registration_pk`, `arguments`, `actor` and `at` by name and raises `DomainError` with words for the
    list of failures; `arguments` are those of the job, with its key as "job". `is_done` takes `registration_pk`,
    `arguments`, `actor` and `since` by name: whether this job did it already, before it was killed; it must not tell
    what somebody else did before the job began.
    """

    words: Words
    explanation: Words
    may: Callable[[Actor], bool]
    run: Callable[..., object]
    is_done: Callable[..., bool]
    # Registrations of one piece: those whose act takes long give way sooner.
    piece: int = PIECE
    # Whether it asks for a language: then `arguments` holds "language".
    asks_language: bool = False
    # Whether it asks to whom: then `arguments` holds "successor", the key of a person.
    to_somebody: bool = False


def _take_into_care(*, registration_pk: int, arguments: Arguments, actor: Actor, at: datetime) -> None:
    transitions.take_into_care(registration_pk=registration_pk, actor=actor, at=at)


def _is_in_care(*, registration_pk: int, arguments: Arguments, actor: Actor, since: datetime) -> bool:
    mine = Custody.objects.current().filter(registration=registration_pk, user=actor.user, from_at__gte=since)
    return mine.filter(kind=Custody.Kind.CARETAKER).exists()


def _hand_over(*, registration_pk: int, arguments: Arguments, actor: Actor, at: datetime) -> None:
    transitions.entrust(registration_pk=registration_pk, successor_pk=int(arguments["successor"]), actor=actor, at=at)


def _is_prepared(*, registration_pk: int, arguments: Arguments, actor: Actor, since: datetime) -> bool:
    label = Registration.objects.get(pk=registration_pk).label
    mine = about(label).filter(verb=TABLE["entrust"].event, actor=actor.label, at__gte=since)
    return any(found.facts.get("to") == f"user:{arguments['successor']}" for found in mine)


def _certify(*, registration_pk: int, arguments: Arguments, actor: Actor, at: datetime) -> None:
    transitions.issue_certificate(
        registration_pk=registration_pk,
        language=arguments["language"],
        actor=actor,
        at=at,
        job_pk=arguments["job"],
    )


def _is_certified(*, registration_pk: int, arguments: Arguments, actor: Actor, since: datetime) -> bool:
    return issued_for(arguments["job"], registration_pk) is not None


ACTS: dict[str, BulkAct] = {
    CERTIFICATES: BulkAct(
        words=gettext_lazy("Issue certificates"),
        explanation=gettext_lazy(
            "One certificate of each, signed. Then you download them together: as one file for printing, or as a ZIP of"
            " the signed files. What cannot be issued is listed with the reason."
        ),
        may=is_customer,
        run=_certify,
        is_done=_is_certified,
        piece=20,
        asks_language=True,
    ),
    "hand_over": BulkAct(
        words=gettext_lazy("Hand over to one person"),
        explanation=gettext_lazy(
            "Each is prepared for this successor in the package of whoever holds it. Nothing is sent yet: you offer"
            " it on the page of the package."
        ),
        may=is_customers_administrator,
        run=_hand_over,
        is_done=_is_prepared,
        to_somebody=True,
    ),
    "take_into_care": BulkAct(
        words=gettext_lazy("Take into care"),
        explanation=gettext_lazy(
            "You become the caretaker of each that nobody looks after. The others are left as they are and listed."
        ),
        may=is_customers_administrator,
        run=_take_into_care,
        is_done=_is_in_care,
    ),
}
"""Every act by the name that jobs carry. A job whose act is no longer here fails in all its registrations."""


def acts_for(actor: Actor) -> dict[str, BulkAct]:
    """Return the acts that `actor` may begin."""
    return {name: act for name, act in ACTS.items() if act.may(actor)}


def work(number: str, *, clock: Callable[[], datetime], piece: int = 0) -> bool:
    """Do the next `piece` registrations of a job, 0 for as many as its act gives; returns whether some are left.

    Safe with many workers and after any kill: one worker has the job at a time, each registration is one transition,
    and one that was done when the worker died is found done. False also when another worker has it, or it has ended.
    """
    job = _claim(number, clock())
    if job is None:
        return False
    actor = find_actor(job.started_by)
    if actor is None or actor.organisation.pk != job.organisation_id:
        # Whoever began it is gone, so nobody stands behind what is left.
        transitions.cancel_bulk(job_pk=job.pk, actor=SYSTEM, at=clock())
        return False
    act = ACTS.get(job.kind)
    for item in list(_waiting(job)[: piece or (act.piece if act else PIECE)]):
        if not _keep(job, clock()):
            return False
        _try(item, job, actor, clock())
    if _waiting(job).exists():
        BulkJob.objects.filter(pk=job.pk).update(claimed_until=None, touched_at=clock())
        return True
    try:
        transitions.finish_bulk(job_pk=job.pk, actor=SYSTEM, at=clock())
    except DomainError as said_no:  # stopped in this very moment
        log.warning("job not finished", job=number, why=type(said_no).__name__)
    return False


def forgotten(at: datetime) -> list[str]:
    """Return the numbers of running jobs that no worker has touched for `FORGOTTEN`."""
    rows = BulkJob.objects.filter(status=BulkJob.Status.RUNNING, touched_at__lt=at - FORGOTTEN)
    return list(rows.order_by("pk").values_list("number", flat=True))


def _claim(number: str, at: datetime) -> BulkJob | None:
    """Take a running job, or return None when another worker has it. One guarded UPDATE."""
    free = Q(claimed_until=None) | Q(claimed_until__lt=at)
    rows = BulkJob.objects.filter(free, number=number, status=BulkJob.Status.RUNNING)
    if not rows.update(claimed_until=at + CLAIM, touched_at=at):
        return None
    return BulkJob.objects.select_related("started_by", "organisation").get(number=number)


def _keep(job: BulkJob, at: datetime) -> bool:
    """Renew the claim; False when the job was stopped meanwhile."""
    rows = BulkJob.objects.filter(pk=job.pk, status=BulkJob.Status.RUNNING)
    return bool(rows.update(claimed_until=at + CLAIM, touched_at=at))


def _waiting(job: BulkJob) -> QuerySet[BulkItem]:
    return BulkItem.objects.filter(job=job, status=BulkItem.Status.WAITING).order_by("pk")


def _try(item: BulkItem, job: BulkJob, actor: Actor, at: datetime) -> None:
    """Do the act to one registration and write down how it ended."""
    reason = ""
    with translation.override(actor.user.language):
        try:
            _do(item, job, actor, at)
        except DomainError as said_no:
            reason = str(said_no.words)
        except Exception as error:  # one broken registration must not keep the others waiting
            log.exception("failed", job=job.number, error=type(error).__name__)
            reason = _("Something went wrong on our side. Nothing was changed here; please try this one again.")
    ended = BulkItem.Status.FAILED if reason else BulkItem.Status.DONE
    BulkItem.objects.filter(pk=item.pk).update(status=ended, reason=reason[:300], done_at=at)


def _do(item: BulkItem, job: BulkJob, actor: Actor, at: datetime) -> None:
    act = ACTS[job.kind]
    given: dict[str, Any] = {
        "registration_pk": item.registration_id,
        "arguments": {**job.arguments, "job": job.pk},
        "actor": actor,
    }
    if not act.is_done(**given, since=job.started_at):
        act.run(**given, at=at)
