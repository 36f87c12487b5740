"""A claim and its registration: what is done when one is found, and when it is examined. Inside a transition."""

from datetime import datetime

from desk.models import Inquiry
from handover import restricting
from handover.models import Registration, Restriction
from recovery import carrying, covering, steps
from recovery.models import Claim, ClaimLine
from recovery.procedure import tier_for
from recovery.queries import weighing


def attach(claim: Claim, registration: Registration, *, at: datetime) -> list[Claim]:
    """Say that `claim` is about `registration`, place it at its tier; returns the other open claims on it.

    Where there are others all are frozen, whichever came first (invariant 20).
    """
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
    claim.save()
    steps.stand(claim, Inquiry.Stage.RECEIVED, Inquiry.Turn.PROVIDER, steps.soon(at))
    if others:
        steps.freeze_competing(claim, registration, at=at)
    return others


def begin_examination(claim: Claim, registration: Registration, *, at: datetime) -> None:
    """Accept a linked claim: from here on the customer sees that its registration is claimed. Notices are the act's."""
    claim.status, claim.accepted_at = Claim.Status.COLLECTING, at
    claim.save(update_fields=["status", "accepted_at"])
    restricting.restrict(registration, Restriction.Kind.CLAIM_OPEN, case=claim.number, at=at)
    steps.stand(claim, Inquiry.Stage.COLLECTING, Inquiry.Turn.INQUIRER, steps.soon(at, steps.COLLECT_WITHIN))
