"""What people typed is text in a spreadsheet, in every sign that one takes for a formula."""

import pytest

from handover.spreadsheets import harmless


@pytest.mark.parametrize("text", ["=1+1", "＝HYPERLINK()", "+81", "－1", "@SUM", "＠x", "\t=1", "\r=1", "\n=1"])
def test_formula_is_text(text: str) -> None:
    assert harmless(text) == f"'{text}"


@pytest.mark.parametrize("text", ["青葉商事", "R-1", "03-1111-2222", "0", ""])
def test_other_texts_stay_as_they_are(text: str) -> None:
    assert harmless(text) == text


def test_nothing_is_empty() -> None:
    assert harmless(None) == ""
