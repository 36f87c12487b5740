"""In which capacity somebody asked: as stated, and as found at the end of the checks (K4, procedure.md B5)."""

import unicodedata
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.errors import Refused, WrongState
from accounts.models import Organisation, OrganisationKind
from accounts.rulebook import check
from audit.record import event
from desk import checking, posing, progress
from desk.models import CapacityFinding, Inquiry
from desk.rules import TABLE
from handover.models import Registration


def find_capacity(call_pk: int, *, capacity: str, signs: Sequence[str], actor: Actor, at: datetime) -> CapacityFinding:
    """Write down what the caller turned out to be, beside what was stated. It records, and decides nothing.

    A claim keeps what its operator finds; a contractor who said to be the customer waits for an operator to say which
    customer. Raises `NotAllowed`, `WrongState` (no inquiry, written down already), `Refused`.
    """
    with transaction.atomic(durable=True):
        call = checking.lock(call_pk)
        rule = check(TABLE, "find_capacity", call, actor)
        checking.refuse_ended(call)
        if call.inquiry is None:
            raise WrongState(_("Take down what was asked first: nobody could follow this up."))
        stated = call.inquiry.capacity_stated
        _refuse_finding(capacity, signs)
        made = CapacityFinding(
            inquiry=call.inquiry,
            call=call,
            stated=stated,
            found=capacity,
            signs=sorted(set(signs)),
            poses=stated == Inquiry.Capacity.CUSTOMER and capacity == Inquiry.Capacity.CONTRACTOR,
            by=actor.user,
            at=at,
        )
        try:
            with transaction.atomic():
                made.save(force_insert=True)
        except IntegrityError:
            raise WrongState(_("This is on record for this call already. Nothing was changed.")) from None
        if call.inquiry.topic != Inquiry.Topic.RECOVERY:
            progress.find_capacity(call.inquiry.pk, capacity=capacity)
        facts = {"call": call.pk, "stated": stated, "found": capacity, "signs": made.signs, "poses": made.poses}
        event(rule.event, actor=actor, at=at, subject=made.label, about=[call.inquiry.label], facts=facts)
        return made


def _refuse_finding(capacity: str, signs: Sequence[str]) -> None:
    if capacity not in Inquiry.Capacity.values or set(signs) - set(CapacityFinding.Sign.values):
        words = _("Choose one from the list.")
        raise Refused(words, {"capacity": words})
    if capacity == Inquiry.Capacity.CONTRACTOR and not signs:
        words = _("Say what showed it: a guess is no finding.")
        raise Refused(words, {"signs": words})


def name_posed_as(finding_pk: int, *, registration: str, actor: Actor, at: datetime) -> CapacityFinding:
    """Say as which customer a contractor posed, by one of its registrations; "" where none of ours was meant.

    After the second time in 90 days, in calls or behind claims, the custodian and the administrators are told, once:
    they are named nobody and told nothing of the call (`desk.posing`). Raises `NotAllowed`, `WrongState`, `Refused`
    for a number of no customer.
    """
    with transaction.atomic(durable=True):
        # One at a time: of two that are named at once, the second has to see the first.
        found = CapacityFinding.objects.select_for_update(no_key=True, of=("self",)).get(pk=finding_pk)
        rule = check(TABLE, "name_posed_as", found, actor)
        if not found.poses or found.organisation_id or found.dropped_at:
            raise WrongState(_("This is settled already. Nothing was changed."))
        number = unicodedata.normalize("NFKC", registration).strip()
        if not number:
            found.dropped_at, found.named_by = at, actor.user
            found.save(update_fields=["dropped_at", "named_by"])
            labels = [found.inquiry.label]
            event(rule.event, actor=actor, at=at, subject=found.label, about=labels, facts={"named": False})
            return found
        held = Registration.objects.filter(number=number).select_related("organisation").first()
        if held is None or held.organisation.kind != OrganisationKind.CUSTOMER:
            words = _("There is no registration with this number.")
            raise Refused(words, {"registration": words})
        customer = Organisation.objects.select_for_update(no_key=True).get(pk=held.organisation_id)
        found.organisation, found.registration, found.named_by, found.named_at = customer, held, actor.user, at
        found.save(update_fields=["organisation", "registration", "named_by", "named_at"])
        due = posing.due(customer, at)
        about = [found.inquiry.label, customer.label]
        facts: dict[str, Any] = {"named": True, "told": bool(due), "times": len(due)}
        written = event(rule.event, actor=actor, at=at, subject=found.label, about=about, facts=facts)
        posing.tell(customer, due, event=written, at=at)
        found.refresh_from_db()
        return found
