"""Claims that are long over, as rows: the report counts them and asks nothing else of them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import count
from typing import Any

from django.utils import timezone

from accounts.models import Organisation
from desk.models import Contact, Inquiry, Statement
from handover.calendar import business_days_after
from handover.models import Registration
from outbox import cipher
from recovery.models import Claim
from recovery.queries import procedures
from tests.cast import Cast
from tests.stock import START

OVER = ("executed", "refused", "withdrawn", "stopped")
_numbers = count(1)


@dataclass(frozen=True, kw_only=True)
class Past:
    """One claim: `took` business days from `received` to its end, `asked` times its claimant got in touch."""

    received: date
    status: str = "executed"
    took: int = 10
    asked: int = 0
    tier: int | None = 3
    way: str = "web"
    stated: str = "customer"
    found: str = ""
    reason: str = ""
    at: Registration | None = None


def noon(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time(12)))


def lost(of: Organisation, number: int = 1) -> list[Registration]:
    """Write that many active registrations of a customer as rows; return them."""
    return Registration.objects.bulk_create(
        Registration(
            number=f"P-{next(_numbers):06}",
            organisation=of,
            registered_name=of.legal_name,
            unit="本社",
            address="東京都千代田区千代田1-1",
            registered_at=START,
        )
        for _place in range(number)
    )


def write(cast: Cast, rows: Iterable[Past], *, at: Registration | None = None) -> list[Claim]:
    """Write the claims with their contacts; those with a tier are about `at` where they name nothing else."""
    given = list(rows)
    sealed, note, version = Statement().sealed(), cipher.encrypt("x"), procedures.live()
    inquiries = Inquiry.objects.bulk_create((_inquiry(one, sealed) for one in given), batch_size=500)
    pairs = list(zip(given, inquiries, strict=True))
    made = Claim.objects.bulk_create(
        (Claim(inquiry=inquiry, procedure=version, **_facts(cast, one, inquiry, at)) for one, inquiry in pairs),
        batch_size=500,
    )
    spoken: dict[str, Any] = {"direction": "in", "channel": "phone", "party": "claimant", "sealed_note": note}
    Contact.objects.bulk_create(
        (
            Contact(inquiry=inquiry, by=cast.agent, at=inquiry.received_at + timedelta(hours=place), **spoken)
            for one, inquiry in pairs
            for place in range(one.asked)
        ),
        batch_size=500,
    )
    return made


def _inquiry(one: Past, sealed: bytes) -> Inquiry:
    return Inquiry(
        receipt_number=f"P-{next(_numbers):07}",
        tracking_hash="x",
        came_by=one.way,
        sealed=sealed,
        capacity_stated=one.stated,
        capacity_found=one.found,
        received_at=noon(one.received),
        **({"status": "closed", "closed_at": noon(_end(one))} if one.status in OVER else {"next_on": one.received}),
    )


def _end(one: Past) -> date:
    return business_days_after(one.received, one.took)


def _facts(cast: Cast, one: Past, inquiry: Inquiry, at: Registration | None) -> dict[str, Any]:
    facts: dict[str, Any] = {
        "number": inquiry.receipt_number,
        "status": one.status,
        "received_at": inquiry.received_at,
        "tier": one.tier,
        "registration": (one.at or at) if one.tier else None,
        "end_reason": one.reason,
    }
    end = _end(one)
    if one.status == "executed":
        facts |= {"executed_at": noon(end), "executed_by": cast.approver, "claimant": cast.jiro}
        facts |= {"cooling_off_until": noon(end + timedelta(days=30)), "window_ends_on": end}
        facts |= {"proposed_by": cast.operator, "cooled_off_at": noon(end + timedelta(days=30))}
    elif one.status in OVER:
        facts |= {"ended_at": noon(end)}
    return facts
