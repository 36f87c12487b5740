"""Saying what is still right after a change, and which unit uses a registration (R8, R13)."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.errors import Refused, WrongState
from accounts.models import Organisation, User
from accounts.rulebook import Rule, check
from audit.models import Event
from audit.record import event
from handover import confirming, custody, naming, notices
from handover.models import ContactPoint, Custody, Registration, Task, UnitQuestion
from handover.rules import TABLE

ASK_AGAIN_AFTER = timedelta(days=30)
"""How long administrators are not asked for the same units again."""


def confirm_contact_point(*, contact_point_pk: int, actor: Actor, at: datetime) -> ContactPoint:
    """Say that a contact point is still right after the name or the holder changed. The view made the fresh check.

    With the last one the task is done. Raises `NotAllowed`, `WrongState` when nobody asks.
    """
    with transaction.atomic(durable=True):
        registration_pk = ContactPoint.objects.values_list("registration_id", flat=True).get(pk=contact_point_pk)
        registration = Registration.objects.select_for_update(no_key=True).get(pk=registration_pk)
        rule = check(TABLE, "confirm_contact_point", registration, actor)
        point = ContactPoint.objects.get(pk=contact_point_pk)
        if point.until is not None or not point.to_confirm:
            raise WrongState(_("This contact point waits for no confirmation. Nothing was changed."))
        point.to_confirm, point.confirmed_on = False, timezone.localdate(at)
        point.save(update_fields=["to_confirm", "confirmed_on"])
        done = confirming.settle(registration, at=at)
        _write(rule, registration, actor=actor, at=at, contact_point=point.pk, kind=point.kind, complete=done)
        return point


def change_unit(*, registration_pk: int, unit: str, actor: Actor, at: datetime) -> Registration:
    """Say which unit uses the registration; the old one stays as a name in use, and certificates are superseded.

    Raises `NotAllowed`, `WrongState` (closed), `Refused` when that is the unit already.
    """
    with transaction.atomic(durable=True):
        registration = Registration.objects.select_for_update(no_key=True).get(pk=registration_pk)
        rule = check(TABLE, "change_unit", registration, actor)
        if not unit or unit == registration.unit:
            words = _("This is the unit already.") if unit else _("Please fill this in.")
            raise Refused(words, {"unit": words})
        naming.move_unit(registration, unit, at=at)
        registration.save(update_fields=["unit"])
        naming.refold([registration])
        superseded = custody.supersede_certificates(registration, at=at)
        confirming.finish(registration, Task.Kind.CONFIRM_UNIT, at=at)
        written = _write(rule, registration, actor=actor, at=at, certificates_superseded=list(superseded))
        people = [person for person in _keepers(registration) if person != actor.user]
        notices.tell("unit_changed", people, event=written, at=at, registration=registration)
        notices.tell_record("unit_changed", [registration], event=written, at=at, registration=registration)
        return registration


def confirm_unit(*, registration_pk: int, actor: Actor, at: datetime) -> Registration:
    """Say that the using unit that a reorganisation gave is right. Raises `NotAllowed`, `WrongState` if nobody asks."""
    with transaction.atomic(durable=True):
        registration = Registration.objects.select_for_update(no_key=True).get(pk=registration_pk)
        rule = check(TABLE, "confirm_unit", registration, actor)
        if not confirming.finish(registration, Task.Kind.CONFIRM_UNIT, at=at):
            raise WrongState(_("The using unit waits for no confirmation. Nothing was changed."))
        _write(rule, registration, actor=actor, at=at)
        return registration


def ask_for_unit(*, organisation_pk: int, registered_name: str, unit: str, actor: Actor, at: datetime) -> UnitQuestion:
    """Ask the administrators of a customer which units are behind one name that several registrations share.

    Raises `NotAllowed`; `WrongState` when the name tells them apart by now, nobody is there to be asked, or it was
    asked within `ASK_AGAIN_AFTER`.
    """
    with transaction.atomic(durable=True):
        organisation = Organisation.objects.select_for_update(no_key=True).get(pk=organisation_pk)
        rule = check(TABLE, "ask_for_unit", organisation, actor)
        alike = Registration.objects.filter(
            organisation=organisation, registered_name=registered_name, unit=unit, status=Registration.Status.ACTIVE
        )
        count = alike.count()
        if count < 2:
            raise WrongState(_("This name tells its registrations apart by now. Nothing was changed."))
        people = custody.administrators(organisation)
        if not people:
            raise WrongState(_("This customer has no administrator who could be asked. Nothing was changed."))
        asked = UnitQuestion.objects.filter(organisation=organisation, registered_name=registered_name, unit=unit)
        if asked.filter(asked_at__gt=at - ASK_AGAIN_AFTER).exists():
            raise WrongState(_("The administrators have been asked within the last 30 days. Nothing was changed."))
        made = UnitQuestion.objects.create(
            organisation=organisation, registered_name=registered_name, unit=unit, asked_by=actor.user, asked_at=at
        )
        facts = {"question": made.pk, "registrations": count}
        written = event(rule.event, actor=actor, at=at, subject=organisation.label, facts=facts)
        notices.tell("unit_asked_for", people, event=written, at=at, question=made, count=count)
        return made


def _keepers(registration: Registration) -> list[User | None]:
    held = Custody.objects.current().filter(registration=registration).select_related("user").first()
    return [held.user if held else None, *custody.administrators(registration.organisation)]


def _write(rule: Rule, registration: Registration, *, actor: Actor, at: datetime, **facts: object) -> Event:
    about = [f"organisation:{registration.organisation_id}"]
    return event(rule.event, actor=actor, at=at, subject=registration.label, about=about, facts=dict(facts))
