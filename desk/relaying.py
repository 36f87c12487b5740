"""A question by whoever holds a bill: tries counted, and the steps that its acts share."""

from dataclasses import dataclass
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
"""Wrong tries for one bill number in a day from everywhere (procedure.md A10: ten failed verifications a day).

Beyond it a second bill of the same number is asked for: an amount may be guessed in ten thousand tries, two together
in a hundred million. Whoever pays has both, so that nobody else's tries lock the payer out.
"""
MOST_FOR_TWO = 200
"""Wrong tries for one bill number in a day with a second bill: far more than people who mistype, none that is a way."""
MOST_OF_ONE = 5
"""Wrong tries for one bill number in a day by one sender (procedure.md A10: five of a code)."""
MOST_FOR_SENDER = 10
"""Tries in an hour from one connection, or by one of the desk's people in calls."""
MOST_CALLS = 30
"""Tries in an hour by one of the desk: several callers come in an hour."""
MOST_MESSAGES = 5
"""Messages of the inquirer in one thread."""
OPEN_FOR = timedelta(days=30)
"""How long after an answer the inquirer can write again."""


@dataclass(frozen=True, kw_only=True)
class Typed:
    """What was typed from a bill by `sender`: its number, month and amount; of a second bill month and amount, or None.

    `desk`: somebody of the staff types it in a call, which strangers on the web cannot use up.
    """

    reference: str
    month: date
    amount: int
    second: tuple[date, int] | None = None
    sender: str
    desk: bool = False

    @property
    def counts(self) -> list[tuple[str, int]]:
        """What is counted in a day, with its limit: this sender's tries for this number, and everybody's."""
        number, where = fold(self.reference), "desk:" if self.desk else ""
        everybody = f"bill:two:{where}{number}" if self.second else f"bill:reference:{where}{number}"
        most = MOST_FOR_TWO if self.second else MOST_FOR_REFERENCE
        return [(f"bill:of:{number}:{self.sender}", MOST_OF_ONE), (everybody, most)]


def allowed_prints(typed: Typed, *, at: datetime) -> tuple[str, str]:
    """Count one try and return the two prints to look up: those that nothing has, when there were too many.

    The second is the first again where no second bill was typed. A try that is refused uses up nothing of others, and
    takes the same statements. Right ones are given back: see `was_right`.
    """
    an_hour = MOST_CALLS if typed.desk else MOST_FOR_SENDER
    allowed = tallies.charge(f"bill:sender:{typed.sender}", limit=an_hour, period=AN_HOUR, at=at)
    for key, limit in typed.counts:
        counted = key if allowed else f"bill:refused:{typed.sender}"
        allowed = tallies.charge(counted, limit=limit, period=A_DAY, at=at) and allowed
    first = billing.print_of(typed.reference, typed.month, typed.amount)
    second = billing.print_of(typed.reference, *typed.second) if typed.second else first
    return (first, second) if allowed else (billing.NOTHING, billing.NOTHING)


def was_right(typed: Typed, *, at: datetime) -> None:
    """Give back what was counted for the number: only wrong tries use it up."""
    for key, _limit in typed.counts:
        tallies.give_back(key, period=A_DAY, at=at)


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
