"""A formal answer: one A4 page for an envelope with a window, or to be read on the screen."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from io import BytesIO

import pikepdf

from handover.printing.envelope import NUMBER, Enveloped, section, together
from handover.printing.era import era_date
from handover.printing.errors import DoesNotFit, FactRefused
from handover.printing.facts import NAME, SHORT, TITLE, check_moment, check_origin, check_text
from handover.printing.pictures import qr_url, seal_url
from handover.printing.press import render
from handover.printing.window import LINE, STEPS, Address, lines

PARAGRAPH = 1000
"""Characters of one paragraph; what does not fit a page is refused by the page."""
PARAGRAPHS = 16
USUAL, TIGHT, DENSE = SIZES = "usual", "tight", "dense"
"""Sizes of type: the first that holds all of it on one page is taken."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerFacts(Enveloped):
    """One answer to an inquirer. No field takes a registration number, a product or a custodian.

    `title` to `end` are finished sentences in `language`; `paragraphs` what is said between them. `is_sealed`: it
    speaks for the provider, so its seal stands beside the sender. Without `address` nothing stands in the window but
    the names: it is read on the screen. `call_code` is what the reader types in to check it, "" before it is
    announced. Raises FactRefused.
    """

    address: str = ""
    postal_code: str = ""
    receipt_number: str
    asked_on: date
    title: str
    greeting: str
    matter: str
    paragraphs: tuple[str, ...]
    closing: str
    end: str
    is_sealed: bool

    def __post_init__(self) -> None:
        # Not super(): with slots the class is made anew, and its methods still know the first one.
        if self.address:
            Enveloped.__post_init__(self)
        else:
            self._check_without_address()
        check_text("receipt_number", self.receipt_number, NUMBER, required=True)
        check_text("title", self.title, SHORT, required=True)
        check_text("end", self.end, SHORT, required=True)
        check_text("call_code", self.call_code, SHORT)
        for name in ("greeting", "matter", "closing"):
            check_text(name, getattr(self, name), PARAGRAPH, required=True)
        if not 1 <= len(self.paragraphs) <= PARAGRAPHS:
            raise FactRefused("paragraphs", "too_long" if self.paragraphs else "empty")
        for paragraph in self.paragraphs:
            check_text("paragraphs", paragraph, PARAGRAPH, required=True)

    def _check_without_address(self) -> None:
        check_text("letter_number", self.letter_number, NUMBER, required=True)
        check_text("phone", self.phone, SHORT, required=True)
        check_text("hours", self.hours, TITLE)
        check_moment("issued_at", self.issued_at)
        check_origin(self.public_origin)
        if not self.addressee:
            raise FactRefused("addressee", "empty")
        for line in self.addressee:
            check_text("addressee", line, NAME, required=True)

    def in_window(self) -> Address:
        """What stands in the window of the envelope; without an address the names alone."""
        if self.address:
            return Enveloped.in_window(self)
        who = STEPS[0][1]
        whos = tuple(part for line in self.addressee for part in lines(line, LINE / who))
        return Address((), whos, 0, leaves_room=False)


def status_address(letter: AnswerFacts) -> str:
    """Where the inquirer reads the same with both codes. No code is part of an address."""
    return f"{letter.public_origin}/recover/status/"


def check_address(letter: AnswerFacts) -> str:
    """Where anybody asks whether the letter is ours. No code is part of an address."""
    return f"{letter.public_origin}/caller/"


def _section(letter: AnswerFacts, size: str) -> str:
    return section(
        "print/_answer.html",
        letter,
        asked_on=era_date(letter.asked_on, letter.language),
        status_page=status_address(letter),
        check_page=check_address(letter),
        check_qr=qr_url(check_address(letter)),
        seal=seal_url(letter.issuer.seal_text) if letter.is_sealed else "",
        dense=letter.is_dense or size == DENSE,
        tight=size == TIGHT,
    )


def answer_html(letter: AnswerFacts, *, size: str = USUAL) -> str:
    """The letter as HTML in its language, without its style sheet, in one of SIZES; with long values in the last."""
    return together("print/answer.html", [letter], lambda one: _section(one, size))


def answer_pdf(letter: AnswerFacts) -> bytes:
    """The letter as PDF/A-3a on one page; the same letter gives the same bytes.

    What needs more than a page in the usual size is set smaller. Raises DoesNotFit when that is not enough, and
    MissingCharacter when no installed face has a character of it: what we sign is printed right or not at all.
    """
    for size in SIZES:
        try:
            return _printed(letter, size)
        except DoesNotFit:
            if size == SIZES[-1]:
                raise
    raise AssertionError("SIZES is never empty")


def _printed(letter: AnswerFacts, size: str) -> bytes:
    return render(
        answer_html(letter, size=size),
        sheet="answer",
        created_at=letter.issued_at,
        pictures=[qr_url(letter.letter_number), qr_url(check_address(letter))],
        lasting=[seal_url(letter.issuer.seal_text)] if letter.is_sealed else [],
        pages_at_most=1,
    )


def joined(letters: Sequence[bytes]) -> bytes:
    """The very pages of released letters as one file for the printer, in the order given."""
    made, out = pikepdf.new(), BytesIO()
    for letter in letters:
        with pikepdf.open(BytesIO(letter)) as one:
            made.pages.extend(one.pages)
    made.save(out)
    return out.getvalue()
