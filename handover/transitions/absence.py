"""Who cannot be reached: mail that failed for good, and people of whom nobody sees anything (R7). Removes nobody."""

import json
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.errors import WrongState
from accounts.models import Organisation, User
from accounts.rulebook import Rule, check
from audit.models import Event
from audit.record import System, event
from handover import custody
from handover.attesting import LISTED, Share, lock_registrations, open_alerts, tell_once
from handover.models import ContactPoint, Custody, Deputy, GapAlert, MailTrouble, Registration
from handover.notices import tell
from handover.queries import absence as queries
from handover.rules import TABLE
from handover.rules.attestation import PIECE
from outbox import bounces, cipher
from outbox.models import Notice


def record_bounce(*, notice_pk: UUID, status: str, actor: System, at: datetime) -> Notice:
    """Draw the conclusion from one mail that failed for good: the contact point or the account is marked.

    `status` is the enhanced status code (RFC 3463), or empty. A shared address is marked everywhere in its
    organisation. Raises `WrongState` when this mail's bounce is known.
    """
    with transaction.atomic(durable=True):
        notice = Notice.objects.select_for_update(no_key=True, of=("self",)).get(pk=notice_pk)
        rule = check(TABLE, "record_bounce", notice, actor)
        if not bounces.mark(notice, status=status, at=at):
            raise WrongState(_("This is known already. Nothing was changed."))
        kind, _colon, key = notice.recipient.partition(":")
        points = _mark_points(int(key), at) if kind == "contact_point" else []
        trouble = _mark_account(int(key), notice, status, at) if kind == "user" else None
        registrations = [one.registration for one in points]
        organisations = {f"organisation:{one.organisation_id}" for one in registrations}
        written = event(
            rule.event,
            actor=actor,
            at=at,
            subject=notice.recipient,
            about=[*organisations, *(one.label for one in registrations[:PIECE])],
            facts={"status": status, "template": notice.template, "marked": len(points) + bool(trouble)},
        )
        if points:
            _tell_of_points(points, written, at)
        notice.refresh_from_db()
        return notice


def _mark_points(key: int, at: datetime) -> list[ContactPoint]:
    """Mark the contact point and its equals of the same organisation; none when it has ended meanwhile."""
    point = ContactPoint.objects.current().filter(pk=key).select_related("registration").first()
    if point is None:
        return []
    same = ContactPoint.objects.current().filter(
        kind=ContactPoint.Kind.MAIL, value=point.value, registration__organisation=point.registration.organisation_id
    )
    rows = list(same.select_related("registration").order_by("pk"))
    same.update(health=ContactPoint.Health.BOUNCED, came_back_at=at)
    return rows


def _mark_account(key: int, notice: Notice, status: str, at: datetime) -> MailTrouble | None:
    user = User.objects.filter(pk=key, is_active=True).first()
    if user is None:
        return None
    if notice.payload:
        address = json.loads(cipher.decrypt(notice.payload))["to"]
    else:
        # What was sent is wiped. Where it went is known only if the address has not changed since.
        changed = Event.objects.filter(subject=user.label, verb="accounts.address_changed", at__gt=notice.queued_at)
        address = "" if changed.exists() else user.email
    if address != user.email:
        return None
    return MailTrouble.objects.update_or_create(
        user=user, address=address, defaults={"status": status[:12], "since": at}
    )[0]


def _tell_of_points(points: list[ContactPoint], written: Event, at: datetime) -> None:
    registrations = [one.registration for one in points]
    held = Custody.objects.current().filter(registration__in=registrations[:LISTED]).select_related("user")
    people = [row.user for row in held.order_by("pk")]
    organisation = Organisation.objects.get(pk=registrations[0].organisation_id)
    everybody = [*people, *custody.administrators(organisation)]
    share = Share(len(registrations), registrations[:LISTED])
    tell("contact_point_bounced", everybody, event=written, at=at, share=share, point=points[0])


def note_absence(*, user_pk: int, actor: System, at: datetime) -> int:
    """Open the alerts of what an absent person holds (at most a piece), and tell administrators and deputies once.

    The person stays in charge. Returns of how many. Raises `WrongState` when there is nothing to note.
    """
    with transaction.atomic(durable=True):
        person = User.objects.select_for_update(no_key=True).get(pk=user_pk)
        rule = check(TABLE, "note_absence", person, actor)
        due = queries.absent(at).filter(user=person)
        keys = due.order_by("registration__number").values_list("registration_id", flat=True)[:PIECE]
        registrations = lock_registrations(keys)
        rows = list(due.filter(registration__in=registrations))
        if not rows:
            raise WrongState(_("There is nothing to do here now. Nothing was changed."))
        reasons = queries.reasons_of(person, rows, at)
        due_keys = {row.registration_id for row in rows}
        registrations = [one for one in registrations if one.pk in due_keys]
        # Who is told is read before the alerts are written: they end being due.
        share = _share(due.values_list("registration_id", flat=True))
        deputies = list(
            User.objects.filter(
                pk__in=Deputy.objects.current().filter(registration__in=due.values("registration")).values("user")
            ).order_by("pk")
        )
        open_alerts(queries.ABSENT, registrations, at=at, reasons=reasons)
        written = _write(rule, person, registrations, actor, at, reasons=sorted(set().union(*reasons.values())))
        # Deputies first learn what is theirs; an administrator who is one as well needs one mail.
        people = [*_administrators(registrations), *deputies]
        what = f"absent:{person.pk}:{timezone.localdate(at)}"
        tell_once("custodian_absent", people, what, event=written, at=at, share=share, person=person)
        return len(rows)


def end_absence(*, user_pk: int, actor: System, at: datetime) -> int:
    """Close the alerts of absence of a person who was seen again (at most a piece); administrators are told once.

    Returns how many. Raises `WrongState` when there is none to close.
    """
    with transaction.atomic(durable=True):
        person = User.objects.select_for_update(no_key=True).get(pk=user_pk)
        rule = check(TABLE, "end_absence", person, actor)
        due = queries.back_again(user_pk)
        registrations = lock_registrations(
            due.order_by("registration__number").values_list("registration", flat=True)[:PIECE]
        )
        alerts = list(due.filter(registration__in=registrations))
        if not alerts:
            raise WrongState(_("There is nothing to do here now. Nothing was changed."))
        share = _share(due.values_list("registration_id", flat=True))
        GapAlert.objects.filter(pk__in=[alert.pk for alert in alerts]).update(closed_at=at)
        written = _write(rule, person, registrations, actor, at)
        what = f"back:{person.pk}:{timezone.localdate(at)}"
        people = _administrators(registrations)
        tell_once("custodian_back", people, what, event=written, at=at, share=share, person=person)
        return len(alerts)


def _share(keys: "QuerySet[Any, int | None]") -> Share:
    rows = Registration.objects.filter(pk__in=keys)
    return Share(rows.count(), list(rows.order_by("number")[:LISTED]))


def _administrators(registrations: list[Registration]) -> list[User]:
    organisations = Organisation.objects.filter(pk__in={one.organisation_id for one in registrations}).order_by("pk")
    return [person for one in organisations for person in custody.administrators(one)]


def _write(
    rule: Rule, person: User, registrations: list[Registration], actor: System, at: datetime, **facts: object
) -> Event:
    organisations = {f"organisation:{one.organisation_id}" for one in registrations}
    about = [*organisations, *(one.label for one in registrations)]
    facts = {"registrations": len(registrations), **facts}
    return event(rule.event, actor=actor, at=at, subject=person.label, about=about, facts=facts)
