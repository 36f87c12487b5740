"""The letter “who is in charge?” to an address of record (R7)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from handover.printing.envelope import Enveloped, run_pdf, section, together
from handover.printing.era import era_date
from handover.printing.pictures import qr_url


@dataclass(frozen=True, slots=True, kw_only=True)
class AskingLetter(Enveloped):
    """One letter that asks who is in charge. No field takes a person's name.

    `asked_on` and `due_on` are local days: when the person in charge was asked by mail, and until when an answer was
    asked for.
    """

    asked_on: date
    due_on: date


def answer_address(letter: AskingLetter) -> str:
    """Where the person in charge answers, signed in."""
    return f"{letter.public_origin}/attestation/"


def _pictures(letter: AskingLetter) -> list[str]:
    return [qr_url(answer_address(letter))]


def _section(letter: AskingLetter) -> str:
    return section(
        "print/_asking.html",
        letter,
        asked_on=era_date(letter.asked_on, letter.language),
        due_on=era_date(letter.due_on, letter.language),
        answer_page=answer_address(letter),
        answer_qr="".join(_pictures(letter)),
    )


def asking_html(letters: Sequence[AskingLetter]) -> str:
    """The letters as one HTML page, each in its own language, without the style sheet."""
    return together("print/asking.html", letters, _section)


def asking_pdf(letters: Sequence[AskingLetter]) -> bytes:
    """The letters as one file, see `envelope.run_pdf`."""
    return run_pdf(letters, html=asking_html, pictures=_pictures)
