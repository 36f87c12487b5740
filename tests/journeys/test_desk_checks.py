"""Who is calling, in real browsers: a call back that the customer checks, and a contractor who claims to be the
customer."""

import re
from collections.abc import Callable
from datetime import timedelta
from email.message import EmailMessage

import pytest
from playwright.sync_api import expect

from accounts.models import User
from desk import transitions
from desk.models import CallBack, CapacityFinding, Check, Statement
from handover.models import ContactPoint, Registration
from tests.cast import Cast, actor
from tests.journeys.conftest import Clock, Letterbox, Newcomer, Visitor
from tests.stock import NOW, TODAY, registration

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


def calls(cast: Cast, agent: Visitor) -> str:
    """A call comes in from somebody who says to be of 青葉商事; return the path of its checks."""
    who = {"actor": actor(cast.agent), "at": NOW}
    call = transitions.begin_call(name="相田 透", number="03-1111-2222", **who)
    transitions.open_inquiry(
        topic="question",
        statement=Statement(name="相田 透", organisation_name="青葉商事", own_phone="03-1111-2222", remarks="請求先"),
        capacity="customer",
        answer_by="phone",
        language="ja",
        **who,
    )
    return f"/desk/calls/{call.pk}/checks/"


def posed(letterbox: Letterbox, whom: User) -> list[EmailMessage]:
    """Return the mails that tell of somebody who called as if it were the customer."""
    return [mail for mail in letterbox.to(whom) if re.search("名乗|as if", str(mail["Subject"]))]


def opens(visitor: Visitor, words: str) -> None:
    visitor.main.locator("summary", has_text=words).click()


def test_call_back_is_announced_and_the_customer_checks_it(held: Registration, cast: Cast, newcomer: Newcomer) -> None:
    agent = newcomer().speaks("en").is_signed_in(cast.agent)
    checks = calls(cast, agent)
    agent.go(checks)
    # What the caller does not have is not enough, whatever is on record.
    opens(agent, "Caller's PIN")
    agent.page.fill("#check_pin_number", "1234 5678")
    agent.page.fill("#check_pin_pin", "123456")
    agent.press("form[action$='/pin/'] [type=submit]")
    assert "Not enough" in agent.text
    agent.go(checks)
    opens(agent, "Call back")
    agent.press("form[action$='/call-back/'] [type=submit]")
    agent.go(checks)
    assert "Booked" in agent.text and "7678" not in agent.page.content()

    operator = newcomer().speaks("en").is_signed_in(cast.operator)
    operator.go("/desk/call-backs/")
    operator.press("#call-backs tbody a")
    assert "相田 透" in operator.text
    operator.page.fill("[name=registration]", "R-1")
    operator.press("#find [type=submit]")
    assert "03-12**-**78" in operator.text and NUMBER not in operator.page.content()
    operator.press("#dial [type=submit]")
    link = operator.main.locator("a[href^='tel:']")
    expect(link).to_have_attribute("href", f"tel:{NUMBER}")
    code = operator.main.locator(".pin").inner_text()
    assert re.fullmatch(r"\d{4} \d{4}", code)

    # Whoever was called hangs up for a moment and looks.
    called = newcomer(width=390).speaks("en")
    called.go("/caller/")
    called.page.fill("[name=code]", code)
    called.press("#check [type=submit]")
    genuine = called.text
    called.go("/caller/")
    called.page.fill("[name=code]", f"{(int(code.replace(' ', '')) + 1) % 10**8:08d}")
    called.press("#check [type=submit]")
    assert "not ours" in called.text.lower() and "not ours" not in genuine.lower()
    assert called.page.evaluate("document.documentElement.scrollWidth") <= 390

    operator.press(f"a[href$='/call-backs/{CallBack.objects.get().pk}/']")
    assert NUMBER not in operator.page.content()
    operator.main.get_by_label("The person who called us answered").check()
    operator.press("#end [type=submit]")
    assert "No call back waits." in operator.text
    agent.go(checks)
    assert "Enough" in agent.main.locator("#checks").inner_text() and "7678" not in agent.page.content()
    assert [one.result for one in Check.objects.order_by("pk")] == ["not_enough", "enough"]
    custodian = newcomer().speaks("en").is_signed_in(cast.taro)
    custodian.go("/registrations/R-1/")
    assert "opened the phone number of record" in custodian.text


def test_customer_reads_the_pin_from_the_screen(held: Registration, cast: Cast, newcomer: Newcomer) -> None:
    agent = newcomer().speaks("en").is_signed_in(cast.agent)
    checks = calls(cast, agent)
    caller = newcomer(width=390).speaks("en").is_signed_in(cast.taro)
    caller.go("/accounts/caller/")
    caller.submit()
    number, pin = caller.main.locator(".pin").all_inner_texts()
    assert caller.page.evaluate("document.documentElement.scrollWidth") <= 390
    agent.go(checks)
    opens(agent, "Caller's PIN")
    agent.page.fill("#check_pin_number", number)
    agent.page.fill("#check_pin_pin", pin)
    agent.press("form[action$='/pin/'] [type=submit]")
    agent.go(checks)
    row = agent.main.locator("div.check-step", has_text="Caller's PIN")
    expect(row).to_contain_text("Enough")
    assert cast.taro.display_name not in agent.text and cast.aoba.legal_name not in agent.text
    caller.go("/accounts/caller/")
    assert caller.main.locator("#calls li").count() == 1


def test_contractor_claims_to_be_the_customer(
    held: Registration, cast: Cast, newcomer: Newcomer, work: Callable[[], None], letterbox: Letterbox
) -> None:
    agent = newcomer().speaks("en").is_signed_in(cast.agent)
    operator = newcomer().speaks("en").is_signed_in(cast.operator)
    for times in (1, 2):
        checks = calls(cast, agent)
        agent.go(checks)
        agent.main.get_by_label("Works for it as a contractor").check()
        agent.press("form[action$='/capacity/'] [type=submit]")
        assert "a guess is no finding" in agent.text
        agent.main.get_by_label("The caller has the customer's papers, and a contractor's").check()
        agent.press("form[action$='/capacity/'] [type=submit]")
        call = CapacityFinding.objects.latest("pk").call
        transitions.end_call(call.pk, ending="settled", text="請求先", actor=actor(cast.agent), at=NOW)
        operator.go("/desk/call-backs/")
        operator.press("#posed-as tbody a")
        operator.page.fill("[name=registration]", "R-1")
        operator.submit("[type=submit]")
        assert "Nobody waits to be named." in operator.text
        work()
        told = [
            mail for mail in letterbox.to(cast.taro) if "名乗" in str(mail["Subject"]) or "as if" in mail["Subject"]
        ]
        assert len(told) == (times == 2)
    assert len([one for one in CapacityFinding.objects.all() if one.told_at]) == 2
    mail = told[0].get_content()
    assert cast.worker.display_name not in mail and cast.works.legal_name not in mail and "R-1" not in mail
    assert len(posed(letterbox, cast.hanako)) == 1
