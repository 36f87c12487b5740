"""Objections: one word from whoever was told freezes the claim at once; two people then look at it (A7)."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import codes
from accounts.actors import Actor as Person
from accounts.errors import NotAllowed, Refused, WrongState
from accounts.models import OneTimeCode, User
from accounts.persons import is_same_human
from accounts.rulebook import check
from audit.record import Actor
from desk.models import Inquiry
from handover import restricting
from handover.models import Registration, Restriction
from outbox import cipher
from recovery import covering, endings, protecting, steps
from recovery.models import Claim, Duty, Objection
from recovery.queries import weighing
from recovery.rules import TABLE
from recovery.rules.people import prepared


def object_to(*, typed: str, words: str, actor: Actor, at: datetime) -> Claim:
    """Object with the code of a notice, without signing in: the claim is frozen in this very transaction.

    The try is charged before anything is compared. A code that is wrong, used up or of an ended claim: the same words.
    Raises `Refused`.
    """
    charged = codes.charge_selected(typed, at=at)
    code = codes.find_match(charged, typed)
    number = code.subject.removeprefix("claim:") if code and code.purpose == OneTimeCode.Purpose.OBJECTION else ""
    claim = Claim.objects.filter(number=number).first() if number else None
    if code is None or claim is None:
        sorry = _("This code is not right, or no longer needed. Check it, or call us with the receipt number.")
        raise Refused(sorry, {"code": sorry})
    with transaction.atomic(durable=True):
        claim = steps.lock(claim.pk)
        rule = check(TABLE, "object_to", claim, actor)
        codes.redeem(code, at=at)
        days = claim.procedure.procedure.objection.identify_days
        made = Objection.objects.create(
            claim=claim,
            told=code.step,
            sealed_words=cipher.encrypt(words),
            at=at,
            identify_by=at + timedelta(days=days),
        )
        if claim.status == Claim.Status.EXECUTED:
            protecting.keep(claim)
        else:
            steps.freeze(claim, Claim.Frozen.OBJECTION, at=at)
        carried = covering.carried(claim)
        _contest(claim, carried, at=at)
        steps.note_of_list(rule, claim, carried, actor=actor, at=at, objection=made.pk)
        return claim


def _contest(claim: Claim, carried: list[Registration], *, at: datetime) -> None:
    """Mark the claim's own registration and what its list carried out: on all of it no channel disappears now."""
    found = [claim.registration, *carried] if claim.registration else carried
    kind, blocks = Restriction.Kind.CONTESTED, restricting.CONTESTED_BLOCKS
    restricting.restrict_each(found, kind, case=claim.number, at=at, blocks=blocks)


def review_objection(objection_pk: int, *, recommendation: str, actor: Person, at: datetime) -> Objection:
    """The first of two people looks at an objection and recommends to uphold or to dismiss it; never the proposer."""
    with transaction.atomic(durable=True):
        claim, found = _lock(objection_pk)
        rule = check(TABLE, "review_objection", found, actor)
        _refuse_outcome(recommendation)
        if claim.proposed_by_id and is_same_human(User.objects.get(pk=claim.proposed_by_id), actor.user):
            raise NotAllowed(_("You proposed this case. Another operator reviews the objection."))
        found.reviewed_by, found.recommendation = actor.user, recommendation
        found.save(update_fields=["reviewed_by", "recommendation"])
        steps.note(rule, claim, actor=actor, at=at, objection=found.pk, recommendation=recommendation)
        return found


def decide_objection(objection_pk: int, *, outcome: str, reason: str, actor: Person, at: datetime) -> Objection:
    """The second person decides. Upheld ends the claim; dismissed lets it go on to an approver with a flag.

    Raises `NotAllowed` for the one who reviewed it or prepared the case, `WrongState` before anybody reviewed it.
    """
    with transaction.atomic(durable=True):
        claim, found = _lock(objection_pk)
        rule = check(TABLE, "decide_objection", found, actor)
        _refuse_outcome(outcome)
        if found.reviewed_by_id is None:
            raise WrongState(_("Somebody else has to review this objection first."))
        if is_same_human(User.objects.get(pk=found.reviewed_by_id), actor.user):
            raise NotAllowed(_("Another person than the one who reviewed it has to decide."))
        if found.identified_by_id and is_same_human(User.objects.get(pk=found.identified_by_id), actor.user):
            raise NotAllowed(_("Whoever spoke with the objector does not decide on the objection."))
        if prepared(actor.user, claim):
            raise NotAllowed(_("Whoever prepared a case does not decide on an objection to it."))
        found.status, found.decided_by, found.decided_at, found.reason = outcome, actor.user, at, reason
        found.save(update_fields=["status", "decided_by", "decided_at", "reason"])
        carried = covering.carried(claim)
        written = steps.note_of_list(rule, claim, carried, actor=actor, at=at, objection=found.pk, outcome=outcome)
        if claim.status == Claim.Status.EXECUTED:
            _settle(claim, at=at)
        elif claim.is_open and outcome == Objection.Status.UPHELD:
            reasons = Claim.EndReason.OBJECTION_UPHELD
            stage = Inquiry.Stage.NOT_CONFIRMED
            steps.end(claim, Claim.Status.REFUSED, reasons, stage=stage, at=at, by=actor.user)
            endings.tell(claim, event=written, at=at)
        else:
            _let_go(claim, at=at)
        return found


