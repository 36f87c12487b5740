"""How a registration is reached and what its unit is called; and that somebody looked."""

from collections.abc import Collection
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.errors import Refused, WrongState
from accounts.models import OrganisationKind
from accounts.rulebook import Rule, check
from audit.models import Event
from audit.record import event
from handover import canaries, confirming, indexing, notices, reaching
from handover.models import ContactPoint, Custody, Registration, UnitAlias
from handover.naming import refold
from handover.restricting import find_case, refuse_blocked
from handover.rules import TABLE


def look(*, registration: Registration, capacity: str, actor: Actor, at: datetime, page: str = "registration") -> Event:
    """Write down that `actor` opened a page of `registration`, before it is shown (R11).

    `capacity` says in what role: custodian, deputy, former, administrator. `page` is a word of ours: registration or
    custody. Locks nothing, for nothing changes.
    Raises `NotAllowed`.
    """
    with transaction.atomic(durable=True):
        rule = check(TABLE, "look", registration, actor)
        facts = {"page": page, "as": capacity}
        if actor.kind == OrganisationKind.PROVIDER:
            # Every look of the staff names its case (invariant 24).
            facts |= {"as": "staff", "case": str(find_case(actor, registration, at))}
        canaries.touched([registration.pk], rule.event, by=actor.user, at=at)
        return event(rule.event, actor=actor, at=at, subject=registration.label, facts=facts)


def add_contact_point(
    *,
    registration_pk: int,
    kind: str,
    value: str,
    postal_code: str,
    purposes: Collection[str],
    hours: str,
    receiver_pays: bool,
    actor: Actor,
    at: datetime,
) -> ContactPoint:
    """Put a contact point on record, unverified, counting from the day of `at`; tell everybody on record.

    `value` and `postal_code` are in their normal form (see `handover.folding`). The view has made the fresh check.
    Raises `NotAllowed`, `WrongState`, `Refused` when the same is on record already.
    """
    with transaction.atomic(durable=True):
        registration = Registration.objects.select_for_update(no_key=True).get(pk=registration_pk)
        rule = check(TABLE, "add_contact_point", registration, actor)
        if ContactPoint.objects.current().filter(registration=registration, kind=kind, value=value).exists():
            words = _("This contact point is on record already.")
            raise Refused(words, {"value": words})
        made = ContactPoint.objects.create(
            registration=registration,
            kind=kind,
            value=value,
            postal_code=postal_code,
            since=timezone.localdate(at),
            purposes=sorted(purposes),
            hours=hours,
            receiver_pays=receiver_pays,
        )
        indexing.changed([registration.pk])
        written = _write(rule, registration, made, actor=actor, at=at)
        _tell("contact_point_added", registration, made, written, at=at)
        return made


def end_contact_point(*, contact_point_pk: int, actor: Actor, at: datetime) -> ContactPoint:
    """End a contact point of record; it stays in the history. A mail address that ends is told as well.

    The view has made the fresh check. Raises `NotAllowed`, `WrongState` (already ended), `Refused` for the last one.
    """
    with transaction.atomic(durable=True):
        registration_pk = ContactPoint.objects.values_list("registration_id", flat=True).get(pk=contact_point_pk)
        registration = Registration.objects.select_for_update(no_key=True).get(pk=registration_pk)
        rule = check(TABLE, "end_contact_point", registration, actor)
        refuse_blocked(registration, "end_contact_point", at=at)
        ended = ContactPoint.objects.get(pk=contact_point_pk)
        if ended.until is not None:
            raise WrongState(_("This contact point has already ended. Nothing was changed."))
        if not ContactPoint.objects.current().filter(registration=registration).exclude(pk=ended.pk).exists():
            raise Refused(_("This is the last contact point. Add another one first, then end this one."))
        ended.until = timezone.localdate(at)
        ended.save(update_fields=["until"])
        confirming.settle(registration, at=at)
        written = _write(rule, registration, ended, actor=actor, at=at)
        _tell("contact_point_ended", registration, ended, written, at=at)
        return ended


def _write(rule: Rule, registration: Registration, point: ContactPoint, *, actor: Actor, at: datetime) -> Event:
    return event(
        rule.event,
        actor=actor,
        at=at,
        subject=registration.label,
        about=[f"organisation:{registration.organisation_id}"],
        facts={"contact_point": point.pk, "kind": point.kind},
    )


def _tell(template: str, registration: Registration, point: ContactPoint, written: Event, *, at: datetime) -> None:
    """Tell who holds it and every mail address on record before: whoever changes them must not stay unseen.

    An address that ends is told too, one that begins is not: it may be mistyped, and the mail names the registration.
    """
    held = Custody.objects.current().filter(registration=registration).select_related("user").first()
    context = {"registration": registration, "point": point}
    notices.tell(template, [held.user if held else None], event=written, at=at, **context)
    mails = ContactPoint.objects.filter(registration=registration, kind=ContactPoint.Kind.MAIL)
    current = mails.current().exclude(health__in=ContactPoint.NO_MAIL).exclude(pk=point.pk)
    ended = [point] if point.until and point.kind == ContactPoint.Kind.MAIL else []
    # One that ends is told whatever it was for: it is told of itself.
    for told in [*reaching.serving(current.order_by("pk"), reaching.PROCEDURE), *ended]:
        notices.tell_point(template, told, event=written, at=at, **context)


def add_alias(*, registration_pk: int, alias: str, actor: Actor, at: datetime) -> UnitAlias:
    """Keep what people call the using unit. Raises `NotAllowed`, `WrongState`, `Refused` when it is known already."""
    with transaction.atomic(durable=True):
        registration = Registration.objects.select_for_update(no_key=True).get(pk=registration_pk)
        rule = check(TABLE, "add_alias", registration, actor)
        try:
            with transaction.atomic():
                made = UnitAlias.objects.create(registration=registration, alias=alias, since=at)
        except IntegrityError as clash:
            words = _("This name is known already.")
            raise Refused(words, {"alias": words}) from clash
        refold([registration])
        _write_alias(rule, registration, made, actor=actor, at=at)
        return made


def end_alias(*, alias_pk: int, actor: Actor, at: datetime) -> UnitAlias:
    """End another name of the unit; it stays in the history. Raises `NotAllowed`, `WrongState` (already ended)."""
    with transaction.atomic(durable=True):
        registration_pk = UnitAlias.objects.values_list("registration_id", flat=True).get(pk=alias_pk)
        registration = Registration.objects.select_for_update(no_key=True).get(pk=registration_pk)
        rule = check(TABLE, "end_alias", registration, actor)
        ended = UnitAlias.objects.get(pk=alias_pk)
        if ended.until is not None:
            raise WrongState(_("This name has already ended. Nothing was changed."))
        ended.until = at
        ended.save(update_fields=["until"])
        refold([registration])
        _write_alias(rule, registration, ended, actor=actor, at=at)
        return ended


def _write_alias(rule: Rule, registration: Registration, alias: UnitAlias, *, actor: Actor, at: datetime) -> None:
    event(
        rule.event,
        actor=actor,
        at=at,
        subject=registration.label,
        about=[f"organisation:{registration.organisation_id}"],
        facts={"alias": alias.pk},
    )
