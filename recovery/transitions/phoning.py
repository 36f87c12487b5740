"""The phone of record: whoever answers there says the number that the claimant holds (C2; docs/decisions/0023)."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import codes, tallies
from accounts.actors import Actor as Person
from accounts.errors import NotAllowed, Refused, WrongState
from accounts.models import OneTimeCode
from accounts.persons import is_one_of
from accounts.rulebook import check
from audit.record import Actor
from desk import announcing, progress
from desk.models import CallIntention, Contact
from handover import reaching
from handover.models import ContactPoint
from recovery import endpoints, limits, steps
from recovery.models import Claim, Evidence, FailedCode, PhoneCall
from recovery.rules import TABLE
from recovery.rules.people import saw_a_code

NUMBER_LIFE = timedelta(days=7)
"""How long a claimant's number is good: we call within the days in which an inquirer hears from us (A11)."""
MOST_NUMBERS = 5
"""Numbers that one claim takes in a day: each has its own five tries."""
A_DAY = timedelta(days=1)


def take_call_number(claim_pk: int, *, actor: Actor, at: datetime) -> str:
    """Make the number that whoever answers at the organisation's phone says to us; return it, kept nowhere in clear.

    The same for every claim: whether there is a registration, and a phone on record, does not show. An earlier number
    is void. Raises `NotAllowed`, `WrongState`, `Refused` (too many today, or one a moment ago).
    """
    check(TABLE, "take_call_number", Claim.objects.get(pk=claim_pk), actor)
    if not tallies.charge(f"call-number:claim:{claim_pk}", limit=MOST_NUMBERS, period=A_DAY, at=at):
        raise Refused(_("Several numbers were made for this case today. The last one is good; or try tomorrow."))
    with transaction.atomic(durable=True):
        claim = steps.lock(claim_pk)
        rule = check(TABLE, "take_call_number", claim, actor)
        _code, plain = codes.issue(
            purpose=OneTimeCode.Purpose.PHONE,
            subject=claim.label,
            life=NUMBER_LIFE,
            max_tries=claim.procedure.procedure.limits["tries_per_code"],
            spoken=codes.SPOKEN_LENGTH,
            at=at,
        )
        steps.note(rule, claim, actor=actor, at=at)
        return plain


def begin_phone_call(claim_pk: int, *, contact_point_pk: int | None, actor: Person, at: datetime) -> PhoneCall:
    """Write down that a phone of record is about to be called, before its number is shown. The look is in the history.

    That announces the call: its code answers while the call lasts. What is said counts for the minutes of the
    procedure. Whoever printed a code of the case calls nobody for it.
    Raises `NotAllowed`, `WrongState` (switched off, another call is open), `Refused` (too young, dead, not of record).
    """
    with transaction.atomic(durable=True):
        claim = steps.lock(claim_pk)
        rule = check(TABLE, "begin_phone_call", claim, actor)
        steps.refuse_frozen(claim)
        if saw_a_code(actor.user, claim):
            raise NotAllowed(_("You printed a code for this case. Another operator makes the call."))
        points = ContactPoint.objects.current().filter(registration=claim.registration, kind=ContactPoint.Kind.PHONE)
        point = points.filter(pk=contact_point_pk or 0).first()
        if point is None or not reaching.serves(point, reaching.PROCEDURE):
            words = _("Choose a phone number of record.")
            raise Refused(words, {"contact_point": words})
        limits.refuse_phone(claim, point, at)
        still_open = PhoneCall.objects.filter(claim=claim, ended_at=None)
        # What nobody ended before its minutes were over reached nobody.
        still_open.filter(until__lte=at).update(ended_at=at, result=PhoneCall.Result.NO_ANSWER)
        if still_open.exists():
            raise WrongState(_("A call for this case is under way. Nothing was changed."))
        minutes = claim.procedure.procedure.codes.voice_minutes
        until = at + timedelta(minutes=minutes)
        intention, _code = announcing.begin(
            inquiry=claim.inquiry,
            purpose=CallIntention.Purpose.CONFIRM,
            channel=CallIntention.Channel.PHONE,
            until=until,
            actor=actor,
            at=at,
        )
        made = PhoneCall.objects.create(
            claim=claim, contact_point=point, by=actor.user, at=at, until=until, intention=intention
        )
        steps.note(rule, claim, actor=actor, at=at, call=made.pk, contact_point=point.pk)
        return made


