"""Who is calling. The agent types what the caller says, and reads only: enough, not enough, another way (K2, K3)."""

from datetime import datetime

from django.db import transaction

from accounts import callers, codes
from accounts.actors import Actor
from accounts.rulebook import check
from audit.record import event
from desk import checking, notices
from desk.models import Call, Check, Inquiry
from desk.queries.inquiries import find_typed
from desk.rules import TABLE
from handover import mandate_sides

R = Check.Result


def check_receipt(call_pk: int, *, number: str, tracking: str, actor: Actor, at: datetime) -> Check:
    """Compare receipt number and tracking code, as said, with the inquiry that the call is about.

    A call about nothing yet goes on with the inquiry that both lead to. Raises `NotAllowed`, `WrongState`.
    """
    call = Call.objects.select_related("inquiry").get(pk=call_pk)
    check(TABLE, "check_receipt", call, actor)
    checking.refuse_ended(call)
    may_compare = checking.has_try("receipt", call, codes.plain(number), actor=actor, at=at)
    found: Inquiry | None = find_typed(actor, number)
    if found and call.inquiry_id not in (None, found.pk):
        found = None
    is_right = checking.is_tracked(found, tracking) and may_compare
    with transaction.atomic(durable=True):
        call = checking.lock(call_pk)
        rule = check(TABLE, "check_receipt", call, actor)
        checking.refuse_ended(call)
        is_right = is_right and found is not None and call.inquiry_id in (None, found.pk)
        if is_right and call.inquiry_id is None:
            call.inquiry = found
            call.save(update_fields=["inquiry"])
        result = R.ENOUGH if is_right else R.NOT_ENOUGH if may_compare else R.OTHER_WAY
        made = checking.write(Check.Kind.RECEIPT, call, result, by=actor, at=at)
        facts = {"result": str(result)}
        event(rule.event, actor=actor, at=at, subject=call.label, about=checking.labels(call), facts=facts)
        return made


def check_pin(call_pk: int, *, number: str, pin: str, actor: Actor, at: datetime) -> Check:
    """Compare the PIN that the caller reads from the own screen, under the number beside it.

    Enough marks whose it was: the person reads it in the own history and is told by mail, and it counts as an act of
    theirs (invariant 17). An unknown number, a dead PIN and a wrong one are the same answer after the same work.
    Raises `NotAllowed`, `WrongState`.
    """
    call = Call.objects.get(pk=call_pk)
    check(TABLE, "check_pin", call, actor)
    checking.refuse_ended(call)
    number = callers.plain(number)
    may_compare = checking.has_try("pin", call, number, actor=actor, at=at)
    code, person = checking.match_person(number, pin, at) if may_compare else (None, None)
    with transaction.atomic(durable=True):
        call = checking.lock(call_pk)
        rule = check(TABLE, "check_pin", call, actor)
        checking.refuse_ended(call)
        if code and person and person.is_customer:
            codes.redeem(code, at=at)
            made = checking.write(Check.Kind.PIN, call, R.ENOUGH, by=actor, at=at, about=person.user)
            about = [*checking.labels(call), person.label]
            told = event(rule.event, actor=actor, at=at, subject=call.label, about=about, facts={"result": "enough"})
            notices.caller_confirmed(person.user, event=told, at=at)
            return made
        result = R.NOT_ENOUGH if may_compare else R.OTHER_WAY
        made = checking.write(Check.Kind.PIN, call, result, by=actor, at=at)
        facts = {"result": str(result)}
        event(rule.event, actor=actor, at=at, subject=call.label, about=checking.labels(call), facts=facts)
        return made


def check_mandate(call_pk: int, *, said: checking.Said, actor: Actor, at: datetime) -> Check:
    """Compare a contractor's mandate, own name and PIN with what is asked: registration, scope and period.

    Enough is written into the history of both sides, with the registration: the customer reads who called for it.
    Raises `NotAllowed`, `WrongState`.
    """
    call = Call.objects.get(pk=call_pk)
    check(TABLE, "check_mandate", call, actor)
    checking.refuse_ended(call)
    number = callers.plain(said.number)
    may_compare = checking.has_try("mandate", call, checking.plain_mandate(said.mandate), actor=actor, at=at)
    may_compare &= checking.has_try("pin", call, number, actor=actor, at=at)
    code, person = checking.match_person(number, said.pin, at) if may_compare else (None, None)
    with transaction.atomic(durable=True):
        call = checking.lock(call_pk)
        rule = check(TABLE, "check_mandate", call, actor)
        checking.refuse_ended(call)
        row = checking.find_covered(said, person, at)
        if code and person and row:
            codes.redeem(code, at=at)
            made = checking.write(
                Check.Kind.MANDATE, call, R.ENOUGH, by=actor, at=at, about=person.user, mandate=row.mandate
            )
            about = [*checking.labels(call), person.label, *mandate_sides.about(row.mandate, [row.registration])]
            facts = {"result": "enough", "as": "contractor", "mandate": row.mandate.number, "matter": said.matter}
            told = event(rule.event, actor=actor, at=at, subject=call.label, about=about, facts=facts)
            notices.caller_confirmed(person.user, event=told, at=at)
            return made
        result = R.NOT_ENOUGH if may_compare else R.OTHER_WAY
        made = checking.write(Check.Kind.MANDATE, call, result, by=actor, at=at)
        facts = {"result": str(result)}
        event(rule.event, actor=actor, at=at, subject=call.label, about=checking.labels(call), facts=facts)
        return made
