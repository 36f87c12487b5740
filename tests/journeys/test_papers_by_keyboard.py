"""By keyboard alone: a refused paper is mended and kept, pages are turned, a certificate is issued, checked and refused
when it was altered; on a phone and on a wide screen, in both languages."""

import io
import re
from pathlib import Path

import pikepdf
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from audit.models import Event
from handover.models import Certificate, Document, Registration
from tests.cast import Cast
from tests.handover.paper_files import kept
from tests.handover.photographed import written
from tests.journeys.conftest import Clock, Newcomer, Visitor
from tests.journeys.test_accessible import findings
from tests.journeys.test_handover import back_to, tab_to
from tests.journeys.uploading import paper_sent
from tests.stock import registration

pytestmark = pytest.mark.django_db(transaction=True)
BOTH = pytest.mark.parametrize(("language", "width"), [("ja", 390), ("en", 1280)])


@pytest.fixture
def held(cast: Cast) -> Registration:
    return registration(cast.aoba, "R-1", custodian=cast.taro)


def is_at(visitor: Visitor, number: int) -> None:
    """Page `number` is the one at the top, and the bar says so."""
    expect(visitor.page.locator("[data-at]")).to_contain_text(f"{number}\u00a0/")
    expect(visitor.page.locator(f"#page-{number}")).to_be_in_viewport()


