"""Every kind of letter that goes out, each with usual and with difficult values, and what of it is secret."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from handover.printing.activation import activations_pdf
from handover.printing.activation_facts import ActivationFacts
from handover.printing.answer import answer_pdf
from handover.printing.asking import AskingLetter, asking_pdf
from handover.printing.facts import grouped
from handover.printing.inquiry_letters import KINDS as INQUIRIES
from handover.printing.inquiry_letters import InquiryFacts, inquiry_letters_pdf
from handover.printing.letter_facts import KINDS as CLAIMS
from handover.printing.letters import letter_pdf, objection_groups
from handover.printing.recovery_kit import kit_pdf

from . import printed
from .lettered import CODE, DAYS, LONG_NAMES, OBJECTION, letter
from .printed import AT, ISSUER, ORIGIN
from .test_printing_answer import answered

TRACKING, KIT = "7Q4MK-XH9PT", "7Q4M2KXH9PTD3RWC"
SENDER = replace(ISSUER, address="〒530-0001 大阪市北区梅田0-0-0")
Values = dict[str, Any]
USUAL: Values = {
    "addressee": ("青葉商事株式会社", "本社 情報システム部", "登録ご担当者様"),
    "postal_code": "1000005",
    "address": "東京都千代田区丸の内一丁目2番3号 青葉ビル8階",
}
LONG: Values = {**LONG_NAMES, "postal_code": "1060032"}
DIFFICULT: Values = {
    "addressee": ("髙﨑濵田𠮷株式会社", "渡邉\U000e0101 葛\U000e0101城 𡈽屋 様"),
    "postal_code": "6028570",
    "address": "京都府京都市上京区藪之内町85番4 辻\U000e0101ビル",
}
FOREIGN: Values = {
    "addressee": ("Maschinenbau-Gesellschaft Müller & Söhne mbH", "Legal Department", "Ms. Zoë Łukasiewicz-Nguyễn"),
    "postal_code": "",
    "address": "Großherzog-Friedrich-Straße 128a, Hinterhaus, 66111 Saarbrücken, Germany",
}
WHOLE_WINDOW: Values = {
    "addressee": ("青葉商事株式会社" * 7,) * 4,
    "postal_code": "1000005",
    "address": "東京都千代田区丸の内一丁目2番3号 青葉ビル8階",
}
VALUES = {"usual": USUAL, "long": LONG, "difficult": DIFFICULT, "foreign": FOREIGN, "whole": WHOLE_WINDOW}


@dataclass(frozen=True)
class Kind:
    """How a kind is drawn from values and a language, and its secrets as they are printed, if it has any.

    `has_note`: a note for the mail room stands between the window and what the letter is about.
    """

    draw: Callable[[Values, str], bytes]
    number: str = "L-2026-000731"
    secrets: tuple[str, ...] = ()
    is_registered: bool = False
    has_note: bool = True


def _facts(values: Values, language: str) -> Values:
    return {
        "letter_number": "L-2026-000731",
        "issued_at": AT,
        "public_origin": ORIGIN,
        "phone": "0120-000-000",
        "hours": "平日9時から18時",
        "issuer": SENDER,
        "call_code": "48215570",
        "language": language,
        **values,
    }


def _claim(kind: str) -> Kind:
    def draw(values: Values, language: str) -> bytes:
        return letter_pdf(letter(kind, claimant="経理部第二課 𠮷田", **_facts(values, language)))

    secrets = (grouped(CODE, 5),) if kind == "code" else ()
    objection = (objection_groups(OBJECTION),) if "object_code" not in DAYS[kind] else ()
    return Kind(
        draw, secrets=secrets + objection, is_registered=kind == "code", has_note=kind not in ("refusal", "reminder")
    )


def _opening(kind: str) -> Kind:
    def draw(values: Values, language: str) -> bytes:
        own: Values = (
            {"code": CODE, "code_until": date(2026, 12, 18)} if kind == "code" else {"administrator": "青葉 花子"}
        )
        return activations_pdf([ActivationFacts(kind=kind, **own, **_facts(values, language))])

    return Kind(draw, secrets=(grouped(CODE, 5),) if kind == "code" else (), is_registered=kind == "code")


def _asking(values: Values, language: str) -> bytes:
    days = {"asked_on": date(2026, 10, 18), "due_on": date(2026, 11, 17)}
    return asking_pdf([AskingLetter(**days, **_facts(values, language))])


def _inquiry(kind: str) -> Kind:
    own: Values = {
        "receipt": {"tracking": TRACKING, "next_on": date(2026, 12, 3)},
        "holding": {"why": "ほかの部署に確認しています", "next_on": date(2026, 12, 3)},
        "answer": {"paragraphs": ("登録の名義は、登録窓口で変更できます。", "必要な書類は登記事項証明書です。")},
    }.get(kind, {})

    def draw(values: Values, language: str) -> bytes:
        known: Values = {"receipt_number": "C-2026-0193", "asked_on": date(2026, 11, 19), **own}
        return inquiry_letters_pdf([InquiryFacts(kind=kind, **known, **_facts(values, language))])

    return Kind(draw, secrets=(TRACKING,) if kind == "receipt" else (), has_note=False)


def _answer(values: Values, language: str) -> bytes:
    return answer_pdf(answered(**_facts(values, language)))


def _kit(values: Values, language: str) -> bytes:
    return kit_pdf(printed.kit(code=KIT, language=language, **values))


EVERY: dict[str, Kind] = {
    **{f"claim {kind}": _claim(kind) for kind in sorted(CLAIMS)},
    **{f"opening {kind}": _opening(kind) for kind in ("code", "told")},
    "yearly question": Kind(_asking),
    **{f"inquiry {kind}": _inquiry(kind) for kind in sorted(INQUIRIES)},
    "formal answer": Kind(_answer, has_note=False),
    "recovery kit": Kind(_kit, number="K-2026-0812", secrets=(grouped(KIT),)),
}
