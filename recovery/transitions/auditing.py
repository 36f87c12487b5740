"""Samples for the auditor: drawn by chance by the clock, read and judged by an auditor. Nothing of a case changes."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actors import Actor as Person
from accounts.errors import Refused, WrongState
from accounts.rulebook import check
from audit.record import Actor, event
from handover import notices
from outbox import cipher
from recovery import seniors, steps
from recovery.fairness import drawing
from recovery.models import AuditSample, Claim, Duty, ProcedureVersion
from recovery.queries import auditing
from recovery.rules import TABLE

LOOK_WITHIN = 5
"""Business days in which a senior looks into what an auditor found not in order. Ours."""
A = AuditSample.Status


def consider_for_audit(claim_pk: int, *, actor: Actor, at: datetime) -> AuditSample:
    """Place the end of a claim in its pool and draw from that pool by chance what is owed then.

    What is drawn may be this claim or one that came since the last draw. Nobody is told but the auditor's list.
    Raises `WrongState` when it is open, was considered already, or is of no pool.
    """
    with transaction.atomic(durable=True):
        claim = steps.lock(claim_pk)
        rule = check(TABLE, "consider_for_audit", claim, actor)
        pool, over_at = auditing.pool_of(claim), auditing.over_at(claim)
        if pool is None or over_at is None or auditing.is_considered(claim):
            raise WrongState(_("There is nothing to consider here. Nothing was changed."))
        # One draw at a time: of two that do not see each other's, each would draw what is owed once. What they wait for
        # is the first version, which is always there.
        ProcedureVersion.objects.select_for_update(no_key=True).order_by("pk").first()
        made = AuditSample.objects.create(claim=claim, pool=pool, over_at=over_at, considered_at=at)
        number, candidates = auditing.due_in(pool)
        drawn = drawing.pick(candidates, number)
        AuditSample.objects.filter(pk__in=drawn, status=A.PASSED).update(status=A.OPEN, drawn_at=at)
        numbers = dict(AuditSample.objects.filter(pk__in=drawn).values_list("pk", "claim__number"))
        about = [claim.inquiry.label, *(f"claim:{number}" for number in numbers.values())]
        facts = {"pool": pool, "drawn": sorted(numbers.values())}
        event(rule.event, actor=actor, at=at, subject=claim.label, about=about, facts=facts)
        made.refresh_from_db()
        return made


def read_sample(sample_pk: int, *, actor: Person, at: datetime) -> AuditSample:
    """Write down that an auditor reads the whole case, before it is shown; also in the customer's history.

    Raises `NotAllowed`, `WrongState` (it was not drawn).
    """
    with transaction.atomic(durable=True):
        claim, found = _lock(sample_pk)
        rule = check(TABLE, "read_sample", found, actor)
        about = [claim.label, *steps.about(claim)]
        event(rule.event, actor=actor, at=at, subject=found.label, about=about, facts={"case": claim.number})
        return found


def record_finding(sample_pk: int, *, outcome: str, words: str, actor: Person, at: datetime) -> AuditSample:
    """Write down whether the case is in order. What is not becomes a duty of the seniors; the claim stays as it is.

    `outcome`: in_order or not_in_order, the latter with words. Raises `NotAllowed`, `WrongState` (it was found on
    already, or this auditor has not read it), `Refused`.
    """
    with transaction.atomic(durable=True):
        claim, found = _lock(sample_pk)
        rule = check(TABLE, "record_finding", found, actor)
        if not auditing.has_read(found, actor.label):
            raise WrongState(_("Read the case first. Nothing was changed."))
        _refuse_incomplete(outcome, words)
        found.status, found.found_by, found.found_at = outcome, actor.user, at
        found.sealed_words = cipher.encrypt(words.strip())
        found.save(update_fields=["status", "found_by", "found_at", "sealed_words"])
        is_wrong = outcome == A.NOT_IN_ORDER
        if is_wrong:
            due = {"opened_at": at, "due_on": steps.soon(at, LOOK_WITHIN)}
            Duty.objects.get_or_create(claim=claim, kind=Duty.Kind.AUDIT, closed_at=None, defaults=due)
        about = [claim.label, claim.inquiry.label]
        facts = {"case": claim.number, "outcome": outcome}
        written = event(rule.event, actor=actor, at=at, subject=found.label, about=about, facts=facts)
        if is_wrong:
            notices.tell("audit_not_in_order", seniors.current(), event=written, at=at, claim=claim)
        return found


def _refuse_incomplete(outcome: str, words: str) -> None:
    if outcome not in (A.IN_ORDER, A.NOT_IN_ORDER):
        sorry = _("Choose what you found.")
        raise Refused(sorry, {"outcome": sorry})
    if outcome == A.NOT_IN_ORDER and not words.strip():
        sorry = _("Write down what is not in order.")
        raise Refused(sorry, {"words": sorry})


def _lock(sample_pk: int) -> tuple[Claim, AuditSample]:
    claim = steps.lock(AuditSample.objects.only("claim_id").get(pk=sample_pk).claim_id)
    found = AuditSample.objects.select_for_update(no_key=True).get(pk=sample_pk)
    found.claim = claim
    return claim, found
