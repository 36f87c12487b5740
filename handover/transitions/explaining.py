"""“Explain it to me”: asking for a call, calling it off, saying afterwards whether it is clear; opening the pack."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.errors import NotAllowed, Refused
from accounts.rulebook import check
from audit.models import Event
from audit.record import event
from handover import explaining, switching
from handover.models import ExplanationRequest, Handover, Registration
from handover.queries import pack
from handover.rules import TABLE


def ask_explanation(
    *,
    registration_pk: int,
    phone: str,
    unclear: str,
    hours: str,
    not_on: Collection[int],
    actor: Actor,
    at: datetime,
) -> ExplanationRequest:
    """Ask the desk to call `actor` about what a registration is; the open wish if there is one already.

    `phone` is used for this call only and forgotten afterwards; `not_on` are days of the week, Monday is 0. Nothing
    waits for the call: a handover goes on. Raises `NotAllowed` for whoever may not read the registration, `Refused`
    without a day to call on.
    """
    with transaction.atomic(durable=True):
        registration = Registration.objects.select_for_update(no_key=True).get(pk=registration_pk)
        rule = check(TABLE, "ask_explanation", registration, actor)
        if pack.find_readable(actor, registration.number, at) is None:
            raise NotAllowed(rule.why_not)
        if standing := pack.find_call(actor, registration):
            return standing
        if not explaining.is_possible(not_on):
            words = _("Leave at least one day on which we may call.")
            raise Refused(words, {"not_on": words})
        offer = pack.find_offer(actor, registration)
        made = ExplanationRequest.objects.create(
            registration=registration,
            product_id=registration.product_id,
            handover=offer,
            asked_by=actor.user,
            sealed=ExplanationRequest.seal(phone=phone, unclear=unclear),
            hours=hours,
            not_on=sorted(set(not_on)),
            asked_at=at,
        )
        event(
            rule.event,
            actor=actor,
            at=at,
            subject=made.label,
            about=[registration.label, *([offer.label] if offer else [])],
            facts={"hours": hours, "not_on": made.not_on, "handover": offer.number if offer else None},
        )
        return made


def withdraw_explanation(*, request_pk: int, actor: Actor, at: datetime) -> ExplanationRequest:
    """Call off a wished call; the number is forgotten at once, and the desk drops it in its next round.

    Raises `NotAllowed`, `WrongState`.
    """
    with transaction.atomic(durable=True):
        request = ExplanationRequest.objects.select_for_update(no_key=True).get(pk=request_pk)
        rule = check(TABLE, "withdraw_explanation", request, actor)
        request.status, request.ended_at, request.sealed = ExplanationRequest.Status.WITHDRAWN, at, b""
        request.save(update_fields=["status", "ended_at", "sealed"])
        event(rule.event, actor=actor, at=at, subject=request.label, about=[request.registration.label])
        return request


def answer_explanation(*, request_pk: int, is_clear: bool, actor: Actor, at: datetime) -> ExplanationRequest:
    """Say after the call whether it is clear now; may be said anew. Raises `NotAllowed`, `WrongState`."""
    with transaction.atomic(durable=True):
        request = ExplanationRequest.objects.select_for_update(no_key=True).get(pk=request_pk)
        rule = check(TABLE, "answer_explanation", request, actor)
        request.is_clear = is_clear
        request.save(update_fields=["is_clear"])
        about, facts = [request.registration.label], {"is_clear": is_clear}
        event(rule.event, actor=actor, at=at, subject=request.label, about=about, facts=facts)
        return request


def open_pack(*, handover_pk: int, actor: Actor, at: datetime) -> Event:
    """Write down that the successor opened the pack, before it is shown: one event for all registrations (R11).

    Locks nothing, for nothing changes. Raises `NotAllowed`.
    """
    with transaction.atomic(durable=True):
        handover = Handover.objects.get(pk=handover_pk)
        rule = check(TABLE, "open_pack", handover, actor)
        about = switching.about(handover, list(pack.registrations_of(handover)))
        return event(rule.event, actor=actor, at=at, subject=handover.label, about=about, facts={"as": "successor"})
