"""Everything a successor reads before accepting (procedure.md B3): a constant number of queries for any number."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import F, Prefetch, QuerySet, Window
from django.db.models.functions import RowNumber

from accounts.actors import Actor
from audit.models import Event, EventAbout
from handover.models import (
    BillReference,
    Blob,
    ContactPoint,
    Custody,
    Deputy,
    Document,
    DocumentVersion,
    ExplanationRequest,
    Handover,
    HandoverItem,
    Product,
    Registration,
    Restriction,
)
from handover.queries.papers import expiry
from handover.queries.sheet import capacity
from handover.rules import LOOKS

PAGE = 50
"""Registrations of a handover whose packs stand on one page."""
CHANGES = 3
"""The last changes of a registration that a pack shows (procedure.md B3)."""
Compare = Callable[[Sequence[Blob]], Mapping[int, str]]
BEFORE_THE_SWITCH = (Handover.Status.OFFERED, Handover.Status.ACCEPTED, Handover.Status.CONFIRMED)


@dataclass(frozen=True)
class PackPaper:
    """A paper of a pack, and how it stands with its end.

    `state` of its bytes: "whole", "damaged", "erased", "later" (compared when opened), or "" when it was only listed.
    """

    document: Document
    state: str
    expiry: str


@dataclass(frozen=True)
class Pack:
    """One registration with all that its successor is told of it."""

    registration: Registration
    product: Product | None
    points: list[ContactPoint]
    bills: list[str]
    papers: list[PackPaper]
    marks: list[Restriction]
    changes: list[Event]
    call: ExplanationRequest | None
    held_since: datetime | None


def offered_to(actor: Actor) -> QuerySet[HandoverItem]:
    """Return the registration items of what is offered to `actor` and not switched yet."""
    return HandoverItem.objects.filter(
        kind=HandoverItem.Kind.REGISTRATION,
        left_at=None,
        handover__given_to=actor.user,
        handover__organisation=actor.organisation,
        handover__status__in=BEFORE_THE_SWITCH,
    )


def find_readable(actor: Actor, number: str, at: datetime) -> Registration | None:
    """Return registration `number` if `actor` may see it, or gets it by an offered handover; with its product."""
    visible = Registration.objects.visible_to(actor, at).filter(number=number)
    rows = visible.select_related("organisation", "product")
    if found := rows.first():
        return found
    if not actor.is_customer:
        return None
    offered = Registration.objects.filter(organisation=actor.organisation, number=number)
    offered = offered.filter(pk__in=offered_to(actor).values("registration"))
    return offered.select_related("organisation", "product").first()


def capacity_of(actor: Actor, registration: Registration, at: datetime) -> str:
    """Return in what role `actor` reads: what the log keeps of it; "successor" before the switch."""
    if not Registration.objects.visible_to(actor, at).filter(pk=registration.pk).exists():
        return "successor"
    holder = Custody.objects.current().filter(registration=registration).values_list("user", flat=True).first()
    deputies = Deputy.objects.current().filter(registration=registration).values_list("user", flat=True)
    return capacity(actor, holder=holder, deputies=set(deputies))


def find_offer(actor: Actor, registration: Registration) -> Handover | None:
    """Return the handover by which `actor` is to get `registration`."""
    item = offered_to(actor).filter(registration=registration).select_related("handover").order_by("-pk").first()
    return item.handover if item else None


def find_call(actor: Actor, registration: Registration) -> ExplanationRequest | None:
    """Return the open wish of `actor` to have `registration` explained."""
    return ExplanationRequest.objects.visible_to(actor).open().filter(registration=registration).first()


def registrations_of(handover: Handover) -> QuerySet[Registration]:
    """Return the registrations that `handover` lists, in the order of its items."""
    listed = Registration.objects.filter(
        handover_items__handover=handover,
        handover_items__kind=HandoverItem.Kind.REGISTRATION,
        handover_items__left_at=None,
    )
    return listed.order_by("handover_items__pk")


def packs(
    registrations: Sequence[Registration], actor: Actor, at: datetime, today: date, *, compare: Compare
) -> list[Pack]:
    """Return the pack of each of `registrations`, which are all `actor`'s to read.

    `compare` tells of each of the papers' bytes whether they are what was kept.
    """
    keys = [one.pk for one in registrations]
    products = Product.objects.in_bulk({one.product_id for one in registrations if one.product_id})
    points = _by_registration(ContactPoint.objects.current().filter(registration__in=keys).order_by("kind", "pk"))
    bills = _by_registration(BillReference.objects.filter(registration__in=keys, until=None).order_by("since", "pk"))
    papers = _by_registration(_papers(keys))
    states = compare([blob for rows in papers.values() for row in rows if (blob := _blob(row))])
    marks = _by_registration(Restriction.objects.in_force(at).filter(registration__in=keys).order_by("since", "pk"))
    calls = _by_registration(ExplanationRequest.objects.visible_to(actor).open().filter(registration__in=keys))
    held = _by_registration(Custody.objects.current().filter(registration__in=keys))
    changes = _changes(registrations)
    return [
        Pack(
            registration=one,
            product=products.get(one.product_id) if one.product_id else None,
            points=points[one.pk],
            bills=[bill.reference for bill in bills[one.pk]],
            papers=[PackPaper(row, _state(row, states), expiry(row.expires_on, today)) for row in papers[one.pk]],
            marks=marks[one.pk],
            changes=changes[one.label],
            call=calls[one.pk][0] if calls[one.pk] else None,
            held_since=held[one.pk][0].from_at if held[one.pk] else None,
        )
        for one in registrations
    ]


def _by_registration(rows: Iterable[Any]) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = defaultdict(list)
    for row in rows:
        found[row.registration_id].append(row)
    return found


def _papers(keys: list[int]) -> QuerySet[Document]:
    current = DocumentVersion.objects.filter(superseded_at=None).select_related("blob")
    rows = Document.objects.filter(registration__in=keys).order_by("pk")
    return rows.prefetch_related(Prefetch("versions", current, to_attr="current_ones"))


def _blob(row: Document) -> Blob | None:
    current = getattr(row, "current_ones", [])
    return current[0].blob if current else None


def _state(row: Document, states: Mapping[int, str]) -> str:
    blob = _blob(row)
    return states[blob.pk] if blob else ""


def _changes(registrations: Sequence[Registration]) -> dict[str, list[Event]]:
    """Return the last acts about each of `registrations` by its label, the newest first; looks are no changes."""
    newest = Window(RowNumber(), partition_by=F("label"), order_by=F("event_id").desc())
    rows = EventAbout.objects.filter(label__in=[one.label for one in registrations]).exclude(event__verb__in=LOOKS)
    found: dict[str, list[Event]] = defaultdict(list)
    for row in rows.annotate(place=newest).filter(place__lte=CHANGES).select_related("event").order_by("-event_id"):
        found[row.label].append(row.event)
    return found
