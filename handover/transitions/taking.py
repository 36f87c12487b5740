"""The certificates of a job leave the portal together: written down before the first byte (R11)."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.errors import Refused, WrongState
from accounts.rulebook import check
from audit.record import event
from handover.models import BulkJob
from handover.queries.certificates import of_job
from handover.rules import TABLE
from handover.taking import WAYS, Taking
from handover.transitions.bulk import PIECE


def take_certificates(*, taking: Taking, actor: Actor, at: datetime) -> int:
    """Write down that `actor` takes these certificates, in the history of each registration, before they are sent.

    One event for every `PIECE`. Returns how many certificates it is. Raises `NotAllowed`, `WrongState` (the job still
    runs, or one of them ended meanwhile), `Refused` when there is none.
    """
    with transaction.atomic(durable=True):
        job = BulkJob.objects.select_for_update(no_key=True).get(pk=taking.job.pk)
        rule = check(TABLE, "take_certificates", job, actor)
        if not taking.keys or taking.way not in WAYS:
            raise Refused(_("There is no certificate to download here."))
        rows = list(of_job(job, actor, at).values_list("pk", "registration__number"))
        if tuple(key for key, _number in rows) != taking.keys:
            raise WrongState(_("One of these certificates ended at this moment. Please try again."))
        for first in range(0, len(rows), PIECE):
            about = [f"registration:{number}" for _key, number in rows[first : first + PIECE]]
            facts = {
                "kind": taking.way,
                "certificates": len(rows),
                "from": first + 1,
                "left_out": taking.left_out,
            }
            event(rule.event, actor=actor, at=at, subject=job.label, about=about, facts=facts)
        return len(rows)
