"""The cheaper exits of procedure.md A2: a recovery kit, a colleague's vouch, and settling it inside the organisation.

The kit and the vouch are evidence of a claim like any other, so notices, objection, window and the decisions of people
stay what they are (A7): nothing here changes custody.
"""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actors import Actor as Person
from accounts.errors import NotAllowed, Refused, WrongState
from accounts.rulebook import Rule, check
from audit.record import Actor, event
from desk.models import Inquiry
from handover import custody, notices
from handover.models import RecoveryKit, Registration
from recovery import dispatching, linking, saved_codes, second_codes, steps
from recovery.models import Claim, Dispatch, Evidence, ExitOffer, FailedCode, VouchRequest
from recovery.queries import exits
from recovery.queries.weighing import KIT
from recovery.rules import TABLE


def redeem_kit(claim_pk: int, *, number: str, typed: str, actor: Actor, at: datetime) -> Claim:
    """Show number and code of a recovery kit. A right one is void, is evidence C5, and finds its registration.

    The claim is then examined at once, everybody on record is told with an objection code, and one channel of record
    gets the second code. While the claim is frozen it is evidence and nothing else. Tries are charged before anything
    is compared. Raises `NotAllowed`, `WrongState`, `Refused`: wrong, void, of another registration and too often read
    the same.
    """
    claim = Claim.objects.get(pk=claim_pk)
    check(TABLE, "redeem_kit", claim, actor)
    kit = saved_codes.find_right(claim, number, typed, at)
    if kit is None:
        raise _not_confirmed(claim, at)
    registration = kit.custody.registration
    with transaction.atomic(durable=True):
        claim = steps.lock(claim_pk, registration_number=registration.number)
        rule = check(TABLE, "redeem_kit", claim, actor)
        # Read again behind the lock that a switch holds as well: what it voided is no way in.
        registration = Registration.objects.select_related("organisation").get(pk=registration.pk)
        is_its = claim.registration_id in (None, registration.pk)
        if is_its and registration.status == Registration.Status.ACTIVE and _void(kit, at):
            _use(claim, registration, kit, rule, actor=actor, at=at)
            return claim
    raise _not_confirmed(claim, at)


def _not_confirmed(claim: Claim, at: datetime) -> Refused:
    """One row whatever is on record; what follows from it, and from a kit that is dead by now, is the worker's."""
    FailedCode.objects.create(claim=claim, purpose=FailedCode.KIT, dead=False, at=at)
    words = _("This could not be confirmed with what we have. Check the letters and digits, or choose another way.")
    return Refused(words, {"code": words})


def _void(kit: RecoveryKit, at: datetime) -> bool:
    return bool(RecoveryKit.objects.filter(pk=kit.pk, void_at=None, custody__to_at=None).update(void_at=at))


def _use(claim: Claim, registration: Registration, kit: RecoveryKit, rule: Rule, *, actor: Actor, at: datetime) -> None:
    attached = linking.attach(claim, registration, at=at) if claim.status == Claim.Status.RECEIVED else None
    moves = claim.frozen_at is None
    begins = moves and claim.status == Claim.Status.MATCHED
    if begins:
        linking.begin_examination(claim, registration, at=at)
    made = Evidence.objects.create(claim=claim, code=KIT, source=Evidence.Source.RECORD, checked_at=at)
    point = second_codes.channel(claim, at) if moves else None
    # The customer reads it in any case: a kit is theirs, and this one works no more.
    about = dict.fromkeys([*steps.about(claim), registration.label, registration.organisation.label])
    facts = {"kit": kit.pk, "evidence": made.pk, "tier": claim.tier, "second": point.kind if point else ""}
    written = event(rule.event, actor=actor, at=at, subject=claim.label, about=about, facts=facts)
    if attached:
        linking.alarm(attached, registration, at=at)
    if begins:
        dispatching.tell_everybody(claim, Dispatch.Purpose.ACCEPTED, event=written, at=at)
    if point:
        second_codes.send(claim, point, event=written, at=at)
    saved_codes.ask_for_new(registration, kit, at=at)
    people = [kit.custody.user, *custody.administrators(registration.organisation)]
    notices.tell("kit_used", people, event=written, at=at, claim=claim, registration=registration)


