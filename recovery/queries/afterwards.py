"""What is told after the end of a claim, and what can be done until when. Fixed words; nothing that is on record."""

from dataclasses import dataclass
from datetime import date, datetime

from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from accounts.errors import Words
from handover.calendar import business_days_after
from recovery.models import Appeal, Claim, Ending
from recovery.procedure import Procedure
from recovery.queries import tracking
from recovery.queries.tracking import PROVEN

R = Claim.EndReason
OWN_WORDS: dict[str, Words] = {
    R.NO_REGISTRATION: _("No registration fits what you wrote."),
    R.OBJECTION_UPHELD: _("Somebody of the organisation who was told of your claim did not agree with it."),
    R.CUSTODIAN_ACTIVE: _("The matter can be settled inside the organisation: the person in charge can be reached."),
    R.ABUSE: _("It could not be confirmed with what we have."),
}
"""Told from rung 2 on, beside the types of proofs that were missing."""
UNANSWERED = _("We reminded you in different ways and heard nothing from you.")
"""Told at every rung: it says nothing but what the claimant did."""
MISSING = _("{category}: this could not be confirmed.")


@dataclass(frozen=True)
class After:
    """What the status page says after an end."""

    reasons: tuple[Words, ...]
    appeal_until: date | None
    may_appeal: bool
    appeal: Appeal | None
    """The appeal against this end, open or decided."""
    findings: tuple[Words, ...]
    words: str
    """The reasons of the decision on the appeal in words; "" before rung 2."""
    reopen_until: date | None
    may_reopen: bool


@dataclass(frozen=True)
class Delay:
    """What the status page says of a claim that takes long: by when it is decided or passed on."""

    decide_by: date
    is_passed_on: bool


def asked_for(rules: Procedure) -> tuple[str, ...]:
    """Return the codes of the categories of proofs that a recovery asks of everybody, in the procedure's order."""
    wanted = {category for group in rules.tier(rules.default_tier).categories for category in group}
    return tuple(category.code for category in rules.categories if category.code in wanted)


def lacking(claim: Claim, at: datetime) -> list[str]:
    """Return the categories of proofs that are not satisfied at `at`, as a beginning for who refuses."""
    proven = tracking.proven_in(claim, at)
    return [code for code in asked_for(claim.procedure.procedure) if code not in proven]


def reasons_of(claim: Claim, ending: Ending) -> tuple[Words, ...]:
    """Return in fixed words why `claim` ended, as far as its claimant may know.

    Before organisation and person were proven everybody reads the same: all types of proofs that are asked for
    (procedure.md A8). Afterwards the types that were missing.
    """
    rules = claim.procedure.procedure
    if ending.reason == R.BY_CLAIMANT:
        return ()
    if ending.reason == R.NO_RESPONSE:
        return (UNANSWERED,)
    names = {category.code: category.name for category in rules.categories}
    if ending.rung < PROVEN:
        return tuple(format_lazy(MISSING, category=names[code]) for code in asked_for(rules))
    own = OWN_WORDS.get(ending.reason)
    missing = tuple(format_lazy(MISSING, category=names[code]) for code in ending.missing if code in names)
    return ((own,) if own else ()) + missing


def missing_in(claim: Claim, ending: Ending) -> list[str]:
    """Return the names of the categories that were missing at the end, for the provider's people."""
    return [str(one.name) for one in claim.procedure.procedure.categories if one.code in ending.missing]


def last_ending(claim: Claim) -> Ending | None:
    """Return how `claim` ended last, with the appeal against it if there is one."""
    return Ending.objects.filter(claim=claim).select_related("appeal").order_by("-at", "-pk").first()


def appeal_of(ending: Ending | None) -> Appeal | None:
    """Return the appeal against an end."""
    found: Appeal | None = getattr(ending, "appeal", None) if ending else None
    return found


def after_of(claim: Claim, at: datetime) -> After | None:
    """Return what may be told and done after the end of `claim`, None while it is open or was carried out."""
    ending = None if claim.is_open or claim.status == Claim.Status.EXECUTED else last_ending(claim)
    if ending is None:
        return None
    appeal, today = appeal_of(ending), timezone.localdate(at)
    waits = appeal is not None and appeal.status == Appeal.Status.OPEN
    is_decided = appeal is not None and not waits
    return After(
        reasons=reasons_of(claim, ending),
        appeal_until=ending.appeal_until,
        may_appeal=appeal is None and ending.appeal_until is not None and today <= ending.appeal_until,
        appeal=appeal,
        findings=findings_of(appeal) if appeal and is_decided else (),
        words=appeal.reasons if appeal and is_decided and ending.rung >= PROVEN else "",
        reopen_until=ending.reopen_until,
        may_reopen=not waits and today <= ending.reopen_until and has_reopenings(claim),
    )


def findings_of(appeal: Appeal) -> tuple[Words, ...]:
    """Return the fixed words of a decision on an appeal."""
    return tuple(Appeal.Finding(key).label for key in appeal.findings)


def has_reopenings(claim: Claim) -> bool:
    """Whether `claim` may be reopened once more by its claimant: as often as one registration may be claimed a year."""
    return claim.reopenings < claim.procedure.procedure.limits["per_registration_in_12_months"]


def delay_of(claim: Claim) -> Delay | None:
    """Return what is said of an open claim whose holding answer went out, None before that."""
    if not claim.is_open or claim.holding_answered_at is None:
        return None
    days = claim.procedure.procedure.holding["decision_business_days"]
    decide_by = business_days_after(timezone.localdate(claim.since), days)
    return Delay(decide_by, claim.passed_on_at is not None)
