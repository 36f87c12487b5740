"""Registrations moving between the handovers of a package. Plain functions inside a transition; they write no event.

Locks are always taken in the order people, registrations, package, handovers: see `switching.lock`.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone

from accounts.models import User
from handover import custody, preparing
from handover.models import Custody, Handover, HandoverItem, Package, Registration

S = Handover.Status


def waiting(package: Package) -> Handover | None:
    """Return the draft of `package` that waits for a successor to be named, if there is one."""
    return package.handovers.filter(status=S.DRAFT, given_to=None).order_by("pk").first()


def end(handover: Handover, status: str, *, reason: str, at: datetime) -> None:
    """End an open handover without a change of custody; the caller holds its lock."""
    handover.status = status
    handover.end_reason = reason
    handover.ended_at = at
    handover.save(update_fields=["status", "end_reason", "ended_at"])
    handover.items.filter(is_open=True).update(is_open=False)


def take_out(registration: Registration, *, at: datetime, reason: str = "", finishes: bool = True) -> Handover | None:
    """Take `registration` out of the handover that is open for it, because it goes another way; returns that one.

    A handover of nothing else ends as withdrawn; one with more registrations goes on without this one. `finishes`:
    whether a package in which nothing is left ends with it.
    """
    item = HandoverItem.objects.filter(registration=registration, is_open=True).select_related("handover").first()
    if item is None:
        return None
    package = item.handover.package_id and Package.objects.select_for_update(no_key=True).get(
        pk=item.handover.package_id
    )
    source = Handover.objects.select_for_update(no_key=True).get(pk=item.handover_id)
    others = source.items.standing().filter(is_open=True).exclude(registration=registration)
    if others.exists():
        leave(source, [registration], at=at)
    else:
        end(source, S.WITHDRAWN, reason=reason, at=at)
    if finishes:
        finish_if_done(package or None, at=at)
    return source


def take_out_of_waiting(registration: Registration, *, at: datetime) -> Package | None:
    """Free `registration` from a draft without successor, because somebody prepares a handover of it by itself.

    Returns the caretaker's package it waited in, which stays open: the new handover has to go on in it, so that what
    is in care waits there again when that one does not come about.
    """
    waits = HandoverItem.objects.filter(registration=registration, is_open=True)
    item = waits.filter(handover__status=S.DRAFT, handover__given_to=None).select_related("handover__package").first()
    if item is None:
        return None
    package = item.handover.package
    in_care = package is not None and package.kind == Package.Kind.CARETAKER
    take_out(registration, at=at, finishes=not in_care)
    return package if in_care else None


def leave(source: Handover, registrations: Iterable[Registration], *, at: datetime) -> list[HandoverItem]:
    """Mark what belongs to `registrations` as having left `source`; returns those items, as a list to copy from.

    The rows stay: what was on the list, and what was said of it, remains on record.
    """
    numbers = [registration.pk for registration in registrations]
    items = list(source.items.standing().filter(registration__in=numbers).order_by("pk"))
    source.items.filter(pk__in=[item.pk for item in items]).update(left_at=at, is_open=False)
    return items


def join(target: Handover, items: Iterable[HandoverItem]) -> None:
    """Put copies of `items`, which left another handover, on the list of `target`, unmarked."""
    kinds = HandoverItem.Kind
    HandoverItem.objects.bulk_create(
        (
            HandoverItem(
                handover=target,
                kind=item.kind,
                registration_id=item.registration_id,
                document_id=item.document_id,
                name=item.name,
                place=item.place,
                detail=item.detail,
                is_open=item.kind == kinds.REGISTRATION,
            )
            for item in items
        ),
        batch_size=500,
    )


def end_if_empty(source: Handover, *, at: datetime) -> None:
    """Withdraw an open handover from which everything was taken."""
    if not source.items.standing().exists():
        end(source, S.WITHDRAWN, reason="", at=at)


def draft_in(
    package: Package, held: Custody, *, successor: User | None, offered_by: User, confirms: bool, at: datetime
) -> Handover:
    """Return a new draft of `package` (not yet written) from the holder of `held` to `successor`, or to nobody yet."""
    return Handover(
        number=preparing.new_number("H", at),
        organisation_id=package.organisation_id,
        package=package,
        given_by_id=held.user_id,
        given_to=successor,
        offered_by=offered_by,
        reason=package.reason,
        effective_on=package.effective_on,
        needs_confirmation=confirms,
        overlap_days=custody.overlap_days(package),
        drafted_at=at,
    )


def waiting_or_new(
    package: Package, registration_pk: int, *, offered_by: User, confirms: bool, at: datetime
) -> Handover:
    """Return the draft of `package` that waits for a successor; if needed made now, from who holds a registration."""
    target = waiting(package)
    if target is None:
        held = Custody.objects.current().get(registration_id=registration_pk)
        target = draft_in(package, held, successor=None, offered_by=offered_by, confirms=confirms, at=at)
        target.save(force_insert=True)
    return target


def put_back(
    source: Handover, registrations: Iterable[Registration], *, at: datetime, minded_by: User | None = None
) -> Handover | None:
    """Let `registrations`, which `source` did not hand over, wait in its package for another successor.

    `minded_by` is who has to name one (default: whoever offered). Returns the draft in which they wait; None without an
    open package: then they simply stay where they are. The caller holds package and `source`.
    """
    items = leave(source, registrations, at=at)
    package = source.package
    if package is None or package.status != Package.Status.OPEN or not items:
        return None
    by, confirms = minded_by or source.offered_by, source.needs_confirmation
    target = waiting_or_new(package, items[0].registration_id, offered_by=by, confirms=confirms, at=at)
    if minded_by and target.offered_by_id != minded_by.pk:
        target.offered_by = minded_by
        target.save(update_fields=["offered_by"])
    join(target, items)
    return target


def finish_if_done(package: Package | None, *, at: datetime) -> None:
    """End an open package in which nothing is under way any more; the caller holds its lock.

    One of a leaver stays open for the leaving date, which can still be changed until it is kept.
    """
    if package is None or package.status != Package.Status.OPEN or package.kind == Package.Kind.LEAVES:
        return
    if package.handovers.filter(status__in=Handover.OPEN).exists():
        return
    package.status = Package.Status.DONE
    package.ended_at = at
    package.save(update_fields=["status", "ended_at"])


def caretaker_package(caretaker: User, organisation_pk: int, *, at: datetime) -> tuple[Package, bool]:
    """Return the open package in which `caretaker` passes on what came into care, and whether it was made now."""
    rows = Package.objects.open().select_for_update(no_key=True)
    standing = rows.filter(person=caretaker, kind=Package.Kind.CARETAKER).first()
    if standing:
        return standing, False
    made = Package(
        number=preparing.new_number("P", at),
        organisation_id=organisation_pk,
        person=caretaker,
        opened_by=caretaker,
        kind=Package.Kind.CARETAKER,
        effective_on=timezone.localdate(at),
        opened_at=at,
    )
    return open_once(made)


def open_once(made: Package) -> tuple[Package, bool]:
    """Write a package, or return the one that somebody opened for the same person in the same moment.

    The second value says whether it was written now.
    """
    try:
        with transaction.atomic():
            made.save(force_insert=True)
    except IntegrityError:
        rows = Package.objects.open().select_for_update(no_key=True)
        return rows.get(person=made.person, kind=made.kind), False
    return made, True


def let_wait(
    package: Package, registrations: Iterable[Registration], *, offered_by: User, confirms: bool, at: datetime
) -> Handover | None:
    """List `registrations` with their papers in the draft of `package` that waits for a successor.

    Those that are in an open handover already stay there. The caller holds `registrations` and `package`.
    Returns the draft, None when there was nothing to list.
    """
    rows = list(registrations)
    moving = set(
        HandoverItem.objects.filter(is_open=True, registration__in=[one.pk for one in rows]).values_list(
            "registration", flat=True
        )
    )
    rows = [one for one in rows if one.pk not in moving]
    if not rows:
        return None
    target = waiting_or_new(package, rows[0].pk, offered_by=offered_by, confirms=confirms, at=at)
    HandoverItem.objects.bulk_create(preparing.items_of_many(target, rows), batch_size=500)
    return target


def adopt(package: Package, registrations: Iterable[Registration]) -> None:
    """Let handovers of `registrations` that are under way on their own go on in `package`, as they are.

    So they wait in it for another successor when this one does not come about. The caller holds `registrations` and
    `package`.
    """
    listed = HandoverItem.objects.filter(is_open=True, registration__in=[one.pk for one in registrations])
    own = Handover.objects.open().filter(pk__in=listed.values("handover"))
    own.exclude(package__status=Package.Status.OPEN).update(package=package)


def listed_in(package: Package) -> QuerySet[HandoverItem, Any]:
    """Return the registrations that stand in open handovers of `package`."""
    items = HandoverItem.objects.filter(handover__package=package, is_open=True)
    return items.values("registration")


def lock_listed(package_pk: int) -> list[Registration]:
    """Lock the registrations of a package, in the order of their keys."""
    items = HandoverItem.objects.filter(handover__package=package_pk, is_open=True)
    rows = Registration.objects.select_for_update(no_key=True).filter(pk__in=items.values("registration"))
    return list(rows.order_by("pk"))


@dataclass(frozen=True)
class Drafts:
    """A locked package with its prepared handovers that have a successor, each with its registrations."""

    package: Package
    drafts: list[tuple[Handover, list[Registration]]]


def lock_drafts(package_pk: int) -> Drafts:
    """Lock a package with all that is prepared in it: successors, registrations, package, handovers."""
    prepared = Handover.objects.filter(package=package_pk, status=S.DRAFT, given_to__isnull=False)
    successors = prepared.values_list("given_to", flat=True)
    list(User.objects.select_for_update(no_key=True).filter(pk__in=successors).order_by("pk"))
    by_key = {registration.pk: registration for registration in lock_listed(package_pk)}
    package = Package.objects.select_for_update(no_key=True).select_related(None).get(pk=package_pk)
    rows = list(prepared.select_for_update(no_key=True).order_by("pk"))
    drafts = []
    for handover in rows:
        keys = handover.items.filter(is_open=True).order_by("registration").values_list("registration", flat=True)
        drafts.append((handover, [by_key[key] for key in keys if key in by_key]))
    return Drafts(package, drafts)
