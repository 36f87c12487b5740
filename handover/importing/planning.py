"""Judging a piece of rows against what is held: what is new, what is the same, what differs, what needs a look."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Value
from django.db.models.functions import Lower
from django.utils.translation import gettext as _

from accounts.models import Membership, Organisation, OrganisationKind, User
from handover.importing.checking import Parsed, Problem
from handover.importing.differing import Change, Difference, Fate, Hands, cells, judge
from handover.models import BillReference, ContactPoint, Custody, Product, Registration

Key = tuple[str, ...]
Cell = tuple[str, str, str]
"""Column, what is held, what the row says."""


@dataclass(frozen=True)
class New:
    """A registration to write. `organisation` is None where it comes with this row; `user` where nobody holds it."""

    parsed: Parsed
    organisation: Organisation | None
    user: User | None
    product: Product | None


@dataclass
class Plan:
    """What a piece of rows comes to."""

    new: list[New] = field(default_factory=list)
    unchanged: int = 0
    different: int = 0
    differences: list[Difference] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def organisation_key(parsed: Parsed) -> Key:
    """Return what makes an organisation one: its corporate number, or without it one name at one address."""
    return (parsed.corporate_number,) if parsed.corporate_number else (parsed.organisation_name, parsed.address)


def plan(piece: list[Parsed], columns: Collection[str], *, at: datetime, is_locking: bool = False) -> Plan:
    """Compare `piece` with the database at `at`, in a fixed number of queries. Writes nothing.

    `columns` are those of the file: a column that it has not says nothing about what is held. `is_locking` locks the
    people and registrations that the piece names, in the caller's transaction: whoever is leaving at this moment is
    then either still here when the piece is committed, or gone before it is judged.
    """
    held = _Held(piece, is_locking=is_locking)
    made = Plan()
    differing: list[tuple[Parsed, Registration, list[Cell]]] = []
    for parsed in piece:
        organisation = held.organisations.get(organisation_key(parsed))
        if organisation and organisation.kind != OrganisationKind.CUSTOMER:
            words = _("This corporate number belongs to an organisation that is no customer.")
            made.problems.append(Problem(parsed.row, "corporate_number", words))
            continue
        made.warnings += held.warnings(parsed, organisation)
        user = held.custodian(parsed, organisation)
        if registration := held.registrations.get(parsed.number):
            found = [cell for cell in held.cells(parsed, registration, user) if cell[0] in columns]
            made.unchanged += not found
            if found:
                differing.append((parsed, registration, found))
        else:
            made.new.append(New(parsed, organisation, user, held.products.get(parsed.product_code)))
    _judge(made, differing, held, at)
    return made


def _judge(made: Plan, differing: list[tuple[Parsed, Registration, list[Cell]]], held: "_Held", at: datetime) -> None:
    """Add to `made` what becomes of each cell that differs."""
    if not differing:
        return
    hands = Hands([registration for _parsed, registration, _found in differing], at)
    made.different += len(differing)
    for parsed, registration, found in differing:
        post = " | ".join(sorted(held.contacts.get((registration.pk, ContactPoint.Kind.POST), set())))
        judged = judge(parsed, registration, found, hands, post)
        made.differences += judged
        columns = {one.column for one in judged if one.fate == Fate.APPLIES}
        if not columns:
            continue
        if columns & {"address", "postal_code"} and hands.fate(registration, "post") == Fate.APPLIES:
            columns.add("post")
        product = held.products.get(parsed.product_code)
        made.changes.append(Change(parsed, registration, product, frozenset(columns)))


class _Held:
    """What the database has about the rows of one piece."""

    def __init__(self, piece: list[Parsed], *, is_locking: bool) -> None:
        self.organisations, self.names_with_number = _organisations(piece)
        self.products = {
            product.code: product
            for product in Product.objects.filter(code__in={parsed.product_code for parsed in piece} - {""})
        }
        self.users = _users({parsed.custodian_email for parsed in piece} - {""}, is_locking)
        # Read after the lock: see `plan`.
        memberships = Membership.objects.current().filter(user__in=self.users.values())
        self.members = set(memberships.values_list("user_id", "organisation_id"))
        numbers = {parsed.number for parsed in piece}
        known = Registration.objects.filter(number__in=numbers).select_related("organisation", "product")
        if is_locking:
            known = known.select_for_update(no_key=True, of=("self",)).order_by("pk")
        self.registrations = {registration.number: registration for registration in known}
        keys = [registration.pk for registration in self.registrations.values()]
        self.contacts = _by_registration(
            ContactPoint.objects.current().filter(registration__in=keys).values_list("registration_id", "kind", "value")
        )
        bills = BillReference.objects.filter(registration__in=keys, until=None)
        self.bills = _by_registration(bills.values_list("registration_id", Value("bill"), "reference"))
        self.custodies = dict(
            Custody.objects.current().filter(registration__in=keys).values_list("registration_id", "user__email")
        )

    def custodian(self, parsed: Parsed, organisation: Organisation | None) -> User | None:
        """Return whom the row names, if that person works for the organisation now."""
        user = self.users.get(parsed.custodian_email)
        return user if user and organisation and (user.pk, organisation.pk) in self.members else None

    def warnings(self, parsed: Parsed, organisation: Organisation | None) -> list[Problem]:
        found = []
        if parsed.product_code and parsed.product_code not in self.products:
            words = _("There is no product “%(code)s”; the registration has none until one is made.")
            found.append(("product_code", words % {"code": parsed.product_code}))
        if parsed.custodian_email and not self.custodian(parsed, organisation):
            if parsed.custodian_email in self.users:
                words = _("This person does not work for the organisation; the provider keeps the registration.")
            else:
                words = _("Nobody has an account with this address; the provider keeps the registration.")
            found.append(("custodian_email", words))
        if parsed.corporate_number and organisation and organisation.legal_name != parsed.organisation_name:
            words = _("This corporate number is held as “%(name)s”; the registration goes to it.")
            found.append(("organisation_name", words % {"name": organisation.legal_name}))
        if not parsed.corporate_number and parsed.organisation_name in self.names_with_number:
            words = _("An organisation of this name is held with a corporate number; without it this is another one.")
            found.append(("corporate_number", words))
        return [Problem(parsed.row, column, words) for column, words in found]

    def cells(self, parsed: Parsed, held: Registration, user: User | None) -> list[Cell]:
        """Return what the row says otherwise. A custodian who cannot be one says nothing: that is a warning."""
        found = list(cells(parsed, held, self.products, self.contacts, self.bills))
        now = self.custodies.get(held.pk) or ""
        if user and now.lower() != parsed.custodian_email:
            found.append(("custodian_email", now, parsed.custodian_email))
        return found


def _organisations(piece: list[Parsed]) -> tuple[dict[Key, Organisation], set[str]]:
    """Return the organisations of `piece` by their keys, and the names that are held with a corporate number."""
    numbers = {parsed.corporate_number for parsed in piece} - {""}
    names = {parsed.organisation_name for parsed in piece}
    found: dict[Key, Organisation] = {}
    for organisation in Organisation.objects.filter(corporate_number__in=numbers):
        found[(organisation.corporate_number,)] = organisation
    with_number = set()
    customers = Organisation.objects.filter(kind=OrganisationKind.CUSTOMER)
    # Newest first, so that of two the older one stays in the dictionary.
    for organisation in customers.filter(legal_name__in=names).order_by("-pk"):
        if organisation.corporate_number:
            with_number.add(organisation.legal_name)
        else:
            found[(organisation.legal_name, organisation.address)] = organisation
    return found, with_number


def _users(addresses: set[str], is_locking: bool) -> dict[str, User]:
    if not addresses:
        return {}
    users = User.objects.annotate(folded=Lower("email")).filter(folded__in=addresses, is_active=True).order_by("pk")
    if is_locking:
        # As `leave` does first: whoever is leaving now has left when this goes on.
        users = users.select_for_update(no_key=True)
    return {user.email.lower(): user for user in users}


def _by_registration(rows: Iterable[tuple[int, str, str]]) -> dict[tuple[int, str], set[str]]:
    found: dict[tuple[int, str], set[str]] = {}
    for registration, kind, value in rows:
        found.setdefault((registration, kind), set()).add(value)
    return found
