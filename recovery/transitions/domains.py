"""An entry in the DNS of a domain that was recorded before (evidence C4): it counts only beside other proofs."""

import secrets
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.errors import Refused, WrongState
from accounts.rulebook import check
from handover.models import ContactPoint
from recovery import domains, endpoints, steps
from recovery.models import Claim, DnsCheck, Evidence
from recovery.rules import TABLE


def open_dns_check(claim_pk: int, *, actor: Actor, at: datetime) -> DnsCheck:
    """Make the value that the claimant is to set; the status page shows it once the disclosure rung allows.

    Raises `NotAllowed`, `WrongState` (frozen, made already), `Refused` where no domain is on record.
    """
    with transaction.atomic(durable=True):
        claim = steps.lock(claim_pk)
        rule = check(TABLE, "open_dns_check", claim, actor)
        steps.refuse_frozen(claim)
        if DnsCheck.objects.filter(claim=claim).exists():
            raise WrongState(_("There is such a value already. Nothing was changed."))
        if not _points(claim):
            raise Refused(_("There is no mail address of record, so no domain is known."))
        made = DnsCheck.objects.create(claim=claim, token=secrets.token_hex(16), made_by=actor.user, made_at=at)
        steps.note(rule, claim, actor=actor, at=at)
        return made


def check_dns(claim_pk: int, *, actor: Actor, at: datetime) -> Evidence:
    """Look the value up in the domains of the mail addresses of record; the first that holds it is evidence.

    The name servers are asked before the transaction opens. Raises `NotAllowed`, `WrongState` (frozen, no value made,
    found already), `Refused` (not there, or no name server answers).
    """
    seen = Claim.objects.select_related("registration").get(pk=claim_pk)
    check(TABLE, "check_dns", seen, actor)
    made = DnsCheck.objects.filter(claim=seen).first()
    if made is None:
        raise WrongState(_("No value was made for this claim. Nothing was changed."))
    point = _find(seen, made)
    if point is None:
        raise Refused(_("The value is not in the DNS yet. New entries can take a day to be seen everywhere."))
    with transaction.atomic(durable=True):
        claim = steps.lock(claim_pk)
        rule = check(TABLE, "check_dns", claim, actor)
        steps.refuse_frozen(claim)
        is_its = any(one.pk == point.pk for one in _points(claim))
        if not is_its or Evidence.objects.standing().filter(claim=claim, code="C4").exists():
            raise WrongState(_("This has been found already, or the record has changed. Nothing was changed."))
        found = Evidence.objects.create(
            claim=claim,
            code="C4",
            # Whoever rules the domain rules its mail: with a code to this very address it counts once.
            endpoint=endpoints.of_point(point),
            source=Evidence.Source.RECORD,
            contact_point=point,
            checked_by=actor.user,
            checked_at=at,
        )
        steps.note(rule, claim, actor=actor, at=at, evidence=found.pk, contact_point=point.pk)
        return found


def _points(claim: Claim) -> list[ContactPoint]:
    """Return the mail addresses of record, the longest on record first."""
    rows = ContactPoint.objects.current().filter(registration=claim.registration, kind=ContactPoint.Kind.MAIL)
    return list(rows.order_by("since", "pk"))


def _find(claim: Claim, made: DnsCheck) -> ContactPoint | None:
    asked: set[str] = set()
    for point in _points(claim):
        domain = domains.domain_of(point.value)
        if not domain or domain in asked:
            continue
        asked.add(domain)
        if domains.says(domain, made.value):
            return point
    return None
