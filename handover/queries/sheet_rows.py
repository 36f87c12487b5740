"""The one query of a registration's page: the registration with the rows of every table that is one away.

Written once for each kind of reader: the ORM takes fifteen times as long to build it as the database to answer.
"""

from dataclasses import dataclass, fields
from datetime import UTC, date, datetime
from functools import cache
from typing import Any

from django.db.models import OuterRef, QuerySet, Value
from django.db.models.functions import Concat

from accounts.actors import Actor, of_kind
from accounts.models import Organisation
from accounts.prepared import Prepared, columns, instance
from audit.models import Event
from handover.models import (
    Attestation,
    BillReference,
    Certificate,
    ContactPoint,
    Custody,
    GapAlert,
    HandoverItem,
    MandateRegistration,
    Product,
    Registration,
    Restriction,
    Task,
    UnitAlias,
)
from handover.queries.nested import Rows
from handover.queries.periods import PERSON
from handover.queries.standing import absences_of, deputies_of
from handover.rules import LOOKS

LATEST = 8
"""Acts beside a registration, all of which are on the page of its history; and certificates on its page."""
PERIODS = 50
"""Custody periods shown on the page; older ones are in the history."""


@dataclass(frozen=True)
class Point:
    """A contact point of record as the page shows it."""

    pk: int
    kind: str
    value: str
    postal_code: str
    since: date
    health: str
    purposes: list[str]
    hours: str
    receiver_pays: bool
    to_confirm: bool
    confirmed_on: date | None

    @property
    def kind_words(self) -> str:
        return str(ContactPoint.Kind(self.kind).label)

    @property
    def purpose_words(self) -> list[str]:
        return [str(ContactPoint.Purpose(each).label) for each in self.purposes]

    @property
    def health_words(self) -> str:
        return str(ContactPoint.Health(self.health).label)


_OWN = len(columns(Registration))
_HOME = _OWN + len(columns(Organisation))
_KIND = _HOME + len(columns(Product))


def read(actor: Actor, number: str, at: datetime) -> Any:
    """Return registration `number` as `actor` may see it at `at`, None when there is none to see.

    It has its organisation and product, and texts called `nested_…` for `handover.queries.nested.listed`.
    """
    prepared, names = _prepared(actor.kind, actor.is_administrator)
    values = {"user": actor.user.pk, "organisation": actor.organisation.pk, "number": number, "at": at}
    row = prepared.first(**values)
    if row is None:
        return None
    found: Any = instance(Registration, row[:_OWN])
    found.organisation = instance(Organisation, row[_OWN:_HOME])
    found.product = instance(Product, row[_HOME:_KIND]) if found.product_id else None
    for name, text in zip(names, row[_KIND:], strict=True):
        setattr(found, name, text)
    return found


@cache
def _prepared(kind: str, administers: bool) -> tuple[Prepared, list[str]]:
    """Return the query for readers of this kind, with the names of its nested columns."""

    def build(*, user: int, organisation: int, number: str, at: datetime) -> QuerySet[Registration, tuple[Any, ...]]:
        actor = of_kind(kind, administers, user=user, organisation=organisation)
        rows = Registration.objects.visible_to(actor, at).filter(number=number)
        wide = (*columns(Registration), *columns(Organisation, "organisation__"), *columns(Product, "product__"))
        nested = _nested(at)
        return rows.annotate(**nested).values_list(*wide, *nested)[:1]

    return Prepared(build, user=int, organisation=int, number=str, at=datetime), list(_nested(_ANY))


_ANY = datetime(2000, 1, 1, tzinfo=UTC)


def _nested(at: datetime) -> dict[str, Rows]:
    of_this = OuterRef("pk")
    periods = Custody.objects.filter(registration=of_this).order_by("-from_at", "-pk")
    deputies = deputies_of(of_this)
    points = ContactPoint.objects.current().filter(registration=of_this).order_by("kind", "since", "pk")
    aliases = UnitAlias.objects.filter(registration=of_this, until=None).order_by("since", "pk")
    bills = BillReference.objects.filter(registration=of_this, until=None).order_by("since", "pk")
    tasks = Task.objects.filter(registration=of_this, done_at=None).order_by("opened_at", "pk")
    # What only waits in a package for a successor to be named is no handover yet.
    items = HandoverItem.objects.filter(registration=of_this, is_open=True, handover__given_to__isnull=False)
    certificates = Certificate.objects.filter(registration=of_this).order_by("-pk")
    marks = Restriction.objects.in_force(at).filter(registration=of_this).order_by("since", "pk")
    mandates = MandateRegistration.objects.current().filter(registration=of_this).order_by("mandate__ends_on", "pk")
    gaps = GapAlert.objects.filter(registration=of_this, closed_at=None).order_by("opened_at", "pk")
    asked = Attestation.objects.open().filter(registration=of_this)
    label = Concat(Value("registration:"), OuterRef("number"))
    acts = Event.objects.filter(about_rows__label=label).exclude(verb__in=LOOKS).order_by("-sequence")
    return {
        "nested_periods": Rows(
            periods[:PERIODS], kind="kind", basis="basis", from_at="from_at", to_at="to_at", **PERSON
        ),
        "nested_deputies": Rows(
            deputies, pk="pk", acting_since="acting_since", from_at="since", to_at="until", **PERSON
        ),
        "nested_absence": Rows(absences_of(of_this), reason="reason", at="at", ready_on="ready_on", is_over="is_over"),
        "nested_points": Rows(points, **{field.name: field.name for field in fields(Point)}),
        "nested_aliases": Rows(aliases, pk="pk", alias="alias"),
        "nested_bills": Rows(bills, reference="reference"),
        "nested_tasks": Rows(tasks, pk="pk", kind="kind", detail="detail", owner="owner_id"),
        "nested_handover": Rows(items, **_HANDOVER),
        "nested_certificates": Rows(certificates[:LATEST], **{name: name for name in _CERTIFICATE}),
        "nested_marks": Rows(marks, kind="kind", case="case", blocks="blocks", since="since", until="until"),
        "nested_mandates": Rows(mandates, **_MANDATE),
        "nested_gaps": Rows(gaps, kind="kind", opened_at="opened_at", reasons="reasons"),
        "nested_asked": Rows(asked, user="user_id", due_on="due_on"),
        "nested_acts": Rows(acts[:LATEST], **{name: name for name in _EVENT}),
    }


_CERTIFICATE = ("serial", "language", "status", "issued_at")
_MANDATE = {
    name: f"mandate__{name}"
    for name in (
        "number",
        "status",
        "scope",
        "starts_on",
        "ends_on",
        "contractor__legal_name",
        "representative__display_name",
    )
}
_EVENT = ("sequence", "verb", "actor", "actor_organisation", "facts", "at")
_HANDOVER = {
    name: f"handover__{name}"
    for name in (
        "number",
        "status",
        "organisation_id",
        "given_by_id",
        "given_to_id",
        "offered_by_id",
        "effective_on",
        "overlap_days",
        "needs_confirmation",
        "offered_at",
        "accepted_at",
        "confirmed_at",
    )
} | {
    "successor_name": "handover__given_to__display_name",
    "successor_kana": "handover__given_to__kana",
    "successor_department": "handover__given_to__department",
}
