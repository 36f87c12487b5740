"""Desks, and who has an inquirer now."""

from dataclasses import dataclass
from datetime import datetime

from desk.models import Affiliate, Inquiry, Referral
from desk.rules.referrals import last_of


@dataclass(frozen=True)
class Standing:
    """Who has an inquirer who was passed on: the same words for staff and inquirer."""

    desk: str
    phone: str
    hours: str
    promised_until: datetime
    taken_at: datetime | None
    returned_at: datetime | None
    is_late: bool
    """The other desk should have taken the inquirer in by now."""


def standing(inquiry: Inquiry, at: datetime) -> Standing | None:
    """Return who has `inquiry` at `at`, None for one that nobody passed on. One statement."""
    inquiry.__dict__.pop("last_referral", None)
    last = last_of(inquiry)
    if last is None:
        return None
    home = last.giver if last.returned_at else last.taker
    desk: Affiliate | None = None if last.returned_at else getattr(last.taker, "affiliate", None)
    return Standing(
        home.legal_name,
        desk.phone if desk else "",
        desk.hours if desk else "",
        last.promised_until,
        last.taken_at,
        last.returned_at,
        last.is_overdue(at) and inquiry.closed_at is None,
    )


def referrals_of(inquiry: Inquiry) -> list[Referral]:
    """Return every passing on of `inquiry`, the oldest first."""
    return list(inquiry.referrals.select_related("giver", "taker").order_by("pk"))


def desks_for(inquiry: Inquiry, home: int) -> list[Affiliate]:
    """Return the desks that `inquiry` can still be passed on to from the organisation `home`."""
    had = {home, *(one for pair in inquiry.referrals.values_list("giver", "taker") for one in pair)}
    return [desk for desk in desks() if desk.organisation_id not in had]


def desks() -> list[Affiliate]:
    """Return the desks on the list, by their kana."""
    rows = Affiliate.objects.filter(until=None).select_related("organisation")
    return list(rows.order_by("organisation__kana", "pk"))


def find_desk(pk: int) -> Affiliate | None:
    """Return a desk, on the list or not."""
    return Affiliate.objects.filter(pk=pk).select_related("organisation").first()
