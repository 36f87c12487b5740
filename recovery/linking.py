"""A claim and its registration: what is done when one is found, and when it is examined. Inside a transition."""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from accounts.models import User
from audit.record import System
from desk import alarms
from desk.models import Alarm, Inquiry
from handover import canaries, restricting
from handover.models import Registration, Restriction
from recovery import carrying, covering, limits, steps
from recovery.models import Claim, ClaimLine
from recovery.procedure import tier_for
from recovery.queries import weighing


class Attached(NamedTuple):
    """What stands beside a claim: others on the same registration, and those of the same day's calls (A10)."""

    others: list[Claim]
    called: list[Claim]


def attach(claim: Claim, registration: Registration, *, at: datetime, by: User | None = None) -> Attached:
    """Say that `claim` is about `registration`, and place it at its tier.

    Where there are other open claims on it all are frozen, whichever came first (invariant 20), and so are the claims
    behind several calls about one organisation on one day. After its event the caller calls `alarm`. `by` is whoever of
    the staff says so, None where a code of the claimant's does.
    """
    canaries.touched([registration.pk], "claim.linked", by=by, at=at)
    others = steps.linked_to(registration, but=claim)
    for other in others:
        steps.freeze_competing(other, registration, at=at)
    for line in covering.claims_on(registration, but=claim):
        # The line alone is contested: the rest of that list goes on, and a senior decides about this one.
        carrying.settle(line, ClaimLine.Reason.COMPETING, at=at)
        others.append(line.claim)
    # Whoever looked at another one for this case looks no longer: one case is no tour of the register.
    restricting.end_looks(claim.number, at=at)
    claim.registration = registration
    claim.status, claim.matched_at = Claim.Status.MATCHED, at
    procedure = claim.procedure.procedure
    claim.circumstances = weighing.circumstances_of(claim, registration, procedure, at)
    claim.tier = tier_for(procedure, claim.circumstances, claim.route)
    if others:
        claim.frozen_at, claim.frozen_by = at, Claim.Frozen.COMPETING
    claim.needs_second_look = claim.needs_second_look or limits.is_senior_matter(claim, registration, at)
    called = limits.repeated_calls(claim, registration)
    if called and not others:
        claim.frozen_at, claim.frozen_by = at, Claim.Frozen.CALLS
    claim.save()
    steps.stand(claim, Inquiry.Stage.RECEIVED, Inquiry.Turn.PROVIDER, steps.soon(at))
    if others:
        steps.freeze_competing(claim, registration, at=at)
    if called:
        _stop_calls([claim, *called], at)
    return Attached(others, called)


def _stop_calls(called: Iterable[Claim], at: datetime) -> None:
    """Stop the claims behind several calls about one organisation on one day, until a senior lets each go on."""
    for one in called:
        if one.is_open and one.status != Claim.Status.RECEIVED:
            steps.freeze(one, Claim.Frozen.CALLS, at=at)


def alarm(attached: Attached, registration: Registration, *, at: datetime) -> None:
    """Tell the supervisors of the desk where a claim was stopped because of repeated calls."""
    if attached.called:
        alarms.open_alarm(Alarm.Kind.CALLS, organisation=registration.organisation, actor=System("limits"), at=at)


def begin_examination(claim: Claim, registration: Registration, *, at: datetime) -> None:
    """Accept a linked claim: from here on the customer sees that its registration is claimed. Notices are the act's."""
    claim.status, claim.accepted_at = Claim.Status.COLLECTING, at
    claim.save(update_fields=["status", "accepted_at"])
    restricting.restrict(registration, Restriction.Kind.CLAIM_OPEN, case=claim.number, at=at)
    steps.stand(claim, Inquiry.Stage.COLLECTING, Inquiry.Turn.INQUIRER, steps.soon(at, steps.COLLECT_WITHIN))
