"""Journey (c): the person in charge is still there. One word, or one sign-in, and nothing changes hands."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import expect

from handover.models import Registration, Restriction
from recovery.models import Claim
from tests import claims
from tests.cast import Cast
from tests.claims import CODE
from tests.journeys import printed as reading
from tests.journeys import recovering as doing
from tests.journeys.conftest import Clock, Letterbox, Newcomer, Visitor
from tests.journeys.recovering import Case
from tests.stock import NOW, holder

pytestmark = pytest.mark.django_db(transaction=True)

Work = Callable[[], None]
NUMBER = "ABC-1234567"


@pytest.fixture
def lost(clock: Clock, cast: Cast) -> Registration:
    made = claims.held(cast, NUMBER)
    doing.findable(made)
    return made


def told_everybody(cast: Cast, lost: Registration, clock: Clock, letterbox: Letterbox) -> Case:
    """Bring a claim to the day after its window, at which an approver could decide; every mail really left."""
    claim = claims.notified(cast, lost)
    after = claims.decided_at(claim) - NOW + timedelta(hours=1)
    clock.ahead(seconds=after.total_seconds())
    [first] = [mail for mail in letterbox.to(claims.STATEMENT.mail) if claim.number in mail.get_content()]
    return Case(claim.number, CODE.findall(first.get_content())[0], claims.STATEMENT.mail)


def objects(anybody: Visitor, code: str) -> None:
    """Object with the code of a mail, after a wrong one."""
    anybody.go("/recover/object/")
    for typed in ("AAAA-AAAAA-AAAAA", code.lower().replace("-", " ")):
        anybody.page.fill("[name=code]", typed)
        anybody.page.fill("[name=words]", "登録担当者は私です。頼んでいません。")
        anybody.submit()


def cannot_approve(approver: Visitor, case: Case) -> None:
    """The page says why and has no button; the act itself says no as well."""
    approver.go(case.at_desk("decide/"))
    expect(approver.main).to_contain_text("This claim is frozen")
    expect(approver.main.locator("form[method=post]")).to_have_count(0)
    given = {"reason": "よい", "signed_hash": case.row.proposal_hash}
    assert approver.post(case.at_desk("decide/"), given) == 409
    assert not case.row.approvals.exists()


def test_custodian_objects_without_signing_in_and_the_claim_stands_still(
    lost: Registration, cast: Cast, clock: Clock, work: Work, letterbox: Letterbox, newcomer: Newcomer
) -> None:
    custodian, claimant, approver = newcomer(), newcomer(), newcomer().speaks("en")
    case = told_everybody(cast, lost, clock, letterbox)
    approver.is_signed_in(cast.approver)
    approver.go(case.at_desk("decide/"))
    expect(approver.main.locator("form[method=post]")).to_have_count(1)  # an hour ago it could have been approved

    code = reading.objection_in(letterbox.about(case.number, cast.taro))
    objects(custodian, code)
    assert "お手続きをただいまから止めました" in custodian.text and case.number in custodian.text
    assert custodian.go(f"/registrations/{NUMBER}/").url.startswith(f"{custodian.origin}/accounts/login/")
    assert case.row.frozen_by == Claim.Frozen.OBJECTION
    assert Restriction.objects.filter(registration=lost, kind=Restriction.Kind.CONTESTED, ended_at=None).exists()

    told = doing.looks_in(claimant, case)
    assert "先に確かめることがあり、いったん止めています。" in told
    assert "異議" not in told and "頼んでいません" not in told and "𠮷田" not in told
    cannot_approve(approver, case)
    is_upheld(case, cast, operator=newcomer().speaks("en"), approver=approver)
    work()
    assert "いまある内容では確認ができませんでした。" in doing.looks_in(claimant, case)
    assert holder(lost) == cast.taro


def is_upheld(case: Case, cast: Cast, *, operator: Visitor, approver: Visitor) -> None:
    """An operator reviews the objection, an approver decides; only then the claim ends."""
    operator.is_signed_in(cast.colleague).go(case.at_desk())
    operator.press("a[href$='/review/']")
    expect(operator.main).to_contain_text("頼んでいません。")
    operator.page.check("[name=recommendation][value=upheld]")
    operator.submit()
    assert operator.path == case.at_desk()
    assert case.row.is_open
    approver.go(case.at_desk())
    approver.press("#objections a[href$='/decide/']")
    approver.page.check("[name=outcome][value=upheld]")
    approver.page.fill("[name=reason]", "登録担当者に連絡がつきました。")
    approver.submit()
    assert approver.path == case.at_desk()
    assert case.status == Claim.Status.REFUSED


def test_custodian_objects_then_signs_in_and_the_frozen_claim_becomes_a_handover(
    lost: Registration, cast: Cast, clock: Clock, work: Work, letterbox: Letterbox, newcomer: Newcomer
) -> None:
    """What an objection stopped is not decided about any more once the person in charge is there in person."""
    custodian, claimant, operator = newcomer(), newcomer(), newcomer().speaks("en")
    case = told_everybody(cast, lost, clock, letterbox)
    objects(custodian, reading.objection_in(letterbox.about(case.number, cast.taro)))
    assert case.row.frozen_by == Claim.Frozen.OBJECTION
    custodian.go("/accounts/login/")
    custodian.sign_in(cast.taro)
    clock.ahead(minutes=1)
    work()
    assert case.status == Claim.Status.STOPPED
    assert not Restriction.objects.filter(registration=lost, ended_at=None).exists()
    asks_for_a_handover(custodian, case, cast, letterbox)
    # Nothing leads on any more, and a recommendation on the objection brings nothing back.
    operator.is_signed_in(cast.colleague).go(case.at_desk())
    assert not [link for link in operator.links() if link.endswith(("/proofs/", "/propose/"))]
    operator.press("a[href$='/review/']")
    operator.page.check("[name=recommendation][value=dismissed]")
    operator.submit()
    assert case.status == Claim.Status.STOPPED
    assert "終了しました。組織の中でお手続きいただけます。" in doing.looks_in(claimant, case)
    assert holder(lost) == cast.taro


def asks_for_a_handover(custodian: Visitor, case: Case, cast: Cast, letterbox: Letterbox) -> None:
    """The mail to the person in charge names nobody and leads to the page on which a handover begins."""
    mail = letterbox.about(case.number, cast.taro)
    assert claims.STATEMENT.name not in mail.get_content()
    [link] = re.findall(rf"{re.escape(custodian.origin)}/registrations/\S+", mail.get_content())
    custodian.go(link)
    custodian.press("a[href$='/hand-over/']")
    assert custodian.path == f"/registrations/{NUMBER}/hand-over/"


def test_custodian_signs_in_and_the_claim_becomes_a_handover(
    lost: Registration, cast: Cast, clock: Clock, work: Work, letterbox: Letterbox, newcomer: Newcomer
) -> None:
    custodian, claimant, operator = newcomer(), newcomer(), newcomer().speaks("en")
    case = doing.starts(claimant)
    work()
    doing.confirms_mailbox(claimant, case, letterbox)
    doing.finds(doing.at_work(operator, cast.operator, "/desk/"), case, NUMBER)
    doing.records(operator, case, "O2", source="registry")
    doing.records(operator, case, "P1")
    work()
    assert case.row.is_open

    custodian.go("/accounts/login/")
    custodian.sign_in(cast.taro)
    operator.go(case.at_desk("propose/"))
    expect(operator.main).to_contain_text("The person in charge has signed in since this claim came in")
    clock.ahead(minutes=1)
    work()
    assert case.status == Claim.Status.STOPPED
    asks_for_a_handover(custodian, case, cast, letterbox)

    told = doing.looks_in(claimant, case)
    assert NUMBER not in claimant.page.content() and "𠮷田" not in told
    assert "終了しました。組織の中でお手続きいただけます。" in told
    assert claimant.main.locator("a[href='/recover/case/code/']").count() == 0
    assert letterbox.about(case.number, case.mail)
    assert holder(lost) == cast.taro
