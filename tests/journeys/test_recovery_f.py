"""Journey (f): refused with reasons and the missing types of proofs; an appeal, other people, and it goes on."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from accounts.models import Role
from recovery.models import Claim
from tests import claims
from tests.cast import Cast, somebody
from tests.journeys import printed as reading
from tests.journeys import recovering as doing
from tests.journeys.conftest import Clock, Letterbox, Newcomer
from tests.journeys.recovering import Case, Play
from tests.stock import holder

pytestmark = pytest.mark.django_db(transaction=True)

Work = Callable[[], None]
NUMBER = "ABC-1234567"
ALSO = "総務部に、私の後任の件を伝えてあります。もう一度お電話ください。"


@pytest.fixture
def play(clock: Clock, cast: Cast, work: Work, letterbox: Letterbox, newcomer: Newcomer) -> Play:
    lost = claims.held(cast, NUMBER)
    doing.findable(lost)
    staff = {who: newcomer().speaks("en") for who in ("operator", "colleague", "approver", "senior")}
    return Play(cast, clock, work, letterbox, lost, newcomer(), staff)


def test_who_was_refused_appeals_and_other_people_let_it_go_on(play: Play, newcomer: Newcomer) -> None:
    case = is_refused_with_reasons(play)
    appeals(play, case)
    only_others_may_decide(play, case)
    is_upheld(play, case)
    goes_on(play, case)
    others = somebody(play.cast.provider, "別府 決", "ベップ ケツ", "other@provider.example", Role.APPROVER)
    approver = newcomer().speaks("en").is_signed_in(others)
    doing.approves(approver, case)
    assert case.status == Claim.Status.APPROVED
    play.work()
    doing.accepts_invitation(play.claimant, case.mail, play.letterbox)
    doing.says_ready(play.claimant, case)
    doing.executes(approver.is_signed_in(others), case)
    now = holder(play.lost)
    assert now and now.email == case.mail


def is_refused_with_reasons(play: Play) -> Case:
    case = doing.starts(play.claimant)
    play.work()
    doing.confirms_mailbox(play.claimant, case, play.letterbox)
    operator = play.goes_to_work("operator", case.at_desk())
    doing.finds(operator, case, NUMBER)
    doing.ticks(operator, "O2", "P1", O2_source="registry", O2_issued_on="2026-11-19")
    operator.press("form.sheet [type=submit]")
    assert operator.path == case.at_desk(), operator.text
    approver = play.goes_to_work("approver", case.at_desk())
    approver.press("#decision a[href$='/refuse/']")
    approver.page.check("[name=reason][value=not_confirmed]")
    # What is missing is ticked already: the claim knows what was proven.
    for category, is_missing in {"O": False, "P": False, "A": True, "C": True}.items():
        assert approver.page.is_checked(f"[name=missing][value={category}]") == is_missing
    approver.page.fill("[name=words]", "会社に電話がつながらなかった。")
    approver.submit()
    assert case.status == Claim.Status.REFUSED
    play.work()
    told = doing.looks_in(play.claimant, case)
    assert "権限の確認：確認できませんでした" in told and "ご連絡先での確認：確認できませんでした" in told
    assert "本人確認：" not in told and "電話がつながらなかった" not in told
    mail = play.letterbox.about(case.number, case.mail).get_content()
    assert "権限の確認" in mail and "/recover/status/" in mail
    return case


def appeals(play: Play, case: Case) -> None:
    play.clock.ahead(days=20)
    claimant = play.claimant
    assert "12月20日" in doing.looks_in(claimant, case)  # thirty days after the refusal
    claimant.press("a[href='/recover/case/appeal/']")
    claimant.submit()
    expect(claimant.page.locator(".error-summary")).to_be_visible()
    claimant.page.fill("[name=words]", ALSO)
    claimant.submit()
    assert claimant.path == "/recover/case/"
    assert "別の者による見直しのお申し出" in claimant.text
    play.work()
    claimant.go("/recover/case/")
    assert "これまでとは別の者が、あらためて確かめています。" in claimant.text
    assert "12月24日" in claimant.text  # ten business days
    assert claimant.main.locator("a[href='/recover/case/appeal/']").count() == 0
    play.work()
    assert play.letterbox.about(case.number, case.mail)


def only_others_may_decide(play: Play, case: Case) -> None:
    """Neither who refused nor who collected; whoever had nothing to do with it finds it among what is due."""
    for who in ("approver", "operator"):
        visitor = play.goes_to_work(who, case.at_desk())
        assert visitor.main.locator("a[href$='/appeal/decide/']").count() == 0
        assert visitor.go(case.at_desk("appeal/decide/")).status == 403
        assert visitor.post(case.at_desk("appeal/decide/"), {"outcome": "upheld"}) == 403
    assert case.status == Claim.Status.REFUSED


def is_upheld(play: Play, case: Case) -> None:
    senior = play.goes_to_work("senior", case.at_desk())
    senior.press("a[href$='/appeal/decide/']")
    expect(senior.main).to_contain_text(ALSO)
    senior.page.check("[name=outcome][value=upheld]")
    senior.submit()
    assert senior.path == case.at_desk(), senior.text
    assert case.status == Claim.Status.COLLECTING
    play.work()
    told = doing.looks_in(play.claimant, case)
    assert case.number in told and "いまある内容では確認ができませんでした。" not in told
    # Everybody on record hears anew that it is examined, and can object.
    assert reading.objection_in(play.letterbox.about(case.number, play.cast.taro))


def goes_on(play: Play, case: Case) -> None:
    """The organisation answers this time; letter, attempts, proposal, notices, window."""
    operator = play.goes_to_work("operator", case.at_desk("proofs/"))
    operator.press("#calls button")
    called = {"A2_source": "published", "A2_endpoint": "03-9999-0000", "A2_departure_stated": "on"}
    doing.ticks(operator, "A2", "letter", **called, A2_note="総務部の佐藤様", letter_to="contact_point:")
    doing.ticks(operator, "try-mail", "try-post")
    operator.press("form.sheet [type=submit]")
    assert operator.path == case.at_desk(), operator.text
    _letter, code = reading.code_letter(doing.prints(play.goes_to_work("colleague")))
    play.clock.ahead(days=9)
    play.work()
    doing.types_code(play.claimant, case, code)
    doing.tries(play.goes_to_work("operator", case.at_desk()), case, "phone", record=True, result="no_answer")
    doing.proposes(operator, case)
    play.work()
    doing.prints(play.goes_to_work("colleague"))
    doing.all_arrive(play.staff["colleague"])
    play.work()
    assert case.status == Claim.Status.NOTIFIED
    play.clock.ahead(days=20)
