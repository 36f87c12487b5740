"""Labels on papers and boxes: made, reported lost, back or found, voided, made anew (R12)."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.errors import NotAllowed, Refused, WrongState
from accounts.models import User
from accounts.rulebook import Rule, check, check_state
from audit.models import Event
from audit.record import Public, System, event
from handover import custody, labels, notices
from handover.models import Custody, Document, Label, Registration, YearEndReminder
from handover.queries.labels import is_cleaning_time, things_to_keep, with_things_to_keep
from handover.rules import TABLE
from handover.rules.labels import FOUND_AGAIN_HOURS

LISTED = 50
"""Registrations named in one mail; nobody reads a longer one, and the pages have them all."""


def make_label(
    *,
    registration_pk: int,
    document_pk: int | None,
    name: str,
    place: str,
    token: UUID,
    actor: Actor,
    at: datetime,
) -> Label:
    """Make a label for a paper of the registration, or for a box or binder (`document_pk` None).

    `token` is the form's own: a second press gives back what the first made. Raises `NotAllowed`, `WrongState`
    (closed), `Refused` for a paper of another registration or a name that cannot be printed.
    """
    with transaction.atomic(durable=True):
        registration = Registration.objects.select_for_update(no_key=True).get(pk=registration_pk)
        rule = check(TABLE, "make_label", registration, actor)
        if standing := _find_made(token, registration, actor):
            return standing
        document = _paper_of(registration, document_pk)
        if not labels.is_printable(name):
            words = _("This name holds signs that cannot be printed. Use letters, digits and spaces.")
            raise Refused(words, {"name": words})
        made = Label.objects.create(
            code=labels.new_code(),
            registration=registration,
            document=document,
            name=name,
            place=place,
            issued_by=actor.user,
            issued_at=at,
            token=token,
        )
        _write(rule, made, actor=actor, at=at)
        return made


def report_lost(*, label_pk: int, actor: Actor, at: datetime) -> Label:
    """Write down that the thing under a label is lost; the person in charge and the administrators are told.

    Anybody of the holder who sees the registration may. Raises `NotAllowed`, `WrongState`.
    """
    with transaction.atomic(durable=True):
        label, rule = _lock(label_pk, "report_lost", actor, at)
        _end(label, Label.Status.LOST, actor=actor, at=at)
        written = _write(rule, label, actor=actor, at=at)
        _tell("label_lost", label, _keepers(label.registration, but=actor.user), written, at)
        return label


def report_back(*, label_pk: int, actor: Actor, at: datetime) -> Label:
    """Write down that a lost thing is back where it belongs. Raises `NotAllowed`, `WrongState`."""
    with transaction.atomic(durable=True):
        label, rule = _lock(label_pk, "report_back", actor, at)
        label.status, label.ended_at, label.ended_by = Label.Status.VALID, None, None
        label.save(update_fields=["status", "ended_at", "ended_by"])
        written = _write(rule, label, actor=actor, at=at)
        _tell("label_back", label, _keepers(label.registration, but=actor.user), written, at)
        return label


def void_label(*, label_pk: int, actor: Actor, at: datetime) -> Label:
    """End a label whose thing is no longer kept or no longer labelled. Raises `NotAllowed`, `WrongState`."""
    with transaction.atomic(durable=True):
        label, rule = _lock(label_pk, "void_label", actor, at)
        _end(label, Label.Status.VOID, actor=actor, at=at)
        written = _write(rule, label, actor=actor, at=at)
        _tell("label_void", label, _custodian(label.registration, but=actor.user), written, at)
        return label


def reissue_label(*, label_pk: int, actor: Actor, at: datetime) -> Label:
    """Void a label and make a new one for the same thing, in one act; returns the new one.

    Raises `NotAllowed`, `WrongState` when it is void already or the registration is closed.
    """
    with transaction.atomic(durable=True):
        old, rule = _lock(label_pk, "reissue_label", actor, at)
        check_state(TABLE["make_label"], old.registration)
        new = Label.objects.create(
            code=labels.new_code(),
            registration=old.registration,
            document=old.document,
            name=old.name,
            place=old.place,
            issued_by=actor.user,
            issued_at=at,
        )
        old.replaced_by = new
        _end(old, Label.Status.VOID, actor=actor, at=at)
        written = _write(rule, old, actor=actor, at=at, replaced_by=new.pk)
        _tell("label_reissued", old, _custodian(old.registration, but=actor.user), written, at)
        return new


def report_found(*, code: str, actor: Public, at: datetime) -> Label | None:
    """Tell the person in charge and the administrators that somebody found the thing with `code`.

    Whoever finds it has no account, so the words of the mail are fixed. Returns None, and writes nothing, for a code
    that is no label's and within `FOUND_AGAIN_HOURS` of the last press: the finder gets the same answer each time.
    """
    with transaction.atomic(durable=True):
        label_pk = Label.objects.filter(code=code).values_list("pk", flat=True).first()
        if label_pk is None:
            return None
        label = _lock_row(label_pk)
        rule = check(TABLE, "report_found", label, actor)
        if label.found_at and at - label.found_at < timedelta(hours=FOUND_AGAIN_HOURS):
            return None
        label.found_at = at
        label.save(update_fields=["found_at"])
        written = _write(rule, label, actor=actor, at=at)
        _tell("label_found", label, _keepers(label.registration), written, at)
        return label


def remind_labels(*, user_pk: int, actor: System, at: datetime) -> YearEndReminder:
    """Ask one person in charge, before the year-end clean-up, not to throw away what is labelled or an original.

    Raises `WrongState` when that was done this year, it is not the time, or there is nothing to keep.
    """
    today = timezone.localdate(at)
    with transaction.atomic(durable=True):
        person = User.objects.select_for_update(no_key=True).get(pk=user_pk)
        rule = check(TABLE, "remind_labels", person, actor)
        held = Custody.objects.current().filter(user=person)
        registrations = list(with_things_to_keep().filter(pk__in=held.values("registration")).order_by("number"))
        done = YearEndReminder.objects.filter(user=person, year=today.year).exists()
        if done or not is_cleaning_time(today) or not registrations:
            raise WrongState(_("There is nothing to remind of now. Nothing was changed."))
        reminder = YearEndReminder.objects.create(user=person, year=today.year, reminded_at=at)
        organisations = {f"organisation:{one.organisation_id}" for one in registrations}
        written = event(
            rule.event,
            actor=actor,
            at=at,
            subject=person.label,
            about=[*organisations, *(one.label for one in registrations)],
            facts={"year": today.year, "registrations": len(registrations)},
        )
        things, count = things_to_keep(registrations[:LISTED]), len(registrations)
        more = max(0, count - LISTED)
        notices.tell("labels_reminder", [person], event=written, at=at, things=things, count=count, more=more)
        return reminder


def _find_made(token: UUID, registration: Registration, actor: Actor) -> Label | None:
    """Return what an earlier press of the same form made; the token of another's form is nothing to build on."""
    found = Label.objects.filter(token=token).first()
    if found and (found.registration_id, found.issued_by_id) != (registration.pk, actor.user.pk):
        raise WrongState(_("This form has been used already. Open it again."))
    return found


