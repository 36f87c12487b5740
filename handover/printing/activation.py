"""Letters that open an organisation's access: one A4 page each, for an envelope with a window, as one file a run."""

from collections.abc import Sequence
from dataclasses import replace

from django.template.loader import render_to_string
from django.utils.translation import override

from handover.printing.activation_facts import ActivationFacts
from handover.printing.era import era_date
from handover.printing.errors import FactRefused, MissingCharacter
from handover.printing.facts import grouped
from handover.printing.letters import CLAIMANT, GETA, ORIGIN, RUN, SENDER
from handover.printing.names import postal_code
from handover.printing.pictures import qr_url
from handover.printing.press import render
from handover.printing.window import width


def page_address(letter: ActivationFacts) -> str:
    """Where the code is typed in. No code is ever part of an address."""
    return f"{letter.public_origin}/activate/"


def _is_dense(letter: ActivationFacts) -> bool:
    sender = letter.issuer.name + letter.issuer.office + letter.hours
    return width(letter.administrator) > CLAIMANT or width(letter.public_origin) > ORIGIN or width(sender) > SENDER


def _section(letter: ActivationFacts) -> str:
    language = letter.language
    context = {
        "letter": letter,
        "language": language,
        "window": letter.in_window(),
        "postal_code": postal_code(letter.postal_code),
        "issued_on": era_date(letter.issued_at.date(), language),
        "code_until": letter.code_until and era_date(letter.code_until, language),
        "code": grouped(letter.code, 5),
        "page": page_address(letter),
        "dense": _is_dense(letter),
        "qr": qr_url(page_address(letter)) if letter.kind == "code" else "",
    }
    with override(language):
        return render_to_string("print/_activation.html", context)


def activation_html(letters: Sequence[ActivationFacts]) -> str:
    """The letters as one HTML page, each in its own language, without the style sheet."""
    first = letters[0]
    context = {"first": first, "count": len(letters), "language": first.language}
    sections = [_section(letter) for letter in letters]
    with override(first.language):
        return render_to_string("print/activations.html", {**context, "sections": sections})


def _print(letters: Sequence[ActivationFacts]) -> bytes:
    pictures = {qr_url(page_address(letter)) for letter in letters if letter.kind == "code"}
    return render(
        activation_html(letters),
        sheet="letter",
        created_at=max(letter.issued_at for letter in letters),
        pictures=sorted(pictures),
        pages_at_most=len(letters),
    )


def _without(letter: ActivationFacts, missing: tuple[str, ...]) -> ActivationFacts:
    """The letter with a geta mark for each of these characters; with its selector first, then a character alone."""

    def marked(text: str) -> str:
        for piece in sorted(missing, key=len, reverse=True):
            text = text.replace(piece, GETA)
        return text

    addressee = tuple(marked(line) for line in letter.addressee)
    administrator = marked(letter.administrator)
    return replace(letter, addressee=addressee, address=marked(letter.address), administrator=administrator)


def activations_pdf(letters: Sequence[ActivationFacts]) -> bytes:
    """The letters as one PDF/A-3a for a print run, a page each, in the order given.

    The bytes hold codes in clear: hand them out once and store them nowhere. A character that no installed face has is
    printed as a geta mark. Raises FactRefused for no letter or more than RUN.
    """
    if not 1 <= len(letters) <= RUN:
        raise FactRefused("letters", "too_long" if letters else "empty")
    try:
        return _print(letters)
    except MissingCharacter as error:
        return _print([_without(letter, error.characters) for letter in letters])
