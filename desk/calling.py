"""What a running call leads to. Plain functions: they run inside the transaction of somebody's act."""

from datetime import date, datetime, time, timedelta

from django.utils import timezone

from accounts.models import User
from desk import belonging
from desk.models import Call, Inquiry
from handover.calendar import business_days_after, is_business_day
from handover.explaining import HOURS
from handover.models import ExplanationRequest

MORNING, AFTERNOON = HOURS[ExplanationRequest.Hours.MORNING], HOURS[ExplanationRequest.Hours.AFTERNOON]
LEAST = timedelta(hours=1)
"""What is left of a day before something is still promised for it."""
DAYS_AHEAD = 3
"""Business days that are offered: within the five after which silence is forbidden (procedure.md A11)."""


def attach(inquiry: Inquiry, *, by: User) -> Call | None:
    """Let the call on which `by` speaks be about `inquiry`, which was taken down in it; return the call.

    None where nobody is on the phone, or where the call is about something already. A call is never led to anything
    else than the caller's own words: what is taken down here, or the receipt number of `go_on_with`. It is at the desk
    of `by` from now on.
    """
    belonging.take_up(inquiry.pk, by=by)
    rows = Call.objects.running().filter(by=by, inquiry=None)
    found = rows.select_for_update(no_key=True).first()
    if found is not None:
        found.inquiry = inquiry
        found.save(update_fields=["inquiry"])
    return found


def gave_no_number(by: User) -> bool:
    """Whether the caller with whom `by` speaks was asked for a direct number and gave none; False without a call."""
    call = Call.objects.running().filter(by=by).first()
    return call is not None and not call.number


def windows(at: datetime) -> list[tuple[datetime, datetime]]:
    """Return the times that can be promised by one choice on the phone: the rest of today, then half days.

    Each lies ahead of `at` and on a business day; the first is the soonest.
    """
    today = timezone.localdate(at)
    closing = _moment(today, AFTERNOON[1])
    found = [(at, closing)] if is_business_day(today) and at + LEAST <= closing else []
    days = [business_days_after(today, number) for number in range(1, DAYS_AHEAD + 1)]
    return found + [(_moment(day, half[0]), _moment(day, half[1])) for day in days for half in (MORNING, AFTERNOON)]


def _moment(day: date, hour: time) -> datetime:
    return timezone.make_aware(datetime.combine(day, hour))
