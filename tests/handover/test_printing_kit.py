"""The recovery kit as it lies in an envelope: the address in the window, the code where no window shows it."""

import re
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import pikepdf
import pypdfium2
import pytest

from handover import receipts
from handover.models import ContactPoint, Registration
from handover.printing.errors import FactRefused
from handover.printing.facts import RecoveryKit
from handover.printing.recovery_kit import kit_pdf
from handover.printing.window import HEIGHT, LEFT, TOP, WIDTH
from tests.stock import NOW

from . import printed
from .lettered import LONG_NAMES, Word, in_window, printed_words, touches_window
from .printed import fonts, pages, squeezed

MM = 72 / 25.4
CODE, LONGEST = "7Q4M2KXH9PTD3RWC", "7Q4M2KXH9PTD3RWC" * 2
PANEL, ACROSS = 99, 210
# How far a folded sheet slides in the largest usual envelope (長形3号, 235 by 120 mm), and the play the other way.
UPWARDS, ASIDE, PLAY = 21, 25, 2
Edges = tuple[float, float, float, float]


def kit(**changes: Any) -> RecoveryKit:
    usual: dict[str, Any] = {
        "code": CODE,
        "addressee": ("青葉商事株式会社", "本社 情報システム部", "登録担当者様"),
        "postal_code": "1000005",
        "address": "東京都千代田区丸の内一丁目2番3号 青葉ビル8階",
    }
    return printed.kit(**{**usual, **changes})


def carries_code(word: Word) -> bool:
    """Whether the word has four signs of the code in a row, in whatever case and groups."""
    bare = re.sub(r"[^0-9A-Z]", "", word[0].upper())
    return any(LONGEST[place : place + 4] in bare for place in range(len(CODE)))


def ways(word: Word) -> list[Edges]:
    """Where a word lies on each panel it touches, in mm: as it is, upside down, and through the paper from behind."""
    _text, left, top, right, bottom = word
    found: list[Edges] = []
    for panel in range(3):
        above, below = top - PANEL * panel, bottom - PANEL * panel
        if below <= 0 or above >= PANEL:
            continue
        for across in ((left, right), (ACROSS - right, ACROSS - left)):
            for down in ((above, below), (PANEL - below, PANEL - above)):
                found.append((across[0], down[0], across[1], down[1]))
    return found


def can_show(edges: Edges) -> bool:
    """Whether a window shows any of it, wherever the sheet has slid to."""
    left, top, right, bottom = edges
    aside = left < LEFT + WIDTH + ASIDE and right > LEFT - PLAY
    return aside and top < TOP + HEIGHT + UPWARDS and bottom > TOP - PLAY


@pytest.mark.parametrize("language", ["ja", "en"])
@pytest.mark.parametrize("code", [CODE, LONGEST])
def test_code_is_in_the_window_of_no_panel_however_the_sheets_lie(language: str, code: str, tmp_path: Path) -> None:
    cover, sheet = printed_words(kit_pdf(kit(code=code, language=language)), tmp_path)
    assert not [word for word in cover if carries_code(word)]
    found = [word for word in sheet if carries_code(word)]
    assert re.sub(r"[^0-9A-Z]", "", "".join(word[0] for word in found)) == code
    for word in found:
        lying = ways(word)
        assert len(lying) == 4, "no code lies on a fold"
        assert [edges for edges in lying if can_show(edges)] == [], word
        assert word[1] > 10 and word[3] < ACROSS - 10


@pytest.mark.parametrize("language", ["ja", "en"])
@pytest.mark.parametrize("changes", [{}, LONG_NAMES])
def test_window_shows_the_whole_address_and_nothing_else(
    language: str, changes: dict[str, Any], tmp_path: Path
) -> None:
    stated = kit(language=language, **changes)
    cover = printed_words(kit_pdf(stated), tmp_path)[0]
    visible = [word for word in cover if touches_window(word)]
    assert visible and all(in_window(word) for word in visible), visible
    postal = f"〒{stated.postal_code[:3]}-{stated.postal_code[3:]}"
    assert "".join(text for text, *_ in visible) == squeezed(postal + stated.address + "".join(stated.addressee))


