"""On a phone: left in the middle, the browser closed, gone on; sent, and gone on from another device."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from recovery.models import Claim, Submission
from tests.cast import Cast
from tests.journeys import recovering as doing
from tests.journeys.conftest import Clock, Letterbox, Newcomer, Visitor, listen

pytestmark = pytest.mark.django_db(transaction=True)


def closes_and_opens(visitor: Visitor, browser: Browser, arguments: dict[str, Any]) -> Visitor:
    """Close the browser and open it again: what is only for the session is gone, and so is every open page."""
    kept: Any = [cookie for cookie in visitor.context.cookies() if cookie["expires"] > 0]
    visitor.context.close()
    context = browser.new_context(**{**arguments, "viewport": {"width": 390, "height": 844}})
    context.add_cookies(kept)
    again = Visitor(context.new_page(), visitor.origin)
    listen(again)
    return again


def answers_two(visitor: Visitor) -> None:
    visitor.go("/recover/")
    visitor.press("a.claim-go")
    visitor.page.check("[name=capacity][value=customer]")
    visitor.submit()
    visitor.page.fill("[name=organisation_name]", "(株)青葉商亊")
    visitor.submit()
    assert visitor.path == "/recover/questions/3/"


def test_claimant_leaves_in_the_middle_and_goes_on_at_the_same_question(
    clock: Clock, cast: Cast, newcomer: Newcomer, browser: Browser, browser_context_args: dict[str, Any]
) -> None:
    first = newcomer(width=390)
    answers_two(first)
    expect(first.main).to_contain_text("途中でやめても、あとで続きから入力できます。")
    clock.ahead(hours=11)
    again = closes_and_opens(first, browser, browser_context_args)
    again.go("/recover/")
    expect(again.main.locator("a.claim-go")).to_have_text("続きから始める")
    again.press("a.claim-go")
    assert again.path == "/recover/questions/3/"
    again.press("button[name=back]")
    assert again.page.input_value("[name=organisation_name]") == "(株)青葉商亊"
    # On a device that others use as well.
    again.press("button[name=discard]")
    assert again.path == "/recover/" and "青葉" not in again.page.content()
    again.press("a.claim-go")
    assert again.path == "/recover/questions/1/"
    again.go("/recover/questions/2/")
    assert again.path == "/recover/questions/1/"
    assert again.complaints == [] and not Claim.objects.exists()
    again.context.close()


def test_claimant_goes_on_from_another_device_in_another_language(
    clock: Clock, cast: Cast, newcomer: Newcomer, work: Callable[[], None], letterbox: Letterbox
) -> None:
    phone, desk = newcomer(width=390), newcomer().speaks("en")
    case = doing.starts(phone)
    work()
    doing.confirms_mailbox(phone, case, letterbox)
    doing.sends_paper(phone, "A1", "委任状.pdf")
    phone.context.clear_cookies()
    clock.ahead(days=6)
    told = doing.looks_in(desk, case)
    assert "委任状.pdf" in told and "Next date" in told
    assert "It is your turn" in told
    doing.sends_paper(desk, "O2", "登記.pdf")
    assert Submission.objects.filter(claim__number=case.number).count() == 2
    # Two devices at once: what one sent the other sees.
    assert "登記.pdf" in doing.looks_in(phone, case)
