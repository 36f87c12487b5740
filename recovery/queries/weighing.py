"""What a claim has and what it lacks, by the procedure that it began with. Nothing here decides anything."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Role
from audit import queries as log
from audit.signed import hash_of
from handover import reaching
from handover.models import ContactPoint, Custody, Registration
from outbox.models import Notice
from recovery import covering
from recovery.models import (
    CaseException,
    Claim,
    ContactAttempt,
    Dispatch,
    Evidence,
    Objection,
    Rollback,
    RouteChoice,
)
from recovery.models.evidence import UNHEALTHY
from recovery.procedure import Assessment, Attempts, Item, Procedure, assess, tier_for, windows, words_for
from recovery.procedure.bending import bendable
from recovery.queries import gathering
from recovery.queries.gathering import Case, Record


@dataclass(frozen=True)
class Standing:
    """Where a claim stands at one moment. `missing` are keys by type of what is missing, never by content."""

    tier: int
    circumstances: tuple[str, ...]
    assessment: Assessment
    missing: tuple[str, ...]
    waived: tuple[str, ...] = ()
    """Keys of needs that exceptions in force let go; none of them is in `missing`."""
    exit: str = ""
    """`kit` where a saved code and a code to a channel of record are enough without everything else (A2)."""


def circumstances_of(claim: Claim, registration: Registration, procedure: Procedure, at: datetime) -> list[str]:
    """Return what places `claim` on `registration` higher than usual at `at` (procedure.md A3)."""
    return circumstances_by(gathering.record_of(registration), claim, registration, procedure, at)


def circumstances_by(
    record: Record, claim: Claim, registration: Registration, procedure: Procedure, at: datetime
) -> list[str]:
    """Return the same by a `record` that is here already. The highest of a list places all of it."""
    found = _circumstances(record, claim, registration, procedure, at)
    if not claim.is_bulk:
        return found
    lines = [line for line in covering.lines_of(claim) if line.registration]
    records = gathering.points_and_objections([line.registration_id for line in lines if line.registration_id])
    for line in lines:
        if line.registration:
            own = _circumstances(records[line.registration.pk], claim, line.registration, procedure, at)
            found += [code for code in own if code not in found]
    if len(lines) + 1 > (procedure.circumstance("more_than_ten").registrations or 0):
        found.append("more_than_ten")
    return found


def _circumstances(
    record: Record, claim: Claim, registration: Registration, procedure: Procedure, at: datetime
) -> list[str]:
    today = timezone.localdate(at)
    found = []
    if not _live_points(record, procedure, today):
        found.append("no_live_channel")
    post = [point for point in record.current if point.kind == ContactPoint.Kind.POST]
    if any(point.health == ContactPoint.Health.RETURNED for point in post):
        found.append("returned_mail")
    if registration.is_critical:
        found.append("critical")
    since = today - timedelta(days=procedure.circumstance("recent_change").days or 0)
    moved = [point for point in record.points if point.kind != ContactPoint.Kind.MAIL]
    if any(point.since > since or (point.until and point.until > since) for point in moved):
        found.append("recent_change")
    a_year_ago = at - timedelta(days=365)
    if any(objected > a_year_ago for by_claim, objected in record.objections if by_claim != claim.pk):
        found.append("earlier_objection")
    return found


def _live_points(record: Record, procedure: Procedure, today: date) -> list[ContactPoint]:
    """Contact points that are long enough on record, not known to be dead, and may be used for a procedure."""
    long_enough = today - timedelta(days=procedure.tenure_days)
    live = [point for point in record.current if point.health not in UNHEALTHY and point.since <= long_enough]
    return reaching.serving(live, reaching.PROCEDURE)


def items_of(claim: Claim) -> list[Item]:
    """Return the standing evidence of `claim` as the procedure weighs it, in the order it was checked."""
    rows = Evidence.objects.standing().filter(claim=claim).select_related("contact_point").order_by("checked_at", "pk")
    return [row.item(timezone.localdate(row.checked_at)) for row in rows]


def standing_of(claim: Claim, at: datetime) -> Standing:
    """Return where a linked claim stands at `at`: its tier, what its evidence is worth now, and what is missing."""
    registration = claim.registration
    if registration is None:
        raise ValueError("a claim is weighed when its registration is known")
    record = gathering.record_of(registration)
    return standing_by(record, gathering.case_of(claim, record), claim, at)


def standing_by(
    record: Record, case: Case, claim: Claim, at: datetime, *, acts: Mapping[str, datetime] | None = None
) -> Standing:
    """Return the same by what is here already; `acts`: when people were here last, asked for where it is not given."""
    registration = claim.registration
    if registration is None:
        raise ValueError("a claim is weighed when its registration is known")
    procedure = claim.procedure.procedure
    today = timezone.localdate(at)
    circumstances = circumstances_by(record, claim, registration, procedure, at)
    number = tier_for(procedure, circumstances, claim.route)
    standing = [one for one in case.evidence if one.taken_back_at is None and not _is_outlived(one, record)]
    items = [one.item(timezone.localdate(one.checked_at)) for one in standing]
    waived = waived_in(case.exceptions, procedure, number, today, claim.route)
    is_dead = "no_live_channel" in circumstances
    weighed = assess(procedure, number, items, on=today, no_live_channel=is_dead, waived=waived, route=claim.route)
    tier = procedure.tier(number, claim.route)
    missing = list(weighed.missing)
    if tier.attempts and not _tried_enough(record, case, tier.attempts, today):
        missing.append("attempts")
    if tier.inactivity:
        seen = _seen_last(record, claim, acts)
        gone = any(one.departure_stated for one in standing if one.code in weighed.codes)
        # An act of that very instant counts as lately.
        if seen and seen >= at - timedelta(days=tier.inactivity.days) and not gone:
            missing.append("inactivity")
    missing, way = _by_kit(weighed, missing, can_be_reached=reachable(record, procedure, today) is not None)
    if claim.mailbox_verified_at is None:
        missing.append("mailbox")
    if number >= 4 and tier.has_registry and not claim.head_office:
        missing.append("head_office")
    left = tuple(key for key in missing if key not in waived)
    return Standing(number, tuple(circumstances), weighed, left, waived, way)


def _is_outlived(one: Evidence, record: Record) -> bool:
    """Whether `one` is a kit of a custody that has ended since: who handed over has no way back in (invariant 3)."""
    return one.code == KIT and record.held_since is not None and record.held_since >= one.checked_at


KIT = "C5"
"""The evidence that a saved code makes. Nobody records it by hand."""
BESIDE_KIT = frozenset({"C1", "C3"})
"""Codes to a channel of record: with the kit they are the two different methods that A2 asks for (NIST, AAL2).
Not a number that an editor may lower, so not in the version."""


def _by_kit(weighed: Assessment, missing: list[str], *, can_be_reached: bool) -> tuple[list[str], str]:
    """Return what is missing where a recovery kit counts, and "kit" once both methods are there.

    The kit is asked first, so that nothing that may still come in after a proposal changes the way. It stands for
    proofs, tries and silence of the predecessor; notices, objections and decisions are those of the tier.
    """
    if KIT not in weighed.codes:
        return missing, ""
    if BESIDE_KIT & weighed.codes:
        return [], "kit"
    return (["kit_code"] if missing and can_be_reached else missing), ""


def reachable(record: Record, procedure: Procedure, today: date) -> ContactPoint | None:
    """Return where the second code of a kit goes: a live mail address of record, else a postal one, else None."""
    live = {point.kind: point for point in reversed(_live_points(record, procedure, today))}
    return live.get(ContactPoint.Kind.MAIL) or live.get(ContactPoint.Kind.POST)


def _seen_last(record: Record, claim: Claim, acts: Mapping[str, datetime] | None) -> datetime | None:
    """Return when a person in charge was here last: of the claim's own registration, and of those of its list."""
    own = (log.last_acts([record.holder or ""]) if acts is None else acts).get(record.holder or "")
    if not claim.is_bulk:
        return own
    others = log.last_acts(set(covering.holders_of(covering.lines_of(claim)).values()))
    return max(filter(None, [own, *others.values()]), default=None)


