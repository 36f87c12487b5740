"""An inquirer passed on between desks: what is promised, and what the inquirer reads."""

from datetime import datetime, time

from django.utils import timezone

from audit.models import Event
from desk.models import Affiliate, Inquiry
from handover.calendar import business_days_after
from outbox import post

TAKE_IN_WITHIN = 1
"""Business days until the other desk has taken the inquirer in."""
CLOSES = time(18)


def promise(at: datetime) -> datetime:
    """Return until when the other desk has taken the inquirer in: the evening of the next business day."""
    day = business_days_after(timezone.localdate(at), TAKE_IN_WITHIN)
    return datetime.combine(day, CLOSES, timezone.get_default_timezone())


def tell(
    template: str, inquiry: Inquiry, desk: Affiliate | None, *, until: datetime, event: Event, at: datetime
) -> None:
    """Mail to an inquirer who chose mail: who has it now, under the same receipt number."""
    mail = inquiry.statement.mail
    if inquiry.answer_by != Inquiry.Answer.MAIL or not mail:
        return
    post.mail(
        template,
        to=mail,
        language=inquiry.language,
        context={"number": inquiry.receipt_number, "desk": desk, "until": until},
        event=event,
        recipient="inquirer",
        at=at,
    )
