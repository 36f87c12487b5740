"""Who is calling, in real browsers and by keyboard alone: a call back that the customer checks, and a contractor who
claims to be the customer."""

import re
from collections.abc import Callable
from datetime import timedelta
from email.message import EmailMessage

import pytest
from playwright.sync_api import expect

from accounts.models import User
from desk.models import Call, CallBack, CapacityFinding, Check, Inquiry
from handover.models import ContactPoint, Registration
from tests.cast import Cast
from tests.journeys.conftest import Clock, Letterbox, Newcomer, Visitor
from tests.journeys.test_desk_console import arrives, has_focus
from tests.journeys.test_handover import tab_to
from tests.stock import TODAY, registration

pytestmark = pytest.mark.django_db(transaction=True)

NUMBER = "03-1298-7678"


@pytest.fixture
def held(clock: Clock, cast: Cast) -> Registration:
    made = registration(cast.aoba, "R-1", custodian=cast.taro)
    ContactPoint.objects.create(
        registration=made,
        kind="phone",
        value=NUMBER,
        since=TODAY - timedelta(days=400),
        health="good",
        purposes=["procedure"],
    )
    return made


@pytest.fixture
def agent(held: Registration, cast: Cast, newcomer: Newcomer) -> Visitor:
    return newcomer().speaks("en").is_signed_in(cast.agent)


@pytest.fixture
def operator(held: Registration, cast: Cast, newcomer: Newcomer) -> Visitor:
    return newcomer().speaks("en").is_signed_in(cast.operator)


# By keyboard ----------------------------------------------------------------------------------------------------------
def types(visitor: Visitor, selector: str, text: str) -> None:
    tab_to(visitor, selector)
    visitor.page.keyboard.insert_text(text)


def enters(visitor: Visitor, selector: str, words: str) -> None:
    """Go to a link or button, press Enter, and wait for the page that says `words`."""
    tab_to(visitor, selector)
    visitor.page.keyboard.press("Enter")
    expect(visitor.page.locator("body")).to_contain_text(words)
    visitor.page.wait_for_load_state("networkidle")


def chooses(visitor: Visitor, words: str) -> None:
    """Go to a group of radio buttons and move to the one that is called `words`."""
    wanted = visitor.main.get_by_label(words)
    tab_to(visitor, f"[name='{wanted.get_attribute('name')}']")
    visitor.page.keyboard.press("Space")
    for _place in range(8):
        if wanted.is_checked():
            return
        visitor.page.keyboard.press("ArrowDown")
    raise AssertionError(f"the arrows do not reach {words}")


def selects(visitor: Visitor, selector: str, value: str) -> None:
    tab_to(visitor, selector)
    visitor.page.keyboard.press("Home")
    for _place in range(8):
        if visitor.page.locator(selector).input_value() == value:
            return
        visitor.page.keyboard.press("ArrowDown")
    raise AssertionError(f"the arrows do not reach {value}")


def key(visitor: Visitor, letter: str, focused: str) -> None:
    """Press a key of the console, which leads to a field."""
    visitor.page.keyboard.press(letter)
    has_focus(visitor, focused)


def calls(agent: Visitor) -> Call:
    """A call comes in from somebody who says to be of 青葉商事, and is taken down."""
    agent.go("/desk/console/")
    agent.page.wait_for_load_state("networkidle")
    key(agent, "b", "#begin_name")
    agent.page.keyboard.insert_text("相田 透")
    types(agent, "#begin_number", "03-1111-2222")
    agent.page.keyboard.press("Enter")
    arrives(agent, "[data-callbar]", "03-1111-****")
    key(agent, "n", "#take_down_topic")
    types(agent, "#take_down_remarks", "請求先")
    types(agent, "#take_down_organisation_name", "青葉商事")
    selects(agent, "#take_down_capacity", "customer")
    enters(agent, "#take-down button[type=submit]", "The inquiry is taken down")
    agent.page.keyboard.press("c")
    arrives(agent, "h1", "Another question")
    call = Call.objects.latest("pk")
    assert call.inquiry
    assert (call.inquiry.capacity_stated, call.ended_at) == (Inquiry.Capacity.CUSTOMER, None)
    return call


def says_pin(agent: Visitor, number: str, pin: str, answer: str) -> None:
    """The caller reads what is on a screen; the agent types it in, from the console, and reads the answer."""
    key(agent, "2", "#check_pin_number")
    agent.page.keyboard.insert_text(number)
    types(agent, "#check_pin_pin", pin)
    agent.page.keyboard.press("Enter")
    arrives(agent, "[role=status] .notice", answer)


def hangs_up(agent: Visitor) -> None:
    key(agent, "e", "#end_ending_0")
    agent.page.keyboard.press("Space")
    types(agent, "#end_text", "請求先")
    enters(agent, "#end button[type=submit]", "The call is over and written down")


def answer_by_code(called: Visitor, code: str) -> str:
    """Check a call code on the public page and return what it says."""
    called.go("/caller/")
    types(called, "[name=code]", code)
    called.page.keyboard.press("Enter")
    expect(called.page).to_have_url(f"{called.origin}/caller/")
    expect(called.main.locator(".notice").first).to_be_visible()
    called.page.wait_for_load_state("networkidle")
    return called.text


