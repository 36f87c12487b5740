"""Reads of the register: the list, the history of one registration, the provider's worklists."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from accounts.actors import Actor
from accounts.models import Organisation
from accounts.prepared import Prepared
from audit import queries as log
from audit.models import Event
from handover.models import (
    ContactPoint,
    GapAlert,
    Product,
    Registration,
    UnitAlias,
)
from handover.rules import LOOKS


def found(actor: Actor, at: datetime, *, words: Sequence[str] = (), only_gaps: bool = False) -> QuerySet[Registration]:
    """Return the registrations of the list by number: all of `words`, which are folded, occur somewhere in each."""
    rows = Registration.objects.visible_to(actor, at)
    for word in words:
        rows = rows.filter(search_text__contains=word)
    if only_gaps:
        open_gap = GapAlert.objects.filter(registration=OuterRef("pk"), closed_at=None)
        rows = rows.filter(Exists(open_gap))
    return rows.order_by("number")


def has_gaps(organisation: Organisation) -> bool:
    """Whether a registration of `organisation` has no person in charge."""
    return bool(_GAPS.rows(organisation=organisation.pk))


def _gaps(organisation: int) -> QuerySet[GapAlert, tuple[Any, ...]]:
    rows = GapAlert.objects.filter(organisation=organisation, kind=GapAlert.Kind.NO_CUSTODIAN, closed_at=None)
    return rows.values_list("pk")[:1]


_GAPS = Prepared(_gaps, organisation=int)


def history_of(registration: Registration, *, kind: str) -> QuerySet[Event]:
    """Return the history: `acts`, `looks`, or both for anything else."""
    events = log.about(registration.label)
    if kind == "acts":
        return events.exclude(verb__in=LOOKS)
    return events.filter(verb__in=LOOKS) if kind == "looks" else events


def find_visible(actor: Actor, number: str, at: datetime) -> Registration | None:
    """Return registration `number` with its organisation if `actor` may see it, else None."""
    return Registration.objects.visible_to(actor, at).select_related("organisation").filter(number=number).first()


def find_point(registration: Registration, pk: int) -> ContactPoint | None:
    """Return a contact point of `registration`, ended or not."""
    return ContactPoint.objects.filter(registration=registration, pk=pk).first()


def find_alias(registration: Registration, pk: int) -> UnitAlias | None:
    """Return another name of the unit of `registration`, ended or not."""
    return UnitAlias.objects.filter(registration=registration, pk=pk).first()


def find_product(code: str) -> Product | None:
    """Return the product with this code, or None."""
    return Product.objects.filter(code=code).first()


def products() -> QuerySet[Product]:
    """Return every product card by code."""
    return Product.objects.order_by("code")


def open_gaps() -> QuerySet[GapAlert]:
    """Return the holes in responsibility of every customer, the oldest first."""
    return (
        GapAlert.objects.filter(closed_at=None)
        .select_related("organisation", "registration")
        .order_by("opened_at", "pk")
    )