def waived_in(
    exceptions: Iterable[CaseException], procedure: Procedure, tier: int, today: date, route: str = ""
) -> tuple[str, ...]:
    """Return the needs that exceptions in force on `today` waive: of this tier, and never one that is never waived.

    What was waived on one route is not waived on another one, where something else stands in for it.
    """
    valid = CaseException.Status.VALID
    given = {
        one.rule
        for one in exceptions
        if one.status == valid and one.expires_on >= today and _route_in(one, procedure) == route
    }
    return tuple(key for key in bendable(procedure, tier, route) if key in given)


def _route_in(exception: CaseException, procedure: Procedure) -> str:
    """Return the route that an exception was asked for on, "" for the normal way: older ones keep a capacity there."""
    return exception.route if procedure.has_route(exception.route) else ""


def waived_of(claim: Claim, tier: int, at: datetime) -> tuple[str, ...]:
    """Return the same for `claim` as it is stored."""
    today = timezone.localdate(at)
    rows = CaseException.objects.in_force(today).filter(claim=claim)
    return waived_in(rows, claim.procedure.procedure, tier, today, claim.route)


def _tried_enough(record: Record, case: Case, wanted: Attempts, today: date) -> bool:
    """Whether there were enough tries, by enough media, over enough days.

    Where nobody is on record who could get a mail or a call, no such try can be made: the media that there are will do.
    """
    tries = case.attempts
    ever = {point.kind for point in reaching.serving(record.points, reaching.PROCEDURE)} | {
        ContactPoint.Kind.POST.value
    }
    if record.holder:
        ever.add(ContactPoint.Kind.MAIL.value)
    media = min(wanted.media, len(ever))
    if len(tries) < wanted.count or len({one.medium for one in tries}) < media:
        return False
    first = timezone.localdate(tries[0].at)
    return windows.business_days_between(first, today) >= wanted.business_days


