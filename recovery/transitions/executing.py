"""What carries a decision out, and what the clock may do: begin a window, stop a claim, end the protected time."""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import claimants
from accounts.actors import Actor as Person
from accounts.errors import WrongState
from accounts.models import User
from accounts.rulebook import check
from accounts.standing import factors_of
from audit.record import Actor
from desk.models import Inquiry
from handover import custody, mandate_sides, notices, restricting
from handover.calendar import business_days_after
from handover.models import Custody, Registration, Restriction
from recovery import carrying, covering, dispatching, steps
from recovery.deciding import (
    is_shortened,
    refuse_active_custodian,
    refuse_changed,
    refuse_open_window,
    refuse_withdrawn,
    window_of,
)
from recovery.models import Approval, Claim, Dispatch, Snapshot
from recovery.procedure import ends_on
from recovery.queries import weighing
from recovery.rules import TABLE


def begin_window(claim_pk: int, *, actor: Actor, at: datetime) -> Claim:
    """Begin the time to object on the day of the last delivery. It decides nothing: an approver does, after its end.

    Raises `WrongState` while a notice is on its way.
    """
    with transaction.atomic(durable=True):
        claim = steps.lock(claim_pk)
        rule = check(TABLE, "begin_window", claim, actor)
        steps.refuse_frozen(claim)
        begun = weighing.last_delivery(claim)
        if begun is None:
            raise WrongState(_("A notice has not arrived yet. Nothing was changed."))
        standing = weighing.standing_of(claim, at)
        claim.status, claim.window_begun_on = Claim.Status.NOTIFIED, begun
        claim.window_ends_on = ends_on(begun, window_of(claim, standing), shortened=is_shortened(claim, standing))
        claim.save(update_fields=["status", "window_begun_on", "window_ends_on"])
        steps.stand(claim, Inquiry.Stage.WINDOW, Inquiry.Turn.PROVIDER, business_days_after(claim.window_ends_on, 1))
        facts = {"begun_on": begun.isoformat(), "ends_on": claim.window_ends_on.isoformat()}
        steps.note(rule, claim, actor=actor, at=at, **facts)
        return claim


def stop(claim_pk: int, *, actor: Actor, at: datetime) -> Claim:
    """Stop a claim whose custodian was here since it came in: it becomes a matter of handing over (A7)."""
    with transaction.atomic(durable=True):
        claim = steps.lock(claim_pk)
        rule = check(TABLE, "stop", claim, actor)
        if not weighing.custodian_was_here(claim):
            raise WrongState(_("The person in charge has not been here. Nothing was changed."))
        written = steps.note(rule, claim, actor=actor, at=at)
        steps.stop(claim, event=written, at=at)
        return claim


def get_ready(claim_pk: int, *, actor: Person, at: datetime) -> Claim:
    """The claimant, in an own session with a second factor, says: ready to take over. Changes no custody.

    Raises `NotAllowed`, `WrongState` (said already, or without a second factor).
    """
    with transaction.atomic(durable=True):
        claim = steps.lock(claim_pk)
        rule = check(TABLE, "get_ready", claim, actor)
        steps.refuse_frozen(claim)
        if claim.claimant_ready_at:
            raise WrongState(_("You have said so already. Nothing was changed."))
        if not factors_of(actor.user):
            raise WrongState(_("Set up a second factor first."))
        claim.claimant, claim.claimant_ready_at = actor.user, at
        claim.save(update_fields=["claimant", "claimant_ready_at"])
        steps.stand(claim, Inquiry.Stage.READY, Inquiry.Turn.PROVIDER, steps.soon(at))
        steps.note(rule, claim, actor=actor, at=at)
        return claim


