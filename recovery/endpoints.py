"""Prints of numbers and addresses: equal endpoints have equal prints, and nobody can read them back."""

from django.utils.crypto import salted_hmac

from accounts.models import same_address
from handover.folding import find_phone, find_postal_code, fold
from handover.models import ContactPoint


def print_of(kind: str, value: str, postal_code: str = "") -> str:
    """Return the print of a mail address, phone number or postal address, however it is spelled.

    `kind` is one of `ContactPoint.Kind`. Keyed by SECRET_KEY, so that a copy of the database gives no number away.
    """
    if kind == ContactPoint.Kind.PHONE:
        plain = find_phone(value) or fold(value)
    elif kind == ContactPoint.Kind.MAIL:
        plain = same_address(value)
    else:
        plain = (find_postal_code(postal_code) or "") + fold(value)
    return salted_hmac("recovery.endpoint", f"{kind}:{plain}", algorithm="sha256").hexdigest()


def of_point(point: ContactPoint) -> str:
    """Return the print of a contact point of record."""
    return print_of(point.kind, point.value, point.postal_code)


def version_of(point: ContactPoint) -> str:
    """Return what a code to this contact point is bound to: the very address, as it is on record now (A6)."""
    return f"contact_point:{point.pk}@{point.since.isoformat()}"
