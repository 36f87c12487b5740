"""Letters that open an organisation's access."""

from collections.abc import Sequence

from handover.printing.activation_facts import ActivationFacts
from handover.printing.envelope import run_pdf, section, together
from handover.printing.era import era_date
from handover.printing.facts import grouped
from handover.printing.pictures import qr_url


def page_address(letter: ActivationFacts) -> str:
    """Where the code is typed in. No code is ever part of an address."""
    return f"{letter.public_origin}/activate/"


def _pictures(letter: ActivationFacts) -> list[str]:
    return [qr_url(page_address(letter))] if letter.kind == "code" else []


def _section(letter: ActivationFacts) -> str:
    return section(
        "print/_activation.html",
        letter,
        code_until=letter.code_until and era_date(letter.code_until, letter.language),
        code=grouped(letter.code, 5),
        page=page_address(letter),
        qr="".join(_pictures(letter)),
    )


def activation_html(letters: Sequence[ActivationFacts]) -> str:
    """The letters as one HTML page, each in its own language, without the style sheet."""
    return together("print/activations.html", letters, _section)


def activations_pdf(letters: Sequence[ActivationFacts]) -> bytes:
    """The letters as one file, see `envelope.run_pdf`.

    The bytes hold codes in clear: hand them out once and store them nowhere.
    """
    return run_pdf(letters, html=activation_html, pictures=_pictures)