def execute(claim_pk: int, *, signed_hash: str, actor: Person, at: datetime) -> Claim:
    """Change custody to the claimant: one transaction with all of invariant 3, a snapshot, and the protected time.

    Everything that was asked before the approval is asked again. Raises `NotAllowed`, `WrongState`.
    """
    with transaction.atomic(durable=True):
        claim = steps.lock(claim_pk)
        rule = check(TABLE, "execute", claim, actor)
        steps.refuse_frozen(claim)
        refuse_withdrawn(claim)
        refuse_open_window(claim, at)
        refuse_active_custodian(claim)
        refuse_changed(claim, at)
        registration, claimant = _both_sides(claim, signed_hash, at)
        told = list(dispatching.recipients(claim, at=at))
        _keep_snapshot(claim, registration, at=at)
        ended = carrying.end_handovers(registration, at=at)
        claimants.become_member(claimant, registration.organisation, at=at)
        change = custody.give(
            registration,
            claimant,
            kind=Custody.Kind.CUSTODIAN,
            basis=Custody.Basis.RECOVERY,
            basis_label=claim.label,
            at=at,
        )
        until = _close(claim, registration, actor=actor, at=at)
        listed = [line.registration for line in covering.lines_of(claim) if line.registration]
        done = carrying.carry_out(claim, claimant, until=until, at=at)
        steps.end_new_accounts(claim, at=at)
        ended += done.handovers
        facts: dict[str, Any] = {
            "registrations": {registration.number: change.facts, **done.facts},
            "hash": claim.proposal_hash,
            "handovers_ended": [one.number for one in ended],
            "until": until.isoformat(),
            **({"left_out": done.left} if claim.is_bulk else {}),
        }
        written = steps.note_of_list(rule, claim, listed, actor=actor, at=at, **facts)
        for mandates, one in [(change.mandates.ended, registration), *done.mandates]:
            mandate_sides.tell_settled(mandates, [one], event=written, at=at)
        dispatching.tell_everybody(claim, Dispatch.Purpose.EXECUTED, event=written, at=at, to=told)
        for handover in ended:
            people = [handover.given_by, handover.offered_by, handover.given_to]
            notices.tell("handover_withdrawn", people, event=written, at=at, handover=handover)
        carrying.tell_people(done, claim, event=written, at=at)
        counts = {"taken": len(done.facts) + 1, "left": len(done.left)}
        steps.tell_claimant("claim_done", claim, event=written, at=at, **counts)
        return claim


def _close(claim: Claim, registration: Registration, *, actor: Person, at: datetime) -> datetime:
    """End the case and begin the protected time; returns until when it lasts."""
    until = at + timedelta(days=claim.procedure.procedure.tier(claim.tier or 0).cooling_off_days)
    claim.status, claim.cooling_off_until = Claim.Status.EXECUTED, until
    claim.executed_by, claim.executed_at = actor.user, at
    claim.save(update_fields=["status", "executed_by", "executed_at", "cooling_off_until"])
    steps.close_case(claim, stage=Inquiry.Stage.DONE, at=at, by=actor.user)
    carrying.protect(claim, registration, until=until, at=at)
    return until


def _both_sides(claim: Claim, signed_hash: str, at: datetime) -> tuple[Registration, User]:
    """Return registration and claimant, or raise `WrongState` when the yeses or the claimant are not what they were."""
    given = Approval.objects.filter(claim=claim, void_at=None, signed_hash=claim.proposal_hash)
    if signed_hash != claim.proposal_hash or not weighing.wanted_roles(claim) <= set(
        given.values_list("role", flat=True)
    ):
        raise WrongState(_("This changed while the page was open. Read it again before you decide."))
    claimant, registration = claim.claimant, claim.registration
    if claimant is None or claim.claimant_ready_at is None or not claimant.is_active or not factors_of(claimant):
        raise WrongState(_("The claimant has not signed in with a second factor yet."))
    if registration is None or registration.status != Registration.Status.ACTIVE:
        raise WrongState(_("The registration is no longer active. Nothing was changed."))
    # The protected time after an earlier recovery keeps off a second one as well (A9).
    restricting.refuse_blocked(registration, "switch", at=at)
    return registration, claimant


def _keep_snapshot(claim: Claim, registration: Registration, *, at: datetime) -> Snapshot:
    """Keep what can be put back: who held it, who stood in, and how it was reached."""
    state = carrying.state_of(registration)
    return Snapshot.objects.create(claim=claim, registration=registration, state=state, taken_at=at)


def end_cooling_off(claim_pk: int, *, actor: Actor, at: datetime) -> Claim:
    """End the protected time on its day and tell everybody concerned (A7)."""
    with transaction.atomic(durable=True):
        claim = steps.lock(claim_pk)
        rule = check(TABLE, "end_cooling_off", claim, actor)
        if claim.cooled_off_at or claim.cooling_off_until is None or claim.cooling_off_until > at:
            raise WrongState(_("The protected time is not over, or ended already. Nothing was changed."))
        if weighing.open_objection(claim):
            raise WrongState(_("An objection stands. The protection stays as long as it does."))
        if weighing.open_rollback(claim):
            raise WrongState(_("Somebody asked to put this back. The protection stays until that is decided."))
        claim.cooled_off_at = at
        claim.save(update_fields=["cooled_off_at"])
        restricting.lift(claim.number, at=at, kinds=[Restriction.Kind.COOLING_OFF])
        written = steps.note(rule, claim, actor=actor, at=at)
        dispatching.tell_everybody(claim, Dispatch.Purpose.ENDED, event=written, at=at)
        return claim