def lapse_objection(objection_pk: int, *, actor: Actor, at: datetime) -> Objection:
    """An objector who never said who it is: the objection lapses. It approves nothing; an approver gets a flag (A7).

    Once somebody reviewed it, people decide it: our silence is no answer to it.
    """
    with transaction.atomic(durable=True):
        claim, found = _lock(objection_pk)
        rule = check(TABLE, "lapse_objection", found, actor)
        if found.identified_at or found.reviewed_by_id or found.identify_by > at:
            raise WrongState(_("This objection has not lapsed. Nothing was changed."))
        found.status = Objection.Status.LAPSED
        found.save(update_fields=["status"])
        steps.note_of_list(rule, claim, covering.carried(claim), actor=actor, at=at, objection=found.pk)
        if claim.status == Claim.Status.EXECUTED:
            _settle(claim, at=at)
        else:
            _let_go(claim, at=at)
        return found


def _let_go(claim: Claim, *, at: datetime) -> None:
    """Let a claim go on that an objection held up. What competes waits for a senior (`resume`)."""
    if claim.is_open and claim.frozen_by == Claim.Frozen.OBJECTION:
        _thaw(claim, at=at)


def _thaw(claim: Claim, *, at: datetime) -> None:
    """Let a claim go on after its last open objection. A proposal that was under way is decided with a second look."""
    if weighing.open_objection(claim):
        return
    claim.frozen_at, claim.frozen_by, claim.needs_second_look = None, "", True
    if claim.status == Claim.Status.APPROVED:
        # Its approvals are void since the objection: it is decided again, and the claimant is invited again.
        claim.status = Claim.Status.NOTIFIED
        steps.end_account(claim, at=at)
    claim.save(update_fields=["frozen_at", "frozen_by", "needs_second_look", "status"])
    _settle(claim, at=at)
    collecting = claim.status in (Claim.Status.MATCHED, Claim.Status.COLLECTING)
    stage = Inquiry.Stage.COLLECTING if collecting else Inquiry.Stage.WINDOW
    turn = Inquiry.Turn.INQUIRER if collecting else Inquiry.Turn.PROVIDER
    steps.stand(claim, stage, turn, steps.soon(at))


def _settle(claim: Claim, *, at: datetime) -> None:
    """End the marks of the last open objection, on every registration: they all bear the claim's number."""
    if not weighing.open_objection(claim):
        restricting.lift(claim.number, at=at, kinds=[Restriction.Kind.CONTESTED])
        protecting.let_run(claim)


def resume(claim_pk: int, *, reason: str, actor: Person, at: datetime) -> Claim:
    """A senior lets the one claim go on that is left of several competing ones, or one that many calls stopped.

    Raises `WrongState` while another on the registration is open.
    """
    with transaction.atomic(durable=True):
        claim = steps.lock(claim_pk)
        rule = check(TABLE, "resume", claim, actor)
        if claim.frozen_at is None or claim.frozen_by not in Claim.FOR_SENIOR:
            raise WrongState(_("This claim is not held up by another one. Nothing was changed."))
        if any(True for _one in weighing.competitors(claim)):
            raise WrongState(_("Another claim on this registration is still open. Decide that one first."))
        steps.note(rule, claim, actor=actor, at=at)
        duties = Duty.objects.open().filter(claim=claim, kind=Duty.Kind.COMPETING)
        duties.update(closed_at=at, closed_by=actor.user)
        claim.sealed_decision = cipher.encrypt(reason)
        claim.save(update_fields=["sealed_decision"])
        if weighing.open_objection(claim):
            claim.frozen_by = Claim.Frozen.OBJECTION
            claim.save(update_fields=["frozen_by"])
            return claim
        _thaw(claim, at=at)
        return claim


def _refuse_outcome(outcome: str) -> None:
    if outcome not in (Objection.Status.UPHELD, Objection.Status.DISMISSED):
        words = _("Choose to uphold or to dismiss the objection.")
        raise Refused(words, {"outcome": words})


def _lock(objection_pk: int) -> tuple[Claim, Objection]:
    claim = steps.lock(Objection.objects.only("claim_id").get(pk=objection_pk).claim_id)
    return claim, Objection.objects.select_for_update(no_key=True).get(pk=objection_pk)
