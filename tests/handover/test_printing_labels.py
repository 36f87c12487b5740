"""The sheet of labels: twelve a page in their places, each with its own QR code, and nothing of the registration."""

from io import BytesIO
from pathlib import Path
from typing import Any

import pikepdf
import pypdfium2
import pytest
import segno
from django.utils.translation import override, pgettext

from handover.printing.errors import FactRefused
from handover.printing.label_facts import MOST, LabelFacts, LabelSheet
from handover.printing.labels import COLUMNS, HEIGHT, LEFT, ROWS, TOP, WIDTH, label_address, sheet_html, sheet_pdf

from .lettered import MM, printed_words
from .printed import AT, ISSUER, ORIGIN, fonts, pages, squeezed

CODES = "23456789ABCDEFGHJKMNPQRSTVWXYZ"


def label(place: int = 0, name: str = "") -> LabelFacts:
    code = f"7Q4M2KXH9P{CODES[place // 30]}{CODES[place % 30]}"
    return LabelFacts(code=code, name=name or f"箱{place}")


def sheet(count: int = 1, **changes: Any) -> LabelSheet:
    usual: dict[str, Any] = {
        "labels": tuple(label(place) for place in range(count)),
        "printed_at": AT,
        "public_origin": ORIGIN,
        "issuer": ISSUER,
    }
    return LabelSheet(**{**usual, **changes})


def corner(place: int) -> tuple[float, float]:
    row, column = divmod(place % (COLUMNS * ROWS), COLUMNS)
    return LEFT + column * WIDTH, TOP + row * HEIGHT


