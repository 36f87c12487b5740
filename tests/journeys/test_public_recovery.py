"""From the front door to the case page without an account: each page looked at by axe, in three widths."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe

from recovery import transitions
from recovery.models import Claim, Dispatch, Submission
from tests import claims
from tests.cast import Cast, actor
from tests.journeys.conftest import Clock, Newcomer, Visitor
from tests.journeys.test_accessible import findings
from tests.walk.world import pdf

pytestmark = pytest.mark.django_db(transaction=True)


class Looker:
    """A visitor who looks at every page on the way; what is wrong is collected."""

    def __init__(self, visitor: Visitor, language: str) -> None:
        self.visitor, self.language, self.axe = visitor, language, Axe()
        self.wrong: list[str] = []

    def look(self, path: str = "") -> None:
        """Look at the page that is open, or at `path`."""
        if path:
            self.visitor.go(path)
        found = findings(self.visitor, self.axe, self.language)
        self.wrong += [f"{self.visitor.path}: {finding}" for finding in found]

    def fill(self, **fields: str) -> None:
        for name, value in fields.items():
            self.visitor.page.fill(f"[name={name}]", value)


def _asks(looker: Looker) -> None:
    """Answer the four questions, one of them wrong at first, and send them."""
    visitor = looker.visitor
    looker.look("/recover/")
    visitor.press("a.button")
    looker.look()
    visitor.submit()
    looker.look()
    visitor.page.check("[value=contractor]")
    visitor.submit()
    looker.look()
    looker.fill(organisation_name="(株)青葉商亊", unit="本社")
    visitor.submit()
    looker.look()
    looker.fill(remarks="受付の電話です。\n前の担当は退職しました。")
    visitor.submit()
    assert not visitor.page.locator("[name=own_phone]").is_visible()
    visitor.page.check("[value=phone]")
    assert visitor.page.locator("[name=own_phone]").is_visible()
    visitor.submit()
    looker.look()
    looker.fill(name="渡邉 翔", kana="ワタナベ ショウ", mail="sho@new.example")
    visitor.page.check("[name=answer_by][value=mail]")
    visitor.submit()
    assert visitor.path == "/recover/check/", visitor.text
    looker.look()
    visitor.submit()
    looker.look()


@pytest.mark.parametrize("language", ["ja", "en"])
def test_inquirer_walks_from_the_question_to_the_own_case(
    clock: Clock, newcomer: Newcomer, work: Callable[[], None], cast: Cast, language: str
) -> None:
    looker = Looker(newcomer().speaks(language), language)
    visitor = looker.visitor
    _asks(looker)
    claim = Claim.objects.get()
    number, tracking = visitor.page.locator(".claim-code").all_inner_texts()
    assert number == claim.number
    visitor.press("a.button")
    looker.fill(number=number, tracking="ABCDE-FGHJK")
    visitor.submit()
    looker.look()
    looker.fill(number=number, tracking=tracking.lower())
    visitor.submit()
    assert visitor.path == "/recover/case/"
    looker.look()
    for page in ("mailbox/", "mail/", "code/", "no-code/", "papers/", "withdraw/"):
        looker.look(f"/recover/case/{page}")
    visitor.go("/recover/case/mailbox/")
    looker.fill(code=claims.code_in_mail(claim))
    visitor.submit()
    visitor.go("/recover/case/papers/")
    visitor.page.select_option("[name=code]", "O3")
    visitor.page.set_input_files("[name=paper]", {"name": "印鑑証明書.pdf", "mimeType": "", "buffer": pdf()})
    visitor.submit()
    assert Submission.objects.count() == 1
    looker.look()
    visitor.go("/recover/case/withdraw/")
    visitor.submit()
    looker.look()
    work()
    looker.look("/recover/case/")
    assert Claim.objects.get().status == "withdrawn"
    assert looker.wrong == [], "\n".join(looker.wrong)


def test_claimant_follows_the_proofs_to_the_takeover(clock: Clock, newcomer: Newcomer, cast: Cast) -> None:
    lost = claims.held(cast, "ABC-1234567")
    claim = claims.accepted(cast, lost)
    first = newcomer()
    looker = Looker(first, "ja")
    tracking = claims.tracking_in_mail(claim)
    for code in ("O2", "P1", "A2"):
        claims.prove(cast, claim, code)
    claims.by_letter(cast, claim)
    looker.look("/recover/status/")
    looker.fill(number=claim.number, tracking=tracking)
    first.submit()
    looker.look()
    assert "567" in first.text and "ABC-1234567" not in first.text
    sent = Dispatch.objects.filter(claim=claim, purpose="accepted").order_by("pk")[0]
    objector = Looker(newcomer(), "ja")
    objector.visitor.go("/recover/object/")
    objector.fill(code=claims.objection_sent(sent), words="申し込んでいません")
    objector.visitor.submit()
    objector.look()
    first.go("/recover/case/")
    assert first.page.locator(".claim-stage").count() == 1
    looker.look()
    assert looker.wrong + objector.wrong == []


def test_claimant_with_an_account_says_ready(clock: Clock, newcomer: Newcomer, cast: Cast, settings: Any) -> None:
    here, settings.PUBLIC_ORIGIN = settings.PUBLIC_ORIGIN, "http://localhost:8000"
    claim = claims.approved(cast, claims.held(cast, "ABC-1234567"))
    at = claims.decided_at(claim)
    clock.ahead(seconds=(at - claims.NOW + timedelta(minutes=1)).total_seconds())
    user = claims.opens_account(claim, at=at)
    settings.PUBLIC_ORIGIN = here
    looker = Looker(newcomer().is_signed_in(user), "ja")
    looker.look("/")
    assert looker.visitor.path == "/takeover/"
    looker.visitor.submit()
    looker.look()
    claim.refresh_from_db()
    assert claim.claimant_ready_at
    transitions.execute(claim.pk, signed_hash=claim.proposal_hash, actor=actor(cast.approver), at=at)
    looker.look("/")
    assert "ABC-1234567" in looker.visitor.go("/registrations/").text()
    assert looker.wrong == []
