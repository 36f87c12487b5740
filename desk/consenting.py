"""A contractor's one-off consent: what it says, how long it lasts, and who is told."""

from datetime import datetime, timedelta

from django.utils import timezone

from accounts.models import Membership, Role, User
from audit.models import Event
from desk import progress, telling
from desk.models import Consent, Inquiry
from desk.relaying import in_charge
from handover.calendar import business_days_after
from handover.notices import tell
from outbox import cipher, post

LASTS = timedelta(days=30)
"""From the asking how long the customer can answer, whoever is found and when; from a yes how long it counts."""
SEALED_WORDS = 4096
"""Bytes of what is stated before it is encrypted: every one takes the same room."""


def sealed(contractor: str, customer: str, wish: str) -> bytes:
    """Return what is stated, encrypted and of one size. Raises ValueError if it is too long."""
    used = sum(len(text.encode()) for text in (contractor, customer, wish))
    if used > SEALED_WORDS:
        raise ValueError("what is stated is longer than its form allows")
    return cipher.encrypt_words(
        {"contractor": contractor, "customer": customer, "wish": wish + " " * (SEALED_WORDS - used)}
    )


def answerers(consent: Consent) -> list[User]:
    """Return who is asked: whoever is in charge, and the administrators of the holder."""
    held = consent.registration
    if held is None:
        return []
    rows = Membership.objects.current().filter(organisation=held.organisation_id, role=Role.ADMINISTRATOR)
    people = [row.user for row in rows.select_related("user").order_by("pk")]
    first = in_charge(held)
    return [first, *people] if first else people


def ask(consent: Consent, *, event: Event, at: datetime) -> None:
    """Mail to whoever can answer; the mail names the registration and where to answer, not who asks."""
    context = {"registration": consent.registration, "pk": consent.pk, "until": consent.expires_at}
    tell("consent_asked", answerers(consent), event=event, at=at, **context)


def tell_asker(consent: Consent, *, given: bool, event: Event, at: datetime) -> None:
    """Tell whoever asked whether it was given, by mail, letter or a call, as chosen.

    "Not given" only when its time is over, whatever the reason.
    """
    inquiry = consent.inquiry
    mail = inquiry.statement.mail
    if inquiry.answer_by != Inquiry.Answer.MAIL or not mail:
        if inquiry.closed_at is None:
            next_on = business_days_after(timezone.localdate(at), progress.ANSWER_WITHIN)
            telling.say_otherwise(inquiry, next_on=next_on, event=event, at=at)
        return
    post.mail(
        "consent_given" if given else "consent_not_given",
        to=mail,
        language=inquiry.language,
        context={"number": inquiry.receipt_number, "until": consent.expires_at},
        event=event,
        recipient="inquirer",
        at=at,
    )
