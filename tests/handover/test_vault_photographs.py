"""One clean PDF of the photographs of a paper: upright, cut to the sheet where that is sure, nothing else kept."""

import io
from collections.abc import Iterator
from pathlib import Path

import pikepdf
import pytest
from PIL import Image, ImageChops

from handover.vault import limits, photograph
from handover.vault.photographs import Unusable, one_pdf
from handover.vault.upload import IncomingPaper
from tests.handover.paper_files import incoming
from tests.handover.photographed import TABLE, UPRIGHT, corner_colours, on_a_table, pictures_in, taken, upright
from tests.handover.test_vault_inspect import BAD

pytestmark = pytest.mark.usefixtures("vault")
STRAIGHT = ((200, 250), (1000, 250), (1000, 1380), (200, 1380))
SKEWED = ((230, 220), (1010, 300), (960, 1390), (180, 1330))


def body_of(paper: IncomingPaper) -> bytes:
    return b"".join(paper.chunks())


def bound(*bodies: bytes, title: str = "") -> bytes:
    made = one_pdf([incoming(f"{number}.jpg", body) for number, body in enumerate(bodies, 1)], title)
    assert made.inspect().accepted, made.inspect().codes
    return body_of(made)


def table_in(picture: Image.Image) -> float:
    """Return which part of the picture shows the table."""
    apart = ImageChops.difference(picture, Image.new("RGB", picture.size, TABLE)).convert("L")
    return sum(apart.histogram()[:40]) / (picture.width * picture.height)


def test_each_picture_becomes_a_page_in_order_and_upright() -> None:
    pages = [upright(), upright((420, 300)), upright()]
    body = bound(*(taken(page, orientation) for page, orientation in zip(pages, (1, 6, 3), strict=True)))
    with pikepdf.open(io.BytesIO(body)) as made:
        boxes = [tuple(round(float(side)) for side in page.mediabox) for page in made.pages]
    assert boxes == [(0, 0, 595, 842), (0, 0, 842, 595), (0, 0, 595, 842)]
    for picture in pictures_in(body):
        assert corner_colours(picture) == UPRIGHT
    assert b"SECRETCAMERA" not in body


@pytest.mark.parametrize("orientation", range(1, 9))
def test_all_ways_of_holding_the_camera_come_out_upright(orientation: int) -> None:
    made, size = photograph.sheet("jpg", taken(upright(), orientation), limits.MAX_SHEET)
    with Image.open(io.BytesIO(made)) as picture:
        assert (size, corner_colours(picture)) == ((300, 420), UPRIGHT)


@pytest.mark.parametrize("corners", [STRAIGHT, SKEWED], ids=["straight", "skewed"])
def test_sheet_on_a_table_is_cut_out(corners: tuple[tuple[int, int], ...]) -> None:
    photographed = on_a_table(corners)
    assert table_in(photographed) > 0.3
    made, (width, height) = photograph.sheet("jpg", taken(photographed), limits.MAX_SHEET)
    with Image.open(io.BytesIO(made)) as picture:
        assert table_in(picture.convert("RGB")) < 0.02
        # The lines of writing reach as far as they did: nothing of the sheet is lost.
        dark = picture.convert("L").point([255 if value < 100 else 0 for value in range(256)]).getbbox()
    assert 1.3 < height / width < 1.5
    assert dark is not None and dark[2] - dark[0] > 0.55 * width


NOT_SURE = {
    "a scan without an edge": lambda: upright((800, 1100)),
    "a dark room": lambda: Image.new("RGB", (800, 1100), (20, 20, 20)),
    "grey on grey": lambda: Image.blend(on_a_table(STRAIGHT), Image.new("RGB", (1200, 1600), (120, 120, 120)), 0.9),
    "two sheets": lambda: ImageChops.lighter(
        on_a_table(((60, 100), (560, 100), (560, 800), (60, 800))),
        on_a_table(((620, 700), (1150, 700), (1150, 1500), (620, 1500))),
    ),
    "a triangle": lambda: on_a_table(((600, 100), (1100, 1500), (100, 1500))),
    "a small card": lambda: on_a_table(((500, 700), (800, 700), (800, 900), (500, 900))),
}


@pytest.mark.parametrize("what", NOT_SURE)
def test_what_is_not_surely_one_sheet_is_left_whole(what: str) -> None:
    photographed = NOT_SURE[what]()
    _made, size = photograph.sheet("jpg", taken(photographed), limits.MAX_SHEET)
    assert size[0] / size[1] == pytest.approx(photographed.width / photographed.height, abs=0.01)


def test_page_is_as_small_as_it_has_to_be() -> None:
    noise = Image.effect_noise((2400, 3400), 120).convert("RGB")
    for most in (900_000, 300_000):
        made, size = photograph.sheet("jpg", taken(noise), most)
        assert len(made) <= most and max(size) <= max(limits.A4)
    with pytest.raises(ValueError, match="small"):
        photograph.sheet("jpg", taken(noise), 20_000)


def test_pdf_is_called_like_the_paper_or_like_the_first_picture() -> None:
    picture = taken(upright())
    assert one_pdf([incoming("IMG_1.jpg", picture)], "契約書 2026/27").name == "契約書 2026-27.pdf"
    assert one_pdf([incoming("IMG_1.jpg", picture), incoming("IMG_2.jpg", picture)], "").name == "IMG_1.pdf"


def test_png_is_taken_too_and_a_grey_one_becomes_readable() -> None:
    out = io.BytesIO()
    Image.blend(upright(), Image.new("RGB", (300, 420), (128, 128, 128)), 0.5).save(out, "PNG")
    made = one_pdf([incoming("a.png", out.getvalue())], "")
    [page] = pictures_in(body_of(made))
    low, high = page.convert("L").getextrema()
    assert isinstance(low, int) and isinstance(high, int)
    assert high >= 250 and high - low > 150


HOSTILE = [(name, build, code) for name, build, code in BAD if name.rpartition(".")[2] in ("png", "jpg")]


@pytest.mark.parametrize(("name", "build", "code"), HOSTILE, ids=[name for name, *_ in HOSTILE])
def test_picture_that_is_not_taken_is_named_with_the_reason(name: str, build: object, code: str) -> None:
    assert callable(build)
    with pytest.raises(Unusable) as found:
        one_pdf([incoming("good.jpg", taken(upright())), incoming(name, build())], "")
    assert found.value.name == name
    assert code in {refusal.code for refusal in found.value.refusals}


def test_empty_picture_and_lack_of_time_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    good = taken(upright())
    with pytest.raises(Unusable) as found:
        one_pdf([incoming("a.jpg", good), incoming("b.jpg", b"")], "")
    assert (found.value.name, [refusal.code for refusal in found.value.refusals]) == ("b.jpg", ["empty"])
    monkeypatch.setattr(limits, "MAKING_SECONDS", 0.0)
    with pytest.raises(Unusable) as found:
        one_pdf([incoming("a.jpg", good)], "")
    assert [refusal.code for refusal in found.value.refusals] == ["unchecked"]


@pytest.fixture
def clear_words(vault: Path, tmp_path: Path) -> Iterator[Path]:
    yield vault.parent


def test_nothing_of_it_lies_in_clear(clear_words: Path) -> None:
    made = one_pdf([incoming("a.jpg", taken(upright()))], "")
    body = body_of(made)
    for path in clear_words.rglob("*"):
        if path.is_file():
            kept = path.read_bytes()
            assert b"SECRETCAMERA" not in kept and b"%PDF-" not in kept and body[200:260] not in kept