def holder_of(claim: Claim) -> str | None:
    """Return the label of the account that holds the claimed registration, None while the provider keeps it."""
    held = Custody.objects.current().filter(registration=claim.registration).first()
    return f"user:{held.user_id}" if held and held.user_id else None


def custodian_was_here(claim: Claim) -> bool:
    """Whether the current custodian did anything signed in since the claim was received (invariant 17)."""
    holder = holder_of(claim)
    return holder is not None and log.acted_since(holder, claim.since)


def open_objection(claim: Claim) -> bool:
    """Whether somebody's objection stands: it waits for a decision, or was upheld after the claim was carried out.

    What was upheld stands no more once the claim is rolled back: that was its remedy.
    """
    rows = Objection.objects.standing().filter(claim=claim)
    if claim.rolled_back_at:
        rows = rows.filter(status=Objection.Status.OPEN)
    return rows.exists()


def open_rollback(claim: Claim) -> bool:
    """Whether somebody asked to put back what `claim` changed and nobody has decided yet."""
    return Rollback.objects.open().filter(claim=claim).exists()


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
    """Return what a decision is about, as plain JSON: whoever approves signs exactly this, by its hash.

    Tries to reach the predecessor count up to the proposal: one more of them afterwards takes nothing away.
    """
    if claim.proposed_at is None:
        raise ValueError("what is decided is fixed by a proposal")
    evidence = Evidence.objects.standing().filter(claim=claim).order_by("pk")
    attempts = ContactAttempt.objects.filter(claim=claim, at__lte=claim.proposed_at).order_by("pk")
    facts: dict[str, Any] = {
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
    if standing.exit:
        facts["exit"] = standing.exit
    if claim.is_bulk:
        signed = covering.list_facts(claim)
        facts["list"] = {"count": len(signed), "hash": hash_of({"list": signed})}
    if claim.route:
        # As below: what goes the normal way keeps its hash.
        facts["route"] = [claim.route, route_choice(claim).pk]
    if standing.waived:
        # Only where there is one: what was proposed before there were exceptions keeps its hash.
        rows = CaseException.objects.filter(claim=claim, status=CaseException.Status.VALID, rule__in=standing.waived)
        found = rows.order_by("pk").values_list("pk", "rule", "facts_hash", "expires_on")
        facts["exceptions"] = [[pk, rule, signed, until.isoformat()] for pk, rule, signed, until in found]
    return facts


def route_choice(claim: Claim) -> RouteChoice:
    """Return who chose the way by which `claim` goes now, and why."""
    return RouteChoice.objects.select_related("by").filter(claim=claim).latest("at", "pk")


def words_of(key: str) -> str:
    """Return the words for one thing that is missing."""
    own = {
        "attempts": _("attempts to reach the predecessor"),
        "inactivity": _("the person in charge has been here lately; the organisation has to state the departure"),
        "mailbox": _("the claimant's own mail address, confirmed"),
        "head_office": _("the head office, from the registry"),
        "kit_code": _("beside the recovery kit: the code that went to a contact point of record"),
    }
    return str(own[key] if key in own else words_for(key))


def wanted_roles(claim: Claim) -> set[str]:
    """Return the roles whose yes the claim's tier asks for, after the operator's proposal."""
    roles = set(claim.procedure.procedure.tier(claim.tier or 0).approvals) - {Role.OPERATOR.value}
    if claim.needs_second_look:
        roles.add(Role.SENIOR.value)
    return roles
