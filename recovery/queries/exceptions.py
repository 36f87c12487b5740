"""Exceptions: what is signed, which earlier ones are near and why, and lists for the provider's people."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Count
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.signed import hash_of
from recovery.models import CaseException, Claim, ExceptionApproval, Rollback, RuleReview
from recovery.procedure import Procedure
from recovery.procedure.bending import WINDOW, Likeness, bendable, distance, why_near, words_of
from recovery.queries.procedures import live
from recovery.queries.weighing import Standing
from recovery.rules.excepting import ROLES

SHOWN = 200
"""Rows of a list; a provider with more has another problem than finding them."""
COMPARED = 1_000
"""Decided exceptions that a new one is compared with, the latest first."""


NORMAL = "normal"
"""The way of whoever goes by no route. Exceptions from before there were routes keep the claimant's capacity there."""


@dataclass(frozen=True)
class Precedent:
    """An earlier exception that is near. `why`: what both have in common, in words."""

    pk: int
    number: str
    rule: str
    reason: str
    tier: int
    outcome: str
    decided_on: date
    expires_on: date
    distance: int
    why: tuple[str, ...]


@dataclass(frozen=True)
class Listed:
    """One exception in a list. `is_in_force`: approved and not run out."""

    pk: int
    number: str
    rule: str
    reason: str
    tier: int
    status: str
    key: str
    is_in_force: bool
    asked_on: date
    expires_on: date
    asked_by: str


def route_of(claim: Claim) -> str:
    """Return the route by which `claim` goes, as exceptions keep it."""
    return claim.route or NORMAL


def open_to_ask(claim: Claim, standing: Standing, *, is_shortened: bool) -> tuple[str, ...]:
    """Return the needs of which an exception can be asked for now: missing, bendable, and none is under way.

    The longer time to object is never missing: it can be asked for while nothing else shortens it.
    """
    taken = set(standing.waived) | _asked(claim)
    lacking = {*standing.missing, *([] if is_shortened else [WINDOW])}
    keys = bendable(claim.procedure.procedure, standing.tier, claim.route)
    return tuple(key for key in keys if key in lacking and key not in taken)


def _asked(claim: Claim) -> set[str]:
    rows = CaseException.objects.filter(claim=claim, status=CaseException.Status.ASKED)
    return set(rows.values_list("rule", flat=True))


def likeness(exception: CaseException) -> Likeness:
    """Return what `exception` is compared by."""
    return Likeness(
        exception.reason_code, exception.rule, exception.tier, exception.route, frozenset(exception.circumstances)
    )


def nearest(one: Likeness, procedure: Procedure) -> list[Precedent]:
    """Return the nearest decided exceptions, as many as the procedure asks for: by distance, then the latest first."""
    rows = CaseException.objects.decided().select_related("claim__procedure").order_by("-decided_at", "-pk")[:COMPARED]
    order = sorted(enumerate(rows), key=lambda pair: (distance(one, likeness(pair[1])), pair[0]))
    return [_precedent(row, one) for _place, row in order[: procedure.exceptions["precedents"]]]


def precedents_of(exception: CaseException) -> list[Precedent]:
    """Return the precedents that were shown when `exception` was asked for, in that order."""
    rows = CaseException.objects.filter(pk__in=exception.precedents).select_related("claim__procedure")
    found = {row.pk: row for row in rows}
    own = likeness(exception)
    return [_precedent(found[pk], own) for pk in exception.precedents if pk in found]


def _precedent(row: CaseException, one: Likeness) -> Precedent:
    other = likeness(row)
    return Precedent(
        pk=row.pk,
        number=row.claim.number,
        rule=words_of(row.claim.procedure.procedure, row.rule),
        reason=str(row.get_reason_code_display()),
        tier=row.tier,
        outcome=str(row.get_status_display()),
        decided_on=timezone.localdate(row.decided_at),
        expires_on=row.expires_on,
        distance=distance(one, other),
        why=tuple(why_near(one, other)),
    )


