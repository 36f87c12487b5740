"""When a matter that is no claim may end: by agreement, by an answer in writing, or unanswered. Plain functions."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db.models import Max
from django.utils.translation import gettext as _

from accounts.errors import Refused
from accounts.models import User
from desk import composing, progress
from desk.models import Closing, Contact, FormalAnswer, Hold, Inquiry, Word
from outbox import cipher
from outbox.models import Notice

REMINDERS, MEDIA, CLOSE_AFTER = 2, 2, timedelta(days=30)
"""What has to go before nobody's silence ends a matter (procedure.md A11)."""
ENDS_ELSEWHERE = frozenset({Inquiry.Topic.RECOVERY, Inquiry.Topic.EXPLANATION})
"""Topics that end by their own acts: a claim by its decision, an explanation by its call."""
STAGES = {Closing.Ground.UNANSWERED: Inquiry.Stage.UNANSWERED}


def refuse_agreement(who: str, how: str) -> None:
    """Raise `Refused` for an agreement of which nobody says who gave it, and how."""
    if not who.strip():
        words = _("Write down who agreed.")
        raise Refused(words, {"agreed_by": words})
    if how not in Contact.Channel.values:
        words = _("Choose how the inquirer agreed.")
        raise Refused(words, {"agreed_how": words})


def end(inquiry: Inquiry, ground: str, *, who: str = "", how: str = "", by: User, at: datetime) -> Closing:
    """End `inquiry` on one ground, in the caller's transaction; an open hold ends with it."""
    progress.close(inquiry.pk, stage=STAGES.get(Closing.Ground(ground), Inquiry.Stage.ANSWERED), at=at, by=by)
    sealed = cipher.encrypt(who.strip()) if who.strip() else None
    return Closing.objects.create(inquiry=inquiry, ground=ground, how=how, sealed_who=sealed, at=at, by=by)


def find_answer(inquiry: Inquiry) -> FormalAnswer | None:
    """Return the last formal answer of the provider that left and decides the matter, as it stands since it was opened.

    Two people let it leave (docs/decisions/0033-formal-answers.md): nobody answers for the provider alone.
    """
    rows = FormalAnswer.objects.shown_to_inquirer().filter(inquiry=inquiry, speaks_for=FormalAnswer.Voice.PROVIDER)
    rows = rows.filter(released_at__gte=inquiry.reopened_at or inquiry.received_at).select_related("drafted_by")
    return next((one for one in rows.order_by("-released_at", "-pk") if composing.frame_of(one).decides), None)


def last_sign(inquiry: Inquiry) -> datetime:
    """Return when the inquirer said or sent something last; the inquiry itself is the first sign."""
    theirs = inquiry.contacts.filter(party=Contact.Party.CLAIMANT, direction=Contact.Direction.IN)
    latest: datetime | None = theirs.aggregate(last=Max("at"))["last"]
    taken_up = inquiry.holds.filter(reason=Hold.Reason.TAKEN_UP).aggregate(last=Max("opened_at"))["last"]
    return max(filter(None, (inquiry.reopened_at or inquiry.received_at, latest, taken_up)))


def reminders(inquiry: Inquiry) -> list[tuple[str, datetime]]:
    """Return medium and time of each reminder since the inquirer's last sign that reached its way."""
    rows = inquiry.words.filter(kind=Word.Kind.REMINDER, queued_at__gte=last_sign(inquiry)).select_related("notice")
    return sorted(_counted(list(rows)), key=lambda one: one[1])


def _counted(rows: list[Word]) -> Iterator[tuple[str, datetime]]:
    for row in rows:
        if row.notice is None:
            if row.said_at:
                yield row.channel, row.said_at
        elif row.notice.status == Notice.Status.SENT and row.notice.sent_at and not row.notice.bounced_at:
            yield row.channel, row.notice.sent_at


def may_end_unanswered(inquiry: Inquiry, at: datetime) -> bool:
    """Whether two reminders by two media went, and 30 days are over since the one that made them enough."""
    media: set[str] = set()
    for number, (medium, went) in enumerate(reminders(inquiry), start=1):
        media.add(medium)
        if number >= REMINDERS and len(media) >= MEDIA:
            return went + CLOSE_AFTER <= at
    return False
