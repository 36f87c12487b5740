"""Candidates of a claim in a real browser: the digit on a button links, and nothing that is typed elsewhere does."""

import pytest
from playwright.sync_api import expect

from recovery.models import Claim
from tests import claims
from tests.cast import Cast
from tests.journeys.conftest import Clock, Newcomer, Visitor
from tests.recovery.remembered import on_record

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def claim(clock: Clock, cast: Cast) -> Claim:
    on_record(cast, "R-1")
    on_record(cast, "R-2", unit="横浜支店", address="神奈川県横浜市西区みなとみらい2-3-1")
    return claims.received()


@pytest.fixture
def operator(claim: Claim, cast: Cast, newcomer: Newcomer) -> Visitor:
    visitor = newcomer().speaks("en").is_signed_in(cast.operator)
    opens(visitor, claim)
    return visitor


def opens(visitor: Visitor, claim: Claim, query: str = "") -> None:
    visitor.go(f"/desk/claims/{claim.number}/candidates/{query}")
    visitor.page.wait_for_load_state("networkidle")


def second(visitor: Visitor) -> str:
    """Return the number of the registration whose button has the 2 on it."""
    row = visitor.main.locator("tr", has=visitor.page.locator("[data-key='2']"))
    return row.locator("th .code").inner_text()


def linked(claim: Claim) -> str | None:
    claim.refresh_from_db()
    return claim.registration.number if claim.registration else None


def test_digit_links_its_candidate_and_nobody_is_told_before_the_next_page(claim: Claim, operator: Visitor) -> None:
    wanted = second(operator)
    operator.page.keyboard.press("2")
    expect(operator.page.locator("[role=status] .notice")).to_contain_text("Nobody has been told yet")
    assert operator.path == f"/desk/claims/{claim.number}/accept/"
    assert linked(claim) == wanted
    assert claim.status == Claim.Status.MATCHED, "who is told is shown first, and accepted by a press of its own"
    expect(operator.main).to_contain_text(wanted)
    for key in ("1", "2", "Enter"):
        operator.page.keyboard.press(key)
    claim.refresh_from_db()
    assert (linked(claim), claim.status) == (wanted, Claim.Status.MATCHED)


def test_digits_do_nothing_where_somebody_types_or_composes(claim: Claim, operator: Visitor) -> None:
    page = operator.page
    field = page.locator("#by-number input[name=registration_number]")
    field.focus()
    page.keyboard.type("R-2021")
    expect(field).to_have_value("R-2021")
    page.keyboard.press("Escape")
    for told in ("isComposing: true", "keyCode: 229", "repeat: true"):
        page.evaluate(f"document.body.dispatchEvent(new KeyboardEvent('keydown', {{key: '1', {told}}}))")
    for held in ("Control", "Alt"):
        page.keyboard.press(f"{held}+9")
    page.keyboard.press("3")  # there are two
    page.wait_for_timeout(300)
    assert operator.path == f"/desk/claims/{claim.number}/candidates/"
    assert linked(claim) is None
    page.keyboard.press("1")
    page.wait_for_url("**/accept/")
    assert linked(claim)


def test_switched_off_keys_are_neither_printed_nor_taken(claim: Claim, operator: Visitor) -> None:
    expect(operator.main.locator("kbd").first).to_be_visible()
    operator.press("a[href='?keys=off']")
    operator.page.wait_for_load_state("networkidle")
    expect(operator.main.locator("kbd").first).to_be_hidden()
    operator.page.keyboard.press("1")
    operator.page.wait_for_timeout(300)
    assert linked(claim) is None
    operator.press("a[href='?']")
    operator.page.wait_for_load_state("networkidle")
    operator.page.keyboard.press("1")
    operator.page.wait_for_url("**/accept/")


def test_second_press_and_a_claim_that_went_on_meanwhile(
    claim: Claim, operator: Visitor, cast: Cast, newcomer: Newcomer
) -> None:
    other = newcomer().speaks("en").is_signed_in(cast.colleague)
    opens(other, claim)
    operator.page.keyboard.press("1")
    operator.page.wait_for_url("**/accept/")
    first = linked(claim)
    operator.submit()
    claim.refresh_from_db()
    assert claim.status == Claim.Status.COLLECTING
    # The list of the colleague is from before: the key is taken, and refused with the state as it is now.
    with other.page.expect_navigation() as answered:
        other.page.keyboard.press("2")
    assert answered.value.status == 409
    assert linked(claim) == first
    # A list that is opened now has no buttons, so its digits do nothing.
    opens(other, claim)
    expect(other.main.locator("[data-key]")).to_have_count(0)
    other.page.keyboard.press("2")
    other.page.wait_for_timeout(300)
    assert (linked(claim), other.path) == (first, f"/desk/claims/{claim.number}/candidates/")
