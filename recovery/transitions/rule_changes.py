"""A rule has changed: claims that it would not have refused are reopened, one by one, by a person."""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.errors import WrongState
from accounts.rulebook import check
from desk import progress
from desk.models import Inquiry
from handover import restricting
from handover.models import Registration, Restriction
from recovery import dispatching, steps
from recovery.deciding import refuse_active_custodian
from recovery.models import Appeal, Claim, Dispatch, ProcedureVersion, ReplayedClaim
from recovery.procedure import Procedure, tier_for
from recovery.queries import weighing
from recovery.rules import TABLE


def reopen_by_rule(claim_pk: int, *, actor: Actor, at: datetime) -> Claim:
    """Put a refused claim back to collecting, under its number and by the version now in force.

    It stays on record which version it began with. Everybody concerned is told anew, with new codes to object, and
    the claimant by mail. Nothing is decided by it: what is out of date by now has to be brought again.
    Raises `NotAllowed`; `WrongState` when it is not refused, no changed rule would have decided it otherwise, the
    registration is closed or claimed by somebody else, or the custodian was here since.
    """
    with transaction.atomic(durable=True):
        claim = steps.lock(claim_pk)
        rule = check(TABLE, "reopen_by_rule", claim, actor)
        if Appeal.objects.filter(claim=claim, status=Appeal.Status.OPEN).exists():
            raise WrongState(_("An appeal is open. Decide that one first."))
        if not ReplayedClaim.objects.reopenable().filter(claim=claim).exists():
            raise WrongState(_("No rule that changed since would have decided this claim otherwise."))
        registration = _free_registration(claim)
        refuse_active_custodian(claim)
        live = ProcedureVersion.objects.get(status=ProcedureVersion.Status.LIVE)
        was = claim.procedure
        claim.began_with, claim.procedure = claim.began_with or was, live
        rules = live.procedure
        _refuse_unknown(claim, rules)
        claim.circumstances = weighing.circumstances_of(claim, registration, rules, at)
        # The route stays what a person said it is, as far as there still is such a one; another one is said anew.
        claim.route = claim.route if rules.has_route(claim.route) else ""
        claim.tier = tier_for(rules, claim.circumstances, claim.route)
        claim.ended_at, claim.end_reason = None, ""
        claim.reopened_at, claim.holding_answered_at, claim.passed_on_at = at, None, None
        progress.reopen(
            claim.inquiry_id,
            stage=Inquiry.Stage.COLLECTING,
            turn=Inquiry.Turn.INQUIRER,
            next_on=steps.soon(at, steps.COLLECT_WITHIN),
            at=at,
        )
        try:
            with transaction.atomic():
                steps.back_to_collecting(claim, at=at)
        except IntegrityError as clash:
            raise WrongState(_("Another claim on this registration is open. Settle that one first.")) from clash
        restricting.restrict(registration, Restriction.Kind.CLAIM_OPEN, case=claim.number, at=at)
        facts = {"version": live.version, "was": was.version, "tier": claim.tier}
        written = steps.note(rule, claim, actor=actor, at=at, **facts)
        dispatching.tell_everybody(claim, Dispatch.Purpose.ACCEPTED, event=written, at=at, ordered_by=actor.user)
        steps.tell_claimant("claim_reopened_by_rule", claim, event=written, at=at)
        return claim


def _refuse_unknown(claim: Claim, rules: Procedure) -> None:
    """What was proven or sent under the claim's own version has to mean something under the one in force."""
    known = [kind.code for kind in rules.kinds]
    if claim.evidence.exclude(code__in=known).exists() or claim.submissions.exclude(code__in=known).exists():
        raise WrongState(_("The procedure in force does not know all of its proofs. Take this in as a new claim."))


def _free_registration(claim: Claim) -> Registration:
    registration = claim.registration
    if registration is None or registration.status != Registration.Status.ACTIVE:
        raise WrongState(_("The registration is no longer active. Nothing was changed."))
    if any(True for _one in weighing.competitors(claim)):
        raise WrongState(_("Another claim on this registration is open. Settle that one first."))
    return registration
