"""What a claim has and what it lacks, by the procedure that it began with. Nothing here decides anything."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Q
from django.utils import timezone

from audit import queries as log
from handover.models import ContactPoint, Custody, Registration
from outbox.models import Notice
from recovery.models import Claim, ContactAttempt, Dispatch, Evidence, Objection
from recovery.models.evidence import UNHEALTHY
from recovery.procedure import Assessment, Attempts, Item, Procedure, assess, tier_for, windows


@dataclass(frozen=True)
class Standing:
    """Where a claim stands at one moment. `missing` are keys by type of what is missing, never by content."""

    tier: int
    circumstances: tuple[str, ...]
    assessment: Assessment
    missing: tuple[str, ...]

    @property
    def may_be_proposed(self) -> bool:
        return not self.missing


def circumstances_of(claim: Claim, registration: Registration, procedure: Procedure, at: datetime) -> list[str]:
    """Return what places `claim` on `registration` higher than usual at `at` (procedure.md A3)."""
    today = timezone.localdate(at)
    found = []
    if not _live_points(registration, procedure, today).exists():
        found.append("no_live_channel")
    post = ContactPoint.objects.current().filter(registration=registration, kind=ContactPoint.Kind.POST)
    if post.filter(health=ContactPoint.Health.RETURNED).exists():
        found.append("returned_mail")
    if registration.is_critical:
        found.append("critical")
    since = today - timedelta(days=procedure.circumstance("recent_change").days or 0)
    moved = ContactPoint.objects.filter(registration=registration, kind__in=["post", "phone"])
    if moved.filter(Q(since__gt=since) | Q(until__gt=since)).exists():
        found.append("recent_change")
    a_year_ago = at - timedelta(days=365)
    objected = Objection.objects.filter(claim__registration=registration, at__gt=a_year_ago).exclude(claim=claim)
    if objected.exists():
        found.append("earlier_objection")
    return found


def _live_points(registration: Registration, procedure: Procedure, today: date) -> Any:
    """Contact points that are long enough on record and not known to be dead."""
    points = ContactPoint.objects.current().filter(registration=registration).exclude(health__in=UNHEALTHY)
    return points.filter(since__lte=today - timedelta(days=procedure.tenure_days))


def items_of(claim: Claim) -> list[Item]:
    """Return the standing evidence of `claim` as the procedure weighs it, in the order it was checked."""
    rows = Evidence.objects.standing().filter(claim=claim).select_related("contact_point").order_by("checked_at", "pk")
    return [row.item(timezone.localdate(row.checked_at)) for row in rows]


def standing_of(claim: Claim, at: datetime) -> Standing:
    """Return where a linked claim stands at `at`: its tier, what its evidence is worth now, and what is missing."""
    registration = claim.registration
    if registration is None:
        raise ValueError("a claim is weighed when its registration is known")
    procedure = claim.procedure.procedure
    today = timezone.localdate(at)
    circumstances = circumstances_of(claim, registration, procedure, at)
    number = tier_for(procedure, circumstances)
    weighed = assess(procedure, number, items_of(claim), on=today, no_live_channel="no_live_channel" in circumstances)
    tier = procedure.tier(number)
    missing = list(weighed.missing)
    if tier.attempts and not _tried_enough(claim, tier.attempts, today):
        missing.append("attempts")
    if tier.inactivity and not _is_inactive(claim, tier.inactivity.days, weighed, at):
        missing.append("inactivity")
    if claim.mailbox_verified_at is None:
        missing.append("mailbox")
    if number >= 4 and not claim.head_office:
        missing.append("head_office")
    return Standing(number, tuple(circumstances), weighed, tuple(missing))


def _tried_enough(claim: Claim, wanted: Attempts, today: date) -> bool:
    tries = list(ContactAttempt.objects.filter(claim=claim).order_by("at").values_list("medium", "at"))
    if len(tries) < wanted.count or len({medium for medium, _at in tries}) < wanted.media:
        return False
    first = timezone.localdate(tries[0][1])
    return windows.business_days_between(first, today) >= wanted.business_days


def _is_inactive(claim: Claim, days: int, weighed: Assessment, at: datetime) -> bool:
    """Whether the custodian has not been here for `days`, or the organisation said that this person is gone."""
    holder = holder_of(claim)
    if holder is None or not log.acted_since(holder, at - timedelta(days=days)):
        return True
    said = Evidence.objects.standing().filter(claim=claim, code__in=weighed.codes, departure_stated=True)
    return said.exists()


def holder_of(claim: Claim) -> str | None:
    """Return the label of the account that holds the claimed registration, None while the provider keeps it."""
    held = Custody.objects.current().filter(registration=claim.registration).first()
    return f"user:{held.user_id}" if held and held.user_id else None


def custodian_was_here(claim: Claim) -> bool:
    """Whether the current custodian did anything signed in since the claim was received (invariant 17)."""
    holder = holder_of(claim)
    return holder is not None and log.acted_since(holder, claim.received_at)


def open_objection(claim: Claim) -> bool:
    """Whether somebody's objection waits for a decision."""
    return Objection.objects.filter(claim=claim, status=Objection.Status.OPEN).exists()


def competitors(claim: Claim) -> Iterable[Claim]:
    """Return the other open claims on the same registration."""
    return Claim.objects.filter(registration=claim.registration, status__in=Claim.LINKED).exclude(pk=claim.pk)


def notices_of(claim: Claim) -> list[Dispatch]:
    """Return the notices that the last proposal owes, with what the outbox knows of them."""
    rows = Dispatch.objects.filter(claim=claim, purpose=Dispatch.Purpose.PROPOSED, void_at=None)
    return list(rows.select_related("notice").order_by("pk"))


def last_delivery(claim: Claim) -> date | None:
    """Return the day on which the last notice of the proposal arrived; None while one is on its way.

    What came back is no channel any more and holds nothing up; but something must have arrived.
    """
    arrived = []
    for sent in notices_of(claim):
        if sent.returned_at:
            continue
        at = sent.delivered_at
        if sent.channel == Dispatch.Channel.MAIL and sent.notice.status == Notice.Status.SENT:
            at = sent.notice.sent_at
        if at is None:
            return None
        arrived.append(timezone.localdate(at))
    return max(arrived, default=None)


def decision_facts(claim: Claim, standing: Standing) -> dict[str, Any]:
    """Return what a decision is about, as plain JSON: whoever approves signs exactly this, by its hash."""
    evidence = Evidence.objects.standing().filter(claim=claim).order_by("pk")
    attempts = ContactAttempt.objects.filter(claim=claim).order_by("pk")
    return {
        "claim": claim.number,
        "registration": claim.registration.number if claim.registration else None,
        "procedure": claim.procedure.version,
        "tier": standing.tier,
        "circumstances": sorted(standing.circumstances),
        "evidence": [[row.pk, row.code, row.checked_at.isoformat()] for row in evidence],
        "points": standing.assessment.points,
        "attempts": [[row.medium, row.result, row.at.isoformat()] for row in attempts],
        "mailbox": hashlib.sha256(claim.mailbox.encode()).hexdigest(),
        "head_office": hashlib.sha256(json.dumps(claim.head_office, sort_keys=True).encode()).hexdigest(),
    }


def hash_of(facts: dict[str, Any]) -> str:
    """Return the SHA-256 of the facts in their one spelling."""
    return hashlib.sha256(json.dumps(facts, sort_keys=True, ensure_ascii=False).encode()).hexdigest()
