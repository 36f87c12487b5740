"""By keyboard: photographs of a paper are added, looked at, zoomed into and downloaded; on a phone in Japanese and on a
wide screen in English."""

import io
import re
from pathlib import Path

import pikepdf
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, expect

from audit.models import Event
from handover.models import Document, Registration
from tests.cast import Cast
from tests.handover.photographed import on_a_table, taken, upright
from tests.journeys.conftest import Clock, Newcomer, Visitor
from tests.journeys.test_accessible import findings
from tests.journeys.test_handover import back_to, tab_to
from tests.journeys.uploading import paper_sent
from tests.stock import registration

pytestmark = pytest.mark.django_db(transaction=True)

SHEET = ((200, 250), (1000, 250), (1000, 1380), (200, 1380))


@pytest.fixture
def held(cast: Cast) -> Registration:
    return registration(cast.aoba, "R-1", custodian=cast.taro)


@pytest.fixture
def photographs(tmp_path: Path) -> list[str]:
    """Two photographs of pages: one on a table, one with the camera on its side."""
    for name, body in (("1.jpg", taken(on_a_table(SHEET))), ("2.jpg", taken(upright((900, 1200)), 6))):
        (tmp_path / name).write_bytes(body)
    return [str(tmp_path / name) for name in ("1.jpg", "2.jpg")]


def pictures(visitor: Visitor) -> Locator:
    return visitor.main.locator(".sheets img")


def widths(visitor: Visitor) -> tuple[float, float]:
    """Return how wide the first page is shown, and how many pixels its picture has across."""
    first = pictures(visitor).first
    first.evaluate("one => one.decode()")
    box = first.bounding_box()
    assert box
    return box["width"], first.evaluate("one => one.naturalWidth")


@pytest.mark.parametrize(("language", "width"), [("ja", 390), ("en", 1280)])
def test_photographed_paper_is_added_looked_at_and_downloaded_by_keyboard(
    clock: Clock,
    cast: Cast,
    held: Registration,
    newcomer: Newcomer,
    photographs: list[str],
    language: str,
    width: int,
) -> None:
    visitor = newcomer(width=width).speaks(language).is_signed_in(cast.taro)
    page = visitor.page
    paper_sent(visitor, photographs)
    page.wait_for_url(re.compile(r"/papers/\d+/$"))
    made = Document.objects.get()

    tab_to(visitor, "a[href$='/look/']")
    page.keyboard.press("Enter")
    page.wait_for_url("**/look/")
    expect(pictures(visitor)).to_have_count(2)
    expect(page.locator(".sheets")).to_be_focused()
    fitted, pixels = widths(visitor)
    assert fitted <= width and pixels > 700
    assert pictures(visitor).nth(1).get_attribute("alt") not in ("", pictures(visitor).first.get_attribute("alt"))
    page.keyboard.press("+")
    page.keyboard.press("+")
    expect(page.locator("[data-percent]")).to_contain_text("200")
    assert widths(visitor)[0] > fitted * 1.4
    page.keyboard.press("-")
    expect(page.locator("[data-percent]")).to_contain_text("150")
    page.keyboard.press("0")
    expect(page.locator("[data-percent]")).to_contain_text("100")
    assert widths(visitor)[0] == fitted
    top = page.evaluate("scrollY")
    page.keyboard.press("PageDown")
    for _wait in range(50):
        if page.evaluate("scrollY") > top:
            break
        page.wait_for_timeout(100)
    assert page.evaluate("scrollY") > top
    assert Event.objects.filter(verb="document.viewed").count() == 1

    with page.expect_download() as waiting:
        # From the pages back into the bar above them.
        back_to(visitor, f"a[href='/papers/{made.pk}/versions/1/']")
        page.keyboard.press("Enter")
    with open(waiting.value.path(), "rb") as file, pikepdf.open(io.BytesIO(file.read())) as kept:
        assert len(kept.pages) == 2
    assert waiting.value.suggested_filename == "利用契約書.pdf"
    assert Event.objects.filter(verb="document.downloaded").count() == 1
    pictures(visitor).evaluate_all("all => all.forEach(one => one.loading = 'eager')")
    assert findings(visitor, Axe(), language) == []


def test_preview_works_without_script(
    clock: Clock, cast: Cast, held: Registration, newcomer: Newcomer, photographs: list[str]
) -> None:
    visitor = newcomer(width=390, javascript=False).speaks("en").is_signed_in(cast.taro)
    visitor.go("/registrations/R-1/papers/add/")
    visitor.page.select_option("[name=kind]", "contract")
    visitor.page.fill("[name=title]", "利用契約書")
    visitor.page.set_input_files("[name=paper]", photographs)
    visitor.submit()
    visitor.press("a[href$='/look/']")
    fitted = pictures(visitor).first.bounding_box()
    visitor.press("[data-zoom-by='1']")
    assert "zoom=2" in visitor.page.url
    larger = pictures(visitor).first.bounding_box()
    assert fitted and larger and larger["width"] > fitted["width"] * 1.2
    assert "?large" in str(pictures(visitor).first.get_attribute("src"))
    visitor.press("[data-zoom-by='-1']")
    assert "zoom=1" in visitor.page.url
    assert Event.objects.filter(verb="document.viewed").count() == 1
