"""Letters and mails to the claimant: that it has ended, and reminders. They carry no code and nothing of a record.

Plain functions: they run inside the transaction of the act that owes them.
"""

from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.utils import timezone

from accounts.models import User
from audit.models import Event
from desk import announcing
from desk.enveloping import find_envelope
from desk.models import CallIntention
from handover.printing.letter_facts import LetterFacts
from handover.receipts import issuer
from outbox import post
from outbox.models import Notice
from recovery.models import Claim, Dispatch

TO = "claimant"
KINDS = {Dispatch.Purpose.REFUSED: "refusal", Dispatch.Purpose.REMINDER: "reminder"}
ANNOUNCED = {
    Dispatch.Purpose.REFUSED: CallIntention.Purpose.INFORM,
    Dispatch.Purpose.REMINDER: CallIntention.Purpose.MISSING,
}


def can_write(claim: Claim) -> bool:
    """Whether a letter can go to the address that the claimant stated: postal code and address, fit for a window."""
    return find_envelope(claim.inquiry.statement) is not None


def write(
    claim: Claim,
    purpose: str,
    *,
    reasons: tuple[str, ...] = (),
    days: dict[str, date | None],
    event: Event,
    at: datetime,
    by: User | None,
) -> Dispatch | None:
    """Queue a letter to the address that the claimant stated; None where none can be written.

    `reasons` are fixed words in the claimant's language, `days` the days that the letter names, by field of
    `LetterFacts`. `by` is whose act it follows from: somebody else prints it.
    """
    found = find_envelope(claim.inquiry.statement)
    if found is None:
        return None
    number = f"L{timezone.localdate(at):%y%m}-{event.sequence}-{claim.dispatches.count() + 1}"
    _announced, call_code = announcing.announce_letter(
        inquiry=claim.inquiry, purpose=ANNOUNCED[Dispatch.Purpose(purpose)], by=by, at=at
    )
    content = found.content() | {
        "call_code": call_code,
        "letter_number": number,
        "kind": KINDS[Dispatch.Purpose(purpose)],
        "receipt_number": claim.number,
        "issued_at": at.isoformat(),
        "asked_on": timezone.localdate(claim.received_at).isoformat(),
        "language": claim.inquiry.language,
        "reasons": list(reasons),
        **{name: day.isoformat() if day else None for name, day in days.items()},
    }
    notice = post.letter("claim_letter", content=content, event=event, recipient=claim.label, at=at)
    return Dispatch.objects.create(
        claim=claim,
        purpose=purpose,
        channel=Dispatch.Channel.LETTER,
        to=TO,
        notice=notice,
        letter_number=number,
        ordered_by=by,
        queued_at=at,
    )


def to_mailbox(template: str, claim: Claim, /, *, event: Event, at: datetime, **context: Any) -> Notice:
    """Queue a mail in the claimant's language to the mailbox that was stated, confirmed or not: ask before."""
    return post.mail(
        template,
        to=claim.mailbox,
        language=claim.inquiry.language,
        context={"claim": claim, **context},
        event=event,
        recipient=claim.label,
        at=at,
    )


def mail(
    template: str, claim: Claim, purpose: str, *, event: Event, at: datetime, by: User | None, **context: Any
) -> Dispatch:
    """Queue a mail to the claimant's mailbox of which it matters whether it arrived. Ask first: it is confirmed."""
    notice = to_mailbox(template, claim, event=event, at=at, **context)
    return Dispatch.objects.create(
        claim=claim,
        purpose=purpose,
        channel=Dispatch.Channel.MAIL,
        to=TO,
        notice=notice,
        ordered_by=by,
        queued_at=at,
    )


def facts(content: dict[str, Any], at: datetime) -> LetterFacts:
    """Return what such a letter says, for the printer."""

    def day(name: str) -> date | None:
        return date.fromisoformat(content[name]) if content.get(name) else None

    return LetterFacts(
        letter_number=content["letter_number"],
        kind=content["kind"],
        receipt_number=content["receipt_number"],
        addressee=tuple(content["addressee"]),
        postal_code=content["postal_code"],
        address=content["address"],
        issued_at=timezone.localtime(at),
        asked_on=date.fromisoformat(content["asked_on"]),
        reasons=tuple(content["reasons"]),
        appeal_until=day("appeal_until"),
        reopen_until=day("reopen_until"),
        object_code="",
        call_code=content.get("call_code", ""),
        public_origin=settings.PUBLIC_ORIGIN,
        phone=settings.SUPPORT_PHONE,
        hours=settings.SUPPORT_HOURS,
        issuer=issuer(content["language"]),
        language=content["language"],
    )
