"""A question by whoever holds a bill: tries counted, and the steps that its acts share."""

from datetime import date, datetime, timedelta

from django.db.models import QuerySet
from django.utils import timezone

from accounts import tallies
from accounts.models import User
from audit.models import Event
from desk import progress
from desk.models import BillMessage, BillRelay, Inquiry
from desk.models.relays import seal
from handover import billing
from handover.calendar import business_days_after
from handover.folding import fold
from handover.models import Custody, Registration
from outbox import post

A_DAY = timedelta(days=1)
AN_HOUR = timedelta(hours=1)
MOST_FOR_REFERENCE = 10
"""Tries for one bill number in a day, right or wrong: an amount is guessed in more."""
MOST_FOR_SENDER = 10
"""Tries in an hour from one connection, or by one of the desk's people in calls."""
MOST_CALLS = 30
"""Tries in an hour by one of the desk: several callers come in an hour."""
MOST_MESSAGES = 5
"""Messages of the inquirer in one thread."""
OPEN_FOR = timedelta(days=30)
"""How long after an answer the inquirer can write again."""


def allowed_print(*, reference: str, month: date, amount: int, sender: str, most: int, at: datetime) -> str:
    """Count one try and return what to look up: a print that nothing has, when there were too many.

    Both counts are taken whatever the first one says, so that every try takes the same statements.
    """
    by_sender = tallies.charge(f"bill:sender:{sender}", limit=most, period=AN_HOUR, at=at)
    of_bill = tallies.charge(f"bill:reference:{fold(reference)}", limit=MOST_FOR_REFERENCE, period=A_DAY, at=at)
    looked_up = billing.print_of(reference, month, amount)
    return looked_up if by_sender and of_bill else billing.NOTHING


def in_charge(registration: Registration) -> User | None:
    """Return who is in charge of `registration` now, None while the provider keeps it."""
    rows = Custody.objects.current().filter(registration=registration, kind=Custody.Kind.CUSTODIAN)
    found = rows.select_related("user").first()
    return found.user if found else None


def due_on(at: datetime) -> date:
    """Return the day by which an answer has to come."""
    return business_days_after(timezone.localdate(at), progress.SILENCE)


def wait_for(inquiry_pk: int, *, stage: str, turn: str, next_on: date) -> None:
    """Let the inquiry stand with the two of them: no matter of the desk."""
    rows = Inquiry.objects.filter(pk=inquiry_pk)
    rows.update(status=Inquiry.Status.RELAYED, stage=stage, turn=turn, next_on=next_on)


def write(
    relay: BillRelay, *, side: str, words: str, at: datetime, by: User | None = None, answer: str = ""
) -> BillMessage:
    """Keep one message of the thread."""
    return BillMessage.objects.create(relay=relay, side=side, answer=answer, sealed=seal(words), by=by, at=at)


def tell_in_charge(relay: BillRelay, *, event: Event, at: datetime) -> None:
    """Mail to whoever is in charge that there is a message; neither its words nor any address stand in it."""
    person = in_charge(relay.registration)
    if person is None or not person.is_active:
        return
    post.mail(
        "bill_message",
        to=person.email,
        language=person.language,
        context={"number": relay.inquiry.receipt_number, "registration": relay.registration, "reader": person},
        event=event,
        recipient=person.label,
        at=at,
    )


def tell_inquirer(template: str, inquiry: Inquiry, *, event: Event, at: datetime, tracking: str = "") -> None:
    """Mail to whoever asked, with nothing but the receipt number and where to read."""
    mail = inquiry.statement.mail
    if mail:
        post.mail(
            template,
            to=mail,
            language=inquiry.language,
            context={"number": inquiry.receipt_number, "next_on": inquiry.next_on, "tracking": tracking},
            event=event,
            recipient="inquirer",
            at=at,
        )


def asked_by(relay: BillRelay) -> QuerySet[BillMessage]:
    """Return the inquirer's messages, the oldest first."""
    return relay.messages.filter(side=BillMessage.Side.INQUIRER).order_by("at", "pk")
