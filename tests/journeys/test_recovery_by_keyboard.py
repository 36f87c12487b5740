"""The public side of recovery by keyboard alone, in English."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from recovery.models import Claim
from tests.cast import Cast
from tests.claims import CODE
from tests.journeys import recovering as doing
from tests.journeys.conftest import Clock, Letterbox, Newcomer, Visitor
from tests.journeys.recovering import Case
from tests.journeys.test_handover import tab_to

pytestmark = pytest.mark.django_db(transaction=True)

Work = Callable[[], None]
BUTTON = "main form[method=post] button[type=submit]:not([name])"


def enters(visitor: Visitor, selector: str, heading: str) -> None:
    """Go to a link or button, press Enter, and wait for the page that follows."""
    tab_to(visitor, selector)
    visitor.page.keyboard.press("Enter")
    expect(visitor.page.locator("h1")).to_have_text(heading)


def types(visitor: Visitor, name: str, text: str) -> None:
    """Go to a field and type."""
    tab_to(visitor, f"[name={name}]")
    visitor.page.keyboard.insert_text(text)


def asks(visitor: Visitor) -> Case:
    """Answer the four questions and send them; one answer is forgotten at first."""
    visitor.go("/recover/")
    enters(visitor, "button[name=language][value=en]", "You have lost the papers, the number, or the person who knew")
    enters(visitor, "main a.claim-go", "What are you to the organisation?")
    tab_to(visitor, "[name=capacity]")
    visitor.page.keyboard.press("Space")
    enters(visitor, BUTTON, "Which organisation is it about?")
    enters(visitor, BUTTON, "Which organisation is it about?")
    expect(visitor.main).to_contain_text("Enter the name of the organisation.")
    types(visitor, "organisation_name", "Aoba Trading")
    enters(visitor, BUTTON, "What do you remember of it?")
    types(visitor, "remarks", "The line of the reception phone.")
    enters(visitor, BUTTON, "Who are you, and how shall we answer?")
    types(visitor, "name", "Sho Watanabe")
    types(visitor, "mail", "sho@new.example")
    enters(visitor, BUTTON, "Check your answers, then send them")
    enters(visitor, BUTTON, "Your application has arrived")
    number, tracking = visitor.page.locator(".claim-code").all_inner_texts()
    return Case(number, tracking, "sho@new.example")


def test_claimant_asks_by_keyboard_and_reads_the_case_in_english(
    clock: Clock, cast: Cast, work: Work, letterbox: Letterbox, newcomer: Newcomer
) -> None:
    visitor = newcomer(width=390)
    case = asks(visitor)
    assert case.row.inquiry.language == "en"
    work()
    [mail] = letterbox.to(case.mail)
    assert mail["Subject"] == "We have received your inquiry"
    tracking, code = CODE.findall(mail.get_content())
    enters(visitor, "main a.button[href='/recover/status/']", "See where it stands")
    types(visitor, "number", case.number)
    types(visitor, "tracking", tracking)
    enters(visitor, BUTTON, "Where your case stands")
    expect(visitor.main.locator(".claim-stage")).to_contain_text("Received. We read what you wrote.")
    enters(visitor, "main a.button[href='/recover/case/mailbox/']", "Confirm your mail address")
    types(visitor, "code", code)
    enters(visitor, BUTTON, "Where your case stands")
    expect(visitor.page.locator("body")).to_contain_text("Thank you. Your mail address is confirmed.")
    assert case.row.mailbox_verified_at


def test_claimant_reads_a_promise_and_the_end_in_english(
    clock: Clock, cast: Cast, work: Work, newcomer: Newcomer
) -> None:
    visitor, agent = newcomer().speaks("en"), newcomer()
    case = doing.starts(visitor)
    doing.takes_on_hold(doing.at_work(agent, cast.agent, "/desk/"), case, until="2026-11-20T15:00")
    assert "We promised to come back to you" in doing.looks_in(visitor, case)
    visitor.press("a[href='/recover/case/withdraw/']")
    visitor.submit()
    assert "You asked to withdraw this" in visitor.text
    work()
    visitor.go("/recover/case/")
    assert "Nothing has changed hands." in visitor.text
    assert case.status == Claim.Status.WITHDRAWN
    assert "お" not in visitor.main.inner_text()