def _paper_of(registration: Registration, document_pk: int | None) -> Document | None:
    if document_pk is None:
        return None
    found = Document.objects.filter(registration=registration, pk=document_pk, erased_at=None).first()
    if found is None:
        words = _("Choose a paper of this registration.")
        raise Refused(words, {"document": words})
    return found


def _lock_row(label_pk: int) -> Label:
    """Lock the registration of a label first, as every act on papers does, then the label."""
    registration_pk = Label.objects.values_list("registration_id", flat=True).get(pk=label_pk)
    registration = Registration.objects.select_for_update(no_key=True).get(pk=registration_pk)
    label = Label.objects.select_for_update(no_key=True).get(pk=label_pk)
    label.registration = registration
    return label


def _lock(label_pk: int, action: str, actor: Actor, at: datetime) -> tuple[Label, Rule]:
    """Lock, see that `actor` knows of the label at all, ask the rule; returns the label and the rule."""
    label = _lock_row(label_pk)
    if not Label.objects.visible_to(actor, at).filter(pk=label_pk).exists():
        raise NotAllowed(TABLE[action].why_not)
    return label, check(TABLE, action, label, actor)


def _end(label: Label, status: str, *, actor: Actor, at: datetime) -> None:
    label.status, label.ended_at, label.ended_by = status, at, actor.user
    label.save(update_fields=["status", "ended_at", "ended_by", "replaced_by"])


def _custodian(registration: Registration, *, but: User | None = None) -> list[User]:
    held = Custody.objects.current().filter(registration=registration, user__isnull=False).select_related("user")
    return [row.user for row in held if row.user and row.user != but]


def _keepers(registration: Registration, *, but: User | None = None) -> list[User]:
    return [*_custodian(registration, but=but), *custody.administrators(registration.organisation, but=but)]


def _tell(template: str, label: Label, people: Iterable[User], written: Event, at: datetime) -> None:
    notices.tell(template, people, event=written, at=at, label=label, registration=label.registration)


def _write(rule: Rule, label: Label, *, actor: Actor | Public, at: datetime, **more: object) -> Event:
    return event(
        rule.event,
        actor=actor,
        at=at,
        subject=label.label,
        about=[
            label.registration.label,
            f"organisation:{label.registration.organisation_id}",
            *([f"document:{label.document_id}"] if label.document_id else []),
        ],
        facts={"status": label.status, **more},
    )
