"""The steps of somebody's leaving: all that is held or under way finds somebody else. They write no event."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Q

from accounts.actors import Actor
from accounts.models import User
from audit.record import Entry, System
from handover import custody, shares
from handover.models import ContactPoint, Custody, Deputy, Handover, HandoverItem, Package, Registration

S = Handover.Status


@dataclass
class Left:
    """What a leaver left behind: whom it passed to, what changed hands, what ended, where it waits."""

    stand_in: User | None
    passed: list[tuple[Registration, custody.Change]] = field(default_factory=list)
    ended: list[Handover] = field(default_factory=list)
    prepared: list[HandoverItem] = field(default_factory=list)
    waiting: list[Registration] = field(default_factory=list)
    package: Package | None = None
    package_is_new: bool = False


@dataclass(frozen=True, kw_only=True)
class PassedOn:
    """What of another app passed to somebody else in the same act: events still to be written, and whom to tell."""

    event: str
    entries: tuple[Entry, ...]
    template: str
    to: User
    context: dict[str, Any]


_also: list[Callable[..., PassedOn | None]] = []


def also_pass(step: Callable[..., PassedOn | None]) -> None:
    """Let an app to the right of this one pass on what it owes to a leaver: called once, when that app is ready.

    `step(leaver, actor=, at=)` is a plain function: it changes rows inside the transaction and writes no event.
    """
    if step not in _also:
        _also.append(step)


def pass_elsewhere(leaver: Actor, *, actor: Actor | System, at: datetime) -> list[PassedOn]:
    """Pass on what the other apps keep for `leaver`, while the membership still stands."""
    return [passed for step in _also if (passed := step(leaver, actor=actor, at=at)) is not None]


def lock_registrations(user: User) -> list[Registration]:
    """Lock all that `user` holds or that moves to, by or from `user`, in the order of their keys."""
    held = Custody.objects.current().filter(user=user).values("registration")
    moving = HandoverItem.objects.filter(is_open=True).filter(
        Q(handover__given_to=user) | Q(handover__offered_by=user) | Q(handover__package__person=user)
    )
    wanted = Q(pk__in=held) | Q(pk__in=moving.values("registration"))
    return list(Registration.objects.select_for_update(no_key=True).filter(wanted).order_by("pk"))


def leave_behind(leaver: Actor, registrations: list[Registration], *, at: datetime) -> Left:
    """Pass on what `leaver` holds, to the longest-serving other administrator or else to the provider's keeping.

    Handovers to the leaver end; offers by the leaver go on from the caretaker, with a confirmation; everything else
    waits in the caretaker's package for a successor, so that nothing stands still unseen.
    """
    user = leaver.user
    left = Left(_stand_in(leaver))
    own = list(Package.objects.open().select_for_update(no_key=True).filter(person=user).order_by("pk"))
    _end_handovers(left, user, at=at)
    custody.end_deputies(Deputy.objects.current().filter(user=user), at=at)
    _pass_on(left, user, registrations, at=at)
    _close_packages(own, at=at)
    if left.stand_in:
        _let_wait(left, leaver, own, at=at)
    return left


def mark_mailbox(leaver: Actor) -> int:
    """Mark the own mail address of somebody who died wherever it is on record; returns at how many registrations."""
    points = ContactPoint.objects.current().filter(
        kind=ContactPoint.Kind.MAIL,
        value__iexact=leaver.user.email,
        registration__organisation=leaver.organisation,
    )
    return points.update(health=ContactPoint.Health.GONE)


def _stand_in(leaver: Actor) -> User | None:
    """The longest-serving other administrator; None leaves everything in the provider's keeping."""
    if not leaver.is_customer:
        return None
    others = custody.administrators(leaver.organisation, but=leaver.user)
    return others[0] if others else None


def _end_handovers(left: Left, user: User, *, at: datetime) -> None:
    """Withdraw the open handovers to `user` and the drafts of `user`; offers to others go on without the giver."""
    drafts = Q(offered_by=user, status=S.DRAFT)
    rows = (
        Handover.objects.open()
        .select_for_update(no_key=True, of=("self",))
        .filter(Q(given_to=user) | drafts)
        .select_related("given_by", "offered_by", "package")
    )
    for handover in rows.order_by("pk"):
        inside = handover.package if handover.package and handover.package.person_id != user.pk else None
        if inside and handover.given_to_id is None:
            # Opened by an administrator who leaves: it goes on waiting, and somebody else minds it.
            Handover.objects.filter(pk=handover.pk).update(offered_by=left.stand_in or handover.offered_by)
            continue
        listed = Registration.objects.filter(handover_items__handover=handover, handover_items__left_at=None).distinct()
        if inside:
            shares.end(handover, S.WITHDRAWN, reason="", at=at)
            minds = left.stand_in if handover.offered_by_id == user.pk else None
            shares.put_back(handover, listed, at=at, minded_by=minds)
        elif handover.status == S.DRAFT and left.stand_in:
            # What the leaver had prepared, things and notes included, is not to be prepared again.
            left.prepared += shares.leave(handover, listed, at=at)
            shares.end_if_empty(handover, at=at)
        else:
            shares.end(handover, S.WITHDRAWN, reason="", at=at)
        if handover.given_to_id:
            left.ended.append(handover)
    # What somebody offered who is gone by now takes effect only when an administrator stands behind it.
    Handover.objects.filter(offered_by=user, status=S.OFFERED).update(needs_confirmation=True)


def _pass_on(left: Left, user: User, registrations: list[Registration], *, at: datetime) -> None:
    held = set(Custody.objects.current().filter(user=user).values_list("registration_id", flat=True))
    for registration in registrations:
        if registration.pk in held:
            change = custody.give(
                registration,
                left.stand_in,
                kind=Custody.Kind.CARETAKER,
                basis=Custody.Basis.CARETAKER,
                basis_label=user.label,
                at=at,
            )
            left.passed.append((registration, change))


def _close_packages(own: list[Package], *, at: datetime) -> None:
    for package in own:
        package.status = Package.Status.DONE
        package.ended_at = at
        package.save(update_fields=["status", "ended_at"])


def _let_wait(left: Left, leaver: Actor, own: list[Package], *, at: datetime) -> None:
    """Open the caretaker's package: what is still on offer goes on in it, the rest waits there for a successor.

    What is closed goes nowhere: the caretaker keeps its papers and its history.
    """
    going_on = Handover.objects.open().filter(package__in=own)
    left.waiting = rows = [one for one, _change in left.passed if one.status == Registration.Status.ACTIVE]
    if left.stand_in is None or not (rows or going_on.exists()):
        return
    left.package, left.package_is_new = shares.caretaker_package(left.stand_in, leaver.organisation.pk, at=at)
    going_on.update(package=left.package)
    shares.adopt(left.package, rows)
    passed = {registration.pk for registration in rows}
    prepared = [item for item in left.prepared if item.registration_id in passed]
    known = {item.registration_id for item in prepared}
    new = [registration for registration in rows if registration.pk not in known]
    shares.let_wait(left.package, new, offered_by=left.stand_in, confirms=True, at=at)
    if prepared:
        first = prepared[0].registration_id
        target = shares.waiting_or_new(left.package, first, offered_by=left.stand_in, confirms=True, at=at)
        shares.join(target, prepared)
