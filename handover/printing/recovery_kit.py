"""The recovery kit: one A4 page that a custodian keeps. It says what it is, carries the code, and how to use it."""

from django.template.loader import render_to_string
from django.utils.translation import override

from handover.printing.era import era_date
from handover.printing.facts import RecoveryKit, grouped
from handover.printing.pictures import qr_url
from handover.printing.press import render


def recover_address(kit: RecoveryKit) -> str:
    """Where a recovery starts. The code is never part of an address."""
    return f"{kit.public_origin}/recover/"


def kit_html(kit: RecoveryKit) -> str:
    """The kit as HTML in its language, without its style sheet."""
    context = {
        "kit": kit,
        "language": kit.language,
        "issued_on": era_date(kit.issued_at.date(), kit.language),
        "groups": grouped(kit.code).split("-"),
        "recover_page": recover_address(kit),
        "qr": qr_url(recover_address(kit)),
    }
    with override(kit.language):
        return render_to_string("print/recovery_kit.html", context)


def kit_pdf(kit: RecoveryKit) -> bytes:
    """The kit as PDF/A-3a on one page. The bytes hold the code in clear: hand them out once and store them nowhere."""
    return render(
        kit_html(kit),
        sheet="recovery_kit",
        created_at=kit.issued_at,
        pictures=[qr_url(recover_address(kit))],
        pages_at_most=1,
    )
