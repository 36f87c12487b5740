"""The receipt of a handover with both sides on it; A4, as many pages as its items need."""

from collections import Counter
from datetime import datetime

from django.template.loader import render_to_string
from django.utils.translation import override

from handover.printing.era import era_date
from handover.printing.facts import HandoverReceipt
from handover.printing.names import reading
from handover.printing.pictures import qr_url, seal_url
from handover.printing.press import render


def moment(at: datetime, language: str) -> str:
    """Day and minute as the reader writes them, in the time zone the value carries."""
    day = era_date(at.date(), language)
    return f"{day} {at.hour}時{at.minute:02d}分" if language.startswith("ja") else f"{day}, {at:%H:%M}"


def handover_address(receipt: HandoverReceipt) -> str:
    """Where the QR code leads: the page of this handover, which asks for sign-in. Nothing in it is secret."""
    return f"{receipt.public_origin}/handovers/{receipt.receipt_number}/"


def receipt_html(receipt: HandoverReceipt) -> str:
    """The receipt as HTML in its language, without its style sheet."""
    language, marks = receipt.language, Counter(item.mark for item in receipt.items)
    context = {
        "receipt": receipt,
        "language": language,
        "issued_on": era_date(receipt.issued_at.date(), language),
        "effective_on": era_date(receipt.effective_on, language),
        "offered_at": moment(receipt.giver.acted_at, language),
        "accepted_at": moment(receipt.successor.acted_at, language),
        "giver": reading(receipt.giver.name, receipt.giver.kana),
        "successor": reading(receipt.successor.name, receipt.successor.kana),
        # An envelope that had been opened was received all the same.
        "counts": {
            "received": marks["received"] + marks["opened"],
            "missing": marks["missing"],
            "not_mine": marks["not_mine"],
        },
        "signed_at": moment(receipt.signed_at, language) if receipt.signed_at else "",
        "mandates": [(one, era_date(one.ends_on, language)) for one in receipt.mandates],
        "qr": qr_url(handover_address(receipt)),
        "seal": seal_url(receipt.issuer.seal_text),
    }
    with override(language):
        return render_to_string("print/handover_receipt.html", context)


def receipt_pdf(receipt: HandoverReceipt) -> bytes:
    """The receipt as PDF/A-3a; the same receipt gives the same bytes.

    Raises MissingCharacter when no installed face has a character of a name.
    """
    return render(
        receipt_html(receipt),
        sheet="receipt",
        created_at=receipt.issued_at,
        pictures=[qr_url(handover_address(receipt))],
        lasting=[seal_url(receipt.issuer.seal_text)],
    )
