"""Journey (b): who has lost everything gets it back, from the first question to a certificate that verifies."""

import re
from collections.abc import Callable
from email.message import EmailMessage

import pytest
from playwright.sync_api import expect

from handover.models import Certificate, Custody
from recovery.models import Claim
from tests import claims
from tests.cast import Cast
from tests.claims import OBJECTION
from tests.handover.paper_files import kept
from tests.journeys import printed as reading
from tests.journeys import recovering as doing
from tests.journeys.conftest import Clock, Letterbox, Newcomer, Visitor
from tests.journeys.recovering import Case, Play
from tests.journeys.test_handover import check_code, check_file, issue
from tests.stock import holder

pytestmark = pytest.mark.django_db(transaction=True)

Work = Callable[[], None]
NUMBER = "ABC-1234567"
EXIT = "組織の中で本日解決できます"  # to administrators, who need no objection for that


@pytest.fixture
def play(clock: Clock, cast: Cast, work: Work, letterbox: Letterbox, newcomer: Newcomer) -> Play:
    lost = claims.held(cast, NUMBER)
    doing.findable(lost)
    kept(lost, cast.taro)
    staff = {who: newcomer().speaks("en") for who in ("agent", "operator", "colleague", "approver")}
    return Play(cast, clock, work, letterbox, lost, newcomer(), staff)


def test_who_lost_everything_gets_it_back(play: Play, newcomer: Newcomer) -> None:
    case = comes_in(play)
    agent_promises(play, case)
    operator_examines(play, case)
    proofs_are_gathered(play, case)
    is_proposed(play, case)
    everybody_is_told(play, case)
    too_early_is_refused(play, case)
    is_decided(play, case)
    claimant_gets_ready(play, case)
    is_carried_out(play, case)
    new_custodian_uses_it(play, case, anybody=newcomer().speaks("en"))
    former_custodian_is_told(play, newcomer())


def comes_in(play: Play) -> Case:
    case = doing.starts(play.claimant)
    assert NUMBER not in play.claimant.text
    play.work()
    doing.confirms_mailbox(play.claimant, case, play.letterbox)
    assert "受け付けました。" in play.claimant.text
    return case


def agent_promises(play: Play, case: Case) -> None:
    agent = play.goes_to_work("agent")
    assert case.number in agent.text and "(株)青葉商亊" in agent.text
    doing.takes_on_hold(agent, case, until="2026-11-20T15:00")
    for stored in (NUMBER, play.lost.registered_name, "𠮷田", "record.example"):
        assert stored not in agent.page.content()
    told = doing.looks_in(play.claimant, case)
    assert "当社からのご連絡のお約束" in told
    assert "14:00" in told and "15:00" in told


def has_objection(mail: EmailMessage) -> bool:
    return OBJECTION.search(mail.get_content()) is not None


def operator_examines(play: Play, case: Case) -> None:
    operator = play.goes_to_work("operator")
    operator.press(f"a[href='{case.at_desk()}']")
    doing.finds(operator, case, NUMBER)
    play.work()
    for who, others in ((play.cast.taro, 0), (play.cast.hanako, 1), (f"{NUMBER.lower()}@record.example", 0)):
        *beside, told = sorted(play.letterbox.to(who), key=has_objection)
        assert [EXIT in mail["Subject"] for mail in beside] == [True] * others
        assert reading.objection_in(told) and case.number in told.get_content()
    assert (
        len({reading.objection_in(mail) for mail in play.letterbox.mails if OBJECTION.search(mail.get_content())}) == 3
    )
    assert len(play.letterbox.to(case.mail)) == 1


def proofs_are_gathered(play: Play, case: Case) -> None:
    operator = play.goes_to_work("operator", case.at_desk())
    doing.records(operator, case, "O2", source="registry")
    doing.records(operator, case, "P1")
    doing.asks_the_organisation(operator, case)
    doing.tries(operator, case, "mail", record=True)
    doing.orders_letter(operator, case, "contact_point:")
    operator.go("/desk/letters/")
    expect(operator.main.locator("#waiting")).to_contain_text("What you ordered yourself is marked “another operator”")
    letter, code = reading.code_letter(doing.prints(play.goes_to_work("colleague")))
    assert "〒100-0001" in letter and "東京都千代田区千代田1-1" in letter and case.number in letter
    assert NUMBER not in letter and "𠮷田" not in letter
    doing.looks_in(play.claimant, case)
    expect(play.claimant.main.locator("#found")).to_contain_text("コード")
    assert "567" not in play.claimant.main.locator("#found").inner_text()
    play.clock.ahead(days=4)  # to Tuesday: the holiday lies between
    play.work()
    doing.types_code(play.claimant, case, code)
    expect(play.claimant.main.locator("#found")).to_contain_text("567")
    assert NUMBER not in play.claimant.page.content()
    doing.tries(play.goes_to_work("operator", case.at_desk()), case, "phone", record=True, result="no_answer")


