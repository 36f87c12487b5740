"""Reads of reassignments on proven authority: the worklist, one case, and exactly what is signed."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.actors import Actor
from audit.signed import hash_of
from handover.models import AuthorityApproval, AuthorityCase, AuthorityObjection, AuthorityProof, Registration
from handover.rules.authority import DATED, NEEDED_ROLES, NOTICE_DAYS, PROOF_MONTHS, ROUTES

Proof = tuple[str, str, date]
"""Code, reference, and the day of it."""


def cases(actor: Actor, *, only_open: bool) -> QuerySet[AuthorityCase]:
    """Return the worklist: open ones with the oldest first, or all with the newest first."""
    rows = AuthorityCase.objects.for_staff(actor).select_related("organisation", "predecessor", "successor")
    rows = rows.annotate(registration_count=Count("items"))
    return rows.open().order_by("proposed_at", "pk") if only_open else rows.order_by("-proposed_at", "-pk")


def find_case(actor: Actor, number: str) -> AuthorityCase | None:
    """Return the case called `number` with its people if `actor` works on such cases."""
    return _with_people(AuthorityCase.objects.for_staff(actor)).filter(number=number).first()


def find_notice(actor: Actor, number: str) -> AuthorityCase | None:
    """Return the case called `number` if `actor` is the predecessor and was given notice."""
    return _with_people(AuthorityCase.objects.against(actor)).filter(number=number).first()


def _with_people(rows: QuerySet[AuthorityCase]) -> QuerySet[AuthorityCase]:
    people = ("predecessor", "successor", "proposed_by", "executed_by", "ended_by")
    return rows.select_related("organisation", "objection", *people)


def registrations_of(case: AuthorityCase) -> list[Registration]:
    """Return the registrations of `case` by number."""
    return list(Registration.objects.filter(authority_items__case=case).order_by("number"))


def proofs_of(case: AuthorityCase) -> list[AuthorityProof]:
    """Return the proofs of `case` with who checked them, by code."""
    return list(case.proofs.select_related("checked_by", "seconded_by").order_by("code"))


def approvals_of(case: AuthorityCase) -> list[AuthorityApproval]:
    """Return who said yes, in that order."""
    return list(case.approvals.select_related("by").order_by("at", "pk"))


def find_proof(case: AuthorityCase, pk: int) -> AuthorityProof | None:
    """Return one proof of `case`."""
    return case.proofs.filter(pk=pk).first()


def find_objection(case: AuthorityCase) -> AuthorityObjection | None:
    """Return what the predecessor said, None when nothing."""
    return AuthorityObjection.objects.filter(case=case).select_related("answered_by").first()


def wanted_roles(case: AuthorityCase) -> set[str]:
    """Return the roles whose yes is still missing."""
    return set(NEEDED_ROLES) - set(case.approvals.values_list("role", flat=True))


def decision_facts(case: AuthorityCase, numbers: Iterable[str], proofs: Iterable[Proof]) -> dict[str, Any]:
    """Return what a decision is about, as plain JSON: whoever approves signs exactly this, by its hash."""
    return {
        "case": case.number,
        "organisation": case.organisation_id,
        "ground": case.ground,
        "predecessor": case.predecessor_id,
        "successor": case.successor_id,
        "registrations": sorted(numbers),
        "proofs": sorted([code, reference, day.isoformat()] for code, reference, day in proofs),
        "notice_business_days": NOTICE_DAYS,
    }


def facts_now(case: AuthorityCase) -> dict[str, Any]:
    """Return the same from the rows as they are now."""
    numbers = case.items.values_list("registration__number", flat=True)
    return decision_facts(case, numbers, case.proofs.values_list("code", "reference", "dated_on"))


def missing_proofs(proofs: Iterable[tuple[str, date]], today: date) -> str:
    """Return in words why these proofs (code, day) are not enough on `today`, "" when they are."""
    given = dict(proofs)
    if not any(route <= given.keys() for route in ROUTES):
        return _("This is not enough: O1, or O3 with A1, and in any case A2.")
    old = sorted(code for code in given.keys() & DATED if given[code] < months_before(today, PROOF_MONTHS))
    if old:
        return _("Too old, more than three months since its issue: %(codes)s.") % {"codes": ", ".join(old)}
    if any(day > today for day in given.values()):
        return _("A proof cannot be dated after today.")
    return ""


def months_before(day: date, months: int) -> date:
    """Return the same day of the month, `months` earlier; the last day of that month where there is no such day."""
    years, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    for last in (day.day, 30, 29, 28):
        try:
            return date(years, month + 1, last)
        except ValueError:
            continue
    raise ValueError(f"no day {months} months before {day}")


def obstacles(case: AuthorityCase, at: datetime) -> list[str]:
    """Return what keeps the case from its next step, in words; the transition refuses by the same facts."""
    found = []
    if case.is_open:
        if words := missing_proofs(case.proofs.values_list("code", "dated_on"), timezone.localdate(at)):
            found.append(words)
        if case.proofs.filter(code=AuthorityProof.Code.O3, seconded_by=None).exists():
            found.append(_("A second person has to compare the seal first."))
        if hash_of(facts_now(case)) != case.proposal_hash:
            found.append(_("What was proposed has changed. Withdraw it and propose it anew."))
    if case.status == AuthorityCase.Status.NOTIFIED:
        if case.notice_ends_on and timezone.localdate(at) <= case.notice_ends_on:
            found.append(_("The predecessor's notice is still running."))
        if AuthorityObjection.objects.filter(case=case, answered_at=None).exists():
            found.append(_("The predecessor said something against it. A senior has to answer in writing first."))
    return found


def waiting(actor: Actor) -> int:
    """Return how many open cases there are, for a worklist."""
    return AuthorityCase.objects.for_staff(actor).filter(Q(status__in=AuthorityCase.OPEN)).count()
