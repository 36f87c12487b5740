"""By keyboard alone: a promise goes to the next shift; whoever takes it up, and the inquirer, read all of it."""

import pytest
from playwright.sync_api import expect

from accounts.models import User
from desk.models import Hold
from tests.cast import Cast
from tests.desk.promised import another_agent, asked, held
from tests.journeys.conftest import Clock, Newcomer, Visitor
from tests.journeys.test_handover import tab_to
from tests.journeys.test_recovery_by_keyboard import enters, types

pytestmark = pytest.mark.django_db(transaction=True)

BUTTON = "main form[method=post] button[type=submit]:not([name])"


def at_desk(visitor: Visitor, user: User) -> Visitor:
    visitor.is_signed_in(user)
    return visitor.speaks("en")


def test_agent_hands_a_promise_to_the_next_shift_by_keyboard(clock: Clock, cast: Cast, newcomer: Newcomer) -> None:
    early = another_agent(cast)
    inquiry, code = asked(cast.agent)
    other, _code = asked(cast.agent)
    hold = held(inquiry, cast.agent, wish="請求書の送り先を変えたい")
    kept = held(other, cast.agent, days=5)
    late = at_desk(newcomer(), cast.agent)
    late.go("/desk/")
    enters(late, "main a[href='/desk/shift/']", "Hand over to the next shift")
    # Everything is ticked; one promise stays, and a forgotten colleague is asked for.
    tab_to(late, f"[name=holds][value='{kept.pk}']")
    late.page.keyboard.press("Space")
    enters(late, BUTTON, "Hand over to the next shift")
    expect(late.page.locator(f"[name=holds][value='{kept.pk}']")).not_to_be_checked()
    expect(late.page.locator(f"[name=holds][value='{hold.pk}']")).to_be_checked()
    tab_to(late, "[name=to]")
    late.page.keyboard.press("ArrowDown")
    expect(late.page.locator("[name=to]")).to_have_value(str(early.pk))
    enters(late, BUTTON, "Queue")
    expect(late.page.locator("body")).to_contain_text("Handed over. What was promised stays as it was.")
    assert Hold.objects.get(closed_at=None, inquiry=inquiry).owner == early
    assert Hold.objects.get(closed_at=None, inquiry=other).owner == cast.agent

    morning = at_desk(newcomer(), early)
    morning.go("/desk/?show=mine")
    tab_to(morning, f"main a[href='/desk/inquiries/{inquiry.receipt_number}/']")
    morning.page.keyboard.press("Enter")
    expect(morning.main).to_contain_text("請求書の送り先を変えたい")
    expect(morning.main).to_contain_text(early.display_name)
    expect(morning.page.locator("#past-holds")).to_contain_text(cast.agent.display_name)

    inquirer = newcomer(width=390).speaks("en")
    inquirer.go("/recover/status/")
    types(inquirer, "number", inquiry.receipt_number)
    types(inquirer, "tracking", code)
    enters(inquirer, BUTTON, "Where your case stands")
    expect(inquirer.main).to_contain_text("請求書の送り先を変えたい")
    assert early.display_name not in inquirer.text
