"""Mistakes of our own: recorded and told at once, put right, and closed by the provider."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.errors import Refused
from accounts.models import Role
from accounts.rulebook import check
from audit.models import Event
from audit.record import event
from desk import escalating, hearing
from desk.models import Inquiry, Mistake
from desk.rules import TABLE
from handover import notices
from handover.models import Custody, Registration
from outbox import cipher


def record_mistake(
    *, kind: str, noticed: str, words: str, inquiry_pk: int | None = None, actor: Actor, at: datetime
) -> Mistake:
    """Write down what we did wrong. The provider's operators and seniors are told at once, and so is the inquirer.

    An inquirer without a mail address is told in the next contact: the page of the inquiry says so. Raises
    `NotAllowed`.
    """
    with transaction.atomic(durable=True):
        inquiry = None
        if inquiry_pk is not None:
            inquiry = Inquiry.objects.select_for_update(no_key=True).get(pk=inquiry_pk)
        rule = check(TABLE, "record_mistake", inquiry, actor)
        made = Mistake.objects.create(
            kind=kind,
            noticed=noticed,
            sealed_words=cipher.encrypt(words),
            inquiry=inquiry,
            recorded_by=actor.user,
            at=at,
        )
        about = [inquiry.label] if inquiry else []
        facts = {"kind": kind, "noticed": noticed}
        written = event(rule.event, actor=actor, at=at, subject=made.label, about=about, facts=facts)
        people = escalating.people_of(Role.OPERATOR, Role.SENIOR)
        notices.tell("mistake_recorded", people, event=written, at=at, mistake=made)
        if inquiry is not None and hearing.can_mail(inquiry):
            hearing.mail("mistake_told", inquiry, event=written, at=at, mistake=made)
        return made


def name_registration(mistake_pk: int, *, number: str, actor: Actor, at: datetime) -> Mistake:
    """Say which registration a mistake concerned: its custodian is told. Only the provider knows of it.

    Raises `NotAllowed`, `WrongState`; `Refused` for an unknown number or when one is named already.
    """
    with transaction.atomic(durable=True):
        registration = Registration.objects.select_related("organisation").filter(number=number).first()
        found = _lock(mistake_pk)
        rule = check(TABLE, "name_registration", found, actor)
        if registration is None or found.registration_id:
            words = _("There is no registration with this number, or one is named already.")
            raise Refused(words, {"number": words})
        found.registration = registration
        found.save(update_fields=["registration"])
        about = [registration.label, registration.organisation.label]
        written = event(rule.event, actor=actor, at=at, subject=found.label, about=about, facts={"kind": found.kind})
        _tell_custodian("mistake_told_custodian", found, written, at)
        return found


def mend_mistake(mistake_pk: int, *, words: str, actor: Actor, at: datetime) -> Mistake:
    """Write down what was done about it, in the words that the customer reads. Raises `NotAllowed`, `WrongState`."""
    with transaction.atomic(durable=True):
        found = _lock(mistake_pk)
        rule = check(TABLE, "mend_mistake", found, actor)
        found.sealed_done, found.done_at, found.status = cipher.encrypt(words), at, Mistake.Status.MENDED
        found.save(update_fields=["sealed_done", "done_at", "status"])
        event(rule.event, actor=actor, at=at, subject=found.label, facts={"kind": found.kind})
        return found


def close_mistake(mistake_pk: int, *, actor: Actor, at: datetime) -> Mistake:
    """Close it: inquirer and custodian read what was done about it. Raises `NotAllowed`, `WrongState`."""
    with transaction.atomic(durable=True):
        found = _lock(mistake_pk)
        rule = check(TABLE, "close_mistake", found, actor)
        found.status, found.closed_at, found.closed_by = Mistake.Status.CLOSED, at, actor.user
        found.save(update_fields=["status", "closed_at", "closed_by"])
        about = [one.label for one in (found.inquiry, found.registration) if one]
        written = event(rule.event, actor=actor, at=at, subject=found.label, about=about, facts={"kind": found.kind})
        if found.inquiry is not None and hearing.can_mail(found.inquiry):
            hearing.mail("mistake_mended", found.inquiry, event=written, at=at, mistake=found)
        _tell_custodian("mistake_mended_custodian", found, written, at)
        return found


def _tell_custodian(template: str, mistake: Mistake, written: Event, at: datetime) -> None:
    """Tell whoever is in charge now; in the keeping of the provider there is nobody to tell."""
    rows = Custody.objects.current().filter(registration=mistake.registration_id).select_related("user")
    people = [row.user for row in rows]
    notices.tell(template, people, event=written, at=at, mistake=mistake, registration=mistake.registration)


def _lock(mistake_pk: int) -> Mistake:
    rows = Mistake.objects.select_for_update(no_key=True, of=("self",))
    return rows.select_related("inquiry", "registration").get(pk=mistake_pk)
