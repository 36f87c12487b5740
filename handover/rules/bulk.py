"""Who may act on many registrations at once. What happens to each is judged by that act's own rule, one by one."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from accounts.rulebook import Rule
from audit.record import System
from handover.models import BulkJob
from handover.rules.handovers import is_system, succeeds


def is_customers_administrator(actor: Any, thing: object = None) -> bool:
    """An administrator of a customer."""
    return isinstance(actor, Actor) and actor.is_administrator


def is_customer(actor: Any, thing: object = None) -> bool:
    """Somebody of a customer: the list has only what is theirs to see."""
    return isinstance(actor, Actor) and actor.is_customer


CERTIFICATES = "issue_certificates"
"""The kind of a job that issues certificates: whoever holds registrations begins one over those."""


def may_begin(actor: Any, kind: Any) -> bool:
    """Administrators begin any job. Others have certificates issued of what they see; each is judged by itself."""
    return is_customer(actor) if kind == CERTIFICATES else is_customers_administrator(actor)


def takes_certificates(actor: Any, job: BulkJob) -> bool:
    """Whoever began a job that issued certificates, or an administrator of the same organisation."""
    return isinstance(actor, Actor) and job.kind == CERTIFICATES and may_cancel(actor, job)


def may_cancel(actor: Any, job: BulkJob) -> bool:
    """Whoever began it, an administrator of the same organisation, or the worker when nobody stands behind it."""
    if isinstance(actor, System):
        return True
    same = isinstance(actor, Actor) and actor.organisation.pk == job.organisation_id
    return bool(same and (actor.is_administrator or actor.user.pk == job.started_by_id))


S = BulkJob.Status
_RUNNING = frozenset({S.RUNNING})
_ONLY_SYSTEM = _("Only the system does this.")

BULK: dict[str, Rule] = {
    "start_bulk": Rule(
        "job.started",
        _("Begin"),
        may_begin,
        _("Only an administrator can act on many registrations at once."),
    ),
    "take_certificates": Rule(
        "certificates.taken",
        _("Download the certificates"),
        takes_certificates,
        _("Only who began this, or an administrator, can download its certificates."),
        frozenset({S.DONE, S.CANCELLED}),
    ),
    "cancel_bulk": Rule(
        "job.cancelled", _("Stop"), may_cancel, _("Only who began this, or an administrator, can stop it."), _RUNNING
    ),
    "finish_bulk": Rule("job.finished", _("Finish"), is_system, _ONLY_SYSTEM, _RUNNING),
    "export_list": Rule(
        "registrations.listed",
        _("Download the list"),
        is_customer,
        _("Only people of the holder can download the list."),
    ),
    "open_pack": Rule(
        "handover.pack_opened",
        _("Open the handover pack"),
        succeeds,
        _("Only the successor named in this handover can do this."),
    ),
}