def is_proposed(play: Play, case: Case) -> None:
    operator = play.goes_to_work("operator", case.at_desk())
    operator.press("a[href$='/propose/']")
    expect(operator.main).to_contain_text("Missing: attempts to reach the predecessor")
    expect(operator.main.locator("form[method=post]")).to_have_count(0)
    play.clock.ahead(days=7)  # five business days after the first try
    doing.tries(play.goes_to_work("operator", case.at_desk()), case, "post")
    doing.proposes(operator, case)
    assert play.staff["operator"].go(case.at_desk("decide/")).status == 403


def everybody_is_told(play: Play, case: Case) -> None:
    play.work()
    proposed = play.letterbox.about(case.number, play.cast.taro)
    assert "2026年（令和8年）12月" in proposed.get_content()
    colleague = play.goes_to_work("colleague")
    printed = doing.prints(colleague)
    assert all(OBJECTION.search(page) for page in reading.pages_of(printed))
    play.work()
    assert case.status == Claim.Status.PROPOSED  # a letter is still on its way
    play.clock.ahead(days=2)
    doing.all_arrive(play.goes_to_work("colleague", "/desk/letters/"))
    play.work()
    assert case.status == Claim.Status.NOTIFIED
    assert "異議申出の期間が終わるのを待っています。" in doing.looks_in(play.claimant, case)


def too_early_is_refused(play: Play, case: Case) -> None:
    approver = play.goes_to_work("approver", case.at_desk())
    approver.press("a[href$='/decide/']")
    expect(approver.main).to_contain_text("Objections are possible until")
    expect(approver.main.locator("form[method=post]")).to_have_count(0)
    given = {"reason": "早く", "signed_hash": case.row.proposal_hash}
    assert approver.post(case.at_desk("decide/"), given) == 409
    assert case.status == Claim.Status.NOTIFIED and not case.row.approvals.exists()


def is_decided(play: Play, case: Case) -> None:
    play.clock.ahead(days=6)  # three business days after the last delivery are over
    play.staff["approver"].context.clear_cookies()
    play.staff["approver"].speaks("en").is_signed_in(play.cast.approver, fresh=False)
    approver = play.goes_to_work("approver", case.at_desk("decide/"))
    approver.page.fill("[name=reason]", "よい")
    approver.page.fill("[name=fresh-password]", "not my password")
    approver.page.fill("[name=fresh-code]", "000000")
    approver.submit()
    assert case.status == Claim.Status.NOTIFIED
    doing.approves(approver, case)
    assert case.status == Claim.Status.APPROVED
    approver.go(case.at_desk("execute/"))
    expect(approver.main.locator("form[method=post]")).to_have_count(0)
    assert holder(play.lost) == play.cast.taro


def claimant_gets_ready(play: Play, case: Case) -> None:
    play.work()
    assert "承認されました。" in doing.looks_in(play.claimant, case)
    doing.accepts_invitation(play.claimant, case.mail, play.letterbox)
    doing.says_ready(play.claimant, case)
    assert holder(play.lost) == play.cast.taro


def is_carried_out(play: Play, case: Case) -> None:
    approver = play.goes_to_work("approver", case.at_desk())
    doing.executes(approver, case)
    now = holder(play.lost)
    assert now and now.email == case.mail
    assert Custody.objects.current().get(registration=play.lost).basis == Custody.Basis.RECOVERY
    play.work()
    assert "手続きが完了しました。" in doing.looks_in(play.claimant, case)


def new_custodian_uses_it(play: Play, case: Case, *, anybody: Visitor) -> None:
    user = holder(play.lost)
    assert user
    claimant, done = play.claimant, play.letterbox.about(case.number, user)
    [link] = re.findall(rf"{re.escape(claimant.origin)}/registrations/\S*", done.get_content())
    claimant.go(link)
    assert claimant.path == "/registrations/", claimant.text
    assert NUMBER in claimant.text
    claimant.press(f"a[href*='{NUMBER}']")
    expect(claimant.main.locator("#people")).to_contain_text("渡邉")
    expect(claimant.main.locator("#papers")).to_contain_text("契約書")
    claimant.press("a[href$='/history/']")
    for words in ("登録担当者の変更", "異議申出の期間を開始", "コードの入力"):
        assert words in claimant.text
    assert "不明な方" not in claimant.text
    file = issue(claimant, play.lost)
    made = Certificate.objects.latest("issued_at")
    assert "Valid: we issued this certificate" in check_file(anybody, file)
    assert "Valid: we issued this certificate" in check_code(anybody, made.check_code)


def former_custodian_is_told(play: Play, former: Visitor) -> None:
    told = play.letterbox.about("変わりました", play.cast.taro)
    assert reading.objection_in(told)
    former.go(f"/registrations/{NUMBER}/")
    former.sign_in(play.cast.taro)
    assert former.go(f"/registrations/{NUMBER}/").status == 200
    assert not [link for link in former.links() if link.endswith(("/hand-over/", "/certificate/", "/papers/add/"))]
    assert former.post(f"/registrations/{NUMBER}/certificate/") == 403
