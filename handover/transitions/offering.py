"""The giver's acts: prepare, offer, withdraw, answer."""

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.errors import WrongState
from accounts.models import User
from accounts.rulebook import check
from audit.record import event
from handover import notices, preparing, sending, shares, switching
from handover.changing import refuse_moving
from handover.models import Custody, Handover, HandoverQuestion, Registration
from handover.restricting import refuse_blocked
from handover.rules import TABLE


def draft_handover(
    *,
    registration_pk: int,
    successor: User,
    effective_on: date,
    reason: str,
    note: str,
    things: Sequence[tuple[str, str]],
    actor: Actor,
    at: datetime,
) -> Handover:
    """Prepare the handover of one registration with all its papers and the given `things` (name, where it lies).

    `effective_on` is a day in the provider's time zone, from today to `LATEST_DAYS_AHEAD` days ahead.
    Raises `NotAllowed`, `WrongState` (closed, or another handover is open), `Refused` with the field's name.
    """
    with transaction.atomic(durable=True):
        User.objects.select_for_update(no_key=True).get(pk=successor.pk)
        registration = Registration.objects.select_for_update(no_key=True).get(pk=registration_pk)
        rule = check(TABLE, "draft_handover", registration, actor)
        _refuse_kept(registration, actor, at)
        held = Custody.objects.current().select_related("user").get(registration=registration)
        needs_confirmation = preparing.needs_confirmation(held, actor)
        preparing.refuse_successor(
            registration.organisation, held.user_id, successor, confirms=needs_confirmation, actor=actor
        )
        preparing.refuse_date(effective_on, preparing.earliest(held, actor.user.pk, at), at)
        handover = Handover(
            number=preparing.new_number("H", at),
            organisation_id=registration.organisation_id,
            given_by=held.user,
            given_to=successor,
            offered_by=actor.user,
            reason=reason,
            note=note,
            effective_on=effective_on,
            needs_confirmation=needs_confirmation,
            drafted_at=at,
        )
        handover.package = shares.take_out_of_waiting(registration, at=at)
        listed = preparing.items(handover, registration, things)
        preparing.write(handover, listed)
        facts = _facts(handover, held, registration, items=len(listed))
        about = switching.about(handover, [registration])
        event(rule.event, actor=actor, at=at, subject=handover.label, about=about, facts=facts)
        return handover


def _facts(handover: Handover, held: Custody, registration: Registration, *, items: int) -> dict[str, object]:
    return {
        "from": held.holder_label,
        "to": f"user:{handover.given_to_id}",
        "effective_on": handover.effective_on.isoformat(),
        "registrations": [registration.number],
        "items": items,
        "needs_confirmation": handover.needs_confirmation,
    }


def _refuse_kept(registration: Registration, actor: Actor, at: datetime) -> None:
    """Refuse while a recovery protects it, or the provider keeps it for a change of holder."""
    refuse_blocked(registration, "draft_handover", at=at, by_administrator=actor.is_administrator)
    refuse_moving(registration)


def offer(*, handover_pk: int, actor: Actor, at: datetime) -> Handover:
    """Send a prepared handover to the successor. Raises `NotAllowed`, `WrongState`, `Refused` (the date has passed)."""
    with transaction.atomic(durable=True):
        handover, registrations = switching.lock(Handover.objects.all(), handover_pk)
        sending.send(handover, registrations, actor=actor, at=at)
        return handover


def withdraw(*, handover_pk: int, reason: str, actor: Actor, at: datetime) -> Handover:
    """Take back a handover that nobody accepted. Custody stays; in a package it waits for another successor.

    Raises `NotAllowed`, `WrongState`.
    """
    with transaction.atomic(durable=True):
        handover, registrations = switching.lock(Handover.objects.all(), handover_pk)
        rule = check(TABLE, "withdraw", handover, actor)
        if handover.given_to_id is None:
            raise WrongState(_("This waits for a successor to be named. Name one, or withdraw the whole package."))
        was_offered = handover.status == Handover.Status.OFFERED
        switching.end_and_put_back(handover, registrations, Handover.Status.WITHDRAWN, reason=reason, at=at)
        written = switching.noted(rule, handover, registrations, actor=actor, at=at, facts={"was_offered": was_offered})
        people = [handover.given_by, handover.offered_by, *([handover.given_to] if was_offered else [])]
        notices.tell("handover_withdrawn", people, event=written, at=at, handover=handover)
        return handover


def answer(*, question_pk: int, text: str, actor: Actor, at: datetime) -> HandoverQuestion:
    """Answer a question of the successor, once. Raises `NotAllowed`, `WrongState` (already answered, or closed)."""
    with transaction.atomic(durable=True):
        handover_pk = HandoverQuestion.objects.values_list("handover_id", flat=True).get(pk=question_pk)
        handover, registrations = switching.lock(Handover.objects.all(), handover_pk)
        rule = check(TABLE, "answer", handover, actor)
        asked = HandoverQuestion.objects.select_for_update(no_key=True).get(pk=question_pk)
        if asked.answered_at:
            raise WrongState(_("This question has already been answered. Nothing was changed."))
        asked.answer, asked.answered_by, asked.answered_at = text, actor.user, at
        asked.save(update_fields=["answer", "answered_by", "answered_at"])
        written = switching.noted(rule, handover, registrations, actor=actor, at=at, facts={"question": asked.pk})
        notices.tell("handover_answered", [asked.asked_by], event=written, at=at, handover=handover)
        return asked
