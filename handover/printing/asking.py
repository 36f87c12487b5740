"""The letter “who is in charge?” to an address of record: one A4 page, for an envelope with a window (R7)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from django.template.loader import render_to_string
from django.utils.translation import override

from handover.printing.era import era_date
from handover.printing.errors import FactRefused, MissingCharacter
from handover.printing.facts import ADDRESS, NAME, Issuer, check_moment, check_origin, check_text
from handover.printing.letter_facts import ADDRESSEE, HOURS, NUMBER
from handover.printing.letters import GETA, ORIGIN, RUN, SENDER
from handover.printing.names import postal_code
from handover.printing.pictures import qr_url
from handover.printing.press import render
from handover.printing.window import Address, fit, width


@dataclass(frozen=True, slots=True, kw_only=True)
class AskingLetter:
    """One letter that asks who is in charge. No field takes a registration number, a product or a person's name.

    `addressee` has one to four lines below the address. `asked_on` and `due_on` are local days: when the person in
    charge was asked by mail, and until when an answer was asked for. Raises FactRefused, also when address and
    addressee do not fit the window.
    """

    letter_number: str
    addressee: tuple[str, ...]
    postal_code: str
    address: str
    issued_at: datetime
    asked_on: date
    due_on: date
    public_origin: str
    phone: str
    hours: str = ""
    issuer: Issuer
    language: str = "ja"

    def __post_init__(self) -> None:
        check_text("letter_number", self.letter_number, NUMBER, required=True)
        check_text("postal_code", self.postal_code, 8)
        check_text("address", self.address, ADDRESS, required=True)
        check_text("phone", self.phone, 20, required=True)
        check_text("hours", self.hours, HOURS)
        check_moment("issued_at", self.issued_at)
        check_origin(self.public_origin)
        if not 1 <= len(self.addressee) <= ADDRESSEE:
            raise FactRefused("addressee", "too_long" if self.addressee else "empty")
        for line in self.addressee:
            check_text("addressee", line, NAME, required=True)
        self.in_window()

    def in_window(self) -> Address:
        """What stands in the window of the envelope."""
        return fit(self.postal_code, self.address, self.addressee)


def answer_address(letter: AskingLetter) -> str:
    """Where the person in charge answers, signed in."""
    return f"{letter.public_origin}/attestation/"


def _section(letter: AskingLetter) -> str:
    language = letter.language
    sender = letter.issuer.name + letter.issuer.office + letter.hours
    context = {
        "letter": letter,
        "language": language,
        "window": letter.in_window(),
        "postal_code": postal_code(letter.postal_code),
        "issued_on": era_date(letter.issued_at.date(), language),
        "asked_on": era_date(letter.asked_on, language),
        "due_on": era_date(letter.due_on, language),
        "answer_page": answer_address(letter),
        "answer_qr": qr_url(answer_address(letter)),
        "dense": width(letter.public_origin) > ORIGIN or width(sender) > SENDER,
    }
    with override(language):
        return render_to_string("print/_asking.html", context)


def asking_html(letters: Sequence[AskingLetter]) -> str:
    """The letters as one HTML page, without the style sheet."""
    first = letters[0]
    sections = [_section(letter) for letter in letters]
    with override(first.language):
        return render_to_string("print/asking.html", {"first": first, "count": len(letters), "sections": sections})


def _print(letters: Sequence[AskingLetter]) -> bytes:
    return render(
        asking_html(letters),
        sheet="letter",
        created_at=max(letter.issued_at for letter in letters),
        pictures=sorted({qr_url(answer_address(letter)) for letter in letters}),
        pages_at_most=len(letters),
    )


def asking_pdf(letters: Sequence[AskingLetter]) -> bytes:
    """The letters as one PDF/A-3a for a print run, a page each, in the order given; the same letters, the same bytes.

    A character that no installed face has is printed as a geta mark (〓). Raises FactRefused for no letter or more
    than RUN.
    """
    if not 1 <= len(letters) <= RUN:
        raise FactRefused("letters", "too_long" if letters else "empty")
    try:
        return _print(letters)
    except MissingCharacter as error:
        return _print([_without(letter, error.characters) for letter in letters])


def _without(letter: AskingLetter, missing: tuple[str, ...]) -> AskingLetter:
    def marked(text: str) -> str:
        for piece in sorted(missing, key=len, reverse=True):
            text = text.replace(piece, GETA)
        return text

    return replace(letter, addressee=tuple(map(marked, letter.addressee)), address=marked(letter.address))
