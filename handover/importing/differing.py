"""What a row says otherwise than the register, and what would become of each such cell."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from audit.models import Event
from handover.importing.checking import Parsed
from handover.models import ContactPoint, Product, Registration, Restriction

KINDS = {"phone": ContactPoint.Kind.PHONE, "email": ContactPoint.Kind.MAIL, "post": ContactPoint.Kind.POST}
"""Columns that speak of a contact point. `post` stands for the postal one, which follows the address."""
Values = Mapping[tuple[int, str], set[str]]


class Fate(StrEnum):
    """What an import that applies changes does with a difference."""

    APPLIES = "applies"
    # Never by an import:
    CUSTODY = "custody"  # who is in charge changes by handover only
    HOLDER = "holder"  # the holder changes by an own procedure
    CONFLICT = "conflict"  # a person of the customer changed it in the portal
    PROTECTED = "protected"  # a recovery protects the registration for a time
    CLOSED = "closed"  # a closed registration stays as it is


@dataclass(frozen=True)
class Difference:
    """A cell of a registration that is held already says something else."""

    row: int
    number: str
    column: str
    was: str
    would_be: str
    fate: Fate = Fate.APPLIES


@dataclass(frozen=True)
class Change:
    """All that one row may change of a registration. `columns` are those whose fate is to be applied."""

    parsed: Parsed
    registration: Registration
    product: Product | None
    columns: frozenset[str]


def cells(
    parsed: Parsed, held: Registration, products: Mapping[str, Product], contacts: Values, bills: Values
) -> Iterable[tuple[str, str, str]]:
    """Yield column, what is held and what the row says, where they differ. An empty cell says nothing.

    Former names only grow: what the row lists beside those held is a difference, what it lacks is none.
    """
    missing = [name for name in parsed.former_names if name not in held.former_names]
    pairs = [
        ("registered_name", held.registered_name, parsed.registered_name),
        ("registered_kana", held.registered_kana, parsed.registered_kana),
        ("former_names", " | ".join(held.former_names), " | ".join(parsed.former_names) if missing else ""),
        ("unit", held.unit, parsed.unit),
        ("postal_code", held.postal_code, parsed.postal_code),
        ("address", held.address, parsed.address),
    ]
    organisation = held.organisation
    if parsed.corporate_number:
        pairs.append(("corporate_number", organisation.corporate_number, parsed.corporate_number))
    else:
        pairs.append(("organisation_name", organisation.legal_name, parsed.organisation_name))
    if parsed.product_code in products:
        pairs.append(("product_code", held.product.code if held.product else "", parsed.product_code))
    for column, given, known in (
        ("phone", parsed.phone, contacts.get((held.pk, ContactPoint.Kind.PHONE), set())),
        ("email", parsed.email, contacts.get((held.pk, ContactPoint.Kind.MAIL), set())),
        ("bill_reference", parsed.bill_reference, bills.get((held.pk, "bill"), set())),
    ):
        pairs.append((column, given if given in known else " | ".join(sorted(known)), given))
    return [(column, was, would_be) for column, was, would_be in pairs if would_be and was != would_be]


class Hands:
    """Whose hand was on the contact points of some registrations last, and which are protected at a time."""

    def __init__(self, registrations: Collection[Registration], at: datetime) -> None:
        labels = {registration.label: registration.pk for registration in registrations}
        acts = Event.objects.filter(subject__in=labels, verb__startswith="contact_point.", actor__startswith="user:")
        self._touched = {
            (labels[subject], str(facts.get("kind", ""))) for subject, facts in acts.values_list("subject", "facts")
        }
        marks = Restriction.objects.in_force(at).filter(registration__in=list(labels.values()))
        self._protected = {mark.registration_id for mark in marks if "end_contact_point" in mark.blocks}

    def fate(self, registration: Registration, column: str) -> Fate:
        """Return what becomes of a difference in a contact point of `registration`."""
        if registration.pk in self._protected:
            return Fate.PROTECTED
        return Fate.CONFLICT if (registration.pk, str(KINDS[column])) in self._touched else Fate.APPLIES


FATES = {
    "custodian_email": Fate.CUSTODY,
    "corporate_number": Fate.HOLDER,
    "organisation_name": Fate.HOLDER,
}


def judge(
    parsed: Parsed, held: Registration, found: Iterable[tuple[str, str, str]], hands: Hands, post: str
) -> list[Difference]:
    """Return the differences of one row, each with its fate; `post` is the postal contact point that is on record.

    The postal contact point follows the address, unless a person has changed it.
    """
    is_closed = held.status == Registration.Status.CLOSED
    made = []
    for column, was, would_be in found:
        fate = FATES.get(column, Fate.APPLIES)
        if fate == Fate.APPLIES and column in KINDS:
            fate = hands.fate(held, column)
        made.append(Difference(parsed.row, parsed.number, column, was, would_be, Fate.CLOSED if is_closed else fate))
    moved = {one.column for one in made if one.fate == Fate.APPLIES} & {"address", "postal_code"}
    if moved and (fate := hands.fate(held, "post")) != Fate.APPLIES and post != parsed.address:
        made.append(Difference(parsed.row, parsed.number, "post", post, parsed.address, fate))
    return made