def posed(letterbox: Letterbox, whom: User) -> list[EmailMessage]:
    """Return the mails that tell of somebody who called as if it were the customer."""
    return [mail for mail in letterbox.to(whom) if re.search("名乗|as if", str(mail["Subject"]))]


# Journeys -------------------------------------------------------------------------------------------------------------
def test_call_back_is_announced_and_the_customer_checks_it(
    agent: Visitor, operator: Visitor, cast: Cast, newcomer: Newcomer
) -> None:
    call = calls(agent)
    # What the caller does not have is not enough, whatever is on record.
    says_pin(agent, "1234 5678", "123456", "Not enough")
    key(agent, "4", "#book_call_back_window")
    enters(agent, "form[action$='/call-back/'] [type=submit]", "Booked")
    assert "7678" not in agent.page.content()

    operator.go("/desk/call-backs/")
    enters(operator, "#call-backs tbody a", "As stated")
    assert "相田 透" in operator.text
    types(operator, "[name=registration]", "R-1")
    operator.page.keyboard.press("Enter")
    expect(operator.main).to_contain_text("03-12**-**78")
    assert NUMBER not in operator.page.content()
    made = CallBack.objects.get()
    assert made.intention is None
    enters(operator, "#dial [type=submit]", "The call is announced")
    made.refresh_from_db()
    assert made.intention, "the intention is on record before the number can be seen"
    link = operator.main.locator("a[href^='tel:']")
    expect(link).to_have_attribute("href", f"tel:{NUMBER}")
    code = operator.main.locator(".pin").inner_text()
    assert re.fullmatch(r"\d{4} \d{4}", code)

    # Whoever was called hangs up for a moment and looks.
    called = newcomer(width=390).speaks("en")
    genuine = answer_by_code(called, code)
    other = answer_by_code(called, f"{(int(code.replace(' ', '')) + 1) % 10**8:08d}")
    assert "not ours" in other.lower() and "not ours" not in genuine.lower()
    assert called.page.evaluate("document.documentElement.scrollWidth") <= 390

    enters(operator, f"a[href$='/call-backs/{made.pk}/']", "How the call ended")
    assert NUMBER not in operator.page.content()
    chooses(operator, "The person who called us answered")
    enters(operator, "#end [type=submit]", "No call back waits.")
    agent.go("/desk/console/")
    expect(agent.main.locator("#checks .check-step", has_text="Call back")).to_contain_text("Enough")
    assert "7678" not in agent.page.content()
    assert [one.result for one in Check.objects.filter(call=call).order_by("pk")] == ["not_enough", "enough"]
    custodian = newcomer().speaks("en").is_signed_in(cast.taro)
    custodian.go("/registrations/R-1/")
    assert "opened the phone number of record" in custodian.text


def test_customer_reads_the_pin_from_the_screen(agent: Visitor, cast: Cast, newcomer: Newcomer) -> None:
    calls(agent)
    caller = newcomer(width=390).speaks("en").is_signed_in(cast.taro)
    caller.go("/accounts/caller/")
    enters(caller, "main form [type=submit]", "Your PIN")
    number, pin = caller.main.locator(".pin").all_inner_texts()
    assert caller.page.evaluate("document.documentElement.scrollWidth") <= 390
    says_pin(agent, number, pin, "Enough")
    row = agent.main.locator("div.check-step", has_text="Caller's PIN")
    expect(row).to_contain_text("Enough")
    assert cast.taro.display_name not in agent.text and cast.aoba.legal_name not in agent.text
    caller.go("/accounts/caller/")
    assert caller.main.locator("#calls li").count() == 1


def test_contractor_claims_to_be_the_customer(
    agent: Visitor, operator: Visitor, cast: Cast, work: Callable[[], None], letterbox: Letterbox
) -> None:
    for times in (1, 2):
        call = calls(agent)
        enters(agent, f"a[href='/desk/calls/{call.pk}/checks/#capacity']", "As stated")
        chooses(agent, "Works for it as a contractor")
        enters(agent, "#capacity [type=submit]", "a guess is no finding")
        tab_to(agent, "[name=signs][value=papers]")
        agent.page.keyboard.press("Space")
        enters(agent, "#capacity [type=submit]", "Call running")
        found = CapacityFinding.objects.get(call=call)
        assert found.found == Inquiry.Capacity.CONTRACTOR
        hangs_up(agent)
        operator.go("/desk/call-backs/")
        enters(operator, "#posed-as tbody a", "Which customer was meant?")
        types(operator, "[name=registration]", "R-1")
        enters(operator, "main form [type=submit]", "Nobody waits to be named.")
        work()
        told = posed(letterbox, cast.taro)
        assert len(told) == (times == 2), "the customer is told after the second time"
    assert len([one for one in CapacityFinding.objects.all() if one.told_at]) == 2
    mail = told[0].get_content()
    assert cast.worker.display_name not in mail and cast.works.legal_name not in mail and "R-1" not in mail
    assert len(posed(letterbox, cast.hanako)) == 1
