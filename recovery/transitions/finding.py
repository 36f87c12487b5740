"""From what somebody remembers to one registration: an operator looks, links, and accepts for examination."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.errors import Refused, WrongState
from accounts.rulebook import check
from audit.record import event
from handover import restricting
from handover.folding import find_postal_code
from handover.models import CaseAccess, Registration
from recovery import dispatching, limits, linking, offices, steps
from recovery.models import Claim, Dispatch, Evidence
from recovery.queries import weighing
from recovery.rules import TABLE


def look_for(claim_pk: int, *, found: int, actor: Actor, at: datetime) -> Claim:
    """Write down that an operator looked for candidates, before they are shown: one event of the case (invariant 24).

    `found` is how many there were; which ones stays out of the log of the case.
    """
    with transaction.atomic(durable=True):
        claim = steps.lock(claim_pk)
        rule = check(TABLE, "look_for", claim, actor)
        steps.note(rule, claim, actor=actor, at=at, found=found)
        return claim


def link(claim_pk: int, *, registration_number: str, actor: Actor, at: datetime) -> Claim:
    """Say which registration a claim is about; until it is accepted another may be chosen.

    Where another open claim is about the same registration both are frozen, whichever came first (invariant 20).
    Raises `NotAllowed`, `WrongState`, `Refused` (no such active registration).
    """
    with transaction.atomic(durable=True):
        try:
            claim = steps.lock(claim_pk, registration_number=registration_number)
        except Registration.DoesNotExist as unknown:
            raise Refused(_("There is no registration with this number.")) from unknown
        rule = check(TABLE, "link", claim, actor)
        steps.refuse_frozen(claim)
        registration = Registration.objects.select_related("organisation").get(number=registration_number)
        if registration.status != Registration.Status.ACTIVE:
            raise Refused(_("This registration is closed. There is nothing to recover."))
        _refuse_others_proofs(claim, registration)
        attached = linking.attach(claim, registration, at=at, by=actor.user)
        # The registration is named in the case's own history only: nothing is accepted yet.
        facts: dict[str, Any] = {
            "registration": registration.number,
            "tier": claim.tier,
            "competing": [one.number for one in attached.others],
        }
        if claim.needs_second_look:
            facts["senior"] = True
        steps.note(rule, claim, actor=actor, at=at, **facts)
        linking.alarm(attached, registration, at=at)
        return claim


def _refuse_others_proofs(claim: Claim, registration: Registration) -> None:
    """A claim that was reopened brings its proofs along: what they proved is about the one registration."""
    if claim.registration_id in (None, registration.pk):
        return
    if Evidence.objects.standing().filter(claim=claim).exists():
        raise WrongState(_("There is evidence about the registration that was linked. Take this in as a new claim."))


def accept(claim_pk: int, *, actor: Actor, at: datetime) -> Claim:
    """Accept a linked claim for examination: everybody on record is told, each with an objection code (A7).

    From here on the customer sees in the registration's history that it is being examined. Blocks nothing.
    """
    with transaction.atomic(durable=True):
        claim = steps.lock(claim_pk)
        rule = check(TABLE, "accept", claim, actor)
        steps.refuse_frozen(claim)
        if weighing.custodian_was_here(claim):
            raise WrongState(
                _("The person in charge has signed in since this claim came in: it is being turned into a handover.")
            )
        limits.refuse_too_many(claim)
        registration = _registration(claim)
        linking.begin_examination(claim, registration, at=at)
        written = steps.note(rule, claim, actor=actor, at=at, tier=claim.tier, circumstances=claim.circumstances)
        dispatching.tell_everybody(claim, Dispatch.Purpose.ACCEPTED, event=written, at=at, ordered_by=actor.user)
        # The claimant is told nothing here: that something was found is for who proved organisation and person (A8).
        return claim


def _registration(claim: Claim) -> Registration:
    if claim.registration is None:
        raise WrongState(_("No registration is linked to this claim yet."))
    return claim.registration


def open_record(claim_pk: int, *, actor: Actor, at: datetime) -> CaseAccess:
    """Let the actor look at the linked registration for as long as the case is open (invariant 24).

    The look itself is in the customer's history, with the number of the case.
    """
    with transaction.atomic(durable=True):
        claim = steps.lock(claim_pk)
        rule = check(TABLE, "open_record", claim, actor)
        registration = _registration(claim)
        access = restricting.let_look(actor.user, registration, case=claim.number, at=at)
        labels = [*steps.about(claim), registration.label]
        event(rule.event, actor=actor, at=at, subject=claim.label, about=labels, facts={"case": claim.number})
        return access


def take_head_office(
    claim_pk: int, *, postal_code: str, address: str, source: str, actor: Actor, at: datetime
) -> Claim:
    """Keep the head office as an operator read it in the registry or on an official site; never as the claimant says.

    Where a code letter of tier 4 goes (C1b). Whoever took it decides nothing later. What a letter to another address
    gave or could give counts no more: the address that was proven is the one that is decided about.
    Raises `Refused` for another source.
    """
    with transaction.atomic(durable=True):
        claim = steps.lock(claim_pk)
        rule = check(TABLE, "take_head_office", claim, actor)
        if source not in (Evidence.Source.REGISTRY, Evidence.Source.PUBLISHED):
            words = _("Take it from the registry or from an official site, not from the claimant.")
            raise Refused(words, {"source": words})
        code = find_postal_code(postal_code)
        if code is None:
            words = _("This is no postal code: seven digits.")
            raise Refused(words, {"postal_code": words})
        claim.head_office = {"postal_code": code, "address": address, "source": source, "by": actor.user.pk}
        claim.save(update_fields=["head_office"])
        offices.forget_others(claim, actor.user, at)
        steps.note(rule, claim, actor=actor, at=at, source=source)
        return claim
