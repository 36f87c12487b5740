"""A call that was announced as the house asks for: before it is made, by whoever makes it."""

from datetime import datetime, timedelta

from accounts.models import User
from desk import transitions
from desk.models import CallIntention, Inquiry
from tests.cast import actor
from tests.stock import NOW

HALF = timedelta(minutes=30)


def announced(
    inquiry: Inquiry, by: User, *, at: datetime = NOW, channel: str = "phone", purpose: str = "inform"
) -> tuple[CallIntention, str]:
    """Let `by` announce, half an hour before `at`, a call about `inquiry` in this hour; return it with its code."""
    return transitions.announce_call(
        inquiry.pk,
        purpose=purpose,
        channel=channel,
        window_from=at - HALF,
        window_until=at + HALF,
        actor=actor(by),
        at=at - HALF,
    )