# A colleague's vouch ------------------------------------------------------------------------------------------------


def ask_to_vouch(claim_pk: int, *, actor: Person, at: datetime) -> list[VouchRequest]:
    """Ask colleagues by mail whether they know the claimant. They read department and surname as stated, no more.

    At most `exits.MOST_ASKED` at once, each once for a claim. Raises `NotAllowed`, `WrongState` (frozen), `Refused`
    where nobody is left to ask.
    """
    with transaction.atomic(durable=True):
        claim = steps.lock(claim_pk)
        rule = check(TABLE, "ask_to_vouch", claim, actor)
        steps.refuse_frozen(claim)
        people = exits.vouchers(claim)
        if not people:
            raise Refused(_("There is no other user of this organisation who could be asked."))
        made = [VouchRequest(claim=claim, user=user, asked_by=actor.user, asked_at=at) for user in people]
        made = VouchRequest.objects.bulk_create(made)
        written = steps.note(rule, claim, actor=actor, at=at, asked=len(made))
        who = dispatching.stated_claimant(claim)
        for one in made:
            notices.tell("claim_vouch", [one.user], event=written, at=at, vouch=one, claimant=who)
        return made


def answer_vouch(request_pk: int, *, knows: bool, actor: Person, at: datetime) -> VouchRequest:
    """The colleague answers in an own session, after a fresh check: a yes is evidence A3, a no stands in the case.

    Raises `NotAllowed` (not asked, or the claimant, or working for a contractor by now), `WrongState` (answered, the
    claim needs it no longer).
    """
    with transaction.atomic(durable=True):
        claim = steps.lock(VouchRequest.objects.only("claim_id").get(pk=request_pk).claim_id)
        found = VouchRequest.objects.select_for_update(no_key=True).get(pk=request_pk)
        found.claim = claim
        rule = check(TABLE, "answer_vouch", found, actor)
        if not exits.may_vouch(actor.user, claim):
            raise NotAllowed(rule.why_not)
        steps.refuse_frozen(claim)
        if claim.status != Claim.Status.COLLECTING:
            raise WrongState(_("This is no longer needed. Nothing was changed."))
        if knows:
            found.evidence = Evidence.objects.create(
                claim=claim, code="A3", endpoint=actor.label, checked_by=actor.user, checked_at=at
            )
        found.status = VouchRequest.Status.GIVEN if knows else VouchRequest.Status.DECLINED
        found.answered_at = at
        found.save(update_fields=["status", "answered_at", "evidence"])
        steps.note(rule, claim, actor=actor, at=at, vouch=found.pk, answer=found.status)
        steps.stand(claim, Inquiry.Stage.COLLECTING, Inquiry.Turn.PROVIDER, steps.soon(at))
        return found


# Settling it inside -------------------------------------------------------------------------------------------------


def offer_reassignment(claim_pk: int, *, actor: Actor, at: datetime) -> ExitOffer:
    """Tell administrators and deputies who stand in that they can settle it themselves, today. It changes nothing.

    The claimant is told nothing. Raises `WrongState` where it was offered, or nobody could.
    """
    with transaction.atomic(durable=True):
        claim = steps.lock(claim_pk)
        rule = check(TABLE, "offer_reassignment", claim, actor)
        steps.refuse_frozen(claim)
        registration = claim.registration
        people = exits.settlers(registration) if registration else []
        if not people or exits.last_offer(claim):
            raise WrongState(_("This was offered already, or there is nobody who could. Nothing was changed."))
        made = ExitOffer.objects.create(claim=claim, at=at, told=len(people))
        written = steps.note(rule, claim, actor=actor, at=at, told=made.told)
        who = dispatching.stated_claimant(claim)
        notices.tell("claim_exit", people, event=written, at=at, claim=claim, registration=registration, claimant=who)
        return made
