"""An inquirer passed on between desks: what is promised, and what the inquirer reads."""

from datetime import date, datetime, time

from django.utils import timezone

from audit.models import Event
from desk import closing, progress, telling
from desk.models import Affiliate, Climb, Inquiry
from handover.calendar import business_days_after
from outbox import post

TAKE_IN_WITHIN = 1
"""Business days until the other desk has taken the inquirer in."""
CLOSES = time(18)


def promise(at: datetime) -> datetime:
    """Return until when the other desk has taken the inquirer in: the evening of the next business day."""
    day = business_days_after(timezone.localdate(at), TAKE_IN_WITHIN)
    return datetime.combine(day, CLOSES, timezone.get_default_timezone())


def stand(inquiry: Inquiry, *, turn: str, next_on: date) -> None:
    """Say on the status page whose turn it is and until when; of a claim, recovery says it."""
    if inquiry.topic not in closing.ENDS_ELSEWHERE:
        progress.stand(inquiry.pk, stage=inquiry.stage, turn=turn, next_on=next_on)


def settle(inquiry: Inquiry, *, at: datetime) -> None:
    """Nobody waits to be taken in any more: what climbed because of it is settled."""
    Climb.objects.filter(inquiry=inquiry, why=Climb.Why.UNTAKEN, settled_at=None).update(settled_at=at)


def tell(
    template: str, inquiry: Inquiry, desk: Affiliate | None, *, until: datetime, event: Event, at: datetime
) -> None:
    """Say who has it now, under the same receipt number: by mail where that was chosen, else by letter or a call."""
    mail = inquiry.statement.mail
    if inquiry.answer_by != Inquiry.Answer.MAIL or not mail:
        telling.say_otherwise(inquiry, next_on=timezone.localdate(until), event=event, at=at)
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