def enter_said_number(call_pk: int, *, typed: str, actor: Person, at: datetime) -> Evidence:
    """Check what the person at the phone of record said; right, it is evidence at once, and the number is used up.

    The try is charged before anything is compared. Whoever makes the call decides nothing in the case. Raises
    `NotAllowed`, `WrongState` (over, switched off), `Refused` for a wrong number.
    """
    call = PhoneCall.objects.select_related("claim__procedure", "claim__registration", "contact_point").get(pk=call_pk)
    claim = call.claim
    check(TABLE, "enter_said_number", claim, actor)
    _refuse_over(call, actor, at)
    limits.refuse_phone(claim, call.contact_point, at)
    charged = codes.charge(purpose=OneTimeCode.Purpose.PHONE, subject=claim.label, at=at)
    code = codes.find_match(charged, typed)
    if code is None:
        FailedCode.objects.create(
            claim=claim, purpose=OneTimeCode.Purpose.PHONE, dead=any(one.tries_left == 0 for one in charged), at=at
        )
        words = _("This number is not right, or no longer valid. Do not say which digit; ask them to ask the claimant.")
        raise Refused(words, {"number": words})
    with transaction.atomic(durable=True):
        claim = steps.lock(claim.pk)
        rule = check(TABLE, "enter_said_number", claim, actor)
        call = (
            PhoneCall.objects.select_for_update(no_key=True, of=("self",))
            .select_related("contact_point")
            .get(pk=call_pk)
        )
        _refuse_over(call, actor, at)
        codes.redeem(code, at=at)
        made = Evidence.objects.create(
            claim=claim,
            code="C2",
            endpoint=endpoints.of_point(call.contact_point),
            source=Evidence.Source.RECORD,
            contact_point=call.contact_point,
            one_time_code=code,
            contact=_note(call, "", actor, at),
            checked_by=actor.user,
            checked_at=at,
        )
        _end(call, PhoneCall.Result.RIGHT, at)
        steps.note(rule, claim, actor=actor, at=at, call=call.pk, evidence=made.pk, code=made.code)
        return made


def end_phone_call(call_pk: int, *, result: str, note: str, actor: Person, at: datetime) -> PhoneCall:
    """Write down how a call ended that confirmed nothing. Raises `NotAllowed`, `WrongState`, `Refused`."""
    with transaction.atomic(durable=True):
        claim = steps.lock(PhoneCall.objects.only("claim_id").get(pk=call_pk).claim_id)
        rule = check(TABLE, "end_phone_call", claim, actor)
        call = PhoneCall.objects.select_for_update(no_key=True).get(pk=call_pk)
        if call.ended_at:
            raise WrongState(_("This call is over. Nothing was changed."))
        if result not in (PhoneCall.Result.WRONG, PhoneCall.Result.NO_ANSWER, PhoneCall.Result.UNKNOWN):
            words = _("Say how the call ended.")
            raise Refused(words, {"result": words})
        if result != PhoneCall.Result.NO_ANSWER:
            _note(call, note, actor, at)
        _end(call, result, at)
        steps.note(rule, claim, actor=actor, at=at, call=call.pk, result=result)
        return call


def _refuse_over(call: PhoneCall, actor: Person, at: datetime) -> None:
    if call.ended_at or call.until <= at:
        raise WrongState(_("This call is over: begin another one. Nothing was changed."))
    if not is_one_of(actor.user, [call.by_id]):
        raise NotAllowed(_("Whoever makes the call types in what was said."))


def _note(call: PhoneCall, note: str, actor: Person, at: datetime) -> Contact:
    return progress.note(
        call.claim.inquiry_id,
        text=note,
        at=at,
        direction=Contact.Direction.OUT,
        channel=Contact.Channel.PHONE,
        party=Contact.Party.RECORD,
        by=actor.user,
        intention=call.intention,
    )


def _end(call: PhoneCall, result: str, at: datetime) -> None:
    call.ended_at, call.result = at, result
    call.save(update_fields=["ended_at", "result"])
