"""After an end: the claimant appeals to other people, or takes the claim up again under the same number (A11, A12)."""

from collections.abc import Iterable
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.actors import Actor as Person
from accounts.errors import Refused, WrongState
from accounts.rulebook import check
from audit.record import Actor
from desk import progress
from desk.models import Inquiry
from handover import restricting
from handover.models import ContactPoint, Custody, Restriction
from outbox import cipher
from recovery import dispatching, steps
from recovery.models import Appeal, Claim, Dispatch, Duty, Objection
from recovery.queries import afterwards, inbox
from recovery.rules import TABLE


def appeal(claim_pk: int, *, words: str, actor: Actor, at: datetime) -> Appeal:
    """Take an appeal against the end of a claim: other people look at it within the procedure's business days.

    By the claimant on the status page, or `words` are what the claimant told the desk. One for each end. Raises
    `NotAllowed`, `WrongState` (not ended against the claimant's wish, too late, appealed already).
    """
    with transaction.atomic(durable=True):
        claim = steps.lock(claim_pk)
        rule = check(TABLE, "appeal", claim, actor)
        ending, today = afterwards.last_ending(claim), timezone.localdate(inbox.asked_at(claim, "appeal", at))
        if ending is None or ending.appeal_until is None or today > ending.appeal_until:
            raise WrongState(_("The time to appeal is over. You can take the claim up again, or begin anew."))
        taken_by = actor.user if isinstance(actor, Person) else None
        try:
            with transaction.atomic():
                made = Appeal.objects.create(
                    claim=claim,
                    ending=ending,
                    sealed_words=cipher.encrypt(words),
                    taken_by=taken_by,
                    at=at,
                    due_on=steps.soon(at, claim.procedure.procedure.appeal["answer_business_days"]),
                )
        except IntegrityError as clash:
            raise WrongState(_("An appeal against this decision is here already. Nothing was changed.")) from clash
        if taken_by:
            progress.note_their_call(claim.inquiry_id, by=made.taken_by, at=at)
        steps.answer_request(claim, "appeal", at=at)
        stage, turn = Inquiry.Stage.APPEAL, Inquiry.Turn.PROVIDER
        progress.reopen(claim.inquiry_id, stage=stage, turn=turn, next_on=made.due_on)
        written = steps.note(rule, claim, actor=actor, at=at, appeal=made.pk, due_on=made.due_on.isoformat())
        steps.tell_claimant("claim_appealed", claim, event=written, at=at, due_on=made.due_on)
        return made


def decide_appeal(
    appeal_pk: int, *, outcome: str, findings: Iterable[str], words: str, actor: Person, at: datetime
) -> Appeal:
    """Decide on an appeal, as somebody who had nothing to do with the case. It decides nothing about the claim itself.

    Upheld takes the claim up again where it was; what its proofs are worth is weighed when it is decided anew.
    Dismissed gives written reasons: `findings` are fixed words for everybody, `words` are read by a claimant who has
    proven organisation and person; they must not quote what is on record. Raises `NotAllowed`, `WrongState`, `Refused`.
    """
    with transaction.atomic(durable=True):
        claim, found = _lock(appeal_pk)
        rule = check(TABLE, "decide_appeal", found, actor)
        given = sorted(set(findings))
        _refuse_words(claim, outcome, given, words)
        found.status, found.decided_by, found.decided_at = outcome, actor.user, at
        found.findings, found.sealed_reasons = given, cipher.encrypt(words)
        found.save(update_fields=["status", "decided_by", "decided_at", "findings", "sealed_reasons"])
        duties = Duty.objects.open().filter(claim=claim, kind=Duty.Kind.APPEAL)
        duties.update(closed_at=at, closed_by=actor.user)
        if outcome == Appeal.Status.UPHELD:
            _begin_again(claim, at=at)
            if claim.accepted_at:
                _collect_again(claim, at=at)
        else:
            progress.close(claim.inquiry_id, stage=_last_stage(claim), at=at, by=actor.user)
        written = steps.note(rule, claim, actor=actor, at=at, appeal=found.pk, outcome=outcome, findings=given)
        if claim.status == Claim.Status.COLLECTING:
            dispatching.tell_everybody(claim, Dispatch.Purpose.ACCEPTED, event=written, at=at, ordered_by=actor.user)
        after = afterwards.after_of(claim, at)
        steps.tell_claimant(
            "claim_appeal_decided",
            claim,
            event=written,
            at=at,
            is_upheld=outcome == Appeal.Status.UPHELD,
            findings=afterwards.findings_of(found),
            reopen_until=after.reopen_until if after else None,
        )
        return found


def _lock(appeal_pk: int) -> tuple[Claim, Appeal]:
    claim = steps.lock(Appeal.objects.only("claim_id").get(pk=appeal_pk).claim_id)
    return claim, Appeal.objects.select_for_update(no_key=True, of=("self",)).select_related("claim").get(pk=appeal_pk)