def test_twelve_labels_stand_in_their_places_and_the_thirteenth_begins_a_sheet(tmp_path: Path) -> None:
    both = printed_words(sheet_pdf(sheet(13)), tmp_path)
    assert len(both) == 2
    for place in range(13):
        stated = sheet(13).labels[place]
        left, top = corner(place)
        shown = "-".join(stated.code[start : start + 4] for start in (0, 4, 8))
        for text in (shown, stated.name):
            [word] = [word for word in both[place // 12] if word[0] == text]
            assert left + 4 < word[1] and word[3] < left + WIDTH - 3, text
            assert top + 3 < word[2] and word[4] < top + HEIGHT - 3, text


def images(page: Any) -> list[tuple[Any, tuple[float, float, float]]]:
    """Return each picture of a page with left edge, upper edge and width in mm, read from the drawing operators."""
    found, now, kept = [], pikepdf.Matrix(), []
    for operands, operator in pikepdf.parse_content_stream(page):
        match str(operator):
            case "q":
                kept.append(now)
            case "Q":
                now = kept.pop()
            case "cm":
                now = pikepdf.Matrix(*map(float, operands)) @ now
            case "Do":
                drawn = page.Resources.XObject[str(operands[0])]
                if drawn.Subtype == "/Image":
                    place = (now.e / MM, 297 - (now.f + now.d) / MM, now.a / MM)
                    found.append((pikepdf.PdfImage(drawn).as_pil_image().convert("L"), place))
    return found


def modules(picture: Any) -> tuple[bytes, ...]:
    return tuple(
        bytes(picture.getpixel((4 * column + 2, 4 * row + 2)) < 128 for column in range(picture.width // 4))
        for row in range(picture.height // 4)
    )


def test_each_label_has_the_qr_code_of_its_own_page_in_its_own_place() -> None:
    stated = sheet(12)
    with pikepdf.open(BytesIO(sheet_pdf(stated))) as document:
        found = {
            (round(x), round(y, 1)): (modules(picture), wide) for picture, (x, y, wide) in images(document.pages[0])
        }
    assert len(found) == 12
    for place, one in enumerate(stated.labels):
        left, top = corner(place)
        drawn, wide = found[(round(left + 5), round(top + 4.5, 1))]
        expected = segno.make(f"{ORIGIN}/labels/{one.code}/", error="m", micro=False).matrix
        assert drawn == tuple(map(bytes, expected)), place
        assert wide == pytest.approx(27, abs=0.1)
        assert wide / len(drawn) > 0.5, "modules too small for an old phone"
    assert label_address(stated.labels[0], ORIGIN) == f"{ORIGIN}/labels/{stated.labels[0].code}/"


def lines(pdf: bytes) -> list[tuple[str, float]]:
    """Return the cut marks: across or down, and where in mm, by the thin filled or stroked shapes outside the grid."""
    found = []
    document = pypdfium2.PdfDocument(pdf)
    for shape in document[0].get_objects(filter=[pypdfium2.raw.FPDF_PAGEOBJ_PATH]):
        left, bottom, right, top = (edge / MM for edge in shape.get_bounds())
        outside_across = right < LEFT - 1 or left > LEFT + COLUMNS * WIDTH + 1
        outside_down = 297 - bottom < TOP - 1 or 297 - top > TOP + ROWS * HEIGHT + 1
        if outside_across and right - left > 5 > top - bottom:
            found.append(("across", 297 - (bottom + top) / 2))
        elif outside_down and top - bottom > 5 > right - left:
            found.append(("down", (left + right) / 2))
    document.close()
    return found


def test_cut_marks_stand_outside_at_every_cut() -> None:
    wanted = [("across", TOP + row * HEIGHT) for row in range(ROWS + 1)]
    wanted += [("down", LEFT + column * WIDTH) for column in range(COLUMNS + 1)]
    found = lines(sheet_pdf(sheet()))
    assert len(found) == 2 * len(wanted), "one at each end"
    for kind, place in wanted:
        assert sum(one == kind and abs(at - place) < 0.2 for one, at in found) == 2, (kind, place)


def test_label_says_in_both_languages_whom_to_give_it_to_and_nothing_else() -> None:
    stated = sheet()
    [text] = pages(sheet_pdf(stated))
    rest = text
    for language in ("ja", "en"):
        with override(language):
            for words in ("If you find this,", "please hand it to the organisation’s administrator."):
                said = squeezed(pgettext("print", words))
                assert said in rest, said
                rest = rest.replace(said, "", 1)
    for said in ("7Q4M-2KXH-9P22", stated.labels[0].name):
        rest = rest.replace(said, "", 1)
    assert rest == ""


@pytest.mark.parametrize(
    "name", ["情" * 40, "W" * 40, "契約書 2024〜2026 本社 経理部 キャビネット の一番上の段にある綴り", "𠮷野家"]
)
def test_longest_names_stay_on_their_label(name: str, tmp_path: Path) -> None:
    pdf = sheet_pdf(sheet(labels=tuple(label(place, name) for place in range(12))))
    [page] = printed_words(pdf, tmp_path)
    for _text, left, top, right, bottom in page:
        assert left > LEFT and right < LEFT + 2 * WIDTH - 2
        assert int((top - TOP) // HEIGHT) == int((bottom - TOP) // HEIGHT), "a line across a cut"
        assert (bottom - TOP) % HEIGHT < HEIGHT - 2
    assert pages(pdf)[0].count(squeezed(name)) == 12
    assert [font.boxes() for font in fonts(pdf)] == [[] for _font in fonts(pdf)]


def test_sign_that_no_face_has_becomes_a_geta_mark() -> None:
    [text] = pages(sheet_pdf(sheet(labels=(label(0, "箱🦆"),))))
    assert "箱〓" in text


def test_same_sheet_gives_the_same_bytes() -> None:
    assert sheet_pdf(sheet(3)) == sheet_pdf(sheet(3))


def test_name_that_is_markup_is_printed_as_text() -> None:
    assert "&lt;b&gt;" in sheet_html(sheet(labels=(label(0, "<b>箱"),)))


@pytest.mark.parametrize(
    ("make", "field"),
    [
        (lambda: sheet(0), "labels"),
        (lambda: sheet(MOST + 1), "labels"),
        (lambda: sheet(printed_at=AT.replace(tzinfo=None)), "printed_at"),
        (lambda: sheet(public_origin="ftp://x"), "public_origin"),
        (lambda: LabelFacts(code="short", name="箱"), "code"),
        (lambda: LabelFacts(code="2" * 12, name="情" * 41), "name"),
        (lambda: LabelFacts(code="2" * 12, name="箱\u202e"), "name"),
        (lambda: LabelFacts(code="2" * 12, name=" "), "name"),
    ],
)
def test_facts_that_do_not_fit_a_label_are_refused(make: Any, field: str) -> None:
    with pytest.raises(FactRefused) as refused:
        make()
    assert refused.value.field == field
