"""The certificate of registration: one A4 page, always."""

from dataclasses import asdict
from typing import TYPE_CHECKING

from django.template.loader import render_to_string
from django.utils.translation import override

from handover.printing.era import era_date
from handover.printing.errors import DoesNotFit
from handover.printing.facts import CertificateFacts, CertificateIssue, grouped
from handover.printing.names import firm, postal_code, reading, words
from handover.printing.pictures import qr_url, seal_url
from handover.printing.press import render

if TYPE_CHECKING:
    from handover.printing.room import Room

# Sizes of type, from the usual one to the one that holds every fact at its longest. The first that fits is taken; facts
# with more characters than TRIED_UP_TO are not even tried in that step (the usual ones come to about 100).
STEPS = (0, 1, 2, 3)
TRIED_UP_TO = (260, 450, 800)


def check_address(issue: CertificateIssue) -> str:
    """Where the QR code leads: the public page that says whether this certificate still holds."""
    return f"{issue.public_origin}/verify/{grouped(issue.check_code)}/"


def _first_step(facts: CertificateFacts) -> int:
    characters = sum(len(value) for value in asdict(facts).values() if isinstance(value, str))
    return sum(characters > most for most in TRIED_UP_TO)


def certificate_html(facts: CertificateFacts, issue: CertificateIssue, step: int = 0, *, signed: bool = False) -> str:
    """The page as HTML in the language of the issue, without its style sheet. `step` is one of STEPS."""
    context = {
        "facts": facts,
        "issue": issue,
        "step": step,
        "signed": signed,
        "language": issue.language,
        "issued_on": era_date(issue.issued_at.date(), issue.language),
        "since": era_date(facts.since, issue.language),
        "postal_code": postal_code(facts.postal_code),
        "organisation_name": firm(facts.organisation_name),
        "registered_name": firm(facts.registered_name),
        "address": words(facts.address),
        "custodian": reading(facts.custodian_name, facts.custodian_kana),
        "check_code": grouped(issue.check_code),
        "bare_code": issue.check_code.replace("-", ""),
        "check_page": f"{issue.public_origin}/verify/",
        "qr": qr_url(check_address(issue)),
        "seal": seal_url(issue.issuer.seal_text),
    }
    with override(issue.language):
        return render_to_string("print/certificate.html", context)


def certificate_pdf(facts: CertificateFacts, issue: CertificateIssue, room: "Room | None" = None) -> bytes:
    """The certificate as PDF/A-3a on one page; the same arguments give the same bytes.

    With `room` it says that it is signed, and waits for `signing.sign` to make that true.
    Long facts are set smaller in defined steps. Raises MissingCharacter when no installed face has a character
    of a name.
    """
    pictures = [qr_url(check_address(issue))]
    lasting = [seal_url(issue.issuer.seal_text)]
    for step in STEPS[_first_step(facts) :]:
        html = certificate_html(facts, issue, step, signed=room is not None)
        try:
            return render(
                html,
                sheet="certificate",
                created_at=issue.issued_at,
                pictures=pictures,
                lasting=lasting,
                pages_at_most=1,
                room=room,
            )
        except DoesNotFit:
            if step == STEPS[-1]:
                raise
    raise AssertionError("STEPS is never empty")
