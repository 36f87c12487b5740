"""A registration with a bill, and whoever holds that bill."""

import re
import uuid
from datetime import date, datetime
from typing import Any

from django.test import Client

from accounts.models import User
from audit.record import Public, System
from desk import transitions
from desk.models import BillRelay
from handover import billing
from handover import transitions as register
from handover.models import BilledAmount, BillReference, Registration
from handover.transitions.billing import Billed
from tests.cast import Cast
from tests.stock import NOW, TODAY, line, registration

BILL = {"reference": "B-778-1204", "month": "2026-10", "amount": "12,345"}
MONTH = date(2026, 10, 1)
PUBLIC, IMPORT = Public(), System("import_bills")


def billed(cast: Cast, *, custodian: User | None, number: str = "R-1") -> BilledAmount:
    """Return the bill of a registration that `custodian` looks after."""
    held = registration(cast.aoba, number, custodian=custodian)
    line(held, printed_ja="広域イーサ 基本料")
    return bill_of(held)


def bill_of(held: Registration) -> BilledAmount:
    """Record a bill of `held` as the billing system does."""
    bill = BillReference.objects.create(registration=held, reference=BILL["reference"], since=TODAY)
    register.record_bills([Billed(BILL["reference"], MONTH, 12345, "school")], actor=IMPORT, at=NOW)
    return BilledAmount.objects.get(bill=bill)


def looked_up() -> tuple[str, str]:
    found = billing.print_of(BILL["reference"], MONTH, 12345)
    return found, found


def asked(found: BilledAmount, text: str = "この請求は何ですか", at: datetime = NOW) -> tuple[BillRelay, str]:
    """Let somebody holding the bill ask; return the thread and its tracking code."""
    inquiry, tracking = transitions.ask_by_bill(
        found.pk, reference=BILL["reference"], mail="payer@else.example", text=text, language="ja", actor=PUBLIC, at=at
    )
    return BillRelay.objects.get(inquiry=inquiry), tracking


def token() -> str:
    return str(uuid.uuid4())


def shows_bill(client: Client, **changes: str) -> Any:
    """Type in the bill."""
    return client.post("/bill/", {**BILL, **changes})


def about(client: Client) -> str:
    """Return what the card page names its service by in the form."""
    found = re.search(r'name="about" value="(\d+)"', client.get("/bill/card/").content.decode())
    assert found
    return found[1]
