"""Calls that run, what waits for whoever speaks, and the fixed sentences about the call itself."""

from dataclasses import dataclass
from datetime import datetime

from accounts.actors import Actor
from accounts.errors import Words
from accounts.persons import accounts_of
from desk.models import Call, Hold, Inquiry, Script
from desk.models.calls import LONG_CALL
from desk.queries.scripts import Say, words, words_at
from desk.rules import answers_for_calls
from handover.printing.era import era_date

M = Script.Moment
MOST_OWN = 12
"""Own promises that the console shows; the queue has all of them."""


@dataclass(frozen=True)
class Promised:
    """One of the reader's own promises, as a line beside the call: organisation as stated."""

    number: str
    topic: Words
    organisation: str
    until: datetime
    next_action: Words
    is_late: bool
    is_open: bool
    """The inquiry that the reader looks at."""


@dataclass(frozen=True)
class Running:
    """A call of somebody else of the own house, as whoever may take it over sees it."""

    call: Call
    minutes: int
    is_long: bool


@dataclass(frozen=True)
class Bar:
    """The running call as the bar above the page shows it."""

    call: Call
    seconds: int
    is_long: bool

    @property
    def clock(self) -> str:
        """How long it lasts, as a clock that counts up: 04:12, 1:04:12."""
        minutes, seconds = divmod(self.seconds, 60)
        hours, rest = divmod(minutes, 60)
        return f"{hours}:{rest:02}:{seconds:02}" if hours else f"{rest:02}:{seconds:02}"

    @property
    def long_from(self) -> int:
        """From which second on the clock warns."""
        return int(LONG_CALL.total_seconds())

    @property
    def long_minutes(self) -> int:
        """The same in minutes."""
        return self.long_from // 60


def bar(call: Call | None, at: datetime) -> Bar | None:
    """Return what the bar above the page shows of `call`, None where nobody is on the phone."""
    return Bar(call, call.seconds(at), call.is_long(at)) if call else None


def find_running(actor: Actor) -> Call | None:
    """Return the call on which the actor speaks, with its inquiry, or None."""
    return Call.objects.running().filter(by=actor.user).select_related("inquiry", "intention").first()


def find_call(actor: Actor, pk: int) -> Call | None:
    """Return a call that the actor may see."""
    return Call.objects.visible_to(actor).select_related("by", "inquiry").filter(pk=pk).first()


def running_of_others(actor: Actor, at: datetime) -> list[Running]:
    """Return the running calls that the actor could take over, the longest first."""
    if not answers_for_calls(actor):
        return []
    rows = Call.objects.of_house(actor).running().filter(taken_over_at=None).exclude(by__in=accounts_of(actor.user))
    found = rows.select_related("by").order_by("began_at", "pk")
    return [Running(row, row.minutes(at), row.is_long(at)) for row in found]


def own_promises(actor: Actor, at: datetime, *, opened: str = "") -> list[Promised]:
    """Return the reader's own open promises, the earliest first; `opened` is the receipt number on the page."""
    rows = Hold.objects.filter(owner=actor.user, closed_at=None)
    found = rows.select_related("inquiry").order_by("promised_until", "pk")[:MOST_OWN]
    return [_promised(row, at, opened) for row in found]


def _promised(hold: Hold, at: datetime, opened: str) -> Promised:
    inquiry = hold.inquiry
    statement = inquiry.statement
    return Promised(
        number=inquiry.receipt_number,
        topic=Inquiry.Topic(inquiry.topic).label,
        organisation=statement.organisation_name or statement.name,
        until=hold.promised_until,
        next_action=Hold.NextAction(hold.next_action).label,
        is_late=hold.is_overdue(at),
        is_open=inquiry.receipt_number == opened,
    )


CODES = {Call.Warning.LONG: "long_call", Call.Warning.WORDS: "warning"}
"""Which sentence of the procedure is read out for each warning."""
_TOPICS = {
    Inquiry.Topic.USE: M.SITE_USER,
    Inquiry.Topic.BILL: M.BILL,
    Inquiry.Topic.FEEDBACK: M.COMPLAINT,
    Inquiry.Topic.QUESTION: M.QUESTION,
}
_ALWAYS = (M.STAFF_NAME, M.LONG_CALL, M.ABUSIVE)


@dataclass(frozen=True)
class Spoken:
    """The words of one step of a call: what is said now, what on occasion, and the warnings to choose from."""

    now: list[Say]
    sometimes: list[Say]
    warnings: list[tuple[str, Words, str]]


def spoken(
    call: Call | None, inquiry: Inquiry | None, *, version: int | None = None, promised_until: str = ""
) -> Spoken:
    """Return what is said on `call` about `inquiry`, in the inquirer's language. One query.

    `version` is the procedure that a claim keeps; `promised_until` fills the sentence of a promise.
    """
    language = inquiry.language if inquiry else "ja"
    now, sometimes = _moments(call, inquiry)
    facts = {"promised_until": promised_until} if promised_until else {}
    found = words_at([*now, *sometimes, *_ALWAYS], language, version=version, **facts)
    by_code = {say.code: say.text for say in found}
    return Spoken(
        now=[say for say in found if say.moment in now],
        sometimes=[say for say in found if say.moment not in now],
        warnings=[
            (str(kind), Call.Warning(kind).label, by_code[code]) for kind, code in CODES.items() if code in by_code
        ],
    )


def _moments(call: Call | None, inquiry: Inquiry | None) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the moments of this step, and those that may come."""
    if call is None or inquiry is None:
        return (M.BEFORE,), (M.CANNOT_BE_TOLD, M.PAPERS_ALONE, M.CONTRACTOR)
    if inquiry.topic in _TOPICS:
        return (_TOPICS[Inquiry.Topic(inquiry.topic)],), (M.PROMISE, M.CANNOT_BE_TOLD)
    return (M.CHECKING, M.NOT_ENOUGH), (M.PROMISE, M.CANNOT_BE_TOLD, M.PAPERS_ALONE, M.CONTRACTOR)


def warnings(call: Call) -> list[tuple[str, Words, str]]:
    """Return the warnings of the list: value, why it is given, and the words that are read out."""
    return spoken(call, call.inquiry).warnings


def receipt_words(inquiry: Inquiry, tracking: str) -> list[Say]:
    """Return the sentence that ends a call in which `inquiry` was taken down: both codes and when we answer next."""
    by = era_date(inquiry.next_on, inquiry.language) if inquiry.next_on else ""
    number = inquiry.receipt_number
    return words(M.RECEIPT, inquiry.language, receipt_number=number, tracking_code=tracking, promised_until=by)


def is_held(inquiry_pk: int) -> bool:
    """Whether a promise to the inquirer is open."""
    return Hold.objects.filter(inquiry=inquiry_pk, closed_at=None).exists()