def test_nothing_at_all_is_printed_behind_the_window() -> None:
    """Thin paper shows what lies behind it: on the second sheet that part is white, and so it is put in alone."""
    document = pypdfium2.PdfDocument(kit_pdf(kit()))
    picture = document[1].render(scale=2).to_pil().convert("L")
    document.close()
    behind = picture.crop((0, 0, picture.width, int((TOP + HEIGHT + UPWARDS) * MM * 2)))
    assert behind.getextrema() == (255, 255)


def test_both_sheets_are_marked_where_they_are_folded() -> None:
    document = pypdfium2.PdfDocument(kit_pdf(kit()))
    for page in document:
        picture = page.render(scale=4).to_pil().convert("L")
        edge = [picture.getpixel((8, row)) < 230 for row in range(picture.height)]
        marks = [row / 4 / MM for row in range(1, picture.height) if edge[row] and not edge[row - 1]]
        assert marks == [pytest.approx(99, abs=0.3), pytest.approx(198, abs=0.3)]
    document.close()


@pytest.mark.parametrize("language", ["ja", "en"])
def test_code_is_once_in_the_file_and_in_no_description_of_it(language: str) -> None:
    pdf = kit_pdf(kit(language=language))
    cover, sheet = pages(pdf)
    assert (cover + sheet).count("7Q4M-2KXH-9PTD-3RWC") == sheet.count("7Q4M-2KXH-9PTD-3RWC") == 1
    with pikepdf.open(BytesIO(pdf)) as document, document.open_metadata() as metadata:
        said = str(document.docinfo) + str(metadata)
        spoken = "".join(
            str(item.Alt) for item in document.objects if isinstance(item, pikepdf.Dictionary) and "/Alt" in item
        )
    assert not re.search("7Q4M|2KXH|9PTD|3RWC", said + spoken)


def test_name_that_no_face_has_never_loses_the_code() -> None:
    pdf = kit_pdf(kit(addressee=("青葉\U0001f6f8商店", "登録担当者様")))
    cover, sheet = pages(pdf)
    assert "青葉〓商店" in cover and "7Q4M" in sheet
    assert [box for font in fonts(pdf) for box in font.boxes()] == []


@pytest.mark.parametrize(
    "wrong", [{"addressee": ("x",) * 5}, {"addressee": ("",)}, {"address": "x" * 201}, {"postal_code": "1" * 9}]
)
def test_address_that_is_none_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(FactRefused):
        kit(**wrong)


# From rows ----------------------------------------------------------------------------------------------------------


def made(registration: Registration, at: datetime = NOW) -> list[str]:
    return pages(receipts.render_kit(registration, "K-7", CODE, language="en", at=at))


@pytest.mark.django_db
def test_kit_is_addressed_to_the_unit_at_its_address_of_record(held: Registration) -> None:
    Registration.objects.filter(pk=held.pk).update(unit="情報システム部", postal_code="1000001", address="東京都1-2-3")
    held.refresh_from_db()
    cover, sheet = made(held)
    for words in ("〒100-0001", "東京都1-2-3", squeezed(held.registered_name), "情報システム部", "登録担当者様"):
        assert words in cover
        assert words not in sheet
    assert held.number not in cover + sheet
    ContactPoint.objects.create(
        registration=held, kind="post", value="大阪市北区9-9", postal_code="5300001", since=NOW, purposes=["procedure"]
    )
    assert "大阪市北区9-9" in made(held)[0]


@pytest.mark.django_db
def test_kit_goes_to_the_holders_address_where_the_post_came_back(held: Registration) -> None:
    ContactPoint.objects.create(
        registration=held, kind="post", value=held.address, since=NOW, health="returned", came_back_at=NOW
    )
    held.organisation.address = "名古屋市中区8-8"
    held.organisation.save()
    cover, _sheet = made(held)
    assert "名古屋市中区8-8" in cover and squeezed(held.address) not in cover


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["東京都" * 90, "東京都\u202e1-2"])
def test_address_that_fits_no_window_never_loses_the_code(held: Registration, address: str) -> None:
    held.address = address
    cover, sheet = made(held)
    assert "7Q4M-2KXH-9PTD-3RWC" in sheet
    is_left_out = "toolongforawindow" in cover
    assert is_left_out == (len(address) > 200)
