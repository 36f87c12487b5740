"""What another version of the procedure would have said of claims that were decided. Reads only; decides nothing.

Both answers come from the same rows, those that were there on the day of the decision, so a difference is one of the
rules. Not played again is how lately the predecessor was here: what was known of that on the day is not kept apart.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone

from handover import reaching
from handover.models import ContactPoint, Custody
from handover.queries.nested import Rows, day, listed, moment, plain
from recovery.models import Claim, ContactAttempt, Evidence, ProcedureReplay, ProcedureVersion, ReplayedClaim
from recovery.models.evidence import UNHEALTHY
from recovery.procedure import Attempts, Item, Procedure, assess, tier_for, windows

Outcome = ReplayedClaim.Outcome


@dataclass(frozen=True)
class Past:
    """A claim as it was on the day of its decision."""

    pk: int
    procedure_pk: int
    decided_at: datetime
    tier: int
    circumstances: tuple[str, ...]
    items: tuple[Item, ...]
    tries: tuple[tuple[str, date], ...]
    """Medium and local day of each try to reach the predecessor."""
    media: int
    """By how many media somebody could be tried to be reached at all."""
    has_office: bool
    route: str = ""
    """The route that it went by, "" for the normal way."""
    is_refused: bool = False
    has_number: bool = False
    """Whether the holder has a corporate number."""

    @property
    def day(self) -> date:
        return timezone.localdate(self.decided_at)


def past_of(claims: QuerySet[Claim]) -> list[Past]:
    """Return decided claims (each with `decided_at`) as they were, in one query however many there are."""
    by_then = Q(taken_back_at=None) | Q(taken_back_at__gt=OuterRef("decided_at"))
    evidence = Evidence.objects.filter(by_then, claim=OuterRef("pk"), checked_at__lte=OuterRef("decided_at"))
    tries = ContactAttempt.objects.filter(claim=OuterRef("pk"), at__lte=OuterRef("decided_at"))
    points = ContactPoint.objects.filter(registration=OuterRef("registration")).order_by("kind")
    held = Custody.objects.filter(registration=OuterRef("registration"), user__isnull=False)
    rows = claims.values(
        *("pk", "procedure_id", "decided_at", "status", "tier", "circumstances", "head_office", "route"),
        holder_number=F("registration__organisation__corporate_number"),
        nested_evidence=Rows(evidence.order_by("checked_at", "pk"), **_EVIDENCE),
        nested_tries=Rows(tries.order_by("at", "pk"), medium="medium", at="at"),
        nested_points=Rows(points, kind="kind", value="value", purposes="purposes", receiver_pays="receiver_pays"),
        was_held=Exists(held),
    )
    return [_past(row) for row in rows]


_EVIDENCE = {
    **{name: name for name in ("code", "endpoint", "source", "issued_on", "checked_at", "second_checked_by_id")},
    "since": "contact_point__since",
    "health": "contact_point__health",
}


def _past(row: dict[str, Any]) -> Past:
    # What a claim was carried out by was healthy then; what became of an address afterwards is no matter of the rules.
    was_good = row["status"] == Claim.Status.EXECUTED
    points = [ContactPoint(**{**point, "purposes": plain(point["purposes"])}) for point in listed(row["nested_points"])]
    media = {point.kind for point in reaching.serving(points, reaching.PROCEDURE)} | {ContactPoint.Kind.POST.value}
    if row["was_held"]:
        media.add(ContactPoint.Kind.MAIL.value)
    return Past(
        pk=row["pk"],
        procedure_pk=row["procedure_id"],
        decided_at=row["decided_at"],
        tier=row["tier"],
        circumstances=tuple(row["circumstances"]),
        items=tuple(_item(one, was_good) for one in listed(row["nested_evidence"])),
        tries=tuple((one["medium"], _local(one["at"])) for one in listed(row["nested_tries"])),
        media=len(media),
        has_office=bool(row["head_office"]),
        route=row["route"],
        is_refused=row["status"] == Claim.Status.REFUSED,
        has_number=bool(row["holder_number"]),
    )


def _item(row: dict[str, Any], was_good: bool) -> Item:
    return Item(
        code=row["code"],
        endpoint=row["endpoint"],
        source=row["source"],
        issued_on=day(row["issued_on"]),
        checked_on=_local(row["checked_at"]),
        on_record_since=day(row["since"]),
        is_healthy=was_good or row["health"] not in UNHEALTHY,
        second_checked=row["second_checked_by_id"] is not None,
    )


def _local(text: str) -> date:
    at = moment(text)
    if at is None:
        raise ValueError("a time is missing")
    return timezone.localdate(at)


def replayed(replay: ProcedureReplay, claims: QuerySet[Claim]) -> list[ReplayedClaim]:
    """Return what `replay` says of `claims`, not saved yet: three queries however many claims there are."""
    own = {version.pk: version.procedure for version in ProcedureVersion.objects.filter(claims__in=claims).distinct()}
    new = ProcedureVersion.objects.get(pk=replay.version_id).procedure
    return [_compared(replay, past, own[past.procedure_pk], new) for past in past_of(claims)]


def _compared(replay: ProcedureReplay, past: Past, own: Procedure, new: Procedure) -> ReplayedClaim:
    (_was, _by, old_missing), (tier, route, new_missing) = _best(own, past), _best(new, past)
    outcome = Outcome.SAME if tier == past.tier else Outcome.TIER
    if bool(old_missing) != bool(new_missing):
        outcome = Outcome.GAINED if old_missing else Outcome.LOST
    return ReplayedClaim(
        replay=replay,
        claim_id=past.pk,
        decided_at=past.decided_at,
        outcome=outcome,
        old_tier=past.tier,
        new_tier=tier,
        new_route=route,
        old_missing=old_missing,
        new_missing=new_missing,
    )


def _best(procedure: Procedure, past: Past) -> tuple[int, str, list[str]]:
    """Return tier, route and what was missing by the way that the claim went.

    Of a refused claim the first other way of the version by which nothing was missing, if there is one: nobody need
    have thought of it, and under an older version nobody could. Asked of both versions alike, so that what differs is a
    rule. Whether the claimant is who that way is for is said by the person who reopens it.
    """
    known = {circumstance.code for circumstance in procedure.circumstances}
    circumstances = [code for code in past.circumstances if code in known]
    own = past.route if procedure.has_route(past.route) else ""
    others = [one.code for one in procedure.open_routes if one.has_number or not past.has_number]
    ways = [own, *(code for code in ["", *others] if code != own and past.is_refused)]
    found = []
    for route in ways:
        tier = tier_for(procedure, circumstances, route)
        found.append((tier, route, missing_by(procedure, tier, past, route)))
    return next((one for one in found if not one[2]), found[0])


def missing_by(procedure: Procedure, number: int, past: Past, route: str = "") -> list[str]:
    """Return what the claim lacked on its day by `procedure` at tier `number`, as `weighing.standing_by` names it."""
    known = {kind.code for kind in procedure.kinds}
    items = [item for item in past.items if item.code in known]
    dead = "no_live_channel" in past.circumstances
    missing = list(assess(procedure, number, items, on=past.day, no_live_channel=dead, route=route).missing)
    tier = procedure.tier(number, route)
    wanted = tier.attempts
    if wanted and not _tried_enough(past.tries, past.media, wanted, past.day):
        missing.append("attempts")
    if number >= 4 and tier.has_registry and not past.has_office:
        missing.append("head_office")
    return missing


def _tried_enough(tries: Sequence[tuple[str, date]], media: int, wanted: Attempts, on: date) -> bool:
    used = {medium for medium, _day in tries}
    if len(tries) < wanted.count or len(used) < min(wanted.media, media):
        return False
    return not tries or windows.business_days_between(tries[0][1], on) >= wanted.business_days


def counts_of(replay: ProcedureReplay) -> dict[str, int]:
    """Return how many claims a replay looked at, by outcome."""
    rows: Iterable[str] = ReplayedClaim.objects.filter(replay=replay).values_list("outcome", flat=True)
    found = dict.fromkeys(Outcome.values, 0)
    for outcome in rows:
        found[outcome] += 1
    return found
