"""Calls, from the first second to the documented end."""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.errors import NotAllowed, Refused, WrongState
from accounts.rulebook import check
from audit.record import event
from desk import progress
from desk.models import Call, Contact, Hold, Inquiry
from desk.rules import TABLE
from outbox import cipher

KEPT = (Call.Ending.PROMISED, Call.Ending.PASSED)
"""Endings that somebody has to follow up: there must be an inquiry to follow."""
PASSED_ON = (Inquiry.Topic.USE, Inquiry.Topic.BILL, Inquiry.Topic.FEEDBACK, Inquiry.Topic.QUESTION)
"""Topics that wait for the provider by nothing else than being passed on."""


def begin_call(*, name: str, number: str, actor: Actor, at: datetime) -> Call:
    """Begin an incoming call: who is calling as stated, and the direct number to call back.

    `number` is always asked; "" is written down for a caller who gives none. Nothing is looked up.
    Raises `NotAllowed`, `WrongState` while another call of the actor runs.
    """
    with transaction.atomic(durable=True):
        rule = check(TABLE, "begin_call", None, actor)
        call = Call(
            direction=Call.Direction.IN,
            by=actor.user,
            begun_by=actor.user,
            sealed_number=cipher.encrypt(number) if number else None,
            sealed_name=cipher.encrypt(name) if name else None,
            began_at=at,
        )
        try:
            with transaction.atomic():
                call.save(force_insert=True)
        except IntegrityError:
            raise WrongState(_("You are on a call already. End it before the next one begins.")) from None
        event(rule.event, actor=actor, at=at, subject=call.label, facts={"number": "given" if number else "refused"})
        return call


def go_on_with(call_pk: int, *, inquiry: Inquiry, actor: Actor, at: datetime) -> Call:
    """Let the call be about the inquiry whose receipt number the caller said.

    It may be at another desk: that the caller called here is on record with it, and it is read here while the call
    lasts. A call is about one inquiry: another one needs a call of its own, so that nothing that was checked for one
    is ever read as checked for the other. Raises `NotAllowed`, `WrongState`.
    """
    with transaction.atomic(durable=True):
        call = _lock(call_pk)
        rule = check(TABLE, "go_on_with", call, actor)
        if not Inquiry.objects.said_to(actor, at).filter(pk=inquiry.pk).exists():
            raise NotAllowed(rule.why_not)
        _refuse_ended(call)
        if call.inquiry_id == inquiry.pk:
            return call
        if call.inquiry_id:
            raise WrongState(_("This call is about another inquiry. End it, and begin the next one for this matter."))
        call.inquiry = inquiry
        call.save(update_fields=["inquiry"])
        event(rule.event, actor=actor, at=at, subject=call.label, about=[inquiry.label])
        return call


def warn_caller(call_pk: int, *, warning: str, actor: Actor, at: datetime) -> Call:
    """Write down that the fixed words of `warning` were read out: only then may the call be ended by us.

    The first warning stands. Raises `NotAllowed`, `WrongState`, `Refused` for another warning.
    """
    with transaction.atomic(durable=True):
        call = _lock(call_pk)
        rule = check(TABLE, "warn_caller", call, actor)
        _refuse_ended(call)
        if warning not in Call.Warning.values:
            words = _("Choose which warning was read out.")
            raise Refused(words, {"warning": words})
        if call.warned_at:
            raise WrongState(_("A warning is on record for this call already. Nothing was changed."))
        call.warned_at, call.warning = at, warning
        call.save(update_fields=["warned_at", "warning"])
        event(rule.event, actor=actor, at=at, subject=call.label, about=_about(call), facts={"warning": warning})
        return call


