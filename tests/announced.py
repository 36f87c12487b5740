"""A call that was announced as the house asks for: before it is made, by whoever makes it."""

from datetime import datetime, timedelta

from accounts.models import User
from desk import transitions
from desk.models import CallIntention, Inquiry
from tests.cast import actor
from tests.stock import NOW

HOUR = timedelta(hours=1)


def announced(
    inquiry: Inquiry, by: User, *, at: datetime = NOW, channel: str = "phone", purpose: str = "inform"
) -> tuple[CallIntention, str]:
    """Announce a call of `by` about `inquiry` in the hour from `at`; return it with its call code."""
    return transitions.announce_call(
        inquiry.pk,
        purpose=purpose,
        channel=channel,
        window_from=at,
        window_until=at + HOUR,
        actor=actor(by),
        at=at,
    )
