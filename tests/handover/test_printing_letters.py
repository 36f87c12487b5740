"""The letters of a recovery: a page each, in words that anybody can follow, and what their pictures hold."""

import re
from dataclasses import fields, replace
from datetime import date, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import pikepdf
import pytest
import segno

from handover.printing.envelope import RUN
from handover.printing.errors import FactRefused
from handover.printing.facts import Issuer
from handover.printing.letter_facts import KINDS, TO_CLAIMANT, LetterFacts
from handover.printing.letters import letter_pdf, letters_html, letters_pdf, object_address, status_address
from handover.printing.window import LEFT, WIDTH, lines, width

from .lettered import CODE, LONG_NAMES, letter, printed_words
from .printed import ORIGIN, fonts, pages, squeezed

MOST: dict[str, Any] = {
    "letter_number": "L" * 24,
    "receipt_number": "C" * 24,
    "claimant": "情" * 160,
    "public_origin": "https://" + "w" * 92,
    "phone": "0" * 20,
    "hours": "平" * 60,
    "issuer": Issuer(name="株" * 60, office="窓" * 60, seal_text="印"),
}
# The longest ones that are still set in the usual size.
LARGEST: list[dict[str, Any]] = [
    {"claimant": "情" * 30, "public_origin": "https://" + "w" * 24},
    {"issuer": Issuer(name="W" * 39, office="登録窓口", seal_text="印"), "hours": "終日"},
]


@pytest.mark.parametrize("language", ["ja", "en"])
def test_codes_are_nowhere_else_in_the_file(language: str) -> None:
    pdf = letter_pdf(letter(language=language))
    (text,) = pages(pdf)
    assert text.count("8MKQ4-T7XPA") == text.count("7Q4M-KXH9P-TD3RW") == 1
    with pikepdf.open(BytesIO(pdf)) as document, document.open_metadata() as metadata:
        said = str(document.docinfo) + str(metadata)
        spoken = "".join(
            str(item.Alt) for item in document.objects if isinstance(item, pikepdf.Dictionary) and "/Alt" in item
        )
    assert not re.search("8MKQ4|T7XPA|7Q4M|KXH9P", said + spoken)