@BOTH
def test_refused_paper_says_why_and_the_next_one_is_kept(
    clock: Clock, cast: Cast, held: Registration, newcomer: Newcomer, tmp_path: Path, language: str, width: int
) -> None:
    good, locked = tmp_path / "contract.pdf", tmp_path / "locked.pdf"
    good.write_bytes(written("Page 1"))
    with pikepdf.open(good) as pdf:
        pdf.save(locked, encryption=pikepdf.Encryption(user="secret", owner="secret"))
    visitor = newcomer(width=width).speaks(language).is_signed_in(cast.taro)
    page = visitor.page
    paper_sent(visitor, locked)
    page.wait_for_load_state()
    # The list of mistakes has the focus; its link leads to the field.
    summary = page.locator(".error-summary")
    expect(summary).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("[name=paper]")).to_be_focused()
    words = visitor.main.inner_text()
    assert ("パスワード" in words and "PDFに保存" in words) if language == "ja" else "Save as PDF" in words
    assert page.input_value("[name=title]") == "利用契約書"
    assert not Document.objects.exists()
    assert findings(visitor, Axe(), language) == []
    page.set_input_files("[name=paper]", good)
    tab_to(visitor, "main form[method=post] button[type=submit]")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/papers/\d+/(#.*)?$"))
    assert Document.objects.get().title == "利用契約書"
    assert findings(visitor, Axe(), language) == []


@BOTH
def test_pages_are_turned_and_zoomed_into_by_keys(
    clock: Clock, cast: Cast, held: Registration, newcomer: Newcomer, language: str, width: int
) -> None:
    made = kept(held, cast.taro, name="設備一覧.pdf", body=written(*[f"Page {number}" for number in range(1, 13)]))
    visitor = newcomer(width=width).speaks(language).is_signed_in(cast.taro)
    page = visitor.page
    visitor.go(f"/papers/{made.pk}/versions/1/look/")
    sheets = page.locator(".sheets")
    expect(sheets).to_be_focused()
    is_at(visitor, 1)
    page.keyboard.press("p")  # there is none before the first
    is_at(visitor, 1)
    page.keyboard.press("n")
    is_at(visitor, 2)
    page.keyboard.press("+")
    expect(page.locator("[data-percent]")).to_contain_text("150")
    is_at(visitor, 2)
    page.keyboard.press("n")
    is_at(visitor, 3)
    page.keyboard.press("p")
    is_at(visitor, 2)
    page.keyboard.press("0")
    # Keys of one letter act in the preview only (WCAG 2.1.4).
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("n")
    page.keyboard.press("+")
    is_at(visitor, 2)
    expect(page.locator("[data-percent]")).to_contain_text("100")
    # From the last page of one answer to the first of the next, and back.
    visitor.go(f"/papers/{made.pk}/versions/1/look/?page=10")
    expect(sheets).to_be_focused()
    is_at(visitor, 10)
    page.keyboard.press("n")
    page.wait_for_url("**page=11**")
    expect(sheets).to_be_focused()
    is_at(visitor, 11)
    page.keyboard.press("p")
    page.wait_for_url("**page=10**")
    is_at(visitor, 10)
    # By the buttons as well.
    back_to(visitor, "[data-turn='-1']")
    page.keyboard.press("Enter")
    is_at(visitor, 9)
    page.mouse.wheel(0, -100_000)
    is_at(visitor, 1)
    assert Event.objects.filter(verb="document.viewed").count() == 1
    page.locator(".sheets img").evaluate_all("all => all.forEach(one => one.loading = 'eager')")
    assert findings(visitor, Axe(), language) == []


def test_pages_are_turned_without_script(clock: Clock, cast: Cast, held: Registration, newcomer: Newcomer) -> None:
    made = kept(held, cast.taro, name="設備一覧.pdf", body=written(*[f"Page {number}" for number in range(1, 13)]))
    visitor = newcomer(width=390, javascript=False).speaks("en").is_signed_in(cast.taro)
    visitor.go(f"/papers/{made.pk}/versions/1/look/?page=10#page-10")
    visitor.press("[data-turn='1']")
    assert visitor.page.url.endswith("?zoom=1&page=11#page-11")
    is_at(visitor, 11)
    visitor.press("[data-turn='-1']")
    is_at(visitor, 10)
    assert Event.objects.filter(verb="document.viewed").count() == 1


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("language", ["ja", "en"])
def test_certificate_is_issued_checked_and_refused_when_altered(
    clock: Clock, cast: Cast, held: Registration, newcomer: Newcomer, tmp_path: Path, language: str, width: int
) -> None:
    owner = newcomer(width=width).speaks(language).is_signed_in(cast.taro)
    owner.go("/registrations/R-1/certificate/")
    tab_to(owner, "main form[method=post] button[type=submit]")
    owner.page.keyboard.press("Enter")
    owner.page.wait_for_url("**/certificates/**")
    assert findings(owner, Axe(), language) == []
    made = Certificate.objects.get()
    tab_to(owner, f"a[href='/certificates/{made.serial}/pdf/']")
    with owner.page.expect_download() as waiting:
        owner.page.keyboard.press("Enter")
    genuine, altered = tmp_path / "genuine.pdf", tmp_path / "altered.pdf"
    waiting.value.save_as(genuine)
    data = bytearray(genuine.read_bytes())
    data[len(data) // 2] ^= 1
    altered.write_bytes(data)

    anybody = newcomer(width=width).speaks(language)
    anybody.go("/verify/")
    tab_to(anybody, "[name=code]")
    anybody.page.keyboard.insert_text(
        made.check_code[:4].lower() + "-" + made.check_code[4:8] + " " + made.check_code[8:]
    )
    anybody.page.keyboard.press("Enter")
    anybody.page.wait_for_url("**/verify/*/")
    expect(anybody.main.locator(".notice[data-tone=ok]")).to_be_visible()
    assert made.serial in anybody.main.inner_text() and findings(anybody, Axe(), language) == []
    for file, notice in ((genuine, ".notice[data-tone=ok]"), (altered, ".notice[data-tone=bad]")):
        anybody.go("/verify/")
        anybody.page.set_input_files("[name=file]", file)
        tab_to(anybody, "[name=file]")
        tab_to(anybody, "form[enctype] button[type=submit]")
        anybody.page.keyboard.press("Enter")
        expect(anybody.main.locator(notice)).to_be_visible()
        assert findings(anybody, Axe(), language) == []
    words = anybody.main.inner_text()
    assert ("署名の後に" if language == "ja" else "after we signed it") in words
    assert made.serial not in words  # nothing about whoever is certified

    # The code alone is a bearer's: a wrong one tells nothing.
    anybody.go("/verify/2222-2222-2222/")
    expect(anybody.main.locator(".notice[data-tone=warn]")).to_be_visible()
    assert findings(anybody, Axe(), language) == []
    with pikepdf.open(io.BytesIO(genuine.read_bytes())) as pdf:
        assert len(pdf.pages) == 1
