"""Calls that run, what waits for whoever speaks, and the fixed sentences about the call itself."""

from dataclasses import dataclass
from datetime import datetime

from django.utils import translation
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from accounts.errors import Words
from accounts.persons import accounts_of
from desk.models import Call, Hold, Inquiry
from desk.rules import answers_for_calls
from handover.printing.era import era_date

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
class Sentence:
    """A fixed sentence in the inquirer's language, and when it is said."""

    when: Words
    text: str


@dataclass(frozen=True)
class Running:
    """A call of somebody else of the agency, as a supervisor sees it."""

    call: Call
    minutes: int
    is_long: bool


def find_running(actor: Actor) -> Call | None:
    """Return the call on which the actor speaks, with its inquiry, or None."""
    return Call.objects.running().filter(by=actor.user).select_related("inquiry").first()


def find_call(actor: Actor, pk: int) -> Call | None:
    """Return a call that the actor may see."""
    return Call.objects.visible_to(actor).select_related("by").filter(pk=pk).first()


def running_of_others(actor: Actor, at: datetime) -> list[Running]:
    """Return the running calls that the actor could take over, the longest first."""
    if not answers_for_calls(actor):
        return []
    rows = Call.objects.visible_to(actor).running().filter(taken_over_at=None).exclude(by__in=accounts_of(actor.user))
    found = rows.select_related("by").order_by("began_at", "pk")
    return [Running(row, row.minutes(at), row.is_long(at)) for row in found]


def own_promises(actor: Actor, at: datetime, *, opened: str = "") -> list[Promised]:
    """Return the reader's own open promises, the earliest first; `opened` is the receipt number on the page."""
    rows = Hold.objects.filter(owner=actor.user, closed_at=None, inquiry__in=Inquiry.objects.visible_to(actor))
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


NAMES: Words = _(
    "I cannot say who works here, nor confirm a name. Your receipt number is enough: whoever answers sees everything"
    " that was said."
)
DIRECT_NUMBER: Words = _(
    "In case we are cut off: at which direct number do we reach you? We use it for this matter and for nothing else."
)
WARNINGS: dict[str, Words] = {
    Call.Warning.LONG: _(
        "We have told you all that we can tell today. If nothing new is added, I end this call. We answer you under"
        " your receipt number."
    ),
    Call.Warning.WORDS: _(
        "I want to help you, and cannot while you speak to me in this way. If it goes on, I end this call."
    ),
    Call.Warning.DEMAND: _(
        "We cannot do this, for any customer, and asking again does not change it. If there is nothing else, I end this"
        " call."
    ),
}
FAREWELL: Words = _("As I told you, I end this call now. We answer you under your receipt number.")


def sentences(call: Call | None, language: str) -> list[Sentence]:
    """Return what is said about the call itself, whatever it is about, in `language`."""
    wanted: list[tuple[Words, Words]] = [(_("When asked for the name of somebody here"), NAMES)]
    if call is None or not call.sealed_number:
        wanted.insert(0, (_("At the beginning"), DIRECT_NUMBER))
    if call is not None and call.warned_at:
        wanted.append((_("When we end the call after the warning"), FAREWELL))
    return [Sentence(when, _said(text, language)) for when, text in wanted]


def warnings(language: str) -> list[tuple[str, Words, str]]:
    """Return the warnings of the list: its value, why it is given, and the words that are read out in `language`."""
    return [(str(kind), Call.Warning(kind).label, _said(text, language)) for kind, text in WARNINGS.items()]


def receipt_words(inquiry: Inquiry, tracking: str) -> Sentence:
    """Return the sentence that ends a call in which `inquiry` was taken down: both codes and when we answer next."""
    by = era_date(inquiry.next_on, inquiry.language) if inquiry.next_on else ""
    text: Words = _(
        "Your receipt number is %(number)s and your tracking code is %(tracking)s. You hear from us by %(by)s. You need"
        " not call us."
    )
    filled = _said(text, inquiry.language) % {"number": inquiry.receipt_number, "tracking": tracking, "by": by}
    return Sentence(_("At the end of the call"), filled)


def is_held(inquiry_pk: int) -> bool:
    """Whether a promise to the inquirer is open."""
    return Hold.objects.filter(inquiry=inquiry_pk, closed_at=None).exists()


def _said(text: Words, language: str) -> str:
    with translation.override(language):
        return str(text)
