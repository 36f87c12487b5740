"""Journey (d): a contractor with all the papers gets nothing and learns nothing."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from handover.models import BillReference, Registration
from recovery.models import Claim, Submission
from tests import claims
from tests.cast import Cast
from tests.journeys import recovering as doing
from tests.journeys.conftest import Clock, Letterbox, Newcomer, Visitor
from tests.journeys.recovering import Case, Watched
from tests.stock import START, holder

pytestmark = pytest.mark.django_db(transaction=True)

Work = Callable[[], None]
NUMBER = "ABC-1234567"
ADDRESS = "東京都千代田区千代田1-1"
BILL = "B-2026-000777"
# What the papers in the contractor's cabinet say, word for word.
EXACT = {
    "organisation_name": "青葉商事株式会社",
    "organisation_kana": "アオバショウジカブシキガイシャ",
    "unit": "本社",
    "postal_code": "100-0001",
    "address": ADDRESS,
    "bill_reference": BILL,
    "name": "緑川 工",
    "kana": "ミドリカワ タクミ",
    "department": "工事部",
    "mail": "takumi@midori.example",
    "remarks": "",
}
NOT_TOLD = (NUMBER, "1234567", "𠮷田", "ヨシダ", "青木", "abc-1234567@record.example", "taro@", "5678")
"""The number, who is in charge, and how the organisation is reached."""


@pytest.fixture
def lost(clock: Clock, cast: Cast) -> Registration:
    made = claims.held(cast, NUMBER)
    BillReference.objects.create(registration=made, reference=BILL, since=START.date())
    doing.findable(made)
    return made


def sends_everything(contractor: Visitor, case: Case) -> None:
    for kind, name in (("O2", "登記.pdf"), ("A1", "委任状.pdf"), ("P2", "免許証.pdf"), ("L1", "証明書.pdf")):
        doing.sends_paper(contractor, kind, name)
    doing.sends_paper(contractor, "L2", "請求書.pdf")
    assert Submission.objects.filter(claim__number=case.number).count() == 5


def is_examined(operator: Visitor, case: Case) -> None:
    """Everything that the papers are worth is recorded, and the organisation's existence and the contractor's own
    identity besides; a proposal is refused by type."""
    doing.finds(operator, case, NUMBER)
    doing.records(operator, case, "O2", source="registry")
    for code in ("L1", "L2", "L3"):
        doing.records(operator, case, code)
    doing.records(operator, case, "P1")
    operator.press("a[href$='/propose/']")
    told = operator.main.locator(".examine, .notice").all_inner_texts()
    assert any("a confirmation by your organisation that you may act" in words for words in told)
    assert any("a check through a contact point of your organisation" in words for words in told)
    for content in (ADDRESS, "𠮷田", BILL, "record.example"):
        assert content not in operator.page.content()
    expect(operator.main.locator("form[method=post]")).to_have_count(0)
    assert operator.post(case.at_desk("propose/"), {"reason": "書類がそろっています。"}) == 200
    assert case.status == Claim.Status.COLLECTING


def is_refused(approver: Visitor, case: Case) -> None:
    approver.go(case.at_desk())
    approver.press("#decision a[href$='/refuse/']")
    approver.page.check("[name=reason][value=not_confirmed]")
    approver.page.fill("[name=words]", "委任の確認ができない。書類のみ。")
    approver.submit()
    assert approver.path == case.at_desk()
    assert case.status == Claim.Status.REFUSED


def test_contractor_with_all_papers_gets_nothing_and_learns_nothing(
    lost: Registration, cast: Cast, work: Work, letterbox: Letterbox, newcomer: Newcomer
) -> None:
    visitor, operator, approver = newcomer(), newcomer().speaks("en"), newcomer().speaks("en")
    contractor = Watched(visitor.page, visitor.origin, visitor.complaints)
    case = doing.starts(contractor, capacity="contractor", **EXACT)
    work()
    doing.confirms_mailbox(contractor, case, letterbox)
    sends_everything(contractor, case)
    before = contractor.main.inner_text()
    is_examined(doing.at_work(operator, cast.operator, "/desk/"), case)
    work()
    contractor.go("/recover/case/")
    assert contractor.main.inner_text() == before  # nothing tells that something was found
    is_refused(doing.at_work(approver, cast.approver, "/desk/"), case)
    work()
    told = doing.looks_in(contractor, case)
    assert "いまある内容では確認ができませんでした。" in told
    assert "どの項目かはお答えいたしかねます" in told
    assert "委任の確認" not in contractor.page.content()
    ends_with_nothing(lost, cast, contractor, letterbox)


def ends_with_nothing(lost: Registration, cast: Cast, contractor: Watched, letterbox: Letterbox) -> None:
    """No page and no mail held anything of the record; the address only where it was typed in."""
    assert len(contractor.seen) > 20
    for words in NOT_TOLD:
        assert contractor.where(words) == set(), words
    assert contractor.where(ADDRESS) == {"/recover/check/"}
    assert contractor.where("請求書.pdf") == {"/recover/case/"}  # whoever looks finds
    mails = letterbox.to(EXACT["mail"])
    assert len(mails) == 2  # received, ended
    for mail in mails:
        assert not [words for words in (*NOT_TOLD, ADDRESS, "青葉", "緑川") if words in mail.get_content()]
    assert contractor.go(f"/registrations/{NUMBER}/").url.startswith(f"{contractor.origin}/accounts/login/")
    assert holder(lost) == cast.taro