def test_codes_in_the_pictures_lead_to_pages_and_hold_no_secret() -> None:
    """The pictures are read from the file, module by module, and compared with fresh ones of addresses and number."""
    for kind, addresses in (("code", {status_address, object_address}), ("notice_proposed", {object_address})):
        stated = letter(kind)
        expected = {
            tuple(map(bytes, segno.make(made(stated), error="m", micro=False).matrix))
            for made in {*addresses, lambda one: one.letter_number}
        }
        with pikepdf.open(BytesIO(letter_pdf(stated))) as document:
            pictures = [
                pikepdf.PdfImage(image).as_pil_image().convert("L")
                for image in document.pages[0].Resources.XObject.values()
                if image.Subtype == "/Image"
            ]
            found = {
                tuple(
                    bytes(picture.getpixel((4 * column + 2, 4 * row + 2)) < 128 for column in range(picture.width // 4))
                    for row in range(picture.height // 4)
                )
                for picture in pictures
            }
        assert found == expected
    assert status_address(letter()) == "https://touroku.example.jp/recover/status/"
    assert object_address(letter()) == "https://touroku.example.jp/recover/object/"


def test_code_letter_says_what_was_asked_and_what_to_do() -> None:
    (text,) = pages(letter_pdf(letter()))
    for words in (
        "登録復旧のお申し込みについてのご確認",
        "簡易書留・転送不要",
        "文書ご担当の方へ",
        "受付番号C-2026-0193",
        "2026年（令和8年）11月19日",
        "経理部渡邉（お申し出による）",
        "当社へのご連絡は必要ありません",
        "確認コード2026年（令和8年）12月18日まで8MKQ4-T7XPA",
        "https://touroku.example.jp/recover/status/",
        "進捗確認コード",
        "ログインは不要です",
        "異議申出コード7Q4M-KXH9P-TD3RW",
        "https://touroku.example.jp/recover/object/",
        "0120-000-000へ",
        "ご自分で入力して開くか",
        "この書面のコードをお聞きすることはありません",
    ):
        assert words in text, words


def test_english_code_letter_says_the_same() -> None:
    (text,) = pages(letter_pdf(letter(language="en")))
    for words in (
        "A recovery was asked for: please confirm",
        "To the mail room",
        "Receipt number C-2026-0193",
        "経理部 渡邉 (as stated)",
        "You need not tell us anything.",
        "Confirmation code until 18 December 2026 8MKQ4-T7XPA",
        "without signing in",
        "Objection code 7Q4M-KXH9P-TD3RW",
        "into your browser by hand",
        "we never ask for a code of this letter",
    ):
        assert squeezed(words) in text, words


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("notice_accepted", ["登録復旧のお申し込みを審査しています", "お申し込みの手続きをすぐに止めます"]),
        ("notice_proposed", ["承認する予定", "2026年（令和8年）12月11日までに"]),
        ("notice_executed", ["登録復旧を実施しました", "30日間（2026年（令和8年）12月27日まで）", "係2名がすぐに"]),
        ("notice_ended", ["登録復旧後の30日間が終わりました", "係2名がすぐに"]),
        ("notice_undone", ["登録復旧を取り消し、元に戻しました", "係2名がすぐに"]),
    ],
)
def test_notice_says_its_stage_and_carries_no_confirmation_code(kind: str, words: list[str]) -> None:
    (text,) = pages(letter_pdf(letter(kind)))
    for said in (*words, "何もなさる必要はありません", "異議申出コード7Q4M-KXH9P-TD3RW"):
        assert said in text, said
    assert "確認コード" not in text
    assert "簡易書留" not in text


@pytest.mark.parametrize("language", ["ja", "en"])
@pytest.mark.parametrize("kind", sorted(KINDS))
def test_letter_has_no_place_for_a_registration_a_product_or_a_paper(kind: str, language: str) -> None:
    """The only values that are printed are the ones of the facts, and none of these is about the registration."""
    assert not {field.name for field in fields(LetterFacts)} & {
        "registration",
        "registration_number",
        "product",
        "papers",
    }
    (text,) = pages(letter_pdf(letter(kind, language=language)))
    assert not re.search(r"R-\d|登録番号|Registrationnumber|製品|商品", text)
    numbers = set(re.findall(r"[A-Z]-\d{4}-\d+", text))
    assert numbers == {"L-2026-000731", "C-2026-0193"}


@pytest.mark.parametrize("language", ["ja", "en"])
@pytest.mark.parametrize("kind", sorted(KINDS))
@pytest.mark.parametrize("changes", [MOST, *LARGEST])
def test_letter_of_long_facts_is_one_page_with_each_of_them(
    kind: str, language: str, changes: dict[str, Any], tmp_path: Path
) -> None:
    stated = letter(kind, language=language, **(LONG_NAMES | changes))
    pdf = letter_pdf(stated)
    (text,) = pages(pdf)
    # A letter to the claimant need not say who asked.
    named = () if kind in TO_CLAIMANT else (stated.claimant,)
    for value in (*named, stated.hours, stated.public_origin, stated.issuer.name):
        assert value.replace(" ", "") in text
    (page,) = printed_words(pdf, tmp_path)
    assert all(word[4] < 63 for word in page if word[1] > LEFT + WIDTH and word[2] < 63), (
        "the sender runs into the text"
    )


def test_claimant_that_is_not_known_leaves_no_empty_row() -> None:
    (text,) = pages(letter_pdf(letter(claimant="")))
    assert "お申し出による" not in text


def test_run_holds_its_letters_in_order_each_in_its_language() -> None:
    run = [letter(), letter("notice_proposed", letter_number="L-A2", language="en"), letter(letter_number="L-A3")]
    pdf = letters_pdf(run)
    first, second, third = pages(pdf)
    assert "L-2026-000731" in first and "ご確認" in first
    assert "L-A2" in second and squeezed("please tell us by 11 December 2026") in second
    assert CODE[:5] not in second
    assert "L-A3" in third and "ご確認" in third
    assert pdf == letters_pdf(run)


def test_letter_that_needs_more_than_a_page_is_set_smaller_and_no_other_of_its_run() -> None:
    long = letter("refusal", reasons=tuple(f"{number}番目の確認：" + "確認できませんでした" * 7 for number in range(6)))
    assert not long.is_dense
    first, second = pages(letters_pdf([letter(), long]))
    assert [first] == pages(letter_pdf(letter())) and "5番目の確認" in second
    sizes = [html.count(" dense") for html in (letters_html([letter()]), letters_html([replace(long, is_small=True)]))]
    assert sizes == [0, 1]


def test_run_of_none_or_of_too_many_is_refused() -> None:
    for run in ([], [letter()] * (RUN + 1)):
        with pytest.raises(FactRefused):
            letters_pdf(run)


def test_letters_are_archival_tagged_and_draw_no_box() -> None:
    pdf = letters_pdf([letter(), letter("notice_accepted", claimant="𠮷田 髙橋 渡邉 葛\U000e0101")])
    assert [box for font in fonts(pdf) for box in font.boxes()] == []
    with pikepdf.open(BytesIO(pdf)) as document, document.open_metadata() as metadata:
        assert metadata.pdfa_status == "3A"
        assert document.Root.MarkInfo.Marked
    assert "𠮷田" in pages(pdf)[1]


def test_missing_character_becomes_a_geta_mark_and_stops_no_run() -> None:
    odd = letter(claimant="経理部 😀田", addressee=("葛\U000e01ef商店", "登録ご担当者様"), address="東京都𛄢区1")
    pdf = letters_pdf([letter(), odd])
    assert [box for font in fonts(pdf) for box in font.boxes()] == []
    usual, marked = pages(pdf)
    assert "〓" not in usual
    for words in ("経理部〓田", "〓商店", "東京都〓区1"):
        assert words in marked


def test_markup_in_a_name_is_printed_as_text() -> None:
    html = letters_html([letter(claimant="<img src=file:///etc/passwd>")])
    assert "&lt;img src=file:///etc/passwd&gt;" in html
    assert "style=" not in html and "<script" not in html


def test_line_breaks_at_spaces_and_never_inside_a_number() -> None:
    assert lines("青葉ビル 8階", 4.5) == ("青葉ビル", "8階")
    assert lines("丸の内1234567番", 8) == ("丸の内", "1234567番")
    assert lines("ああああー", 4) == ("あああ", "あー")
    assert all(width(line) <= 5 for line in lines("W" * 40, 5))
    assert "".join(lines("東京都葛\U000e0101飾区" * 5, 3)) == "東京都葛\U000e0101飾区" * 5
    assert not any(line[0] == "\U000e0101" for line in lines("葛\U000e0101" * 9, 1))


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"address": "東" * 200, "addressee": ("株" * 120, "部" * 120)}, "address"),
        ({"address": "東" * 201}, "address"),
        ({"addressee": ()}, "addressee"),
        ({"addressee": ("一",) * 5}, "addressee"),
        ({"addressee": (" ",)}, "addressee"),
        ({"claimant": "渡邉\u202e翔"}, "claimant"),
        ({"kind": "notice_ended"}, "code"),
        ({"kind": "notice_ended", "code": ""}, "code_until"),
        ({"kind": "warning"}, "kind"),
        ({"code": ""}, "code"),
        ({"code": "8mkq4t7xpa"}, "code"),
        ({"code_until": None}, "code_until"),
        ({"object_code": "7Q4M"}, "object_code"),
        ({"object_code": ""}, "object_code"),
        ({"window_until": date(2026, 12, 11)}, "window_until"),
        ({"kind": "notice_proposed", "code": "", "code_until": None}, "window_until"),
        ({"issued_at": datetime(2026, 11, 27)}, "issued_at"),
        ({"public_origin": ORIGIN + "/"}, "public_origin"),
        ({"phone": ""}, "phone"),
    ],
)
def test_fact_that_cannot_be_printed_is_refused_by_name(change: dict[str, Any], field: str) -> None:
    with pytest.raises(FactRefused) as refusal:
        replace(letter(), **change)
    assert refusal.value.field == field
