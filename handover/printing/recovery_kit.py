"""The recovery kit: the address for an envelope with a window, and behind it one A4 page that a custodian keeps.

That page says what it is, carries the code, and how to use it. The code stands where no window shows it.
"""

from collections.abc import Iterable
from dataclasses import replace

from django.template.loader import render_to_string
from django.utils.translation import override

from handover.printing.envelope import GETA
from handover.printing.era import era_date
from handover.printing.errors import MissingCharacter
from handover.printing.facts import RecoveryKit, grouped
from handover.printing.names import postal_code
from handover.printing.pictures import qr_url
from handover.printing.press import render
from handover.printing.window import Address, fit


def recover_address(kit: RecoveryKit) -> str:
    """Where a recovery starts. The code is never part of an address."""
    return f"{kit.public_origin}/recover/"


def in_window(kit: RecoveryKit) -> Address | None:
    """What stands in the window; None without an address. Raises FactRefused where it does not fit."""
    return fit(kit.postal_code, kit.address, kit.addressee) if kit.address else None


def kit_html(kit: RecoveryKit) -> str:
    """The kit as HTML in its language, without its style sheet."""
    context = {
        "kit": kit,
        "language": kit.language,
        "window": in_window(kit),
        "postal_code": postal_code(kit.postal_code),
        "issued_on": era_date(kit.issued_at.date(), kit.language),
        "groups": grouped(kit.code),
        "recover_page": recover_address(kit),
        "qr": qr_url(recover_address(kit)),
    }
    with override(kit.language):
        return render_to_string("print/recovery_kit.html", context)


def kit_pdf(kit: RecoveryKit) -> bytes:
    """The kit as PDF/A-3a on two pages. The bytes hold the code in clear: hand them out once and store them nowhere.

    A character of the address that no installed face has is printed as a geta mark (〓): the code is made already, and
    one name never loses it.
    """
    try:
        return _printed(kit)
    except MissingCharacter as missing:
        return _printed(_without(kit, missing.characters))


def _printed(kit: RecoveryKit) -> bytes:
    return render(
        kit_html(kit),
        sheet="recovery_kit",
        created_at=kit.issued_at,
        pictures=[qr_url(recover_address(kit))],
        pages_at_most=2,
    )


def _without(kit: RecoveryKit, missing: Iterable[str]) -> RecoveryKit:
    pieces = sorted(missing, key=len, reverse=True)

    def marked(text: str) -> str:
        for piece in pieces:
            text = text.replace(piece, GETA)
        return text

    return replace(kit, addressee=tuple(map(marked, kit.addressee)), address=marked(kit.address))
