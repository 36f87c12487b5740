"""A quarter is compared with the year before it by the clock; why it differs is written down by a person."""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.actors import Actor as Person
from accounts.errors import Refused, WrongState
from accounts.rulebook import check
from audit.record import Actor, event
from handover import notices
from recovery import seniors
from recovery.fairness.quarters import Quarter
from recovery.models import DriftCheck
from recovery.queries import drift
from recovery.rules import TABLE

D = DriftCheck.Status


def compare_quarter(code: int, *, actor: Actor, at: datetime) -> DriftCheck:
    """Compare a full quarter with the four before it, once, and open one alarm where anything differs.

    `code`: year and quarter as one number, 20263 for July to September 2026. It changes no claim and no rule. Raises
    `WrongState` when the quarter is not over or was compared already.
    """
    with transaction.atomic(durable=True):
        rule = check(TABLE, "compare_quarter", None, actor)
        quarter = Quarter.from_code(code)
        if code not in drift.for_comparing(at):
            raise WrongState(_("This quarter was compared already, or is not over. Nothing was changed."))
        findings = drift.compare(quarter, at)
        status = D.OPEN if findings else D.CLEAR
        try:
            with transaction.atomic():
                made = DriftCheck.objects.create(
                    quarter=quarter.first, status=status, findings=drift.as_json(findings), compared_at=at
                )
        except IntegrityError as clash:
            raise WrongState(_("This quarter was compared already, or is not over. Nothing was changed.")) from clash
        facts = {"quarter": code, "differing": len(findings)}
        written = event(rule.event, actor=actor, at=at, subject=made.label, facts=facts)
        if findings:
            notices.tell("drift_found", seniors.current(), event=written, at=at, check=made, count=len(findings))
        return made


def close_drift(check_pk: int, *, words: str, actor: Person, at: datetime) -> DriftCheck:
    """Write down why a quarter differs and what is done about it. Raises `NotAllowed`, `WrongState`, `Refused`."""
    with transaction.atomic(durable=True):
        found = DriftCheck.objects.select_for_update(no_key=True).get(pk=check_pk)
        rule = check(TABLE, "close_drift", found, actor)
        if not words.strip():
            sorry = _("Write down why.")
            raise Refused(sorry, {"words": sorry})
        found.status, found.words, found.closed_by, found.closed_at = D.CLOSED, words.strip(), actor.user, at
        found.save(update_fields=["status", "words", "closed_by", "closed_at"])
        event(rule.event, actor=actor, at=at, subject=found.label)
        return found
