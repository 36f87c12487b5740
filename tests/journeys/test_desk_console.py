"""One call at the console by keyboard alone: receipt number, promise and hold, in the time that the typing takes."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from desk.models import Call, Contact, Hold, Inquiry
from recovery.models import Claim
from tests.cast import Cast
from tests.desk.test_queue import asked, promised
from tests.journeys.conftest import Clock, Newcomer, Visitor

pytestmark = pytest.mark.django_db(transaction=True)

STROKES_A_MINUTE = 200
"""How fast the agent of this journey types: the slower half of those who type all day."""
COMPOSED = 4
"""Strokes for one sign that is composed: its reading in Latin letters, and a share of choosing the kanji."""
MOST_SECONDS = 90


class Hands:
    """A keyboard that counts what is pressed on it."""

    def __init__(self, visitor: Visitor) -> None:
        self.page, self.strokes = visitor.page, 0

    def press(self, *keys: str) -> None:
        """Press keys one after the other, and wait for what follows Enter."""
        for key in keys:
            self.page.keyboard.press(key)
            self.strokes += 1
            self.page.wait_for_load_state("networkidle")

    def type(self, text: str) -> None:
        """Type where the focus is: signs of the keyboard one by one, Japanese as it is composed."""
        for sign in text:
            if sign.isascii():
                self.page.keyboard.type(sign)
                self.strokes += 1
            else:
                self.page.keyboard.insert_text(sign)
                self.strokes += COMPOSED

    @property
    def seconds(self) -> float:
        return self.strokes * 60 / STROKES_A_MINUTE


@pytest.fixture
def agent(clock: Clock, cast: Cast, newcomer: Newcomer) -> Visitor:
    visitor = newcomer().speaks("en").is_signed_in(cast.agent)
    visitor.go("/desk/console/")
    visitor.page.wait_for_load_state("networkidle")
    return visitor


def arrives(visitor: Visitor, selector: str, words: str) -> None:
    """Wait for the page that follows, and until its keys act."""
    expect(visitor.page.locator(selector).first).to_contain_text(words)
    visitor.page.wait_for_load_state("networkidle")
    expect(visitor.page.locator("html")).to_have_class("has-keys")


def has_focus(visitor: Visitor, selector: str) -> None:
    expect(visitor.page.locator(selector)).to_be_focused()


def begins(hands: Hands, visitor: Visitor) -> None:
    hands.press("b")
    has_focus(visitor, "#begin_name")
    hands.type("渡邉 翔")
    hands.press("Tab")
    hands.type("090-1234-5678")
    hands.press("Enter")
    arrives(visitor, "[data-callbar]", "090-1234-****")


def takes_down_a_recovery(hands: Hands, visitor: Visitor) -> tuple[str, str]:
    """The caller knows no number of anything: name, capacity and organisation are enough."""
    hands.press("r")
    arrives(visitor, "h1", "Take a call")
    has_focus(visitor, "[name=kana]")
    for _place in range(12):
        if visitor.page.evaluate("document.activeElement.name") == "capacity":
            break
        hands.press("Tab")
    has_focus(visitor, "[name=capacity] >> nth=0")
    hands.press("Space")
    for _place in range(4):
        hands.press("Tab")
        if visitor.page.evaluate("document.activeElement.name") == "organisation_name":
            break
    has_focus(visitor, "[name=organisation_name]")
    hands.type("青葉商事")
    hands.press("Enter")
    arrives(visitor, "h1", "The call is taken in")
    number, tracking = visitor.main.locator(".said").all_inner_texts()
    return number, tracking


def test_caller_without_any_number_gets_receipt_promise_and_hold_by_keyboard(agent: Visitor, cast: Cast) -> None:
    hands = Hands(agent)
    begins(hands, agent)
    number, tracking = takes_down_a_recovery(hands, agent)
    assert number.startswith("C-") and len(tracking) == 11
    hands.press("c")
    arrives(agent, "[data-callbar] a[href='/desk/console/']", number)
    arrives(agent, "h1", "Recovery of a registration")
    hands.press("m")
    has_focus(agent, "#promise_wish")
    hands.type("登録復旧")
    hands.press("Tab", "Tab", "Tab", "Tab", "Enter")
    arrives(agent, "body", "The promise is on record")
    hands.press("e")
    has_focus(agent, "#end_ending_0")
    hands.press("Tab")
    hands.type("登録復旧の受付")
    hands.press("Tab", "Enter")
    arrives(agent, "body", "The call is over and written down")
    claim = Claim.objects.get(number=number)
    hold = Hold.objects.get(inquiry=claim.inquiry, closed_at=None)
    assert (hold.owner, hold.wish) == (cast.agent, "登録復旧")
    call = Call.objects.get()
    assert (call.inquiry, call.ending) == (claim.inquiry, Call.Ending.PROMISED)
    assert Contact.objects.filter(inquiry=claim.inquiry).count() == 1
    assert hands.seconds < MOST_SECONDS, f"{hands.strokes} strokes take {hands.seconds:.0f} seconds"


def test_keys_do_nothing_while_somebody_types_or_composes(agent: Visitor) -> None:
    hands = Hands(agent)
    begins(hands, agent)
    hands.press("n")
    has_focus(agent, "#take_down_topic")
    hands.press("Tab")
    hands.type("end / more ? ben")
    field = agent.page.locator("#take_down_remarks")
    expect(field).to_have_value("end / more ? ben")
    expect(field).to_be_focused()
    assert agent.path == "/desk/console/"
    hands.press("Escape")
    # As a browser tells of a key that the composing of Japanese takes: outside a field as well.
    for told in ("isComposing: true", "keyCode: 229"):
        agent.page.evaluate(f"document.body.dispatchEvent(new KeyboardEvent('keydown', {{key: 'r', {told}}}))")
        agent.page.wait_for_timeout(300)
        assert agent.path == "/desk/console/"
    for held in ("Control", "Alt"):
        agent.page.keyboard.press(f"{held}+e")
        assert agent.page.evaluate("document.activeElement === document.body")
    hands.press("e")
    has_focus(agent, "#end_ending_0")


def test_keys_move_search_and_can_be_switched_off(agent: Visitor, cast: Cast, promise: Callable[[], Inquiry]) -> None:
    first, second = promise(), promise()
    agent.go("/desk/console/")
    hands = Hands(agent)
    hands.press("j", "j", "k")
    has_focus(agent, "[data-step] >> nth=0")
    hands.press("Enter")
    arrives(agent, "h1", "Another question")
    assert agent.path == f"/desk/console/{first.receipt_number}/"
    hands.press("/")
    has_focus(agent, "#find")
    hands.type(second.receipt_number)
    hands.press("Enter")
    arrives(agent, ".eyebrow", second.receipt_number)
    assert agent.path == f"/desk/console/{second.receipt_number}/"
    hands.press("?")
    expect(agent.page.locator(".console-keys")).to_have_attribute("open", "")
    agent.page.get_by_role("button", name="Switch the keys off").click()
    agent.page.wait_for_load_state("networkidle")
    expect(agent.page.locator("[data-keys=off]")).to_have_count(1)
    expect(agent.page.locator("kbd").first).to_be_hidden()
    hands.press("b")
    assert agent.page.evaluate("document.activeElement === document.body")


@pytest.fixture
def promise(cast: Cast) -> Callable[[], Inquiry]:
    """Give an inquiry to which the agent promised to be back."""

    def made() -> Inquiry:
        inquiry = asked("青葉商事", topic="question")
        promised(cast, inquiry)
        return inquiry

    return made


@pytest.mark.parametrize("javascript", [True, False])
def test_console_is_one_column_on_a_phone_and_nothing_overflows(
    clock: Clock, cast: Cast, newcomer: Newcomer, promise: Callable[[], Inquiry], javascript: bool
) -> None:
    promise()
    visitor = newcomer(width=390, javascript=javascript).is_signed_in(cast.agent)
    visitor.go("/desk/console/")
    visitor.page.fill("#begin_name", "渡邉 翔")
    visitor.page.fill("#begin_number", "090-1234-5678")
    visitor.press("#begin button[type=submit]")
    for path in ("/desk/console/", "/desk/console/end/", "/desk/console/take-down/"):
        visitor.go(path)
        assert visitor.page.evaluate("document.documentElement.scrollWidth") <= 390, path
    visitor.go("/desk/console/")
    lefts = visitor.page.locator(".console > *").evaluate_all("e => e.map(x => x.getBoundingClientRect().left)")
    assert len(set(lefts)) == 1
    visitor.page.check("#end_ending_0")
    visitor.press("#end button[type=submit]")
    bar, message = visitor.page.locator("[data-callbar]"), visitor.page.locator("[role=status] .notice").first
    expect(bar).to_have_count(0)
    expect(message).to_be_visible()
