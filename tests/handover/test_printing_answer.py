"""A formal answer on paper: what stands on it, that it is archival, and that difficult names are right."""

import re
from datetime import date
from io import BytesIO
from typing import Any

import pikepdf
import pytest

from desk import blocks
from handover.printing.answer import AnswerFacts, answer_html, answer_pdf, joined
from handover.printing.envelope import Enveloped
from handover.printing.errors import DoesNotFit, FactRefused, MissingCharacter

from .printed import AT, ISSUER, ORIGIN, fonts, pages, squeezed

NAMES = ("𠮷田髙橋商店", "第二営業部", "渡邉󠄂 葛󠄁城 様")


def answered(language: str = "ja", **changes: Any) -> AnswerFacts:
    frame = blocks.load().templates["answer"]
    known = {"received_on": "2026年（令和8年）11月19日", "receipt_number": "C-0193-330-412"}
    usual: dict[str, Any] = {
        "letter_number": "A2611-7",
        "addressee": NAMES,
        "postal_code": "1000005",
        "address": "東京都千代田区丸の内一丁目2番3号",
        "issued_at": AT,
        "public_origin": ORIGIN,
        "phone": "0120-000-000",
        "issuer": ISSUER,
        "language": language,
        "receipt_number": "C-0193-330-412",
        "asked_on": date(2026, 11, 19),
        "title": frame.title[language],
        "greeting": frame.greeting[language],
        "matter": frame.matter[language].format(**known),
        "paragraphs": ("検討の結果、次のとおり判断いたしました。", "𠮷野家町・髙輪・渡邉邸"),
        "closing": frame.closing[language],
        "end": frame.end[language],
        "is_sealed": True,
        "call_code": "48215570",
    }
    return AnswerFacts(**{**usual, **changes})


@pytest.mark.parametrize("language", ["ja", "en"])
def test_answer_says_all_of_it_on_one_page_without_boxes(language: str) -> None:
    pdf = answer_pdf(answered(language))
    (text,) = pages(pdf)
    frame = blocks.load().templates["answer"]
    for words in (
        *NAMES[:2],
        "100-0005",
        "A2611-7",
        "C-0193-330-412",
        "48215570",
        "𠮷野家町・髙輪・渡邉邸",
        squeezed(frame.title[language]),
        squeezed(frame.greeting[language]),
        squeezed(frame.closing[language]),
        f"{ORIGIN}/caller/",
        f"{ORIGIN}/recover/status/",
    ):
        assert words in text
    if language == "ja":
        assert "記" in text and "以上" in text and "2026年（令和8年）11月27日" in text
    drawn = fonts(pdf)
    assert drawn and not [box for font in drawn for box in font.boxes()]
    assert {re.split("[- ]", font.name)[0] for font in drawn} <= {"BIZ", "Noto"}


@pytest.mark.parametrize("changes", [{}, {"address": "", "postal_code": ""}, {"is_sealed": False, "call_code": ""}])
def test_answer_is_archival_and_tagged(changes: dict[str, Any]) -> None:
    pdf = answer_pdf(answered(**changes))
    with pikepdf.open(BytesIO(pdf)) as document, document.open_metadata() as metadata:
        assert (metadata["pdfaid:part"], metadata["pdfaid:conformance"]) == ("3", "A")
        assert document.Root.MarkInfo.Marked and "/StructTreeRoot" in document.Root
        assert str(document.Root.Lang) == "ja"
        spoken = [str(item.Alt) for item in document.objects if isinstance(item, pikepdf.Dictionary) and "/Alt" in item]
        assert len(document.pages) == 1
    assert any("登録窓口之印" in words for words in spoken) == changes.get("is_sealed", True)
    assert answer_pdf(answered(**changes)) == pdf


def test_without_an_address_only_the_names_stand_there() -> None:
    (text,) = pages(answer_pdf(answered(address="", postal_code="")))
    assert NAMES[0] in text and "〒" not in text


def test_what_cannot_be_printed_right_is_not_printed() -> None:
    with pytest.raises(MissingCharacter):
        answer_pdf(answered(paragraphs=("\U0001f600",)))
    with pytest.raises(DoesNotFit):
        answer_pdf(answered(paragraphs=("長い文です。" * 160,) * 4))
    for wrong in ({"paragraphs": ()}, {"title": ""}, {"paragraphs": ("a\u202eb",)}, {"addressee": ()}):
        with pytest.raises(FactRefused):
            answered(**wrong)
    with pytest.raises(FactRefused):
        answered(address="", addressee=())


def test_no_field_takes_a_registration_or_a_custodian() -> None:
    own = set(AnswerFacts.__dataclass_fields__) - set(Enveloped.__dataclass_fields__)
    assert own == {
        "receipt_number",
        "asked_on",
        "title",
        "greeting",
        "matter",
        "paragraphs",
        "closing",
        "end",
        "is_sealed",
    }


def test_words_are_never_markup() -> None:
    html = answer_html(answered(paragraphs=("<img src=x>＆<b>",)))
    assert "<img src=x>" not in html and "&lt;img src=x&gt;" in html


def test_run_holds_the_very_pages() -> None:
    first, second = answer_pdf(answered()), answer_pdf(answered(letter_number="A2611-8"))
    assert pages(joined([first, second])) == pages(first) + pages(second)


def test_every_block_is_there_in_both_languages_with_known_placeholders() -> None:
    words = blocks.load()
    texts = [text for one in words.blocks.values() for text in one.text.values()]
    for frame in words.templates.values():
        for part in (frame.title, frame.greeting, frame.matter, frame.closing, frame.end):
            texts += part.values()
    assert {name for text in texts for name in re.findall(r"\{(\w+)\}", text)} <= {
        "receipt_number",
        "received_on",
        "next_on",
    }
    assert [one.code for one in words.templates.values() if one.desk] == ["progress"]
    assert not any(one.decides for one in words.templates.values() if one.desk)
    with pytest.raises(ValueError, match="does not ship"):
        blocks.load(99)
