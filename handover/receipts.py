"""Receipt and recovery kit as PDF: from rows to what is printed."""

import unicodedata
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.utils import timezone

from audit.queries import about
from handover.models import Handover, Registration
from handover.printing import facts, receipt, recovery_kit
from handover.printing.errors import FactRefused, MissingCharacter
from handover.queries.attestation import post_of
from handover.rules import TABLE

UNPRINTED = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
"""Unicode categories without a shape of their own: controls, direction marks, private use."""


def issuer(language: str) -> facts.Issuer:
    """Return who issues papers, in the language of the paper."""
    japanese = language == "ja"
    return facts.Issuer(
        name=settings.PROVIDER_NAME if japanese else settings.PROVIDER_NAME_EN,
        office=settings.OFFICE_NAME if japanese else settings.OFFICE_NAME_EN,
        address=settings.OFFICE_ADDRESS if japanese else settings.OFFICE_ADDRESS_EN,
        seal_text=settings.SEAL_TEXT,
    )


def render(handover: Handover, *, language: str) -> bytes:
    """Return the receipt of a switched handover as PDF, from the facts kept at the switch: the same bytes each time."""
    printed = _receipt(handover, language)
    try:
        return receipt.receipt_pdf(printed)
    except MissingCharacter as missing:
        # Names of people must be right or not printed at all; an emoji in a remark becomes a geta mark (〓), the
        # printer's sign for a missing letter.
        signs = str.maketrans(dict.fromkeys("".join(missing.characters), "〓"))
        items = tuple(replace(item, title=item.title.translate(signs)) for item in printed.items)
        remark = printed.remark.translate(signs)
        return receipt.receipt_pdf(replace(printed, items=items, remark=remark))


def _receipt(handover: Handover, language: str) -> facts.HandoverReceipt:
    kept = handover.receipt_facts
    if kept is None:
        raise ValueError("a receipt exists from the switch on")
    items = kept["items"]
    at = _moment(kept["effective_at"])
    return facts.HandoverReceipt(
        receipt_number=handover.number,
        issued_at=at,
        effective_on=at.date(),
        giver=_party(kept, "offered_by", "offered_at"),
        successor=_party(kept, "given_to", "accepted_at"),
        registrations=tuple(
            facts.ReceiptRegistration(number=item["registration"], name=item["name"])
            for item in items
            if item["kind"] == "registration"
        ),
        items=tuple(facts.ReceiptItem(kind=item["kind"], title=_title(item), mark=item["mark"]) for item in items),
        signed_by=handover.countersigned_by.display_name if handover.countersigned_by else "",
        signed_at=handover.countersigned_at and timezone.localtime(handover.countersigned_at),
        remark=_plain(handover.giver_remark),
        mandates=tuple(
            facts.ReceiptMandate(
                number=one["number"],
                contractor=one["contractor"],
                ends_on=date.fromisoformat(one["ends_on"]),
                is_kept=one["choice"] == "keep",
            )
            # Receipts from before there were mandates name none.
            for one in kept.get("mandates", [])
        ),
        log_sequence=_place_in_log(handover),
        public_origin=settings.PUBLIC_ORIGIN,
        issuer=issuer(language),
        language=language,
    )


def render_kit(registration: Registration, kit_number: str, code: str, *, language: str, at: datetime) -> bytes:
    """Return the kit: a sheet with the address, and the one that carries the code.

    It is nowhere else: hand it out and forget it.
    """
    kit = facts.RecoveryKit(
        kit_number=kit_number,
        code=code,
        issued_at=timezone.localtime(at),
        public_origin=settings.PUBLIC_ORIGIN,
        issuer=issuer(language),
        language=language,
    )
    return recovery_kit.kit_pdf(_addressed(kit, registration))


def _addressed(kit: facts.RecoveryKit, registration: Registration) -> facts.RecoveryKit:
    """Return the kit with its address; as it is where none fits a window: by now there is a code to be printed."""
    postal_code, address = _business_address(registration)
    lines = (registration.registered_name, registration.unit, "登録担当者様")
    addressee = tuple(_plain(line) for line in lines if line.strip())
    try:
        addressed = replace(kit, addressee=addressee, postal_code=postal_code, address=_plain(address))
        recovery_kit.in_window(addressed)
    except FactRefused:
        return kit
    return addressed


def _business_address(registration: Registration) -> tuple[str, str]:
    """Return postal code and address of record, as our letters go there; the holder's own where the post came back."""
    points = post_of([registration])
    if registration.pk not in points:
        return registration.organisation.postal_code, registration.organisation.address
    point = points[registration.pk]
    return (point.postal_code, point.value) if point else (registration.postal_code, registration.address)


def _party(kept: dict[str, Any], side: str, acted_at: str) -> facts.Party:
    return facts.Party(**kept[side], organisation=kept["organisation"], acted_at=_moment(kept[acted_at]))


def _moment(text: str) -> datetime:
    return timezone.localtime(datetime.fromisoformat(text))


def _title(item: dict[str, str]) -> str:
    """Return name and place; the remark of the successor goes along, because it is part of what was acknowledged."""
    title = f"{item['name']}（{item['place']}）" if item["place"] else item["name"]
    if item.get("detail"):
        title = f"{title}：{item['detail']}"
    return _plain(f"{title[:150]} ― {item['note']}"[:200] if item["note"] else title[:200])


def _plain(text: str) -> str:
    # A remark is free text: what has no shape of its own becomes a space, so that it never stops the receipt.
    return "".join(" " if unicodedata.category(sign) in UNPRINTED else sign for sign in text)


def _place_in_log(handover: Handover) -> int:
    """Return the number of the event that switched; 0 never happens for a switched handover."""
    switched = about(handover.label).filter(verb=TABLE["switch"].event).values_list("sequence", flat=True)
    return switched.first() or 0
