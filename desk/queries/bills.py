"""Threads about bills, as each side may read them."""

from dataclasses import dataclass
from datetime import date, datetime

from django.contrib.auth.hashers import check_password, make_password
from django.db.models import QuerySet
from django.utils import timezone

from accounts import codes
from accounts.actors import Actor
from desk.models import BillMessage, BillRelay, Inquiry
from handover import billing
from handover.models import BilledAmount, BillReference, Product, Registration


@dataclass(frozen=True)
class BillCard:
    """What whoever holds a bill may read of one service: product and kind of place, nothing about anybody."""

    pk: int
    product: Product | None
    site: str


def cards(billed: list[BilledAmount]) -> list[BillCard]:
    """Return a card for each service of a bill, in the order given."""
    return [BillCard(one.pk, one.bill.registration.product, _site(one.bill)) for one in billed]


def _site(bill: BillReference) -> str:
    return str(bill.get_site_display()) if bill.site else ""


def billed_again(keys: list[int]) -> list[BilledAmount]:
    """Return what an open bill page shows, read anew: a registration that was closed since is gone."""
    rows = BilledAmount.objects.filter(pk__in=keys, bill__registration__status=Registration.Status.ACTIVE)
    return list(
        rows.select_related("bill__registration__product").order_by("bill__registration_id", "pk")[: billing.MOST]
    )


def find_thread_by_codes(number: str, tracking: str) -> BillRelay | None:
    """Return the thread of this receipt number if the tracking code is its own.

    An unknown number costs the same slow hash as a wrong code. Charge the try first: this counts nothing.
    """
    found = _threads().filter(inquiry__receipt_number=number).first()
    if found is None:
        make_password(codes.plain(tracking))
        return None
    return found if check_password(codes.plain(tracking), found.inquiry.tracking_hash) else None


def find_thread(pk: int) -> BillRelay | None:
    """Return the thread that a session's mark names."""
    return _threads().filter(pk=pk).first()


def find_asked(actor: Actor, number: str) -> BillRelay | None:
    """Return the thread with this number if `actor` is in charge of what it asks about."""
    rows = BillRelay.objects.visible_to(actor).filter(inquiry__receipt_number=number)
    return rows.select_related("inquiry", "registration__product").first()


def _threads() -> QuerySet[BillRelay]:
    return BillRelay.objects.select_related("inquiry", "registration__product")


def messages_of(relay: BillRelay) -> list[BillMessage]:
    """Return the messages of a thread, the oldest first."""
    return list(relay.messages.order_by("at", "pk"))


def unanswered(actor: Actor) -> list[BillRelay]:
    """Return the threads that wait for `actor`'s answer, the oldest first."""
    rows = BillRelay.objects.visible_to(actor).filter(
        inquiry__status=Inquiry.Status.RELAYED, inquiry__stage=Inquiry.Stage.LOOKING
    )
    return list(rows.select_related("inquiry", "registration").order_by("inquiry__next_on", "pk")[:50])


def relays_over(at: datetime, *, answered: bool) -> QuerySet[BillRelay]:
    """Return threads whose day is over: answered ones to end, the others for the desk to take over."""
    rows = BillRelay.objects.filter(inquiry__status=Inquiry.Status.RELAYED, inquiry__next_on__lt=_today(at))
    stage = Inquiry.Stage.ANSWERED if answered else Inquiry.Stage.LOOKING
    return rows.filter(inquiry__stage=stage).order_by("pk")


def _today(at: datetime) -> date:
    return timezone.localdate(at)
