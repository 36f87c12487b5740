"""While a claim waits: reminders by people, and what the clock tells and opens. It decides nothing (A11)."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.actors import Actor as Person
from accounts.errors import Refused, WrongState
from accounts.rulebook import check
from audit.models import Event
from audit.record import Actor
from desk import announcing, progress
from desk.models import Contact, Inquiry
from handover.calendar import business_days_after
from outbox import cipher
from recovery import claimant_post, steps
from recovery.models import Appeal, Claim, Dispatch, Duty, Reminder
from recovery.queries import waiting, weighing
from recovery.rules import TABLE

ACT_WITHIN = 3
"""Business days in which somebody does what the clock has opened."""


def remind(claim_pk: int, *, medium: str, note: str, actor: Person, at: datetime) -> Reminder:
    """Remind a claimant who does not answer: by mail to the confirmed mailbox, by letter to the stated address, or by
    phone, where `note` says what was left or said. Whoever phones decides nothing in the case.

    Raises `NotAllowed`, `WrongState`, `Refused` (no such medium for this claimant, a call that was not announced).
    """
    with transaction.atomic(durable=True):
        claim = steps.lock(claim_pk)
        rule = check(TABLE, "remind", claim, actor)
        _refuse_medium(claim, medium, note)
        written = steps.note(rule, claim, actor=actor, at=at, medium=medium)
        sent = None
        if medium == Reminder.Medium.PHONE:
            _note_call(claim, note, actor, at)
        else:
            sent = _send(claim, medium, event=written, actor=actor, at=at)
        made = Reminder.objects.create(claim=claim, medium=medium, dispatch=sent, by=actor.user, at=at)
        duties = Duty.objects.open().filter(claim=claim, kind__in=[Duty.Kind.REMIND, Duty.Kind.SILENCE])
        duties.update(closed_at=at, closed_by=actor.user)
        _keep_date_ahead(claim, at)
        return made


def _note_call(claim: Claim, note: str, actor: Person, at: datetime) -> None:
    phone = Contact.Channel.PHONE
    intention = announcing.use(claim.inquiry, channel=phone, actor=actor, at=at)
    progress.note(
        claim.inquiry_id,
        text=note,
        at=at,
        direction=Contact.Direction.OUT,
        channel=phone,
        party=Contact.Party.CLAIMANT,
        by=actor.user,
        intention=intention,
    )


def _refuse_medium(claim: Claim, medium: str, note: str) -> None:
    words = ""
    if medium not in Reminder.Medium.values:
        words = _("Choose a way from the list.")
    elif medium == Reminder.Medium.MAIL and not (claim.mailbox and claim.mailbox_verified_at):
        words = _("The mail address is not confirmed: nothing is sent there but its code.")
    elif medium == Reminder.Medium.LETTER and not claimant_post.can_write(claim):
        words = _("No address with a postal code was stated to which a letter could go.")
    elif medium == Reminder.Medium.PHONE and not note.strip():
        words = _("Write down what was said, or what was left as a message.")
        raise Refused(words, {"note": words})
    if words:
        raise Refused(words, {"medium": words})


def _send(claim: Claim, medium: str, *, event: Event, actor: Person, at: datetime) -> Dispatch:
    purpose, by = Dispatch.Purpose.REMINDER, actor.user
    if medium == Reminder.Medium.MAIL:
        return claimant_post.mail("claim_reminder", claim, purpose, event=event, at=at, by=by)
    sent = claimant_post.write(claim, purpose, days={}, event=event, at=at, by=by)
    if sent is None:
        raise Refused(_("No address with a postal code was stated to which a letter could go."))
    return sent


def answer_holding(claim_pk: int, *, actor: Actor, at: datetime) -> Claim:
    """Send the holding answer of a claim that takes long, and keep a next date that lies ahead.

    The same words to everybody on the same day, whatever is on record. Raises `WrongState` when it is not due.
    """
    with transaction.atomic(durable=True):
        claim = steps.lock(claim_pk)
        rule = check(TABLE, "answer_holding", claim, actor)
        holding = claim.procedure.procedure.holding
        if claim.holding_answered_at or not _is_over(claim, holding["holding_answer_business_days"], at):
            raise WrongState(_("No holding answer is due. Nothing was changed."))
        claim.holding_answered_at = at
        claim.save(update_fields=["holding_answered_at"])
        written = steps.note(rule, claim, actor=actor, at=at)
        _keep_date_ahead(claim, at)
        decide_by = business_days_after(timezone.localdate(claim.since), holding["decision_business_days"])
        steps.tell_claimant("claim_holding", claim, event=written, at=at, decide_by=decide_by)
        return claim


def pass_on(claim_pk: int, *, actor: Actor, at: datetime) -> Claim:
    """Pass a claim that is not decided in time to the seniors, as a duty of theirs, and tell the inquirer so.

    Raises `WrongState` when it is not due.
    """
    with transaction.atomic(durable=True):
        claim = steps.lock(claim_pk)
        rule = check(TABLE, "pass_on", claim, actor)
        if claim.passed_on_at or not _is_over(claim, claim.procedure.procedure.holding["decision_business_days"], at):
            raise WrongState(_("This claim is not overdue. Nothing was changed."))
        claim.passed_on_at = at
        claim.save(update_fields=["passed_on_at"])
        _open(claim, Duty.Kind.DECISION, at)
        written = steps.note(rule, claim, actor=actor, at=at)
        _keep_date_ahead(claim, at)
        steps.tell_claimant("claim_passed_on", claim, event=written, at=at)
        return claim


def notice_silence(claim_pk: int, *, actor: Actor, at: datetime) -> Duty:
    """Open a duty about a next date that passed without a word though it was not the inquirer's turn.

    The inquirer is not written to: that a date passed may follow from what is on record. Raises `WrongState`.
    """
    with transaction.atomic(durable=True):
        claim = steps.lock(claim_pk)
        rule = check(TABLE, "notice_silence", claim, actor)
        promised = claim.inquiry.next_on
        is_ours = claim.inquiry.turn != Inquiry.Turn.INQUIRER
        if promised is None or promised >= timezone.localdate(at) or not is_ours:
            raise WrongState(_("The next date lies ahead. Nothing was changed."))
        made = _open(claim, Duty.Kind.SILENCE, at)
        steps.note(rule, claim, actor=actor, at=at, promised=promised.isoformat())
        return made


def propose_reminder(claim_pk: int, *, actor: Actor, at: datetime) -> Duty:
    """Open a duty of the operators to remind a claimant who was not heard of for long. Nothing is sent by it."""
    with transaction.atomic(durable=True):
        claim = steps.lock(claim_pk)
        rule = check(TABLE, "propose_reminder", claim, actor)
        if not waiting.is_quiet(claim, at):
            raise WrongState(_("No reminder is due. Nothing was changed."))
        made = _open(claim, Duty.Kind.REMIND, at)
        steps.note(rule, claim, actor=actor, at=at)
        return made


def point_out_last(claim_pk: int, *, actor: Actor, at: datetime) -> Duty:
    """Open a duty of the seniors about the one claim that is left of several: it waits for them alone (A7)."""
    with transaction.atomic(durable=True):
        claim = steps.lock(claim_pk)
        rule = check(TABLE, "point_out_last", claim, actor)
        if claim.frozen_by != Claim.Frozen.COMPETING or any(True for _one in weighing.competitors(claim)):
            raise WrongState(_("This claim does not wait for a senior. Nothing was changed."))
        made = _open(claim, Duty.Kind.COMPETING, at)
        steps.note(rule, claim, actor=actor, at=at)
        return made


def climb_appeal(appeal_pk: int, *, actor: Actor, at: datetime) -> Appeal:
    """Pass an appeal whose day is over to the seniors, tell the claimant, and name the next date. It stays open."""
    with transaction.atomic(durable=True):
        claim = steps.lock(Appeal.objects.only("claim_id").get(pk=appeal_pk).claim_id)
        found = Appeal.objects.select_for_update(no_key=True, of=("self",)).get(pk=appeal_pk)
        rule = check(TABLE, "climb_appeal", found, actor)
        if found.due_on >= timezone.localdate(at):
            raise WrongState(_("This appeal is not overdue. Nothing was changed."))
        _open(claim, Duty.Kind.APPEAL, at)
        written = steps.note(rule, claim, actor=actor, at=at, appeal=found.pk)
        progress.put_off(claim.inquiry_id, next_on=steps.soon(at, _silence(claim)))
        steps.tell_claimant("claim_passed_on", claim, event=written, at=at)
        return found


def finish_duty(duty_pk: int, *, words: str, actor: Person, at: datetime) -> Duty:
    """Say what was done about a duty. An overdue appeal is finished by its decision alone.

    Raises `NotAllowed`, `WrongState`.
    """
    with transaction.atomic(durable=True):
        claim = steps.lock(Duty.objects.only("claim_id").get(pk=duty_pk).claim_id)
        found = Duty.objects.select_for_update(no_key=True).get(pk=duty_pk)
        rule = check(TABLE, "finish_duty", found, actor)
        if found.closed_at:
            raise WrongState(_("This is done already. Nothing was changed."))
        if found.kind in Duty.WITH_THE_DECISION:
            raise WrongState(_("This is done with the decision itself: open the case."))
        found.closed_at, found.closed_by, found.sealed_words = at, actor.user, cipher.encrypt(words)
        found.save(update_fields=["closed_at", "closed_by", "sealed_words"])
        steps.note(rule, claim, actor=actor, at=at, duty=found.pk, kind=found.kind)
        if claim.is_open:
            _keep_date_ahead(claim, at)
        return found


def _open(claim: Claim, kind: str, at: datetime) -> Duty:
    """Open a duty; the one that is open already stays as it is."""
    made, _new = Duty.objects.get_or_create(
        claim=claim, kind=kind, closed_at=None, defaults={"opened_at": at, "due_on": steps.soon(at, ACT_WITHIN)}
    )
    return made


def _is_over(claim: Claim, days: int, at: datetime) -> bool:
    return business_days_after(timezone.localdate(claim.since), days) <= timezone.localdate(at)


def _silence(claim: Claim) -> int:
    return claim.procedure.procedure.holding["silence_business_days"]


def _keep_date_ahead(claim: Claim, at: datetime) -> None:
    """Name the next date anew where it is over: nobody waits longer for a word than the procedure says."""
    if claim.inquiry.next_on is None or claim.inquiry.next_on < timezone.localdate(at):
        progress.put_off(claim.inquiry_id, next_on=steps.soon(at, _silence(claim)))
