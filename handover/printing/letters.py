"""Letters of a recovery."""

from collections.abc import Sequence

from handover.printing.envelope import run_pdf, section, together
from handover.printing.era import era_date
from handover.printing.facts import grouped
from handover.printing.letter_facts import TO_CLAIMANT, TOLD, LetterFacts
from handover.printing.pictures import qr_url


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
    if letter.kind in TOLD:
        return {}
    found = {"object_qr": qr_url(object_address(letter))}
    return found | ({"status_qr": qr_url(status_address(letter))} if letter.kind == "code" else {})


def _section(letter: LetterFacts) -> str:
    language = letter.language
    return section(
        "print/_letter_claimant.html" if letter.kind in TO_CLAIMANT else "print/_letter.html",
        letter,
        asked_on=era_date(letter.asked_on, language),
        code_until=letter.code_until and era_date(letter.code_until, language),
        window_until=letter.window_until and era_date(letter.window_until, language),
        appeal_until=letter.appeal_until and era_date(letter.appeal_until, language),
        reopen_until=letter.reopen_until and era_date(letter.reopen_until, language),
        code=grouped(letter.code, 5),
        object_code=objection_groups(letter.object_code) if letter.object_code else "",
        status_page=status_address(letter),
        object_page=object_address(letter),
        **_pictures(letter),
    )


def letters_html(letters: Sequence[LetterFacts]) -> str:
    """The letters as one HTML page, each in its own language, without the style sheet."""
    return together("print/letters.html", letters, _section)


def letters_pdf(letters: Sequence[LetterFacts]) -> bytes:
    """The letters as one file, see `envelope.run_pdf`.

    The bytes hold codes in clear: hand them out once and store them nowhere.
    """
    return run_pdf(letters, html=letters_html, pictures=lambda letter: _pictures(letter).values())


def letter_pdf(letter: LetterFacts) -> bytes:
    """One letter as PDF/A-3a on one page, see letters_pdf."""
    return letters_pdf([letter])
