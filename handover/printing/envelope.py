"""What our letters have in common: one A4 page each, for an envelope with a window, alone or as one file for a run."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, ClassVar, Self, TypeVar

from django.template.loader import render_to_string
from django.utils.translation import override

from handover.printing.era import era_date
from handover.printing.errors import DoesNotFit, FactRefused, MissingCharacter
from handover.printing.facts import ADDRESS, NAME, Issuer, check_moment, check_origin, check_text
from handover.printing.names import postal_code
from handover.printing.pictures import qr_url
from handover.printing.press import render
from handover.printing.window import Address, fit, width

RUN = 100  # letters in one file; the layout of a run keeps other documents waiting
GETA = "〓"  # the printer's sign for a missing letter
# How wide these are in the usual size, in parts of it; a wider one sets its letter smaller.
ORIGIN, SENDER, SENDERS_PLACE = 26, 45, 44
NUMBER, HOURS = 24, 60  # characters
ADDRESSEE = 4  # lines


@dataclass(frozen=True, slots=True, kw_only=True)
class Enveloped:
    """A letter with what all of them say. No field of any takes a registration number, a product or a paper.

    `addressee` has one to four lines below the address, as the caller worded them. With `call_code`, eight digits, the
    reader asks whether the letter is ours; one that was queued before letters were announced has none. Raises
    FactRefused, also when address and addressee do not fit the window: a letter that was ordered can be printed.
    """

    NAMES: ClassVar[str] = ""
    """The field with the name of somebody else than the addressee, if the letter has one."""
    WIDE: ClassVar[int] = 30
    """How wide that name is set in the usual size, in parts of it; a wider one sets the letter smaller."""

    letter_number: str
    addressee: tuple[str, ...]
    postal_code: str
    address: str
    issued_at: datetime
    public_origin: str
    phone: str
    hours: str = ""
    issuer: Issuer
    language: str = "ja"
    call_code: str = ""
    is_small: bool = False
    """Whether it is set in the smaller size in any case: `run_pdf` found that it needs more than a page."""

    def __post_init__(self) -> None:
        check_text("letter_number", self.letter_number, NUMBER, required=True)
        check_text("postal_code", self.postal_code, 8)
        check_text("address", self.address, ADDRESS, required=True)
        check_text("phone", self.phone, 20, required=True)
        check_text("hours", self.hours, HOURS)
        check_moment("issued_at", self.issued_at)
        check_origin(self.public_origin)
        if self.call_code and not re.fullmatch(r"[0-9]{8}", self.call_code):
            raise FactRefused("call_code", "malformed")
        if not 1 <= len(self.addressee) <= ADDRESSEE:
            raise FactRefused("addressee", "too_long" if self.addressee else "empty")
        for line in self.addressee:
            check_text("addressee", line, NAME, required=True)
        self.in_window()

    def in_window(self) -> Address:
        """What stands in the window of the envelope."""
        return fit(self.postal_code, self.address, self.addressee)

    @property
    def named(self) -> str:
        """Whom the letter names besides its addressee, or nothing."""
        return getattr(self, self.NAMES) if self.NAMES else ""

    @property
    def is_dense(self) -> bool:
        """Whether something is too wide, or all of it too long, for the usual size."""
        sender = self.issuer.name + self.issuer.office + self.hours
        is_long = width(sender) > SENDER or width(self.issuer.address) > SENDERS_PLACE
        return self.is_small or is_long or width(self.named) > self.WIDE or width(self.public_origin) > ORIGIN

    @property
    def is_registered(self) -> bool:
        """Whether it goes by registered mail (簡易書留), not to be forwarded: it carries a code to confirm with."""
        return False

    def without(self, missing: Iterable[str]) -> Self:
        """The letter with a geta mark for each of these characters; with its selector first, then one alone."""
        pieces = sorted(missing, key=len, reverse=True)

        def marked(text: str) -> str:
            for piece in pieces:
                text = text.replace(piece, GETA)
            return text

        changed: dict[str, Any] = {
            "addressee": tuple(map(marked, self.addressee)),
            "address": marked(self.address),
        }
        if self.NAMES:
            changed[self.NAMES] = marked(self.named)
        return replace(self, **changed)


def caller_address(letter: Enveloped) -> str:
    """Where the reader asks whether the letter is ours. No code is ever part of an address."""
    return f"{letter.public_origin}/caller/"


def section(template: str, letter: Enveloped, **more: Any) -> str:
    """The page of `letter` in its own language; `more` is what only its kind says."""
    language = letter.language
    context = {
        "letter": letter,
        "language": language,
        "window": letter.in_window(),
        "number_qr": qr_url(letter.letter_number),
        "postal_code": postal_code(letter.postal_code),
        "issued_on": era_date(letter.issued_at.date(), language),
        "dense": letter.is_dense,
        "call_code": f"{letter.call_code[:4]} {letter.call_code[4:]}".strip(),
        "caller_page": caller_address(letter),
        **more,
    }
    with override(language):
        return render_to_string(template, context)


L = TypeVar("L", bound=Enveloped)


def together(template: str, letters: Sequence[L], page: Callable[[L], str]) -> str:
    """The letters as one HTML page in the order given, each as `page` words it, without the style sheet."""
    first = letters[0]
    context = {"first": first, "count": len(letters), "language": first.language}
    sections = [page(letter) for letter in letters]
    with override(first.language):
        return render_to_string(template, {**context, "sections": sections})


def run_pdf(
    letters: Sequence[L], *, html: Callable[[Sequence[L]], str], pictures: Callable[[L], Iterable[str]]
) -> bytes:
    """The letters as one PDF/A-3a, a page each, in the order given; the same letters, the same bytes.

    What needs more than a page in the usual size is set smaller, it alone. `pictures` gives the addresses of those that
    a letter shows besides the QR code of its number. A character that no installed face has is printed as a geta mark
    (〓): one name never stops a run. Raises FactRefused for no letter or more than RUN.
    """
    if not 1 <= len(letters) <= RUN:
        raise FactRefused("letters", "too_long" if letters else "empty")

    def printed(letters: Sequence[L]) -> bytes:
        return render(
            html(letters),
            sheet="letter",
            created_at=max(letter.issued_at for letter in letters),
            pictures=sorted({url for letter in letters for url in (qr_url(letter.letter_number), *pictures(letter))}),
            pages_at_most=len(letters),
        )

    def fits(letter: L) -> bool:
        try:
            return bool(printed([letter]))
        except DoesNotFit:
            return False

    def fitted(letters: Sequence[L]) -> bytes:
        try:
            return printed(letters)
        except DoesNotFit:
            return printed([letter if fits(letter) else replace(letter, is_small=True) for letter in letters])

    try:
        return fitted(letters)
    except MissingCharacter as error:
        return fitted([letter.without(error.characters) for letter in letters])
