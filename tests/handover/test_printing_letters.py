"""The letters of a recovery: a page each, address and letter number in the window, no code where anybody could look."""

import re
import subprocess
from dataclasses import fields, replace
from datetime import date, datetime
from io import BytesIO
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pikepdf
import pypdfium2
import pytest
import segno

from handover.printing.envelope import RUN
from handover.printing.errors import FactRefused
from handover.printing.facts import Issuer
from handover.printing.letter_facts import KINDS, TO_CLAIMANT, LetterFacts
from handover.printing.letters import letter_pdf, letters_html, letters_pdf, object_address, status_address
from handover.printing.window import HEIGHT, LEFT, QUIET, SCAN_SIZE, STEPS, TOP, WIDTH, fit, lines, width

from .printed import AT, ISSUER, ORIGIN, fonts, pages, squeezed

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


def scanned(pdf: bytes) -> list[tuple[float, float, float, float]]:
    """The edges in mm of the pictures of the first page that lie in its upper quarter: left, top, right, bottom."""
    document = pypdfium2.PdfDocument(pdf)
    page = document[0]
    found: list[tuple[float, float, float, float]] = []
    for picture in page.get_objects(filter=[pypdfium2.raw.FPDF_PAGEOBJ_IMAGE], max_depth=5):
        left, bottom, right, top = picture.get_bounds()
        high = page.get_height()
        found.append((left / MM, (high - top) / MM, right / MM, (high - bottom) / MM))
    document.close()
    return [edges for edges in found if edges[1] < 74]


def shown(stated: LetterFacts) -> str:
    code = stated.postal_code
    return squeezed(f"〒{code[:3]}-{code[3:]}" + stated.address + "".join(stated.addressee))


@pytest.mark.parametrize("language", ["ja", "en"])
@pytest.mark.parametrize("kind", sorted(KINDS))
@pytest.mark.parametrize("changes", [{}, LONG_NAMES, {"claimant": "𠮷田", **LONG_NAMES}])
def test_window_shows_the_whole_address_and_nothing_else(
    kind: str, language: str, changes: dict[str, Any], tmp_path: Path
) -> None:
    stated = letter(kind, language=language, **changes)
    (page,) = printed_words(letter_pdf(stated), tmp_path)
    visible = [word for word in page if touches_window(word)]
    assert all(in_window(word) for word in visible), visible
    assert "".join(text for text, *_ in visible) == shown(stated)


SHORT: dict[str, Any] = {"addressee": ("青葉商事株式会社", "登録ご担当者様"), "address": "東京都千代田区丸の内1-2"}


@pytest.mark.parametrize("changes", [{}, SHORT, LONG_NAMES, {"letter_number": "L" * 24}])
def test_letter_number_can_be_scanned_through_the_window_whatever_the_play(
    changes: dict[str, Any], tmp_path: Path
) -> None:
    """Two millimetres of play to each side, and the quiet edge of four modules free of words and of the border."""
    pdf = letter_pdf(letter(**changes))
    ((left, top, right, bottom),) = scanned(pdf)
    assert right - left == pytest.approx(SCAN_SIZE, abs=0.05) and bottom - top == pytest.approx(SCAN_SIZE, abs=0.05)
    edge = 2 + QUIET - 0.05
    assert left - LEFT > edge and LEFT + WIDTH - right > edge
    assert top - TOP > edge and TOP + HEIGHT - bottom > edge
    (page,) = printed_words(pdf, tmp_path)
    near = (left - QUIET, top - QUIET, right + QUIET, bottom + QUIET)
    assert not [
        word for word in page if word[1] < near[2] and word[3] > near[0] and word[2] < near[3] and word[4] > near[1]
    ]


def test_address_that_needs_the_whole_window_keeps_it_and_goes_without() -> None:
    whole = next(
        found
        for names in range(1, 12)
        if not (found := letter(addressee=("青葉商事株式会社" * names,) * 4)).in_window().leaves_room
    )
    assert scanned(letter_pdf(whole)) == []
    assert scanned(letter_pdf(letter())) != []


@pytest.mark.parametrize("language", ["ja", "en"])
def test_codes_stand_below_the_first_fold_and_cannot_slide_into_the_window(language: str, tmp_path: Path) -> None:
    (page,) = printed_words(letter_pdf(letter(language=language)), tmp_path)
    for part in ("8MKQ4-T7XPA", "7Q4M-KXH9P-TD3RW"):
        found = [word for word in page if part in word[0]]
        assert [word[2] > 99 for word in found] == [True], part
    for number in ("C-2026-0193", "recover"):
        assert all(word[2] > TOP + HEIGHT + 21 for word in page if number in word[0]), number


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


def test_fold_marks_divide_the_sheet_in_three() -> None:
    document = pypdfium2.PdfDocument(letter_pdf(letter("notice_accepted")))
    picture = document[0].render(scale=4).to_pil().convert("L")
    document.close()
    edge = [picture.getpixel((8, row)) < 230 for row in range(picture.height)]
    marks = [row / 4 / MM for row in range(1, picture.height) if edge[row] and not edge[row - 1]]
    assert marks == [pytest.approx(99, abs=0.3), pytest.approx(198, abs=0.3)]


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
        "確認コード（2026年（令和8年）12月18日まで）8MKQ4-T7XPA",
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
        "Confirmation code (until 18 December 2026) 8MKQ4-T7XPA",
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


@pytest.mark.parametrize("name", ["𠮷田", "髙橋", "渡邉", "葛\U000e0101西"])
def test_name_in_the_window_is_drawn_with_its_own_glyphs(name: str) -> None:
    printed = fonts(letter_pdf(letter("notice_accepted", addressee=(f"{name}商店", "登録ご担当者様"))))
    assert [box for font in printed for box in font.boxes()] == []
    assert set(name[0]) <= set("".join(text for font in printed for text in font.characters.values()))
    assert "〓" not in "".join(text for font in printed for text in font.characters.values())


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


def test_usual_address_is_set_in_the_largest_size_and_long_ones_smaller() -> None:
    assert letter().in_window().step == 0
    assert 0 < letter(**LONG_NAMES).in_window().step < len(STEPS)


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


def test_address_without_postal_code_still_fits() -> None:
    assert fit("", "北海道", ("青葉",)).where == ("北海道",)
    (text,) = pages(letter_pdf(letter(postal_code="")))
    assert "〒" not in text
