"""Whether a claimant was reminded enough. What was never sent, came back or was answered does not count."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Max

from audit import queries as log
from desk.models import Contact
from outbox.models import Notice
from recovery.models import Claim, FailedCode, Reminder, Submission

QUIET = 5
"""Business days without a sign of the claimant after which the clock proposes a reminder: no case is silent to its
inquirer for longer (invariant 26), whosever turn it is."""


@dataclass(frozen=True)
class Counted:
    """A reminder that reached its way: from `at` on the claimant may be expected to know."""

    medium: str
    at: datetime


def last_sign(claim: Claim) -> datetime:
    """Return when the claimant did or said something last; the claim itself is the first sign.

    Whatever is done without a session by somebody who knows the tracking code, what came in by the desk, and calls and
    letters of the claimant. An objection is somebody else's.
    """
    own = log.last_at(claim.label, actor="public", but=["claim.objected"])
    talks = Contact.objects.filter(
        inquiry=claim.inquiry_id, party=Contact.Party.CLAIMANT, direction=Contact.Direction.IN
    )
    papers = Submission.objects.filter(claim=claim)
    times: tuple[datetime | None, ...] = (
        own,
        talks.aggregate(last=Max("at"))["last"],
        papers.aggregate(last=Max("at"))["last"],
        FailedCode.objects.filter(claim=claim).aggregate(last=Max("at"))["last"],
    )
    return max(filter(None, (claim.since, *times)))


def counted(claim: Claim, since: datetime) -> list[Counted]:
    """Return the reminders after `since` that count, in the order in which they went."""
    rows = Reminder.objects.filter(claim=claim, at__gte=since).select_related("dispatch__notice")
    return sorted(_counted(rows.order_by("pk")), key=lambda one: one.at)


def _counted(rows: Iterable[Reminder]) -> Iterator[Counted]:
    for row in rows:
        sent = row.dispatch
        if sent is None:
            yield Counted(row.medium, row.at)
        elif sent.returned_at:
            continue
        elif sent.letter_number:
            if sent.printed_at:
                yield Counted(row.medium, sent.printed_at)
        elif sent.notice.status == Notice.Status.SENT and sent.notice.sent_at:
            yield Counted(row.medium, sent.notice.sent_at)


def may_end_unanswered(claim: Claim, at: datetime) -> bool:
    """Whether `claim` may be refused because nobody answers (procedure.md A11).

    As many reminders by as many media as the procedure says, and its days over since the one that made them enough.
    """
    holding = claim.procedure.procedure.holding
    seen: list[Counted] = []
    for one in counted(claim, last_sign(claim)):
        seen.append(one)
        if len(seen) >= holding["reminders"] and len({each.medium for each in seen}) >= holding["reminder_media"]:
            return one.at + timedelta(days=holding["close_days"]) <= at
    return False
