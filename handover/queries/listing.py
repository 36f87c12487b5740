"""The list of registrations narrowed down: what is wanted, and the rows that match. One meaning for list and bulk."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from accounts.errors import Words
from accounts.models import Membership, User
from accounts.prepared import Prepared, columns, instance
from handover.folding import search_words
from handover.models import (
    Custody,
    Deputy,
    Document,
    HandoverItem,
    Label,
    Product,
    Registration,
    Restriction,
)
from handover.queries.register import found
from handover.rules.papers import EXPIRES_SOON_DAYS

LONGEST = 100
"""Signs of one filter; what is longer is cut."""
LONGEST_KEY = 18
"""Digits of the key of a person."""
MOST_CHOSEN = 500
"""Rows that can be chosen one by one: more than stand on a page; who wants more takes all that match."""
NOBODY = "nobody"
"""As `holder`: what nobody looks after but the provider."""
STATES: dict[str, Words] = {
    "": _("All states"),
    "gaps": _("Without a person in charge"),
    "moving": _("In a handover"),
    "care": _("With a caretaker"),
    "critical": _("Critical"),
    "papers": _("With papers that expire soon or have expired"),
    "closed": _("Closed"),
}
SORTS: dict[str, tuple[Words, tuple[str, ...]]] = {
    "": (_("Number"), ("number",)),
    "name": (_("Name"), ("registered_kana", "registered_name", "number")),
    "unit": (_("Unit"), ("unit", "number")),
    "holder": (_("Person in charge"), ("holder_kana", "holder_name", "number")),
    "newest": (_("Newest first"), ("-registered_at", "number")),
}


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What a reader asked for, as it stands in the address: everything empty is everything there is."""

    q: str = ""
    show: str = ""
    holder: str = ""
    unit: str = ""
    product: str = ""
    sort: str = ""

    @classmethod
    def read(cls, given: Mapping[str, Any]) -> "Wanted":
        """Return what a query string asks for; what is not on the lists counts as not asked."""
        texts = {field.name: str(given.get(field.name, "")).replace("\0", "")[:LONGEST] for field in fields(cls)}
        if texts["show"] not in STATES:
            texts["show"] = ""
        if texts["sort"] not in SORTS:
            texts["sort"] = ""
        key = texts["holder"]
        # Longer numbers are no key, and more than a database takes.
        if key != NOBODY and not (key.isascii() and key.isdecimal() and len(key) <= LONGEST_KEY):
            texts["holder"] = ""
        return cls(**texts)

    @property
    def given(self) -> dict[str, str]:
        """What is not empty, for hidden fields and addresses."""
        return {field.name: value for field in fields(self) if (value := getattr(self, field.name))}

    @property
    def is_narrow(self) -> bool:
        """Whether anything is left out."""
        return any(name != "sort" for name in self.given)


def narrowed(actor: Actor, at: datetime, wanted: Wanted) -> QuerySet[Registration]:
    """Return the registrations that `actor` may see and that match, in the order wanted."""
    return matching(actor, at, wanted, words=search_words(wanted.q), today=timezone.localdate(at))


def matching(
    actor: Actor, at: datetime, wanted: Wanted, *, words: Sequence[str], today: date
) -> QuerySet[Registration]:
    """Return the same with the folded words of the search and the day of `at` given."""
    rows = found(actor, at, words=words, only_gaps=wanted.show == "gaps")
    if wanted.unit:
        rows = rows.filter(unit__icontains=wanted.unit)
    if wanted.product:
        rows = rows.filter(product__code=wanted.product)
    if wanted.holder:
        held = Custody.objects.current().filter(registration=OuterRef("pk"))
        who = Q(user=None) if wanted.holder == NOBODY else Q(user=int(wanted.holder))
        rows = rows.filter(Exists(held.filter(who)))
    rows = _in_state(rows, wanted.show, today)
    if wanted.sort == "holder":
        # One open period each, so this join makes no row twice.
        rows = rows.filter(custodies__to_at=None).annotate(
            holder_kana=F("custodies__user__kana"), holder_name=F("custodies__user__display_name")
        )
    return rows.order_by(*SORTS[wanted.sort][1])


