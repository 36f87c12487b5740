"""Letters of a recovery: one A4 page each, for an envelope with a window, alone or as one file for a print run."""

from collections.abc import Sequence
from dataclasses import replace

from django.template.loader import render_to_string
from django.utils.translation import override

from handover.printing.era import era_date
from handover.printing.errors import FactRefused, MissingCharacter
from handover.printing.facts import grouped
from handover.printing.letter_facts import TO_CLAIMANT, LetterFacts
from handover.printing.names import postal_code
from handover.printing.pictures import qr_url
from handover.printing.press import render
from handover.printing.window import width

RUN = 100  # letters in one file; the layout of a run keeps other documents waiting
GETA = "〓"  # the printer's sign for a missing letter
# How wide these are in the usual size, in parts of it; a wider one sets its letter smaller.
CLAIMANT, ORIGIN, SENDER = 30, 26, 45


def status_address(letter: LetterFacts) -> str:
    """Where the code of a code letter is typed in. No code is ever part of an address."""
    return f"{letter.public_origin}/recover/status/"


def object_address(letter: LetterFacts) -> str:
    """Where the reader objects, without signing in. No code is ever part of an address."""
    return f"{letter.public_origin}/recover/object/"


def objection_groups(code: str) -> str:
    """An objection code in groups that can be read aloud: 7Q4M-2KXH9-PTD3R."""
    bare = code.replace("-", "")
    return f"{bare[:4]}-{bare[4:9]}-{bare[9:]}"


def _pictures(letter: LetterFacts) -> dict[str, str]:
    if letter.kind in TO_CLAIMANT:
        return {"status_qr": qr_url(status_address(letter))}
    found = {"object_qr": qr_url(object_address(letter))}
    return found | ({"status_qr": qr_url(status_address(letter))} if letter.kind == "code" else {})


def _is_dense(letter: LetterFacts) -> bool:
    sender = letter.issuer.name + letter.issuer.office + letter.hours
    return width(letter.claimant) > CLAIMANT or width(letter.public_origin) > ORIGIN or width(sender) > SENDER


def _section(letter: LetterFacts) -> str:
    language = letter.language
    context = {
        "letter": letter,
        "language": language,
        "window": letter.in_window(),
        "postal_code": postal_code(letter.postal_code),
        "issued_on": era_date(letter.issued_at.date(), language),
        "asked_on": era_date(letter.asked_on, language),
        "code_until": letter.code_until and era_date(letter.code_until, language),
        "window_until": letter.window_until and era_date(letter.window_until, language),
        "appeal_until": letter.appeal_until and era_date(letter.appeal_until, language),
        "reopen_until": letter.reopen_until and era_date(letter.reopen_until, language),
        "code": grouped(letter.code, 5),
        "object_code": objection_groups(letter.object_code) if letter.object_code else "",
        "status_page": status_address(letter),
        "object_page": object_address(letter),
        "dense": _is_dense(letter),
        **_pictures(letter),
    }
    with override(language):
        name = "print/_letter_claimant.html" if letter.kind in TO_CLAIMANT else "print/_letter.html"
        return render_to_string(name, context)


def letters_html(letters: Sequence[LetterFacts]) -> str:
    """The letters as one HTML page, each in its own language, without the style sheet."""
    first = letters[0]
    context = {"first": first, "count": len(letters), "language": first.language}
    sections = [_section(letter) for letter in letters]
    with override(first.language):
        return render_to_string("print/letters.html", {**context, "sections": sections})


def _print(letters: Sequence[LetterFacts]) -> bytes:
    pictures = {url for letter in letters for url in _pictures(letter).values()}
    return render(
        letters_html(letters),
        sheet="letter",
        created_at=max(letter.issued_at for letter in letters),
        pictures=sorted(pictures),
        pages_at_most=len(letters),
    )


def _without(letter: LetterFacts, missing: tuple[str, ...]) -> LetterFacts:
    """The letter with a geta mark for each of these characters; with its selector first, then a character alone."""

    def marked(text: str) -> str:
        for piece in sorted(missing, key=len, reverse=True):
            text = text.replace(piece, GETA)
        return text

    addressee = tuple(marked(line) for line in letter.addressee)
    return replace(letter, addressee=addressee, address=marked(letter.address), claimant=marked(letter.claimant))


def letters_pdf(letters: Sequence[LetterFacts]) -> bytes:
    """The letters as one PDF/A-3a for a print run, a page each, in the order given; the same letters, the same bytes.

    A character that no installed face has is printed as a geta mark (〓): one name never stops a run. The bytes hold
    codes in clear: hand them out once and store them nowhere. Raises FactRefused for no letter or more than RUN.
    """
    if not 1 <= len(letters) <= RUN:
        raise FactRefused("letters", "too_long" if letters else "empty")
    try:
        return _print(letters)
    except MissingCharacter as error:
        return _print([_without(letter, error.characters) for letter in letters])


def letter_pdf(letter: LetterFacts) -> bytes:
    """One letter as PDF/A-3a on one page, see letters_pdf."""
    return letters_pdf([letter])
