"""Consent and passing on, as they come along with a row that a page reads anyway."""

from datetime import datetime
from typing import Any

from django.db.models import OuterRef

from desk.models import Consent, Inquiry, Referral
from desk.queries.consents import GIVEN, NOT_ASKED, NOT_GIVEN
from desk.queries.referrals import Standing
from handover.queries.nested import Rows, listed, moment


def with_callers(inquiry: str) -> dict[str, Any]:
    """Return what a query of one row needs to bring the last consent and passing on of its `inquiry` along."""
    consents = Consent.objects.filter(inquiry=OuterRef(inquiry)).order_by("-pk")[:1]
    referrals = Referral.objects.filter(inquiry=OuterRef(inquiry)).order_by("-pk")[:1]
    names = {
        "giver": "giver__legal_name",
        "taker": "taker__legal_name",
        "phone": "taker__affiliate__phone",
        "hours": "taker__affiliate__hours",
    }
    times = {name: name for name in ("promised_until", "taken_at", "returned_at")}
    return {
        "consent_rows": Rows(consents, status="status", expires_at="expires_at"),
        "referral_rows": Rows(referrals, **names, **times),
    }


def consent_in(row: Any, inquiry: Inquiry, at: datetime) -> str:
    """Return what `consents.standing` returns, from what came along with `row`."""
    for one in listed(row.consent_rows):
        until = moment(one["expires_at"])
        holds = one["status"] == Consent.Status.GIVEN and until is not None and at < until
        return GIVEN if holds and inquiry.closed_at is None else NOT_GIVEN
    return NOT_ASKED


def referral_in(row: Any, inquiry: Inquiry, at: datetime) -> Standing | None:
    """Return what `referrals.standing` returns, from what came along with `row`."""
    for one in listed(row.referral_rows):
        until, returned = moment(one["promised_until"]), moment(one["returned_at"])
        taken = moment(one["taken_at"])
        if until is None:
            continue
        return Standing(
            one["giver"] if returned else one["taker"],
            "" if returned else one["phone"] or "",
            "" if returned else one["hours"] or "",
            until,
            taken,
            returned,
            taken is None and returned is None and until < at and inquiry.closed_at is None,
        )
    return None
