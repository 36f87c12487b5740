"""Calls that we make: announced before, dialled from a masked display, ended like any other (invariant 27)."""

from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.errors import NotAllowed, WrongState
from accounts.rulebook import check
from audit.record import event
from desk import announcing, telling
from desk.models import Call, CallIntention, Contact, Inquiry
from desk.rules import LIVE, TABLE
from outbox import cipher


def call_out(intention_pk: int, *, actor: Actor, at: datetime) -> Call:
    """Begin the call that `actor` announced, to the number at which the inquirer wants to be called.

    The announcement is used up: one is one call. What the call showed is written down when it ends (`end_call`).
    Raises `NotAllowed`; `WrongState` when the hour has not come, the call was made or cancelled, the matter ended, the
    inquirer gave no number or asked us not to call (today), or another call of the actor runs.
    """
    with transaction.atomic(durable=True):
        intention = CallIntention.objects.select_for_update(no_key=True, of=("self",)).get(pk=intention_pk)
        rule = check(TABLE, "call_out", intention, actor)
        inquiry = Inquiry.objects.visible_to(actor, at).filter(intentions=intention).first()
        if inquiry is None:
            raise NotAllowed(rule.why_not)
        _refuse_intention(intention, at)
        _refuse_inquiry(inquiry, at)
        announcing.use_up(intention, at)
        call = Call(
            direction=Call.Direction.OUT,
            by=actor.user,
            begun_by=actor.user,
            inquiry=inquiry,
            intention=intention,
            sealed_number=cipher.encrypt(inquiry.statement.own_phone),
            sealed_name=cipher.encrypt(inquiry.statement.name),
            began_at=at,
        )
        try:
            with transaction.atomic():
                call.save(force_insert=True)
        except IntegrityError:
            raise WrongState(_("You are on a call already. End it before the next one begins.")) from None
        facts = {"intention": intention.pk}
        event(rule.event, actor=actor, at=at, subject=call.label, about=[inquiry.label], facts=facts)
        return call


def _refuse_intention(intention: CallIntention, at: datetime) -> None:
    is_live = CallIntention.objects.live(at).filter(pk=intention.pk).exists()
    if intention.channel != CallIntention.Channel.PHONE or not is_live:
        raise WrongState(_("This call was made or cancelled, or its time is over. Announce it again."))
    if intention.window_from > at:
        raise WrongState(_("The hour that was announced has not come yet. Nothing was dialled."))


def _refuse_inquiry(inquiry: Inquiry, at: datetime) -> None:
    if inquiry.status not in LIVE:
        raise WrongState(_("This inquiry is closed. Nothing was changed."))
    if not telling.reaches(inquiry, Contact.Channel.PHONE):
        raise WrongState(_("The inquirer gave no number, or wishes for no phone calls. Nothing was dialled."))
    if timezone.localdate(at) in {date.fromisoformat(day) for day in inquiry.statement.not_on.split()}:
        raise WrongState(_("The inquirer asked us not to call on this day. Nothing was dialled."))
