"""The progress letter: one A4 page that whoever asked can show at work. It tells nothing of any record."""

from dataclasses import dataclass
from datetime import date, datetime

from django.template.loader import render_to_string
from django.utils.translation import override

from handover.printing.envelope import NUMBER
from handover.printing.era import era_date
from handover.printing.facts import SHORT, TITLE, Issuer, check_moment, check_origin, check_text
from handover.printing.pictures import qr_url
from handover.printing.press import render


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgressLetter:
    """Where a case stands, in fixed words. No field takes a name, an organisation, a registration or a paper.

    Whoever typed those in may be a stranger: a letter of ours that repeats them would lend them our word. `stage` and
    `turn` are fixed sentences in `language`, `received_on` and `next_on` local days. Raises FactRefused.
    """

    receipt_number: str
    received_on: date
    stage: str
    turn: str
    next_on: date | None = None
    issued_at: datetime
    public_origin: str
    phone: str
    hours: str = ""
    issuer: Issuer
    language: str = "ja"

    def __post_init__(self) -> None:
        check_text("receipt_number", self.receipt_number, NUMBER, required=True)
        check_text("stage", self.stage, TITLE, required=True)
        check_text("turn", self.turn, TITLE, required=True)
        check_text("phone", self.phone, SHORT, required=True)
        check_text("hours", self.hours, TITLE)
        check_moment("issued_at", self.issued_at)
        check_origin(self.public_origin)


def status_address(letter: ProgressLetter) -> str:
    """Where anybody with both codes sees the same, newer. No code is part of an address."""
    return f"{letter.public_origin}/recover/status/"


def progress_html(letter: ProgressLetter) -> str:
    """The letter as HTML in its language, without its style sheet."""
    language = letter.language
    context = {
        "letter": letter,
        "language": language,
        "issued_on": era_date(letter.issued_at.date(), language),
        "received_on": era_date(letter.received_on, language),
        "next_on": era_date(letter.next_on, language) if letter.next_on else "",
        "status_page": status_address(letter),
        "qr": qr_url(status_address(letter)),
    }
    with override(language):
        return render_to_string("print/progress_letter.html", context)


def progress_pdf(letter: ProgressLetter) -> bytes:
    """The letter as PDF/A-3a on one page; the same letter gives the same bytes."""
    return render(
        progress_html(letter),
        sheet="letter",
        created_at=letter.issued_at,
        pictures=[qr_url(status_address(letter))],
        pages_at_most=1,
    )
