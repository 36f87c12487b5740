"""Calls back to a number of record: booked by whoever speaks, made by an operator of the provider (K3)."""

import unicodedata
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.errors import Refused, WrongState
from accounts.models import User
from accounts.rulebook import check
from audit.record import event
from desk import announcing, call_backs, checking, progress
from desk.models import CallBack, CallIntention, Check, Contact, Inquiry
from desk.rules import LIVE, TABLE
from handover.models import Registration

NO_ANSWER = "no_answer"
"""How a call may end beside the results: it is tried again."""


def book_call_back(call_pk: int, *, window: tuple[datetime, datetime], actor: Actor, at: datetime) -> CallBack:
    """Promise the caller that the provider calls back within `window`, with a hold of whoever speaks.

    Nothing is looked up: the row, the hold and the answer are the same whether or not any number is on record.
    Raises `NotAllowed`, `WrongState` (no inquiry, booked already), `Refused` for a time that is over.
    """
    with transaction.atomic(durable=True):
        User.objects.select_for_update(no_key=True).get(pk=actor.user.pk)
        call = checking.lock(call_pk)
        rule = check(TABLE, "book_call_back", call, actor)
        checking.refuse_ended(call)
        if call.inquiry_id is None:
            raise WrongState(_("Take down what was asked first: nobody could follow this up."))
        inquiry = Inquiry.objects.select_for_update(no_key=True).get(pk=call.inquiry_id)
        if inquiry.status not in LIVE:
            raise WrongState(_("This inquiry is closed. Nothing was changed."))
        if window[0] < at or window[1] <= window[0]:
            words = _("Promise a time that lies ahead: from when, and until when after that.")
            raise Refused(words, {"window": words})
        made = CallBack(
            call=call,
            inquiry=inquiry,
            booked_by=actor.user,
            booked_at=at,
            promised_from=window[0],
            promised_until=window[1],
        )
        try:
            with transaction.atomic():
                made.save(force_insert=True)
        except IntegrityError:
            raise WrongState(_("A call back is booked for this inquiry already. Nothing was changed.")) from None
        held = call_backs.promise(inquiry, window=window, by=actor.user, at=at)
        facts = {"call": call.pk, "hold": held.pk, "until": window[1].isoformat()}
        event(rule.event, actor=actor, at=at, subject=made.label, about=[inquiry.label], facts=facts)
        return made


def find_call_back_number(call_back_pk: int, *, registration: str, actor: Actor, at: datetime) -> CallBack:
    """Find the number of record of the registration that the caller is said to be of, without showing it.

    The look is in the customer's history, whether or not there is a number that may be called: then `point` is None.
    Raises `NotAllowed`, `WrongState`, `Refused` for a number of no registration.
    """
    with transaction.atomic(durable=True):
        found = _lock(call_back_pk)
        rule = check(TABLE, "find_call_back_number", found, actor)
        _refuse_done(found)
        _refuse_under_way(found, at)
        number = unicodedata.normalize("NFKC", registration).strip()
        held = Registration.objects.filter(number=number, status=Registration.Status.ACTIVE).first()
        if held is None:
            words = _("There is no active registration with this number.")
            raise Refused(words, {"registration": words})
        found.point, found.intention = call_backs.find_point(held, at), None
        found.save(update_fields=["point", "intention"])
        about = [found.inquiry.label, held.label, held.organisation.label]
        facts = {"point": found.point.pk if found.point else 0}
        event(rule.event, actor=actor, at=at, subject=found.label, about=about, facts=facts)
        return found


def begin_call_back(call_back_pk: int, *, actor: Actor, at: datetime) -> tuple[CallBack, str]:
    """Announce the call before its number is opened (invariant 27); returns it with the call code to be said.

    The look is in the customer's history. Raises `NotAllowed`, `WrongState` (no number, under way, no longer good).
    """
    with transaction.atomic(durable=True):
        found = _lock(call_back_pk)
        rule = check(TABLE, "begin_call_back", found, actor)
        _refuse_done(found)
        _refuse_under_way(found, at)
        point = found.point
        if point is None or call_backs.find_point(point.registration, at) != point:
            raise WrongState(_("This number may not be called any more. Look for the number of record again."))
        intention, code = announcing.begin(
            inquiry=found.inquiry,
            purpose=CallIntention.Purpose.CALL_BACK,
            channel=CallIntention.Channel.PHONE,
            until=at + call_backs.LASTS,
            actor=actor,
            at=at,
        )
        found.intention, found.tries = intention, found.tries + 1
        found.save(update_fields=["intention", "tries"])
        facts = {"point": point.pk, "intention": intention.pk}
        event(rule.event, actor=actor, at=at, subject=found.label, about=_about(found), facts=facts)
        return found, code


def end_call_back(call_back_pk: int, *, result: str, note: str, actor: Actor, at: datetime) -> CallBack:
    """Write down how a call back ended; what it showed is a check of the call in which it was booked.

    The desk reads "enough" or "another way": not whether somebody else answered, or no number may be called. Nobody
    answered: it is tried again. Raises `NotAllowed`, `WrongState`, `Refused` for another result.
    """
    with transaction.atomic(durable=True):
        found = _lock(call_back_pk)
        rule = check(TABLE, "end_call_back", found, actor)
        _refuse_done(found)
        if result not in (*CallBack.Result.values, NO_ANSWER):
            words = _("Say how the call ended.")
            raise Refused(words, {"result": words})
        is_called = result != CallBack.Result.NO_NUMBER
        if is_called and (found.intention is None or found.intention.by_id != actor.user.pk):
            raise WrongState(_("Whoever makes the call writes down how it ended, after it was announced."))
        if result in (CallBack.Result.RIGHT, CallBack.Result.WRONG):
            _note(found, note, actor, at)
        if result == NO_ANSWER:
            found.intention = None
        else:
            found.result, found.done_by, found.done_at = result, actor.user, at
            is_right = result == CallBack.Result.RIGHT
            shown = Check.Result.ENOUGH if is_right else Check.Result.OTHER_WAY
            checking.write(Check.Kind.CALL_BACK, found.call, shown, by=actor, at=at)
        found.save(update_fields=["intention", "result", "done_by", "done_at"])
        event(rule.event, actor=actor, at=at, subject=found.label, about=_about(found), facts={"result": result})
        return found


def _lock(pk: int) -> CallBack:
    rows = CallBack.objects.select_for_update(no_key=True, of=("self",))
    return rows.select_related("inquiry", "call__inquiry", "intention", "point__registration__organisation").get(pk=pk)


def _refuse_done(found: CallBack) -> None:
    if found.done_at:
        raise WrongState(_("This call back is over. Nothing was changed."))


def _refuse_under_way(found: CallBack, at: datetime) -> None:
    if found.intention and found.intention.window_until > at:
        raise WrongState(_("A call for this is under way. Nothing was changed."))


def _about(found: CallBack) -> list[str]:
    held = found.point.registration if found.point else None
    return [found.inquiry.label] + ([held.label, held.organisation.label] if held else [])


def _note(found: CallBack, note: str, actor: Actor, at: datetime) -> None:
    progress.note(
        found.inquiry_id,
        text=note,
        at=at,
        direction=Contact.Direction.OUT,
        channel=Contact.Channel.PHONE,
        party=Contact.Party.RECORD,
        by=actor.user,
        intention=found.intention,
    )
