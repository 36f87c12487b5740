"""What is really on a printed page: text, fonts and drawn glyphs read back from the PDF. And sample facts."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, timezone
from io import BytesIO
from typing import Any

import pikepdf
import pypdfium2
from fontTools.pens.recordingPen import RecordingPen
from fontTools.ttLib import TTFont

from handover.printing.facts import (
    CertificateFacts,
    CertificateIssue,
    HandoverReceipt,
    Issuer,
    Party,
    ReceiptItem,
    ReceiptRegistration,
    RecoveryKit,
)

TOKYO = timezone(timedelta(hours=9))
AT = datetime(2026, 11, 27, 10, 20, tzinfo=TOKYO)
ORIGIN = "https://touroku.example.jp"
ISSUER = Issuer(name="あおぞら通信株式会社", office="登録窓口", seal_text="登録窓口之印")


def facts(**changes: Any) -> CertificateFacts:
    usual: dict[str, Any] = {
        "registration_number": "R-2026-004182",
        "organisation_name": "青葉商事株式会社",
        "registered_name": "青葉商事株式会社",
        "registered_kana": "アオバショウジカブシキガイシャ",
        "unit": "本社 情報システム部",
        "corporate_number": "1180301018771",
        "postal_code": "1000005",
        "address": "東京都千代田区丸の内一丁目2番3号 青葉ビル8階",
        "basis": "handover",
        "custodian_name": "渡邉 翔",
        "custodian_kana": "わたなべ しょう",
        "custodian_department": "経理部",
        "since": date(2026, 11, 27),
    }
    return CertificateFacts(**{**usual, **changes})


def issue(**changes: Any) -> CertificateIssue:
    usual: dict[str, Any] = {
        "serial": "2026-004182-07",
        "issued_at": AT,
        "log_sequence": 48213,
        "check_code": "7Q4M2KXH9PTD",
        "public_origin": ORIGIN,
        "issuer": ISSUER,
    }
    return CertificateIssue(**{**usual, **changes})


def receipt(items: int = 3, **changes: Any) -> HandoverReceipt:
    kinds, marks = ("registration", "document", "thing"), ("received", "missing", "not_mine")
    usual: dict[str, Any] = {
        "receipt_number": "H-2026-000317",
        "issued_at": AT,
        "effective_on": date(2026, 12, 1),
        "giver": Party(name="髙橋 美咲", kana="たかはし みさき", acted_at=AT - timedelta(days=7)),
        "successor": Party(name="渡邉 翔", kana="わたなべ しょう", organisation="青葉商事株式会社", acted_at=AT),
        "registrations": (ReceiptRegistration(number="R-2026-004182", name="青葉商事株式会社", unit="本社"),),
        "items": tuple(
            ReceiptItem(kind=kinds[place % 3], title=f"引継ぎ物{place + 1}番", mark=marks[place % 3])
            for place in range(items)
        ),
        "log_sequence": 48213,
        "public_origin": ORIGIN,
        "issuer": ISSUER,
    }
    return HandoverReceipt(**{**usual, **changes})


def kit(**changes: Any) -> RecoveryKit:
    usual: dict[str, Any] = {
        "kit_number": "K-2026-0812",
        "code": "7Q4M2KXH9PTD3RWC6VNE",
        "issued_at": AT,
        "public_origin": ORIGIN,
        "issuer": ISSUER,
    }
    return RecoveryKit(**{**usual, **changes})


def pages(pdf: bytes) -> list[str]:
    """The text of each page without any white space, which depends on letter spacing."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        return [re.sub(r"\s", "", page.get_textpage().get_text_bounded()) for page in document]
    finally:
        document.close()


def squeezed(text: str) -> str:
    return re.sub(r"\s", "", text)


@dataclass
class PrintedFont:
    """An embedded font and the glyphs of it that the pages draw."""

    name: str
    program: TTFont
    characters: dict[int, str]
    drawn: set[int] = field(default_factory=set)

    def outline(self, glyph: int) -> list[Any]:
        pen = RecordingPen()
        glyphs = self.program.getGlyphSet()
        glyphs[self.program.getGlyphName(glyph)].draw(pen)
        return pen.value

    def boxes(self) -> list[str]:
        """What the reader would see as a box or as nothing: .notdef, a glyph the file lacks, an empty outline."""
        count, wrong = self.program["maxp"].numGlyphs, []
        for glyph in self.drawn:
            text = self.characters.get(glyph, "")
            if glyph == 0 or glyph >= count or (text.strip() and not self.outline(glyph)):
                wrong.append(f"{self.name}: glyph {glyph} {text!r}")
        return wrong


def _to_unicode(stream: bytes) -> dict[int, str]:
    pairs = re.findall(rb"<([0-9a-fA-F]{4})> <([0-9a-fA-F]+)>", stream.partition(b"beginbfchar")[2])
    return {int(glyph, 16): bytes.fromhex(text.decode()).decode("utf-16-be") for glyph, text in pairs}


def _font(reference: pikepdf.Object) -> PrintedFont:
    descriptor = reference.DescendantFonts[0].FontDescriptor
    program = descriptor.get("/FontFile2") or descriptor.get("/FontFile3")
    return PrintedFont(
        name=str(descriptor.FontName).partition("+")[2],
        program=TTFont(BytesIO(program.read_bytes())),
        characters=_to_unicode(reference.ToUnicode.read_bytes()),
    )


def _strings(operands: Any) -> Iterator[bytes]:
    for operand in operands:
        if isinstance(operand, pikepdf.Array):
            yield from _strings(operand)
        elif isinstance(operand, pikepdf.String):
            yield bytes(operand)


def fonts(pdf: bytes) -> list[PrintedFont]:
    """Every font of the file with the glyphs drawn from it, read from the drawing operators and not from the text."""
    found: dict[str, PrintedFont] = {}
    with pikepdf.open(BytesIO(pdf)) as document:
        for page in document.pages:
            current = ""
            for operands, operator in pikepdf.parse_content_stream(page):
                if str(operator) == "Tf":
                    current = str(operands[0])
                    if current not in found:
                        found[current] = _font(page.Resources.Font[current])
                elif str(operator) in {"Tj", "TJ", "'", '"'}:
                    for raw in _strings(operands):
                        found[current].drawn |= {
                            int.from_bytes(raw[place : place + 2]) for place in range(0, len(raw), 2)
                        }
    return list(found.values())
