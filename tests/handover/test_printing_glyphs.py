"""Difficult names by glyph: what the certificate draws is what the font has for each character, in one face."""

import re

import pypdfium2
import pytest

from handover.printing.certificate import certificate_pdf
from handover.printing.faces import BIZ_UD, NOTO, Face, choose, missing
from tests.handover.glyphs import drawn, expected, holds
from tests.handover.printed import facts, fonts, issue

# Runs of one script: with a Latin companion another font draws what lies between.
PARTS = re.compile("[A-Za-z\u00c0-\u024f]+|[^\\sA-Za-z\u00c0-\u024f&]+")

FILES = {
    "BIZ UDPMincho": "BIZ-UDPMincho",
    "Noto Serif CJK JP": "Noto-Serif-CJK-JP",
    "Noto Serif": "Noto-Serif",
    "IPAmjMincho": "IPAmjMincho",
}

# Family and given name, their kana.
NAMES = [
    ("𠮷田 𠮷之助", "よしだ きちのすけ"),
    ("髙橋 美咲", "たかはし みさき"),
    ("山﨑 﨑太", "やまさき さきた"),
    ("渡邉 翔", "わたなべ しょう"),
    ("渡邊 翔", "わたなべ しょう"),
    ("渡邉\U000e0101 翔", "わたなべ しょう"),
    ("渡邊\U000e0101 翔", "わたなべ しょう"),
    ("髙槗 槗子", "たかはし きょうこ"),
    ("濵田 濱吉", "はまだ はまきち"),
    ("桒原 桒", "くわはら くわ"),
    ("栁田 栁", "やなぎだ りゅう"),
    ("德永 德", "とくなが とく"),
    ("瀨戶 瀨", "せと せ"),
    ("神\ufa19谷 祥\ufa1a子", "かみや さちこ"),
    ("福\ufa1b田 祐\ufa4f介", "ふくだ ゆうすけ"),
    ("隆\uf9dc 凞\ufa15", "たかし ひろし"),
    ("葛\U000e0100城 薫", "かつらぎ かおる"),
    ("辻\U000e0100 仁", "つじ ひとし"),
    ("𡈽屋 丈", "つちや たけし"),
    ("草彅 剛", "くさなぎ つよし"),
    ("ゐの上 ゑい", "ゐのうえ ゑい"),
    ("ヰ子 ヱツ", "ヰこ ヱツ"),
    ("ﾔﾏﾀﾞ ﾀﾛｳ", "ﾔﾏﾀﾞ ﾀﾛｳ"),
    ("Zoë Müller-Łukasiewicz", "ぞえ みゅらー"),
    ("勅使河原小路 左衛門尉之助太郎", "てしがわらこうじ さえもんのじょうのすけたろう"),
    ("Zoë Łukasiewicz-Nguyễn 𠮷田", "ゾエ ルカシェヴィチ よしだ"),
    ("Đặng Ștefan Ǣlfric Őry", "ダン シュテファン エルフリク エーリ"),
    ("Affleck Ffion Offliffe", "アフレック フィオン オフリフ"),
    ("Łuffi Fjörd", "ルッフィ フィヨルド"),
    ("김철수 박", "キムチョルス パク"),
    ("张伟 刘东", "ちょうい りゅうとう"),
    ("𠮟田 𩸽 𠀋", "しかだ ほっけ じょう"),
    ("𪚥原 𫞎子", "てつはら きょうこ"),
    ("𛂞𛀁 𛄋子", "はえ わこ"),
    ("邊\U000e0101 邉\U000e0104", "なべ なべ"),
    ("邊\U000e0108 邊\U000e0110", "なべ なべ"),
    ("辻\U000e0101 辻", "つじ つじ"),
    ("Иван Ελένη", "イワン エレニ"),
]
# What an organisation may be called; each name is one piece or divided at its spaces.
FIRMS = [
    "株式会社𠮷田商店",
    "Škoda & Łódź 合同会社𡈽屋",
    "Office Offline Waffle ﾌﾟﾛ株式会社",
    "张伟龙贸易株式会社",
    "𛂞る屋",
    "髙﨑濵田株式会社",
    "㈱ヱビス",
]


def family(part: str, face: Face) -> str:
    """The first serif of the face that has the whole part."""
    return next(name for name in face.serifs if not missing(part, Face(name, name, face.packages)))


@pytest.mark.parametrize(("name", "kana"), NAMES, ids=[name for name, _kana in NAMES])
def test_each_character_of_a_name_and_its_kana_is_the_glyph_of_its_font(name: str, kana: str) -> None:
    stated = facts(custodian_name=name, custodian_kana=kana)
    glyphs = drawn(certificate_pdf(stated, issue()))
    face = choose("".join(str(getattr(stated, field)) for field in stated.__dataclass_fields__))
    for part in (*name.split(), *kana.split()):
        own = family(part, face)
        assert holds(glyphs, expected(part, own)) == {FILES[own]}, f"{part} is drawn as something else"


@pytest.mark.parametrize("language", ["ja", "en"])
@pytest.mark.parametrize("name", FIRMS)
def test_each_character_of_a_firm_is_the_glyph_of_its_font(name: str, language: str) -> None:
    stated = facts(organisation_name=name, registered_name=name)
    pdf = certificate_pdf(stated, issue(language=language))
    glyphs = drawn(pdf)
    face = choose("".join(str(getattr(stated, field)) for field in stated.__dataclass_fields__))
    assert [box for font in fonts(pdf) for box in font.boxes()] == []
    for part in PARTS.findall(name):
        own = family(part, face)
        assert FILES[own] in holds(glyphs, expected(part, own)), f"{part} is drawn as something else"


def test_wrong_form_is_found() -> None:
    """The experiment can fail: a name with the everyday form of one character is not the one with the rare form."""
    glyphs = drawn(certificate_pdf(facts(custodian_name="吉田 太郎"), issue()))
    assert holds(glyphs, expected("吉田", BIZ_UD.serif))
    for other, face in (("𠮷田", NOTO), ("古田", BIZ_UD)):
        assert not holds(glyphs, expected(other, face.serif))
    plain = drawn(certificate_pdf(facts(custodian_name="葛城 薫", unit="𠮷田部"), issue()))
    assert holds(plain, expected("葛城", NOTO.serif))
    assert not holds(plain, expected("葛\U000e0100城", NOTO.serif)), "the form with one stroke is another glyph"


@pytest.mark.parametrize("language", ["ja", "en"])
def test_kana_stand_above_their_part_of_the_name(language: str) -> None:
    pdf = certificate_pdf(facts(custodian_name="渡邉 翔", custodian_kana="わたなべ しょう"), issue(language=language))
    document = pypdfium2.PdfDocument(pdf)
    page = document[0].get_textpage()
    text = page.get_text_range()
    boxes = {part: page.get_charbox(text.index(part)) for part in ("渡邉", "わたなべ", "翔", "しょう")}
    page.close()
    document.close()
    for name, kana in (("渡邉", "わたなべ"), ("翔", "しょう")):
        left, bottom, right, top = boxes[name]
        kana_left, kana_bottom, _right, kana_top = boxes[kana]
        assert top - 1 <= kana_bottom < top + 6, "right above, in points"
        assert abs(left - kana_left) < 2 * (right - left)
        assert kana_top - kana_bottom < (top - bottom) * 0.75, "and smaller"
