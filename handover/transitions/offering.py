"""The giver's acts: prepare, offer, withdraw, answer."""

import secrets
from collections.abc import Sequence
from datetime import date, datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.errors import Refused, WrongState
from accounts.models import Membership, User
from accounts.rulebook import check
from audit.record import event
from handover import custody, notices, switching
from handover.calendar import business_days_after
from handover.changing import refuse_moving
from handover.models import Custody, Handover, HandoverItem, HandoverQuestion, Registration
from handover.printing.era import era_date
from handover.queries.handovers import papers_of
from handover.restricting import refuse_blocked
from handover.rules import TABLE
from handover.rules.handovers import LATEST_DAYS_AHEAD, NOTICE_DAYS

ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
MAX_THINGS = 50


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
        needs_confirmation = _needs_confirmation(held, actor)
        _refuse_successor(registration, held, successor, needs_confirmation, actor)
        _refuse_date(effective_on, _earliest(held, actor.user.pk, at), at)
        handover = Handover(
            number=_new_number(at),
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
        count = _write(handover, registration, things)
        facts = {
            "from": held.holder_label,
            "to": successor.label,
            "effective_on": effective_on.isoformat(),
            "registrations": [registration.number],
            "items": count,
            "needs_confirmation": needs_confirmation,
        }
        about = switching.about(handover, [registration])
        event(rule.event, actor=actor, at=at, subject=handover.label, about=about, facts=facts)
        return handover


def _new_number(at: datetime) -> str:
    """Return a number to be read out on the phone; it gives nothing to whoever knows it."""
    return f"H-{timezone.localdate(at).year}-{''.join(secrets.choice(ALPHABET) for _place in range(6))}"


def _write(handover: Handover, registration: Registration, things: Sequence[tuple[str, str]]) -> int:
    """Write a draft with its items; returns how many. The database refuses a second open handover."""
    try:
        with transaction.atomic():
            handover.save(force_insert=True)
            items = _items(handover, registration, things)
            HandoverItem.objects.bulk_create(items)
    except IntegrityError as clash:
        raise WrongState(
            _("Another handover of this registration is open. Finish or withdraw that one first.")
        ) from clash
    return len(items)


def _refuse_kept(registration: Registration, actor: Actor, at: datetime) -> None:
    """Refuse while a recovery protects it, or the provider keeps it for a change of holder."""
    refuse_blocked(registration, "draft_handover", at=at, by_administrator=actor.is_administrator)
    refuse_moving(registration)


def _needs_confirmation(held: Custody, actor: Actor) -> bool:
    """Four eyes where the organisation wants them, and whenever the custodian does not offer in person (B2)."""
    offers_own = held.kind == Custody.Kind.CUSTODIAN and held.user_id == actor.user.pk
    return actor.organisation.four_eyes or not offers_own


def _refuse_successor(
    registration: Registration, held: Custody, successor: User, needs_confirmation: bool, actor: Actor
) -> None:
    belongs = Membership.objects.current().filter(user=successor, organisation_id=registration.organisation_id)
    if not successor.is_active or not belongs.exists():
        raise Refused(
            _("The successor must be a person of your organisation. Invite the colleague first."),
            {"successor": _("Choose a person of your organisation.")},
        )
    if successor.pk == actor.user.pk:
        words = _("Who offers a handover cannot accept it. Another administrator has to offer it to you.")
        raise Refused(words, {"successor": words})
    if successor.pk == held.user_id:
        words = _("This person already holds the registration.")
        raise Refused(words, {"successor": words})
    if needs_confirmation and not custody.administrators(registration.organisation, but=successor):
        words = _("An administrator other than the successor must confirm this handover, and there is none.")
        raise Refused(words, {"successor": words})


def _earliest(held: Custody, offering: int, at: datetime) -> date:
    """Return the first possible day: today, or after the notice that a custodian gets who does not offer in person."""
    today = timezone.localdate(at)
    if held.kind == Custody.Kind.CUSTODIAN and held.user_id != offering:
        return business_days_after(today, NOTICE_DAYS)
    return today


def _refuse_date(effective_on: date, earliest: date, at: datetime) -> None:
    latest = timezone.localdate(at) + timedelta(days=LATEST_DAYS_AHEAD)
    if not earliest <= effective_on <= latest:
        language = get_language() or "ja"
        words = _(
            "Choose a day from %(first)s to %(last)s. A person in charge who does not hand over in person gets three"
            " business days' notice."
        ) % {"first": era_date(earliest, language), "last": era_date(latest, language)}
        raise Refused(words, {"effective_on": words})


def _items(handover: Handover, registration: Registration, things: Sequence[tuple[str, str]]) -> list[HandoverItem]:
    if len(things) > MAX_THINGS:
        words = _("At most %(limit)d things. Put the rest into one line.") % {"limit": MAX_THINGS}
        raise Refused(words, {"things": words})
    kinds = HandoverItem.Kind
    whole = HandoverItem(
        handover=handover,
        kind=kinds.REGISTRATION,
        registration=registration,
        # Many registrations of one organisation bear the same name; the unit tells them apart.
        name="　".join(part for part in (registration.registered_name, registration.unit) if part)[:200],
        is_open=True,
    )
    papers = [
        HandoverItem(
            handover=handover,
            kind=kinds.DOCUMENT,
            registration=registration,
            document=paper,
            name=paper.title,
            place=paper.original_at,
        )
        for paper in papers_of(registration)
    ]
    loose = [
        HandoverItem(handover=handover, kind=kinds.THING, registration=registration, name=name, place=place)
        for name, place in things
    ]
    return [whole, *papers, *loose]


def offer(*, handover_pk: int, actor: Actor, at: datetime) -> Handover:
    """Send a prepared handover to the successor. Raises `NotAllowed`, `WrongState`, `Refused` (the date has passed)."""
    with transaction.atomic(durable=True):
        handover, registrations = switching.lock(Handover.objects.all(), handover_pk)
        rule = check(TABLE, "offer", handover, actor)
        for registration in registrations:
            refuse_blocked(registration, "offer", at=at, by_administrator=actor.is_administrator)
        switching.require_both_sides(handover, registrations)
        held = Custody.objects.current().get(registration=registrations[0])
        _refuse_date(handover.effective_on, _earliest(held, handover.offered_by_id, at), at)
        handover.status = Handover.Status.OFFERED
        handover.offered_at = at
        handover.save(update_fields=["status", "offered_at"])
        written = event(
            rule.event,
            actor=actor,
            at=at,
            subject=handover.label,
            about=switching.about(handover, registrations),
            facts={"to": handover.given_to.label, "effective_on": handover.effective_on.isoformat()},
        )
        people = [handover.given_to, handover.given_by]
        notices.tell("handover_offered", people, event=written, at=at, handover=handover)
        return handover


def withdraw(*, handover_pk: int, reason: str, actor: Actor, at: datetime) -> Handover:
    """Take back a handover that nobody accepted. Custody stays. Raises `NotAllowed`, `WrongState`."""
    with transaction.atomic(durable=True):
        handover, registrations = switching.lock(Handover.objects.all(), handover_pk)
        rule = check(TABLE, "withdraw", handover, actor)
        was_offered = handover.status == Handover.Status.OFFERED
        switching.end(handover, Handover.Status.WITHDRAWN, reason=reason, at=at)
        written = event(
            rule.event,
            actor=actor,
            at=at,
            subject=handover.label,
            about=switching.about(handover, registrations),
            facts={"was_offered": was_offered},
        )
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
        written = event(
            rule.event,
            actor=actor,
            at=at,
            subject=handover.label,
            about=switching.about(handover, registrations),
            facts={"question": asked.pk},
        )
        notices.tell("handover_answered", [asked.asked_by], event=written, at=at, handover=handover)
        return asked
