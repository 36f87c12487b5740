"""A scene of absence: mail to 大野 進 comes back, and his administrators learn that he cannot be reached."""

from audit.record import System
from config.demo.story import Story, user
from handover import transitions
from outbox.models import Notice

CLOCK = System("clock")


def somebody_cannot_be_reached(told: Story) -> None:
    """What the mail server says of him, then what the clock makes of it. Nobody is removed."""
    told.goes_to(1, 16)
    gone = user("susumu")
    notice = Notice.objects.filter(recipient=gone.label, channel=Notice.Channel.MAIL).order_by("-queued_at", "pk")[0]
    told.once(lambda at: transitions.record_bounce(notice_pk=notice.pk, status="5.1.1", actor=CLOCK, at=at))
    told.once(lambda at: transitions.note_absence(user_pk=gone.pk, actor=CLOCK, at=at))
