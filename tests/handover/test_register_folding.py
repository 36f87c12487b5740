"""Folding: two spellings of one name become equal, and different names do not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handover.folding import SEPARATOR, find_phone, find_postal_code, fold, search_text, search_words


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("髙橋", "高橋"),
        ("渡邉", "渡辺"),
        ("渡邊", "渡辺"),
        ("𠮷野", "吉野"),
        ("葛\U000e0100城", "葛城"),
        ("眞田", "真田"),
        ("德島", "徳島"),
        ("ﾊﾟﾅｿﾆｯｸ", "ぱなそにっく"),
        ("ガイシヤ", "ガイシャ"),
        ("コンピューター", "コンピュータ"),
        ("ＡＢＣ 商事", "abc商事"),
        ("R-2026-004182", "ｒ２０２６　００４１８２"),
        ("丸の内1-2-3", "丸の内１−２−３"),
        ("㈱", "(株)"),
    ],
)
def test_two_spellings_of_one_name_fold_alike(one: str, other: str) -> None:
    assert fold(one) == fold(other) != ""


@pytest.mark.parametrize(
    ("one", "other"), [("斉藤", "斎藤"), ("株式会社青葉", "青葉"), ("高橋", "高島"), ("ハナ", "バナ"), ("A1", "A2")]
)
def test_different_names_stay_different(one: str, other: str) -> None:
    assert fold(one) != fold(other)


@given(st.text())
def test_what_is_folded_folds_to_itself(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(st.text(), st.text())
def test_a_word_never_reaches_across_two_parts(one: str, other: str) -> None:
    assert SEPARATOR not in fold(one + SEPARATOR + other)
    assert search_text([one, other]).count(SEPARATOR) <= 1


def test_search_words_are_folded_and_limited() -> None:
    assert search_words("  髙橋　R-1 - ") == ["高橋", "r1"]
    assert len(search_words("a " * 50)) == 10


@pytest.mark.parametrize(
    ("given_form", "normal"),
    [
        ("0663566876", "06-6356-6876"),
        ("06-6356-6876", "06-6356-6876"),
        ("０９０ー１２３４ー５６７８", "090-1234-5678"),
        ("+81 90 1234 5678", "090-1234-5678"),
        ("03(1234)5678", "03-1234-5678"),
        ("0120-000-000", "0120-000-000"),
        ("+44 20 7946 0958", "+44 20 7946 0958"),
    ],
)
def test_a_phone_number_has_one_form(given_form: str, normal: str) -> None:
    assert find_phone(given_form) == normal


@pytest.mark.parametrize("text", ["abc", "", "110", "0800-FLOWERS", "03-1234-5678 内線 12", "12345678901234567890"])
def test_what_is_no_phone_number_is_refused(text: str) -> None:
    assert find_phone(text) is None


@pytest.mark.parametrize("text", ["1000001", "100-0001", "〒１００－０００１", "100ー0001"])
def test_a_postal_code_has_one_form(text: str) -> None:
    assert find_postal_code(text) == "1000001"


@pytest.mark.parametrize("text", ["", "100001", "100-00011", "東京都"])
def test_what_is_no_postal_code_is_refused(text: str) -> None:
    assert find_postal_code(text) is None
