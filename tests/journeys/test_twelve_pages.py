"""An operator takes a clean claim of tier 3 from its receipt to the proposal with at most twelve pages."""

from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from recovery.models import Claim
from tests import claims
from tests.cast import Cast
from tests.journeys import printed as reading
from tests.journeys import recovering as doing
from tests.journeys.conftest import Clock, Letterbox, Newcomer, Visitor
from tests.journeys.test_accessible import findings

pytestmark = pytest.mark.django_db(transaction=True)

NUMBER = "ABC-1234567"
MOST = 12


def counted(visitor: Visitor) -> list[str]:
    """Return a list that grows by each page that comes, whatever led to it."""
    pages: list[str] = []
    visitor.page.on("load", lambda page: pages.append(page.url.removeprefix(visitor.origin)))
    return pages


def test_operator_needs_at_most_twelve_pages_from_receipt_to_proposal(
    clock: Clock, cast: Cast, work: Callable[[], None], letterbox: Letterbox, newcomer: Newcomer
) -> None:
    lost = claims.held(cast, NUMBER)
    doing.findable(lost)
    claimant, operator, colleague = newcomer(), newcomer().speaks("en"), newcomer().speaks("en")
    case = doing.starts(claimant)
    work()
    doing.confirms_mailbox(claimant, case, letterbox)
    operator.is_signed_in(cast.operator)
    pages = counted(operator)

    operator.go("/desk/")
    operator.press(f"a[href='{case.at_desk()}']")
    operator.press("a[href$='/candidates/']")
    operator.press(f"form:has([name=registration_number][value='{NUMBER}']) button")
    operator.submit()
    checks_everything(operator)
    assert operator.path == case.at_desk(), operator.text

    _letter, code = reading.code_letter(doing.prints(colleague.is_signed_in(cast.colleague)))
    clock.ahead(days=10)  # five business days after the first try: a holiday lies between
    work()
    doing.types_code(claimant, case, code)

    operator.is_signed_in(cast.operator)
    operator.go("/desk/")
    operator.press(f"a[href='{case.at_desk()}']")
    operator.press(".next-step a[href$='/proofs/']")
    expect(operator.main.locator("#missing li")).to_have_count(1)
    doing.ticks(operator, "try-post")
    operator.press("form.sheet [type=submit]")
    assert operator.path == case.at_desk("propose/"), operator.text
    operator.page.fill("[name=reason]", "確認がそろいました。")
    operator.submit()
    assert operator.path == case.at_desk(), operator.text
    assert case.status == Claim.Status.PROPOSED
    assert len(pages) <= MOST, pages
    # Otherwise an empty list would pass.
    assert len(pages) >= len(set(pages)) > 5, pages


def checks_everything(operator: Visitor) -> None:
    """At one sitting: registry, identity, the call to the organisation, the letter, a mail and a call to whoever had
    it before."""
    # Two calls: to the organisation, and to whoever had it before. Announced before, from the sheet itself.
    operator.press("#calls button")
    doing.ticks(operator, "O2", O2_source="registry", O2_issued_on="2026-11-19")
    doing.ticks(operator, "P1")
    called = {"A2_source": "published", "A2_endpoint": "03-9999-0000", "A2_departure_stated": "on"}
    doing.ticks(operator, "A2", **called, A2_note="総務部の佐藤様、10時20分")
    doing.ticks(operator, "letter", letter_to="contact_point:")
    operator.page.check("[name=do][value=try-mail]")
    operator.page.check("[name=do][value=try-phone]")
    operator.page.select_option("[name=try-phone-result]", "no_answer")
    # With its fields open, as nobody sees it who only opens the page.
    assert findings(operator, Axe(), "en") == []
    operator.press("form.sheet [type=submit]")
