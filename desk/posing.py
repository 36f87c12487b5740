"""Contractors who said to be a customer, found in a call or behind a claim: one count of both (R9, K4).

Plain functions: they run inside a transition. Claims are to the right of this app, which adds its own when it is ready
(`also_counted`), as in `handover.indexing`.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from accounts.models import Organisation
from audit.models import Event
from desk import notices
from desk.models import POSED, POSED_WITHIN, CapacityFinding
from handover import custody
from handover.models import Custody


@dataclass(frozen=True)
class Posed:
    """Once that a contractor said to be the customer: in which matter (key of its inquiry), of which registration."""

    inquiry: int
    registration: int | None
    at: datetime
    told_at: datetime | None


class Others(Protocol):
    """Where else contractors are found who posed as a customer."""

    def found(self, customer: Organisation, *, since: datetime) -> list[Posed]:
        """Return what was found since `since`."""

    def told(self, customer: Organisation, *, since: datetime, at: datetime) -> None:
        """Keep that the customer was told at `at` of all that was found since `since`."""


_OTHERS: list[Others] = []


def also_counted(others: Others) -> None:
    """Let `others` be counted as well."""
    if others not in _OTHERS:
        _OTHERS.append(others)


def due(customer: Organisation, at: datetime) -> list[Posed]:
    """Return what the locked `customer` is to be told of now; nothing while it is too little or was told of lately.

    Somebody who is found in a call and behind the claim of the same matter posed once.
    """
    since = at - POSED_WITHIN
    in_calls = _in_calls(customer, since)
    matters = {one.inquiry for one in in_calls}
    elsewhere = [one for others in _OTHERS for one in others.found(customer, since=since)]
    # Told is told, also where the matter is counted in its call already.
    if any(one.told_at for one in (*in_calls, *elsewhere)):
        return []
    found = [*in_calls, *(one for one in elsewhere if one.inquiry not in matters)]
    return sorted(found, key=lambda one: one.at) if len(found) >= POSED else []


def _in_calls(customer: Organisation, since: datetime) -> list[Posed]:
    rows = CapacityFinding.objects.filter(organisation=customer, at__gt=since).order_by("at", "pk")
    return [Posed(*row) for row in rows.values_list("inquiry_id", "registration_id", "at", "told_at")]


def tell(customer: Organisation, posed: Collection[Posed], *, event: Event, at: datetime) -> None:
    """Tell custodians and administrators of `customer`, once of all that was found: named are nobody, and no matter."""
    if not posed:
        return
    since = at - POSED_WITHIN
    CapacityFinding.objects.filter(organisation=customer, at__gt=since).update(told_at=at)
    for others in _OTHERS:
        others.told(customer, since=since, at=at)
    registrations = [one.registration for one in posed]
    held = Custody.objects.current().filter(registration__in=registrations, user__isnull=False).select_related("user")
    people = [*(one.user for one in held.order_by("pk") if one.user), *custody.administrators(customer)]
    notices.customer_posed_as(people, event=event, at=at)
