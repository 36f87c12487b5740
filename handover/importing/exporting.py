"""The register as CSV in the columns of an import: what comes out can go in again and differs in nothing."""

import csv
from collections.abc import Iterator
from typing import TextIO

from handover.importing.reading import COLUMNS
from handover.models import BillReference, ContactPoint, Custody, Registration

PIECE = 500


def export(out: TextIO) -> int:
    """Write every active registration to `out`, in the order of their numbers, in constant memory; return how many."""
    table = csv.writer(out)
    table.writerow(COLUMNS)
    count = 0
    for piece in _pieces():
        table.writerows(_rows(piece))
        count += len(piece)
    return count


def _pieces() -> Iterator[list[Registration]]:
    rows = Registration.objects.filter(status=Registration.Status.ACTIVE).select_related("organisation", "product")
    last = ""
    while piece := list(rows.filter(number__gt=last).order_by("number")[:PIECE]):
        yield piece
        last = piece[-1].number


def _rows(piece: list[Registration]) -> Iterator[list[str]]:
    # The oldest of several: an import looks whether its value is among them.
    contacts: dict[tuple[int, str], str] = {}
    for pk, kind, value in (
        ContactPoint.objects.current()
        .filter(registration__in=piece)
        .order_by("-pk")
        .values_list("registration_id", "kind", "value")
    ):
        contacts[pk, kind] = value
    bills = dict(
        BillReference.objects.filter(registration__in=piece, until=None)
        .order_by("-pk")
        .values_list("registration_id", "reference")
    )
    held = Custody.objects.current().filter(registration__in=piece, user__isnull=False)
    people = dict(held.values_list("registration_id", "user__email"))
    for one in piece:
        home = one.organisation
        yield [
            one.number,
            home.legal_name,
            home.kana,
            home.corporate_number,
            one.registered_name,
            one.registered_kana,
            "|".join(one.former_names),
            one.unit,
            one.postal_code,
            one.address,
            contacts.get((one.pk, ContactPoint.Kind.PHONE), ""),
            contacts.get((one.pk, ContactPoint.Kind.MAIL), ""),
            one.product.code if one.product else "",
            bills.get(one.pk, ""),
            people.get(one.pk, ""),
        ]