def facts_of(exception: CaseException) -> dict[str, Any]:
    """Return all that is signed, as plain JSON: the asker's words are in it, so that nobody can change them unseen."""
    return {
        "claim": exception.claim.number,
        "rule": exception.rule,
        "reason": exception.reason_code,
        "missing_proof": exception.missing_proof,
        "words": exception.words,
        "expires_on": exception.expires_on.isoformat(),
        "tier": exception.tier,
        "route": exception.route,
        "circumstances": sorted(exception.circumstances),
        "precedents": exception.precedents,
        "asked_by": exception.asked_by_id,
        "asked_at": exception.asked_at.isoformat(),
    }


def hash_to_sign(exception: CaseException) -> str:
    """Return the hash of what is signed."""
    return hash_of(facts_of(exception))


def approvals_of(exception: CaseException) -> list[ExceptionApproval]:
    """Return the yeses, in their order."""
    return list(ExceptionApproval.objects.filter(exception=exception).select_related("by").order_by("at", "pk"))


def still_wanted(approvals: Iterable[ExceptionApproval]) -> list[str]:
    """Return the roles whose yes is still to come."""
    given = {one.role for one in approvals}
    return [role for role in ROLES if role not in given]


def find(claim: Claim, pk: int) -> CaseException | None:
    """Return one exception of `claim`."""
    return CaseException.objects.filter(claim=claim, pk=pk).select_related("claim__procedure", "asked_by").first()


def listed(at: datetime) -> list[Listed]:
    """Return the exceptions, those that wait first, then the latest; one query."""
    today = timezone.localdate(at)
    rows = CaseException.objects.select_related("claim__procedure", "asked_by").order_by("-asked_at", "-pk")[:SHOWN]
    found = [
        Listed(
            pk=row.pk,
            number=row.claim.number,
            rule=words_of(row.claim.procedure.procedure, row.rule),
            reason=str(row.get_reason_code_display()),
            tier=row.tier,
            status=str(row.get_status_display()),
            key=row.status,
            is_in_force=row.status == CaseException.Status.VALID and row.expires_on >= today,
            asked_on=timezone.localdate(row.asked_at),
            expires_on=row.expires_on,
            asked_by=row.asked_by.display_name,
        )
        for row in rows
    ]
    return sorted(found, key=lambda one: one.key != CaseException.Status.ASKED)


def rollbacks_waiting() -> list[Rollback]:
    """Return the requests to put a recovery back that wait for the second person, the oldest first."""
    rows = Rollback.objects.open().select_related("claim", "asked_by").order_by("asked_at", "pk")
    return list(rows[:SHOWN])


def reviews() -> list[RuleReview]:
    """Return the reviews of rules, the open ones first, then the latest."""
    rows = RuleReview.objects.select_related("closed_by").order_by("-status", "-opened_at", "-pk")
    return list(rows[:SHOWN])


def find_review(pk: int) -> RuleReview | None:
    """Return one review of a rule."""
    return RuleReview.objects.filter(pk=pk).first()


def of_a_kind(reason_code: str, *, since: datetime, at: datetime) -> list[tuple[str, int]]:
    """Return each need that was waived for `reason_code` after `since`, with how often, the commonest first."""
    rows = CaseException.objects.exclude(status=CaseException.Status.REFUSED).filter(
        reason_code=reason_code, decided_at__gt=since, decided_at__lte=at
    )
    counted = rows.values_list("rule").annotate(times=Count("pk")).order_by("-times", "rule")
    return [(rule, times) for rule, times in counted]


def words_of_rules(review: RuleReview) -> list[str]:
    """Return the needs that were waived, in words, each with how often."""
    procedure = live().procedure
    return [
        _("%(rule)s: %(times)d times") % {"rule": words_of(procedure, rule), "times": n} for rule, n in review.rules
    ]
