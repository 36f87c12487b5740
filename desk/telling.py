"""What the inquirer hears from us, by the channel that was chosen. Plain functions: they run inside a transition."""

from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.utils import timezone

from accounts.models import User
from audit.models import Event
from desk import announcing, enveloping
from desk.closing import ENDS_ELSEWHERE
from desk.models import Call, CallIntention, Contact, Inquiry, Needs, Word
from handover.printing.inquiry_letters import InquiryFacts
from handover.receipts import issuer
from outbox import post
from outbox.models import Notice

LETTER = "inquiry_letter"
"""The template of every letter to an inquirer, in the outbox."""


def way_to(inquiry: Inquiry) -> str:
    """Return how the inquirer is told: as chosen where that is possible, else by what there is.

    Whoever wishes for no phone calls is called only where nothing else was given.
    """
    stated, chosen = inquiry.statement, inquiry.answer_by
    by_letter = enveloping.find_envelope(stated) is not None
    possible = {"mail": bool(stated.mail), "letter": by_letter, "phone": True}
    order = [chosen, "mail", "letter", "phone"]
    if Needs.opened(inquiry.sealed_needs).forbids("phone"):
        order = [one for one in order if one != "phone"] + ["phone"]
    return next(one for one in order if possible[one])


def writes_to(inquiry: Inquiry) -> str:
    """Return how something in writing reaches the inquirer, "" where neither mail nor address was given."""
    way = way_to(inquiry)
    if way != Contact.Channel.PHONE:
        return way
    if inquiry.statement.mail:
        return str(Contact.Channel.MAIL)
    return str(Contact.Channel.LETTER) if enveloping.find_envelope(inquiry.statement) else ""


def reaches(inquiry: Inquiry, medium: str) -> bool:
    """Whether a word by `medium` would reach the inquirer, who did not ask us to leave that way alone."""
    if Needs.opened(inquiry.sealed_needs).forbids(medium):
        return False
    stated = inquiry.statement
    if medium == Contact.Channel.LETTER:
        return enveloping.find_envelope(stated) is not None
    return bool(stated.mail if medium == Contact.Channel.MAIL else stated.own_phone)


def tell(
    inquiry: Inquiry,
    kind: str,
    *,
    event: Event,
    at: datetime,
    channel: str = "",
    by: User | None = None,
    said: bool = False,
    **facts: Any,
) -> Word:
    """Say one word of `kind` to the inquirer: mail and letter are queued in this transaction, a call is owed.

    `channel` other than the chosen one is for reminders. `said`: it was spoken in the call that is under way. `facts`
    go into the text: tracking, next_on, why. A call that is owed already stays one, about the newer word.
    """
    way = channel or way_to(inquiry)
    if way == Contact.Channel.PHONE and not said:
        owed, _new = Word.objects.update_or_create(
            inquiry=inquiry, said_at=None, defaults={"kind": kind, "channel": way, "queued_at": at, "by": by}
        )
        return owed
    notice, number = None, ""
    if way == Contact.Channel.MAIL:
        notice = _mail(inquiry, kind, event=event, at=at, **facts)
    elif way == Contact.Channel.LETTER:
        number = f"D{timezone.localdate(at):%y%m}-{event.sequence}"
        notice = _letter(inquiry, kind, number, event=event, at=at, by=by, **facts)
    heard(inquiry.pk, at)
    return Word.objects.create(
        inquiry=inquiry, kind=kind, channel=way, notice=notice, letter_number=number, by=by, queued_at=at, said_at=at
    )


def say_otherwise(inquiry: Inquiry, *, next_on: date, event: Event, at: datetime) -> Word | None:
    """Say where it stands to somebody who did not choose mail, where a mail of its own tells the others something.

    A letter goes, or a call is owed; whoever is on the phone with us hears it in the call. None for a matter that
    ends by acts of its own: those have words of their own.
    """
    if inquiry.topic in ENDS_ELSEWHERE:
        return None
    is_speaking = Call.objects.running().filter(inquiry=inquiry).exists()
    channel = str(Contact.Channel.PHONE) if is_speaking else ""
    return tell(inquiry, Word.Kind.UPDATE, event=event, at=at, channel=channel, said=is_speaking, next_on=next_on)


def heard(inquiry_pk: int, at: datetime) -> None:
    """Note that the inquirer heard from us: the days of silence count anew."""
    Inquiry.objects.filter(pk=inquiry_pk).update(told_at=at)


def _mail(inquiry: Inquiry, kind: str, *, event: Event, at: datetime, **facts: Any) -> Notice:
    return post.mail(
        f"inquiry_{kind}",
        to=inquiry.statement.mail,
        language=inquiry.language,
        context={"inquiry": inquiry, **facts},
        event=event,
        recipient=inquiry.label,
        at=at,
    )


def _letter(
    inquiry: Inquiry, kind: str, number: str, *, event: Event, at: datetime, by: User | None, **facts: Any
) -> Notice:
    next_on: date | None = facts.get("next_on")
    purpose = CallIntention.Purpose.MISSING if kind == Word.Kind.REMINDER else CallIntention.Purpose.INFORM
    _announced, call_code = announcing.announce_letter(inquiry=inquiry, purpose=purpose, by=by, at=at)
    envelope = enveloping.find_envelope(inquiry.statement)
    content = (envelope.content() if envelope else {}) | {
        "call_code": call_code,
        "letter_number": number,
        "kind": kind,
        "receipt_number": inquiry.receipt_number,
        "asked_on": timezone.localdate(inquiry.received_at).isoformat(),
        "language": inquiry.language,
        "tracking": facts.get("tracking", ""),
        "next_on": next_on.isoformat() if next_on else None,
        "why": str(facts.get("why", "")),
    }
    return post.letter(LETTER, content=content, event=event, recipient=inquiry.label, at=at)


def facts_of(content: dict[str, Any], at: datetime) -> InquiryFacts:
    """Return what a letter says, for the printer; letters from before formal answers may still carry an answer."""
    return InquiryFacts(
        letter_number=content["letter_number"],
        kind=content["kind"],
        receipt_number=content["receipt_number"],
        addressee=tuple(content["addressee"]),
        postal_code=content["postal_code"],
        address=content["address"],
        issued_at=timezone.localtime(at),
        asked_on=date.fromisoformat(content["asked_on"]),
        tracking=content["tracking"],
        next_on=date.fromisoformat(content["next_on"]) if content["next_on"] else None,
        why=content["why"],
        paragraphs=tuple(content.get("paragraphs", ())),
        call_code=content.get("call_code", ""),
        public_origin=settings.PUBLIC_ORIGIN,
        phone=settings.SUPPORT_PHONE,
        hours=settings.SUPPORT_HOURS,
        issuer=issuer(content["language"]),
        language=content["language"],
    )
