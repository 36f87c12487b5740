"""What is stated, field by field: names, longest lengths, and how it is read."""

from collections.abc import Iterator

from django.utils.translation import gettext_lazy as _

from accounts.errors import Words
from desk.models import Inquiry, Statement

# As the staff say it; the inquirer answers in the first person.
CAPACITIES: dict[str, Words] = {
    Inquiry.Capacity.CUSTOMER: _("Belongs to the organisation"),
    Inquiry.Capacity.CONTRACTOR: _("Works for it as a contractor"),
    Inquiry.Capacity.AFFILIATE: _("Belongs to a group company"),
    Inquiry.Capacity.UNKNOWN: _("Something else, or not sure"),
}
# Names of the fields of a statement, on the form and where they are read.
LABELS: dict[str, Words] = {
    "name": _("Name of the caller"),
    "kana": _("Kana of the name"),
    "department": _("Department"),
    "own_phone": _("Direct number to call back"),
    "hours": _("Best hours"),
    "not_on": _("Days on which we shall not call"),
    "mail": _("Mail address"),
    "organisation_name": _("Organisation"),
    "organisation_kana": _("Kana of the organisation"),
    "organisation_kind": _("Kind of organisation"),
    "unit": _("Using unit"),
    "postal_code": _("Postal code"),
    "address": _("Address"),
    "phone": _("Phone number in question"),
    "bill_reference": _("Number on a bill"),
    "product": _("Service or product"),
    "remarks": _("What else is remembered"),
}
# The same where they are read: most were typed in by the claimant, not said on the phone.
READ: dict[str, Words] = LABELS | {"name": _("Name of the claimant")}
# Longest of each; together they fit desk.models.SEALED_SIZE in the widest characters.
SIZES = {
    "name": 60,
    "kana": 60,
    "department": 120,
    "own_phone": 30,
    "hours": 120,
    "mail": 254,
    "organisation_name": 120,
    "organisation_kana": 120,
    "unit": 120,
    "postal_code": 10,
    "address": 200,
    "phone": 30,
    "bill_reference": 100,
    "product": 120,
    "remarks": 1000,
}


def stated(statement: Statement) -> Iterator[tuple[Words, str]]:
    """Yield name and value of each field that was filled in, as typed."""
    for name, value in vars(statement).items():
        if value and name in READ:
            yield READ[name], value
