"""Sharing the registrations of a package out among successors. Runs inside a transition and writes no event."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.errors import Refused, WrongState
from accounts.models import User
from handover import preparing, shares
from handover.models import Custody, Handover, HandoverItem, Package, Registration
from handover.rules.packages import MOST_AT_ONCE, MOST_ITEMS

S = Handover.Status
MOVABLE = (S.DRAFT, S.OFFERED)


@dataclass
class Split:
    """What a sharing out did: how many registrations came to each handover, and which offers it changed."""

    counts: dict[str, int] = field(default_factory=dict)
    changed: list[Handover] = field(default_factory=list)

    @property
    def facts(self) -> dict[str, int]:
        return dict(self.counts)


def refuse_too_many(registration_pks: Sequence[int]) -> None:
    """Raise `Refused` unless there is something to move, and not too much for one act."""
    if not registration_pks:
        raise Refused(_("Choose at least one registration."))
    if len(registration_pks) > MOST_AT_ONCE:
        raise Refused(_("At most %(limit)d registrations at once.") % {"limit": MOST_AT_ONCE})


def share_out(
    package: Package,
    wanted: Mapping[int, int | None],
    people: Mapping[int, User],
    *,
    actor: Actor,
    at: datetime,
) -> Split:
    """Move registrations (keys of `wanted`) to the handover of their successor (values; None: to wait).

    The caller holds people, registrations and package. Raises `WrongState` when one is not in the package any more or
    was accepted, `Refused` for an impossible successor.
    """
    items = HandoverItem.objects.filter(registration__in=wanted, is_open=True).select_related("registration")
    placed = {item.registration_id: item for item in items}
    handovers = {
        handover.pk: handover
        for handover in Handover.objects.open().select_for_update(no_key=True).filter(package=package).order_by("pk")
    }
    split = Split()
    moves: dict[tuple[int, int | None], list[Registration]] = {}
    for registration_pk, successor_pk in wanted.items():
        item = placed.get(registration_pk)
        source = handovers.get(item.handover_id) if item else None
        if item is None or source is None or source.status not in MOVABLE:
            raise WrongState(_("Part of this was accepted or taken out meanwhile. Please look again."))
        if source.given_to_id != successor_pk:
            moves.setdefault((source.pk, successor_pk), []).append(item.registration)
    for (source_pk, successor_pk), registrations in moves.items():
        successor = people[successor_pk] if successor_pk else None
        _move(split, handovers[source_pk], registrations, package, successor, actor=actor, at=at)
    return split


def _move(
    split: Split,
    source: Handover,
    registrations: list[Registration],
    package: Package,
    successor: User | None,
    *,
    actor: Actor,
    at: datetime,
) -> None:
    periods = list(Custody.objects.current().filter(registration__in=registrations).order_by("registration"))
    held = periods[0]
    confirms = any(preparing.needs_confirmation(one, actor) for one in periods)
    if successor:
        preparing.refuse_successor(package.organisation, held.user_id, successor, confirms=confirms, actor=actor)
    items = shares.leave(source, registrations, at=at)
    shares.end_if_empty(source, at=at)
    touched = [source] if source.offered_at else []
    for portion in _portions(items) if successor else [items]:
        target = _target(package, held, successor, len(portion), confirms=confirms, actor=actor, at=at)
        shares.join(target, portion)
        whole = sum(item.kind == HandoverItem.Kind.REGISTRATION for item in portion)
        split.counts[target.number] = split.counts.get(target.number, 0) + whole
        touched += [target] if target.status == S.OFFERED else []
    known = {handover.pk for handover in split.changed}
    split.changed += [handover for handover in touched if handover.pk not in known]


def _portions(items: list[HandoverItem]) -> list[list[HandoverItem]]:
    """Return `items` in portions that one receipt can print, each registration with all that belongs to it."""
    by_registration: dict[int, list[HandoverItem]] = {}
    for item in items:
        by_registration.setdefault(item.registration_id, []).append(item)
    portions: list[list[HandoverItem]] = [[]]
    for together in by_registration.values():
        if portions[-1] and len(portions[-1]) + len(together) > MOST_ITEMS:
            portions.append([])
        portions[-1] += together
    return portions


def _target(
    package: Package,
    held: Custody,
    successor: User | None,
    items: int,
    *,
    confirms: bool,
    actor: Actor,
    at: datetime,
) -> Handover:
    """Return the handover to `successor` that may still grow by `items`, or a new draft."""
    if successor is None:
        return shares.waiting_or_new(package, held.registration_id, offered_by=actor.user, confirms=confirms, at=at)
    rows = package.handovers.filter(given_to=successor, given_by=held.user, status__in=MOVABLE)
    for standing in rows.select_related("given_to").order_by("-status", "pk"):
        # What anybody but the holder adds to an offer would get round notice and confirmation: a draft of its own.
        # An own offer of somebody else's things too: its notice began before these were in it.
        own = held.user_id == actor.user.pk == standing.offered_by_id and standing.needs_confirmation >= confirms
        grows = standing.status == S.DRAFT or own
        if grows and standing.items.standing().count() + items <= MOST_ITEMS:
            return standing
    made = shares.draft_in(package, held, successor=successor, offered_by=actor.user, confirms=confirms, at=at)
    made.save(force_insert=True)
    return made
