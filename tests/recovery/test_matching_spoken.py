"""What people say that is not on record so: branches, letters read aloud, short forms, English, slips of the hand."""

import pytest

from recovery.matching import english, names, scoring, spoken, tokens
from recovery.matching.facts import Facts, of_statement
from tests.cast import Cast
from tests.recovery.remembered import Statement, found, on_record, others, ranked


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("株式会社ル・プロジェ宇都宮支社", "ルプロジエ"),
        ("山田建設宇都宮支店", "山田建設"),
        ("エヌ・ティ・ティ出版", "ntt出版"),
        ("シーアイ化成", "ci化成"),
        ("NTT出版", "エヌテイテイ出版"),
        ("JA横浜", "横浜農業協同組合"),
        ("青葉信金", "青葉信用金庫"),
        ("沖縄農業共同組合", "沖縄農業協同組合"),
        ("FunMediaさん", "funmedia"),
        ("青葉系列", "青葉"),
        ("Hokkaido Electric Power Co., Inc.", "北海道電力"),
        ("Nagoya Chamber of Commerce and Industry", "名古屋商工会議所"),
        ("Hidakachubu Wide Area Union", "ヒダカチユブコウイキレンゴウ"),
    ],
)
def test_what_is_said_stands_for_what_is_on_record(said: str, meant: str) -> None:
    assert meant in spoken.forms(said)


@pytest.mark.parametrize("said", ["青葉商事株式会社", "Aoba LLC", "Signal", "アイスクリーム本舗", "", "東京支店"])
def test_name_that_is_nothing_else_stands_for_itself(said: str) -> None:
    assert spoken.forms(said) == []


@pytest.mark.parametrize("said", ["A B " * 5_000, "NTT" * 3_000, "エー" * 5_000, "🏢 of 🏢", "of the", "\x00JA\x07"])
def test_any_text_gives_few_forms_at_once(said: str) -> None:
    forms = spoken.forms(said)
    assert len(forms) <= spoken.MOST
    assert all(len(form) <= 10 * names.LONGEST for form in forms)


def test_every_english_word_has_a_writing_and_a_reading() -> None:
    lines = english.WORDS.read_text(encoding="utf-8").splitlines()
    phrases = [tuple(line.split()[:-2]) for line in lines]
    assert len(set(phrases)) == len(phrases) and lines == sorted(lines)
    for line in lines:
        *phrase, written, read = line.split()
        assert 1 <= len(phrase) <= english.LONGEST and all(word.isascii() for word in phrase), line
        assert written and all("ァ" <= sign <= "ー" for sign in read), line


def test_one_english_word_is_a_name() -> None:
    assert english.forms("Signal Co., Ltd.") == english.forms("Design") == []
    assert english.forms("Aoba Design") == ["アオバ設計", "アオバセツケイ"]


def test_slips_are_two_neighbours_swapped_or_one_sign_too_many() -> None:
    assert spoken.slips("商渡") == ["渡商"]
    assert {"三富", "三富富", "富三富"} & set(spoken.slips("三冨富".replace("冨", "富"))) == {"富三富"}
    assert "業工" not in spoken.slips("菊乃関工業業") and "菊乃関工業" in spoken.slips("菊乃関工業業")
    assert spoken.slips("名") == spoken.slips("九つより長い名前は部分") == []


def test_slips_are_looked_for_as_whole_names() -> None:
    wanted = tokens.of_statement(of_statement(Statement(organisation_name="商渡")))
    assert "e:渡商" in wanted


@pytest.mark.parametrize(
    ("short", "name", "is_it"),
    [
        ("kcca", "kccアソシエイツ", True),
        ("kccb", "kccアソシエイツ", False),
        ("kcc", "kcc", False),
        ("asoc", "アソシエイツ", False),
    ],
)
def test_letters_of_later_words_make_an_acronym(short: str, name: str, *, is_it: bool) -> None:
    assert names.is_acronym(short, name) is is_it
    assert (scoring.likeness(short, name) >= 0.8) is (is_it or short == name[:3])


@pytest.mark.parametrize(("said", "known"), [("飛驒林業", "飛騨林業"), ("檜山店", "桧山店"), ("讃岐麵", "讃岐麺")])
def test_old_and_new_shape_of_a_kanji_are_one(said: str, known: str) -> None:
    assert names.core(said) == names.core(known)


@pytest.mark.django_db
def test_each_of_these_is_found(cast: Cast) -> None:
    others(cast)
    on_record(cast, "R-1", registered_name="横浜農業協同組合", registered_kana="ヨコハマノウギョウキョウドウクミアイ")
    on_record(cast, "R-7", registered_name="渡商株式会社", registered_kana="")
    on_record(cast, "R-8", registered_name="北海道電力株式会社", registered_kana="")
    for said, number in (("JA横浜", "R-1"), ("商渡（株）", "R-7"), ("Hokkaido Electric Power Co., Inc.", "R-8")):
        assert found(organisation_name=said)[:1] == [number], said


@pytest.mark.django_db
def test_of_equals_the_one_written_as_it_was_said_comes_first(cast: Cast) -> None:
    writings = {"R-1": "LEON株式会社", "R-2": "Leon株式会社", "R-3": "株式会社LEON", "R-4": "株式会社Leon"}
    for number, name in writings.items():
        on_record(cast, number, registered_name=name, registered_kana="")
    for number, name in writings.items():
        rows = ranked(organisation_name=name.replace("株式会社", "（株）"))
        assert rows[0].number == number, name
        assert {one.score for one in rows} == {rows[0].score}, "no more likely for that"


@pytest.mark.parametrize(
    ("said", "known", "begins"),
    [
        ("0337201111", "0355551234", 1),
        ("0337201111", "0337299999", 2),
        ("0466981234", "0466987654", 2),
        ("0467123456", "0466987654", 1),
        ("0312345678", "0612345678", 0),
        ("09012345678", "09087654321", 0),
        ("0120123456", "0120987654", 0),
        ("1234567", "0312341111", 0),
    ],
)
def test_phones_of_one_area_or_exchange_begin_alike(said: str, known: str, begins: int) -> None:
    evidence = scoring.compare(Facts(phones=(said,)), Facts(phones=(known,)), scoring.Rarity({}, 1))
    assert evidence["phone_differs"] == 1
    assert (evidence["phone_area"], evidence["phone_exchange"]) == (float(begins >= 1), float(begins >= 2))


def test_none_on_record_lies_between_a_phone_of_the_same_area_and_one_of_another() -> None:
    def odds(*phones: str) -> float:
        known = Facts(names=("青葉商事",), phones=phones)
        evidence = scoring.compare(Facts(names=("青葉商事",), phones=("0337201111",)), known, scoring.Rarity({}, 1))
        return sum(weight * value for weight, value in zip(scoring.weights(), evidence.values, strict=True))

    assert odds("0337201111") > odds("0355551234") > odds() > odds("0612345678")
