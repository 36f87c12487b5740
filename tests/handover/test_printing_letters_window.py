"""What shows through the window of the envelope: address and letter number, and nothing of any code."""

from pathlib import Path
from typing import Any

import pypdfium2
import pytest

from handover.printing.letter_facts import KINDS, LetterFacts
from handover.printing.letters import letter_pdf
from handover.printing.window import HEIGHT, LEFT, QUIET, SCAN_SIZE, STEPS, TOP, WIDTH, fit

from .lettered import LONG_NAMES, MM, in_window, letter, printed_words, touches_window
from .printed import fonts, pages, squeezed


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


def test_fold_marks_divide_the_sheet_in_three() -> None:
    document = pypdfium2.PdfDocument(letter_pdf(letter("notice_accepted")))
    picture = document[0].render(scale=4).to_pil().convert("L")
    document.close()
    edge = [picture.getpixel((8, row)) < 230 for row in range(picture.height)]
    marks = [row / 4 / MM for row in range(1, picture.height) if edge[row] and not edge[row - 1]]
    assert marks == [pytest.approx(99, abs=0.3), pytest.approx(198, abs=0.3)]


@pytest.mark.parametrize("name", ["𠮷田", "髙橋", "渡邉", "葛\U000e0101西"])
def test_name_in_the_window_is_drawn_with_its_own_glyphs(name: str) -> None:
    printed = fonts(letter_pdf(letter("notice_accepted", addressee=(f"{name}商店", "登録ご担当者様"))))
    assert [box for font in printed for box in font.boxes()] == []
    assert set(name[0]) <= set("".join(text for font in printed for text in font.characters.values()))
    assert "〓" not in "".join(text for font in printed for text in font.characters.values())


def test_usual_address_is_set_in_the_largest_size_and_long_ones_smaller() -> None:
    assert letter().in_window().step == 0
    assert 0 < letter(**LONG_NAMES).in_window().step < len(STEPS)


def test_address_without_postal_code_still_fits() -> None:
    assert fit("", "北海道", ("青葉",)).where == ("北海道",)
    (text,) = pages(letter_pdf(letter(postal_code="")))
    assert "〒" not in text
