"""One-off consents, as each reader may know them."""

from datetime import datetime

from django.contrib.auth.hashers import check_password, make_password
from django.db.models import QuerySet

from accounts import codes
from accounts.actors import Actor
from desk.models import Check, Consent, Inquiry
from desk.rules import LIVE

GIVEN, NOT_GIVEN, NOT_ASKED = "given", "not_given", ""


def standing(inquiry: Inquiry, at: datetime) -> str:
    """Return what desk and inquirer may know: given, not given, or not asked for ("").

    Declined, unanswered and unknown are one and the same here (invariants 21, 22).
    """
    last = inquiry.consents.order_by("-pk").first()
    if last is None:
        return NOT_ASKED
    return GIVEN if last.holds(at) and inquiry.closed_at is None else NOT_GIVEN


def shows_consent(check: Check, at: datetime) -> bool:
    """Whether a check of the kind consent still counts at `at`: for its inquiry, while the yes lasts."""
    rows = Consent.objects.filter(inquiry=check.inquiry_id, status=Consent.Status.GIVEN, expires_at__gt=at)
    return check.result == Check.Result.ENOUGH and rows.exists()


def find_by_codes(number: str, tracking: str) -> Inquiry | None:
    """Return the open inquiry of this receipt number if the tracking code is its own.

    An unknown number costs the same slow hash as a wrong code. Charge the try first: this counts nothing.
    """
    found = Inquiry.objects.filter(receipt_number=number, status__in=LIVE).first()
    if found is None:
        make_password(codes.plain(tracking))
        return None
    return found if check_password(codes.plain(tracking), found.tracking_hash) else None


def find_inquiry(pk: int) -> Inquiry | None:
    """Return the open inquiry that a session's mark names."""
    return Inquiry.objects.filter(pk=pk, status__in=LIVE).first()


def find_consent(actor: Actor, pk: int) -> Consent | None:
    """Return the consent if `actor` may see it."""
    rows = Consent.objects.visible_to(actor).filter(pk=pk)
    return rows.select_related("inquiry", "registration").first()


def unanswered(actor: Actor) -> list[Consent]:
    """Return the consents that wait for `actor`'s answer, the oldest first."""
    if not actor.is_customer:
        return []
    rows = Consent.objects.visible_to(actor).filter(status=Consent.Status.LINKED)
    return list(rows.select_related("registration").order_by("expires_at", "pk")[:50])


def unlinked() -> list[Consent]:
    """Return the consents for which an operator of the provider has to find the registration, the oldest first."""
    rows = Consent.objects.filter(status=Consent.Status.ASKED).select_related("inquiry")
    return list(rows.order_by("asked_at", "pk")[:50])


def over(at: datetime) -> QuerySet[Consent]:
    """Return consents whose time is over."""
    return Consent.objects.exclude(status=Consent.Status.EXPIRED).filter(expires_at__lte=at).order_by("pk")