def _in_state(rows: QuerySet[Registration], show: str, today: date) -> QuerySet[Registration]:
    of_row = {"registration": OuterRef("pk")}
    if show == "moving":
        # What only waits in a package for a successor is in no handover yet.
        moving = HandoverItem.objects.filter(**of_row, is_open=True, handover__given_to__isnull=False)
        return rows.filter(Exists(moving))
    if show == "care":
        care = Custody.objects.current().filter(**of_row, kind=Custody.Kind.CARETAKER, user__isnull=False)
        return rows.filter(Exists(care))
    if show == "critical":
        return rows.filter(is_critical=True)
    if show == "papers":
        soon = today + timedelta(days=EXPIRES_SOON_DAYS)
        return rows.filter(Exists(Document.objects.filter(**of_row, expires_on__lte=soon)))
    return rows.filter(status=Registration.Status.CLOSED) if show == "closed" else rows


def holders_of(actor: Actor) -> list[tuple[str, str]]:
    """Return who holds something of the actor's organisation, by kana: key and name. For administrators.

    Whoever holds is or was a member there, so that each member is asked about, never each registration.
    """
    if not actor.is_administrator:
        return []
    return [(str(pk), name) for pk, name in _HOLDERS.rows(organisation=actor.organisation.pk)]


def _holders(organisation: int) -> QuerySet[User, tuple[Any, ...]]:
    members = Membership.objects.filter(organisation=organisation).values("user")
    held = Custody.objects.current().filter(user=OuterRef("pk"), registration__organisation=organisation)
    people = User.objects.filter(Exists(held), pk__in=members).order_by("kana", "display_name", "pk")
    return people.values_list("pk", "display_name")


_HOLDERS = Prepared(_holders, organisation=int)


def products_of(actor: Actor) -> list[Product]:
    """Return the products of the actor's organisation by code: each product is asked about, never each registration."""
    return [instance(Product, row) for row in _PRODUCTS.rows(organisation=actor.organisation.pk)]


def _products(organisation: int) -> QuerySet[Product, tuple[Any, ...]]:
    used = Registration.objects.filter(organisation=organisation, product=OuterRef("pk"))
    return Product.objects.filter(Exists(used)).order_by("code").values_list(*columns(Product))


_PRODUCTS = Prepared(_products, organisation=int)


def kept_by(rows: QuerySet[Registration], actor: Actor) -> QuerySet[Registration]:
    """Return those of `rows` whose papers and labels `actor` keeps: administrators all, others what they have."""
    if actor.is_administrator:
        return rows
    held = Custody.objects.current().filter(user=actor.user).values("registration")
    stands_in = Deputy.objects.current().filter(user=actor.user).values("registration")
    return rows.filter(Q(pk__in=held) | Q(pk__in=stands_in))


def labels_in_use(rows: QuerySet[Registration], most: int) -> list[Label]:
    """Return the labels in use of `rows` by registration, one more than `most` at the most."""
    labels = Label.objects.in_use().filter(registration__in=rows.order_by().values("pk"))
    return list(labels.order_by("registration__number", "pk")[: most + 1])


def protected(rows: QuerySet[Registration], action: str, at: datetime) -> set[int]:
    """Return the keys of those of `rows` that a mark keeps from `action` at `at`."""
    marks = Restriction.objects.in_force(at).filter(registration__in=rows.order_by().values("pk"))
    return {pk for pk, blocks in marks.values_list("registration_id", "blocks") if action in blocks}


def as_table(keys: list[int]) -> QuerySet[Registration, tuple[Any, ...]]:
    """Return number, names, unit, address, product, person in charge, status and since when of these registrations."""
    rows = Registration.objects.filter(pk__in=keys, custodies__to_at=None)
    return rows.order_by("number").values_list(
        "number",
        "registered_name",
        "registered_kana",
        "unit",
        "postal_code",
        "address",
        "product__code",
        "custodies__user__display_name",
        "custodies__kind",
        "status",
        "registered_at",
    )


def labelled(rows: QuerySet[Registration]) -> list[tuple[int, str]]:
    """Return key and label of each of `rows`."""
    return [(pk, f"registration:{number}") for pk, number in rows.values_list("pk", "number")]


def by_number(actor: Actor, at: datetime, numbers: Sequence[str]) -> QuerySet[Registration]:
    """Return those of `numbers` that `actor` may see."""
    return found(actor, at).filter(number__in=numbers)
