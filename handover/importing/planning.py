"""Judging a piece of rows against what is held: what is new, what is the same, what differs, what needs a look."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from django.db.models import Value
from django.db.models.functions import Lower
from django.utils.translation import gettext as _

from accounts.models import Membership, Organisation, OrganisationKind, User
from handover.importing.checking import Parsed, Problem
from handover.models import BillReference, ContactPoint, Custody, Product, Registration

Key = tuple[str, ...]


@dataclass(frozen=True)
class Difference:
    """A cell of a registration that is held already says something else. It is reported and never applied."""

    row: int
    number: str
    column: str
    was: str
    would_be: str


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
    warnings: list[Problem] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def organisation_key(parsed: Parsed) -> Key:
    """Return what makes an organisation one: its corporate number, or without it one name at one address."""
    return (parsed.corporate_number,) if parsed.corporate_number else (parsed.organisation_name, parsed.address)


def plan(piece: list[Parsed], columns: Collection[str]) -> Plan:
    """Compare `piece` with the database, in a fixed number of queries. Writes nothing.

    `columns` are those of the file: a column that it has not says nothing about what is held.
    """
    held = _Held(piece)
    made = Plan()
    for parsed in piece:
        organisation = held.organisations.get(organisation_key(parsed))
        if organisation and organisation.kind != OrganisationKind.CUSTOMER:
            words = _("This corporate number belongs to an organisation that is no customer.")
            made.problems.append(Problem(parsed.row, "corporate_number", words))
            continue
        made.warnings += held.warnings(parsed, organisation)
        user = held.custodian(parsed, organisation)
        if registration := held.registrations.get(parsed.number):
            found = [each for each in held.differences(parsed, registration, user) if each.column in columns]
            made.differences += found
            made.different += bool(found)
            made.unchanged += not found
        else:
            made.new.append(New(parsed, organisation, user, held.products.get(parsed.product_code)))
    return made


class _Held:
    """What the database has about the rows of one piece."""

    def __init__(self, piece: list[Parsed]) -> None:
        self.organisations, self.names_with_number = _organisations(piece)
        self.products = {
            product.code: product
            for product in Product.objects.filter(code__in={parsed.product_code for parsed in piece} - {""})
        }
        self.users = _users({parsed.custodian_email for parsed in piece} - {""})
        memberships = Membership.objects.current().filter(user__in=self.users.values())
        self.members = set(memberships.values_list("user_id", "organisation_id"))
        numbers = {parsed.number for parsed in piece}
        known = Registration.objects.filter(number__in=numbers).select_related("organisation", "product")
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

    def differences(self, parsed: Parsed, held: Registration, user: User | None) -> list[Difference]:
        """Return what the row would change. An empty phone, mail, bill, product or custodian says nothing."""
        pairs = [
            ("registered_name", held.registered_name, parsed.registered_name),
            ("registered_kana", held.registered_kana, parsed.registered_kana),
            ("former_names", " | ".join(held.former_names), " | ".join(parsed.former_names)),
            ("unit", held.unit, parsed.unit),
            ("postal_code", held.postal_code, parsed.postal_code),
            ("address", held.address, parsed.address),
        ]
        organisation = held.organisation
        if parsed.corporate_number:
            pairs.append(("corporate_number", organisation.corporate_number, parsed.corporate_number))
        else:
            pairs.append(("organisation_name", organisation.legal_name, parsed.organisation_name))
        if parsed.product_code in self.products:
            pairs.append(("product_code", held.product.code if held.product else "", parsed.product_code))
        for column, given, known in (
            ("phone", parsed.phone, self.contacts.get((held.pk, ContactPoint.Kind.PHONE), set())),
            ("email", parsed.email, self.contacts.get((held.pk, ContactPoint.Kind.MAIL), set())),
            ("bill_reference", parsed.bill_reference, self.bills.get((held.pk, "bill"), set())),
        ):
            pairs.append((column, given if given in known else " | ".join(sorted(known)), given))
        if user:
            pairs.append(("custodian_email", self.custodies.get(held.pk) or "", parsed.custodian_email))
        says_nothing = {"phone", "email", "bill_reference"}
        return [
            Difference(parsed.row, parsed.number, column, was, would_be)
            for column, was, would_be in pairs
            if was != would_be and (would_be or column not in says_nothing)
        ]


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


def _users(addresses: set[str]) -> dict[str, User]:
    if not addresses:
        return {}
    users = User.objects.annotate(folded=Lower("email")).filter(folded__in=addresses, is_active=True)
    return {user.email.lower(): user for user in users}


def _by_registration(rows: Iterable[tuple[int, str, str]]) -> dict[tuple[int, str], set[str]]:
    found: dict[tuple[int, str], set[str]] = {}
    for registration, kind, value in rows:
        found.setdefault((registration, kind), set()).add(value)
    return found
