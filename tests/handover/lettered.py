"""A letter with usual facts, and where its words stand on the printed page."""

import subprocess
from datetime import date
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from handover.printing.letter_facts import LetterFacts
from handover.printing.window import HEIGHT, LEFT, TOP, WIDTH

from .printed import AT, ISSUER, ORIGIN

MM = 72 / 25.4
CODE, OBJECTION = "8MKQ4T7XPA", "7Q4MKXH9PTD3RW"
DAYS: dict[str, dict[str, Any]] = {
    "code": {"code": CODE, "code_until": date(2026, 12, 18)},
    "notice_accepted": {},
    "notice_proposed": {"window_until": date(2026, 12, 11)},
    "notice_executed": {"window_until": date(2026, 12, 27)},
    "notice_ended": {},
    "notice_undone": {},
    "notice_setting": {},
    "notice_unset": {"object_code": ""},
    "refusal": {
        "object_code": "",
        "reasons": ("お申し出の内容を確かめられませんでした",),
        "appeal_until": date(2026, 12, 27),
        "reopen_until": date(2027, 5, 26),
    },
    "reminder": {"object_code": ""},
}
LONG_NAMES: dict[str, Any] = {
    "addressee": (
        "エグザンプル・キャピタル・マネジメント・ホールディングス株式会社日本支社",
        "本店 （ＥＸＡＭＰＬＥ ＣＯＲＰＯＲＡＴＩＯＮ） 情報システム部 第二ネットワーク基盤推進課 運用グループ",
        "登録ご担当者様",
    ),
    "address": "東京都港区六本木１丁目９番１０号 アークヒルズ仙石山森タワー アークヒルズ仙石山森タワー西館 4200123号室",
}


def letter(kind: str = "code", **changes: Any) -> LetterFacts:
    usual: dict[str, Any] = {
        "letter_number": "L-2026-000731",
        "kind": kind,
        "receipt_number": "C-2026-0193",
        "addressee": ("青葉商事株式会社", "本社 情報システム部", "登録ご担当者様"),
        "postal_code": "1000005",
        "address": "東京都千代田区丸の内一丁目2番3号 青葉ビル8階",
        "issued_at": AT,
        "asked_on": date(2026, 11, 19),
        "claimant": "経理部 渡邉",
        "object_code": OBJECTION,
        "public_origin": ORIGIN,
        "phone": "0120-000-000",
        "hours": "平日9時から18時",
        "issuer": ISSUER,
    }
    return LetterFacts(**{**usual, **DAYS[kind], **changes})


Word = tuple[str, float, float, float, float]


def printed_words(pdf: bytes, folder: Path) -> list[list[Word]]:
    """For each page its words with left, top, right and bottom edge in mm, as poppler measures them."""
    source, target = folder / "letter.pdf", folder / "letter.xml"
    source.write_bytes(pdf)
    subprocess.run(["pdftotext", "-bbox", source, target], check=True)
    space = "{http://www.w3.org/1999/xhtml}"
    return [
        [
            (word.text or "", *(float(word.attrib[edge]) / MM for edge in ("xMin", "yMin", "xMax", "yMax")))
            for word in page.iter(f"{space}word")
        ]
        for page in ElementTree.parse(target).iter(f"{space}page")
    ]


def touches_window(word: Word) -> bool:
    _, left, top, right, bottom = word
    return left < LEFT + WIDTH and right > LEFT and top < TOP + HEIGHT and bottom > TOP


def in_window(word: Word) -> bool:
    _, left, top, right, bottom = word
    return LEFT <= left and right <= LEFT + WIDTH and TOP <= top and bottom <= TOP + HEIGHT