def take_over_call(call_pk: int, *, actor: Actor, at: datetime) -> Call:
    """Speak in the place of somebody of the own agency, or of a colleague; whoever spoke first stays on record.

    Once a call: it is written down who began it and who ends it. Raises `NotAllowed`, `WrongState`.
    """
    with transaction.atomic(durable=True):
        call = _lock(call_pk)
        rule = check(TABLE, "take_over_call", call, actor)
        _refuse_ended(call)
        if call.taken_over_at:
            raise WrongState(_("Somebody has taken this call over already. Nothing was changed."))
        before = call.by
        call.by, call.taken_over_at = actor.user, at
        try:
            with transaction.atomic():
                call.save(update_fields=["by", "taken_over_at"])
        except IntegrityError:
            raise WrongState(_("You are on a call already. End it before you take this one over.")) from None
        facts = {"from": before.label, "to": actor.user.label}
        event(rule.event, actor=actor, at=at, subject=call.label, about=_about(call), facts=facts)
        return call


def end_call(call_pk: int, *, ending: str, text: str, actor: Actor, at: datetime) -> Call:
    """End the call with what became of it; with an inquiry it becomes a contact, as long as the clock says.

    `text` is what was the matter, in neutral words. Without an inquiry nobody is left to follow up: number and name
    are wiped. Raises `NotAllowed`, `WrongState`, `Refused` with the field's name.
    """
    with transaction.atomic(durable=True):
        call = _lock(call_pk)
        rule = check(TABLE, "end_call", call, actor)
        _refuse_ended(call)
        _refuse_ending(call, ending, text)
        minutes = call.minutes(at)
        call.ended_at, call.ending, call.sealed_name = at, ending, None
        if call.inquiry_id is None:
            call.sealed_number = None
        call.save(update_fields=["ended_at", "ending", "sealed_name", "sealed_number"])
        if call.inquiry_id:
            progress.note(
                call.inquiry_id,
                text=text,
                at=at,
                direction=call.direction,
                channel=Contact.Channel.PHONE,
                party=Contact.Party.CLAIMANT,
                minutes=minutes,
                by=call.by,
                intention=call.intention,
                reached=ending != Call.Ending.NO_ANSWER,
            )
        if ending == Call.Ending.PASSED:
            _pass_on(call)
        facts = {"ending": ending, "minutes": minutes}
        event(rule.event, actor=actor, at=at, subject=call.label, about=_about(call), facts=facts)
        return call


def _pass_on(call: Call) -> None:
    """It is the provider's turn. Claims and calls that explain have their own course, which nobody at the desk sets."""
    inquiry = call.inquiry
    if inquiry and inquiry.next_on and inquiry.topic in PASSED_ON:
        progress.stand(inquiry.pk, stage=Inquiry.Stage.LOOKING, turn=Inquiry.Turn.PROVIDER, next_on=inquiry.next_on)


def _refuse_ending(call: Call, ending: str, text: str) -> None:
    """Refuse an ending that is not true, or that leaves something undone."""
    if ending not in Call.Ending.values:
        _refuse("ending", _("Say how the call ended."))
    if ending == Call.Ending.NO_ANSWER and call.direction == Call.Direction.IN:
        _refuse("ending", _("This call came in: somebody spoke."))
    if ending == Call.Ending.BY_US and call.warned_at is None:
        _refuse("ending", _("We end a call only after a warning. Read one out and record it first."))
    if ending in KEPT and call.inquiry_id is None:
        _refuse("ending", _("Take down what was asked first: nobody could follow this up."))
    if ending == Call.Ending.PROMISED and not Hold.objects.filter(inquiry=call.inquiry_id, closed_at=None).exists():
        _refuse("ending", _("No promise is on record. Make it first, or choose how else the call ended."))
    if call.inquiry_id and not text.strip():
        _refuse("text", _("Write down what was the matter: whoever is called next must not ask again."))


def _refuse(field: str, words: str) -> None:
    raise Refused(words, {field: words})


def _lock(call_pk: int) -> Call:
    return (
        Call.objects.select_for_update(no_key=True, of=("self",))
        .select_related("by", "inquiry", "intention")
        .get(pk=call_pk)
    )


def _refuse_ended(call: Call) -> None:
    if call.ended_at:
        raise WrongState(_("This call is over. Nothing was changed."))


def _about(call: Call) -> list[str]:
    return [call.inquiry.label] if call.inquiry else []
