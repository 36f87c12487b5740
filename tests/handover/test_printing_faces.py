"""No name shows a box. Glyphs are read from the drawing operators: text extraction finds names that are not there."""

import pytest

from handover.printing.certificate import certificate_pdf
from handover.printing.errors import MissingCharacter
from handover.printing.faces import BIZ_UD, NOTO, choose, clusters, missing
from handover.printing.render import render

from .printed import AT, facts, fonts, issue, pages

TITLE = "Noto-Serif-CJK-JP-Bold"
BIZ_FILES = {"BIZ-UDPMincho", "BIZ-UDPGothic", TITLE}
NOTO_FILES = {"Noto-Serif-CJK-JP", "Noto-Sans-CJK-JP", TITLE}

# Characters of real names that plain fonts lack or draw as another one; the last ones carry a variation selector.
NAMES = [
    "𠮷田 太郎",
    "髙橋 美咲",
    "渡邉 翔",
    "渡邊 翔",
    "山﨑 豊",
    "𡈽屋 徹",
    "齋藤 齊",
    "纐纈 瀞",
    "飴村 飴",
    "德永 惠",
    "草彅 剛",
    "栁田 濵",
    "葛\U000e0101飾 薫",
    "葛\U000e0100城 薫",
    "辻\U000e0100 仁",
    "飴\U000e0100村 祇\U000e0100園",
]


@pytest.mark.parametrize("name", NAMES)
def test_name_is_drawn_with_a_glyph_for_each_character_of_one_face(name: str) -> None:
    html = f'<html lang="ja"><head><title>t</title></head><body><p class="to">{name}</p></body></html>'
    printed = fonts(render(html, sheet="certificate", created_at=AT))
    assert [box for font in printed for box in font.boxes()] == []
    assert [font.name for font in printed] in (["BIZ-UDPMincho"], ["Noto-Serif-CJK-JP"])
    by_name = {font.name: set("".join(font.characters.values())) for font in printed}
    serif = by_name.get("BIZ-UDPMincho", by_name.get("Noto-Serif-CJK-JP", set()))
    assert {character for character in name if character.isprintable() and character.strip()} - serif <= {
        selector for cluster in clusters(name) for selector in cluster[1:]
    }


@pytest.mark.parametrize(("name", "files"), [("渡邉 翔", BIZ_FILES), ("𠮷田 太郎", NOTO_FILES)])
def test_certificate_is_set_in_one_pair_of_faces_under_its_title(name: str, files: set[str]) -> None:
    printed = fonts(certificate_pdf(facts(custodian_name=name), issue()))
    assert {font.name for font in printed} == files
    assert [box for font in printed for box in font.boxes()] == []
    (title,) = [font for font in printed if font.name == TITLE]
    assert set("".join(title.characters.values())) == set("登録内容証明書")


def test_common_names_keep_the_small_quick_face() -> None:
    assert choose("渡邉 翔 株式会社 登録内容証明書") == BIZ_UD


def test_name_beyond_the_quick_face_sets_the_whole_document_in_the_other() -> None:
    assert missing("𠮷田", BIZ_UD) == ("𠮷",)
    assert choose("𠮷田") == NOTO


def test_variation_selector_draws_the_form_it_asks_for() -> None:
    plain = fonts(certificate_pdf(facts(custodian_name="葛城 薫"), issue()))
    varied = fonts(certificate_pdf(facts(custodian_name="葛\U000e0100城 薫"), issue()))
    glyphs = [
        {glyph for font in printed for glyph in font.drawn if "Mincho" in font.name or "Serif-CJK-JP" in font.name}
        for printed in (plain, varied)
    ]
    assert glyphs[0] != glyphs[1]


@pytest.mark.parametrize("text", ["葛\U000e01ef", "𛄢", "😀", "\U0010fffe"])
def test_character_that_no_face_has_is_named_in_the_error(text: str) -> None:
    with pytest.raises(MissingCharacter) as refusal:
        choose(f"田中{text}")
    assert refusal.value.characters == (text,)
    assert f"U+{ord(text[-1]):04X}" in str(refusal.value)


def test_certificate_is_refused_rather_than_printed_with_a_box() -> None:
    with pytest.raises(MissingCharacter):
        certificate_pdf(facts(custodian_name="田中 😀"), issue())


def test_kana_with_a_separate_sound_mark_counts_as_one_character() -> None:
    assert list(clusters("か\u3099葛\U000e0101")) == ["か\u3099", "葛\U000e0101"]
    assert choose("か\u3099") == BIZ_UD


def test_compatibility_form_of_a_name_is_kept() -> None:
    assert "神" in pages(certificate_pdf(facts(custodian_name="神\ufa19 薫"), issue()))[0]
    assert choose("\ufa19") == BIZ_UD
