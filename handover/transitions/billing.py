"""What bills named, as the billing system hands it over."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from accounts.rulebook import check
from audit.record import System, event
from handover import billing
from handover.models import BilledAmount, BillReference, Registration
from handover.rules import TABLE


@dataclass(frozen=True, slots=True)
class Billed:
    """One line of the billing system: yen as printed; `site` is a `BillReference.Site`, "" where nothing is said."""

    reference: str
    month: date
    amount: int
    site: str = ""


def record_bills(rows: Iterable[Billed], *, actor: System, at: datetime) -> dict[str, int]:
    """Keep the print of each bill; returns how many are new, corrected, the same, and of unknown references.

    Safe to repeat: the last amount of a month counts. Pieces of about 500 rows a call. Raises `NotAllowed`.
    """
    with transaction.atomic(durable=True):
        rule = check(TABLE, "record_bills", None, actor)
        given = {(row.reference, row.month.replace(day=1)): row for row in rows}
        bills = BillReference.objects.filter(
            reference__in={reference for reference, _month in given},
            until=None,
            registration__status=Registration.Status.ACTIVE,
        )
        by_reference: dict[str, list[BillReference]] = {}
        for bill in bills.order_by("pk"):
            by_reference.setdefault(bill.reference, []).append(bill)
        counts = {"new": 0, "corrected": 0, "same": 0, "unknown": 0}
        kept = {(row.bill_id, row.month): row for row in BilledAmount.objects.filter(bill__in=bills)}
        new: list[BilledAmount] = []
        for (reference, month), row in given.items():
            counts["unknown"] += reference not in by_reference
            looked_up = billing.print_of(reference, month, row.amount)
            for bill in by_reference.get(reference, ()):
                counts[_keep(bill, month, looked_up, kept, new)] += 1
                _tell_site(bill, row.site)
        BilledAmount.objects.bulk_create(new)
        event(rule.event, actor=actor, at=at, subject="bills:all", facts=counts)
        return counts


def _keep(
    bill: BillReference,
    month: date,
    looked_up: str,
    kept: dict[tuple[int, date], BilledAmount],
    new: list[BilledAmount],
) -> str:
    found = kept.get((bill.pk, month))
    if found is None:
        new.append(BilledAmount(bill=bill, month=month, print=looked_up))
        return "new"
    if found.print == looked_up:
        return "same"
    found.print = looked_up
    found.save(update_fields=["print"])
    return "corrected"


def _tell_site(bill: BillReference, site: str) -> None:
    if site and bill.site != site:
        bill.site = site
        bill.save(update_fields=["site"])
