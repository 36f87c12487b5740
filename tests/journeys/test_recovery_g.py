"""Journey (g): two people ask for one registration. Both stand still, whichever came first, until a senior decides."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from recovery.models import Claim
from tests import claims
from tests.cast import Cast
from tests.journeys import recovering as doing
from tests.journeys.conftest import Clock, Letterbox, Newcomer, Visitor
from tests.journeys.recovering import Case
from tests.stock import holder

pytestmark = pytest.mark.django_db(transaction=True)

NUMBER = "ABC-1234567"
OTHER = {"name": "緑川 工", "kana": "ミドリカワ タクミ", "department": "営業部", "mail": "takumi@second.example"}
ELSE = "同じ登録について、ほかにもお申し込みがあります。"


def stands_still(operator: Visitor, case: Case) -> None:
    """Nothing that leads on is offered, and each act says no as well."""
    operator.go(case.at_desk())
    expect(operator.main).to_contain_text("This claim is frozen")
    assert not [link for link in operator.links() if link.endswith(("/propose/", "/letter/", "/accept/"))]
    assert operator.post(case.at_desk("letter/"), {"to": "head_office"}) in (200, 409)
    assert case.row.frozen_by == Claim.Frozen.COMPETING


def proves_organisation_and_person(operator: Visitor, case: Case) -> None:
    operator.go(case.at_desk("proofs/"))
    doing.ticks(operator, "O2", "P1", O2_source="registry", O2_issued_on="2026-11-19")
    operator.press("form.sheet [type=submit]")
    assert operator.path == case.at_desk(), operator.text


def is_refused(approver: Visitor, case: Case) -> None:
    approver.go(case.at_desk())
    approver.press("a[href$='/refuse/']")
    approver.page.check("[name=reason][value=not_confirmed]")
    approver.page.fill("[name=words]", "会社はこの方に任せていないと答えた。")
    approver.submit()
    assert case.status == Claim.Status.REFUSED


def test_two_claims_on_one_registration_stand_still_until_a_senior_decides(
    clock: Clock, cast: Cast, work: Callable[[], None], letterbox: Letterbox, newcomer: Newcomer
) -> None:
    lost = claims.held(cast, NUMBER)
    doing.findable(lost)
    first, second = newcomer(), newcomer()
    operator, approver, senior = (newcomer().speaks("en") for _one in range(3))
    operator.is_signed_in(cast.operator)
    ours = doing.starts(first)
    work()
    doing.confirms_mailbox(first, ours, letterbox)
    doing.finds(operator, ours, NUMBER)
    proves_organisation_and_person(operator, ours)
    theirs = doing.starts(second, **OTHER)
    work()
    doing.confirms_mailbox(second, theirs, letterbox)
    before = second.main.inner_text()

    # Linked, and not accepted: the page of the claim says why it stands still.
    operator.go(theirs.at_desk("candidates/"))
    operator.press(f"form:has([name=registration_number][value='{NUMBER}']) button")
    assert operator.path == theirs.at_desk(), operator.text
    for case in (ours, theirs):
        stands_still(operator, case)

    # Who has proven organisation and person is told of another request; the other one learns nothing at all.
    told = doing.looks_in(first, ours)
    assert ELSE in told and "緑川" not in told and "takumi" not in first.page.content()
    second.go("/recover/case/")
    assert second.main.inner_text() == before and ELSE not in before

    # Neither an approver nor a senior can let one go on while the other is there.
    assert approver.is_signed_in(cast.approver).go(ours.at_desk("resume/")).status == 403
    senior.is_signed_in(cast.senior).go(ours.at_desk())
    assert senior.post(ours.at_desk("resume/"), {"reason": "先に来たから"}) == 409
    is_refused(approver, theirs)
    assert case_is_still_frozen(ours)

    senior.go(ours.at_desk())
    senior.press("a[href$='/resume/']")
    senior.page.fill("[name=reason]", "総務部がこの方に任せたと答えた。")
    senior.submit()
    assert senior.path == ours.at_desk(), senior.text
    assert ours.row.frozen_at is None and ours.status == Claim.Status.COLLECTING
    work()
    assert ELSE not in doing.looks_in(first, ours)
    assert "いまある内容では確認ができませんでした。" in doing.looks_in(second, theirs)
    assert holder(lost) == cast.taro


def case_is_still_frozen(case: Case) -> bool:
    """The end of one lets the other one stand where it is: a person decides that it goes on."""
    return case.row.frozen_by == Claim.Frozen.COMPETING and case.status == Claim.Status.COLLECTING
