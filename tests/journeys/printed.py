"""What journeys read on paper and in mails: codes, and the text of each page."""

import io
from email.message import EmailMessage

import pypdfium2

from tests.claims import CODE, OBJECTION


def objection_in(mail: EmailMessage) -> str:
    """Return the objection code of a mail."""
    [code] = OBJECTION.findall(mail.get_content())
    return str(code)


def code_letter(printed: bytes) -> tuple[str, str]:
    """Return the text of the one letter with a code in a print run, and its code."""
    [text] = [page for page in pages_of(printed) if CODE.search(page)]
    [code] = CODE.findall(text)
    return "".join(text.split()), code


def pages_of(printed: bytes) -> list[str]:
    """Return the text of each page, a letter each."""
    return [page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(io.BytesIO(printed))]
