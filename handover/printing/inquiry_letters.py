"""Letters to somebody who asked something that is no recovery: receipt, where it stands, a reminder, an answer."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from handover.printing.envelope import NUMBER, Enveloped, run_pdf, section, together
from handover.printing.era import era_date
from handover.printing.errors import FactRefused
from handover.printing.facts import check_text
from handover.printing.pictures import qr_url

KINDS = frozenset({"receipt", "update", "holding", "passed_on", "reminder", "answer", "closed"})
TRACKING = 11
"""Characters of a tracking code with its hyphen."""
PARAGRAPH, MOST_PARAGRAPHS = 400, 12
"""Characters of one paragraph of an answer, and how many one page holds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InquiryFacts(Enveloped):
    """One letter to an inquirer. `kind` is one of KINDS; `asked_on` is the day of the inquiry, local time.

    `tracking` stands in the receipt alone, `paragraphs` in the answer alone. `next_on` is the day by which the inquirer
    hears from us, `why` a fixed sentence on why it takes longer. Raises FactRefused.
    """

    kind: str
    receipt_number: str
    asked_on: date
    tracking: str = ""
    next_on: date | None = None
    why: str = ""
    paragraphs: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        # Not super(): with slots the class is made anew, and its methods still know the first one.
        Enveloped.__post_init__(self)
        check_text("receipt_number", self.receipt_number, NUMBER, required=True)
        check_text("tracking", self.tracking, TRACKING, required=self.kind == "receipt")
        check_text("why", self.why, PARAGRAPH)
        if self.kind not in KINDS:
            raise FactRefused("kind", "malformed")
        if (self.kind == "answer") != bool(self.paragraphs) or (self.tracking and self.kind != "receipt"):
            raise FactRefused("kind", "malformed")
        if len(self.paragraphs) > MOST_PARAGRAPHS:
            raise FactRefused("paragraphs", "too_long")
        for paragraph in self.paragraphs:
            check_text("paragraphs", paragraph, PARAGRAPH, required=True)


def _status_page(letter: InquiryFacts) -> str:
    """Where receipt number and tracking code are typed in. No code is ever part of an address."""
    return f"{letter.public_origin}/recover/status/"


def _section(letter: InquiryFacts) -> str:
    return section(
        "print/_inquiry_letter.html",
        letter,
        asked_on=era_date(letter.asked_on, letter.language),
        next_on=letter.next_on and era_date(letter.next_on, letter.language),
        status_page=_status_page(letter),
        status_qr=qr_url(_status_page(letter)),
    )


def inquiry_letters_html(letters: Sequence[InquiryFacts]) -> str:
    """The letters as one HTML page, each in its own language, without the style sheet."""
    return together("print/inquiry_letters.html", letters, _section)


def inquiry_letters_pdf(letters: Sequence[InquiryFacts]) -> bytes:
    """The letters as one file, see `envelope.run_pdf`. Receipts hold codes in clear: hand them out once."""
    return run_pdf(letters, html=inquiry_letters_html, pictures=lambda letter: [qr_url(_status_page(letter))])