def _last_stage(claim: Claim) -> str:
    return Inquiry.Stage.STOPPED if claim.status == Claim.Status.STOPPED else Inquiry.Stage.NOT_CONFIRMED


def _refuse_words(claim: Claim, outcome: str, findings: list[str], words: str) -> None:
    if outcome not in (Appeal.Status.UPHELD, Appeal.Status.DISMISSED):
        choose = _("Choose to uphold or to dismiss the appeal.")
        raise Refused(choose, {"outcome": choose})
    if not set(findings) <= set(Appeal.Finding.values) or (outcome == Appeal.Status.DISMISSED and not findings):
        choose = _("Choose from the list what the claimant reads as the reason.")
        raise Refused(choose, {"findings": choose})
    if outcome == Appeal.Status.DISMISSED and not words.strip():
        needed = _("A dismissed appeal has written reasons.")
        raise Refused(needed, {"words": needed})
    if any(value in _plain(words) for value in _on_record(claim)):
        quoted = _("These words quote what is on record. Say it without number, address, name or contact point.")
        raise Refused(quoted, {"words": quoted})


def _on_record(claim: Claim) -> set[str]:
    """Return what no claimant reads before its proof: number, address, contact points and people (invariant 22)."""
    registration = claim.registration
    if registration is None:
        return set()
    points = ContactPoint.objects.filter(registration=registration).values_list("value", flat=True)
    people = Custody.objects.filter(registration=registration, user__isnull=False)
    names = people.values_list("user__display_name", flat=True)
    found = {registration.number, registration.address, *points, *names}
    return {plain for plain in map(_plain, found) if len(plain) > 2}


def _plain(text: str) -> str:
    return "".join(sign for sign in text.casefold() if sign.isalnum())


def reopen(claim_pk: int, *, actor: Actor, at: datetime) -> Claim:
    """Take an ended claim up again under its number; evidence stays, codes do not, and its procedure is the same.

    An operator accepts it again before anybody is told: so a stranger's press sends no letters. Who asks for it is
    counted as for a new claim (`hand_in`). Raises `NotAllowed`, `WrongState` (too late, too often, an appeal is open).
    """
    with transaction.atomic(durable=True):
        claim = steps.lock(claim_pk)
        rule = check(TABLE, "reopen", claim, actor)
        after = afterwards.after_of(claim, inbox.asked_at(claim, "reopen", at))
        if after is None or not after.may_reopen:
            raise WrongState(_("This can no longer be taken up again. Please begin anew; it takes five minutes."))
        was = claim.status
        steps.answer_request(claim, "reopen", at=at)
        claim.reopenings += 1
        _begin_again(claim, at=at)
        written = steps.note(rule, claim, actor=actor, at=at, was=was, reopenings=claim.reopenings)
        steps.tell_claimant("claim_reopened", claim, event=written, at=at)
        return claim


def _begin_again(claim: Claim, *, at: datetime) -> None:
    """Open `claim` as it was before it was accepted; another open claim on its registration freezes both."""
    registration = claim.registration
    claim.status = Claim.Status.MATCHED if registration else Claim.Status.RECEIVED
    claim.reopened_at, claim.ended_at, claim.end_reason = at, None, ""
    claim.holding_answered_at = claim.passed_on_at = None
    claim.proposed_by = claim.proposed_at = claim.proposal = None
    claim.proposal_hash = claim.proposal_reason = ""
    claim.window_begun_on = claim.window_ends_on = None
    # Where somebody ever objected, a senior looks at the new proposal as well.
    claim.needs_second_look = claim.needs_second_look or claim.objections.exists()
    if registration:
        for other in steps.linked_to(registration, but=claim):
            steps.freeze_competing(other, registration, at=at)
            claim.frozen_at, claim.frozen_by = at, Claim.Frozen.COMPETING
    claim.save()
    turn, next_on = Inquiry.Turn.PROVIDER, steps.soon(at)
    progress.reopen(claim.inquiry_id, stage=Inquiry.Stage.RECEIVED, turn=turn, next_on=next_on, at=at)
    if registration and claim.frozen_at:
        steps.freeze_competing(claim, registration, at=at)
    elif Objection.objects.filter(claim=claim, status=Objection.Status.OPEN).exists():
        # It waited when the claim ended, and waits again.
        steps.freeze(claim, Claim.Frozen.OBJECTION, at=at)


def _collect_again(claim: Claim, *, at: datetime) -> None:
    """Put a claim whose appeal was upheld back to where proofs are collected, with the marks that go with it."""
    if claim.registration is None:
        return
    claim.status = Claim.Status.COLLECTING
    claim.save(update_fields=["status"])
    restricting.restrict(claim.registration, Restriction.Kind.CLAIM_OPEN, case=claim.number, at=at)
    if claim.frozen_at is None:
        stage, turn = Inquiry.Stage.COLLECTING, Inquiry.Turn.PROVIDER
        steps.stand(claim, stage, turn, steps.soon(at))
