"""Journey (e): a ministry's office with no live contact point: tier 4, from the intake to the new custodian."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from accounts.models import Role
from handover.models import ContactPoint
from recovery.models import Claim
from tests.cast import Cast, somebody
from tests.claims import OBJECTION
from tests.journeys import printed as reading
from tests.journeys import recovering as doing
from tests.journeys.conftest import Clock, Letterbox, Newcomer
from tests.journeys.recovering import Case, Play
from tests.stock import START, holder, registration

pytestmark = pytest.mark.django_db(transaction=True)

Work = Callable[[], None]
NUMBER = "MIN-7654321"
OFFICE = "東京都千代田区霞が関9-9-9"
STATED = {
    "organisation_name": "わかば省",
    "organisation_kana": "ワカバショウ",
    "unit": "霞が関庁舎",
    "address": "霞ヶ関の本庁舎",
    "remarks": "組織改編で前の課がなくなりました。",
    "name": "山本 葉子",
    "kana": "ヤマモト ヨウコ",
    "department": "会計課",
    "mail": "yoko@new-wakaba.example",
}


@pytest.fixture
def play(clock: Clock, cast: Cast, work: Work, letterbox: Letterbox, newcomer: Newcomer) -> Play:
    lost = registration(cast.wakaba, NUMBER, custodian=cast.minoru)
    lost.unit = "旧総務課"
    for kind, value in (("phone", "03-2222-3333"), ("post", "東京都千代田区千代田1-1")):
        ContactPoint.objects.create(
            registration=lost, kind=kind, value=value, postal_code="1000001", since=START.date(), purposes=["procedure"]
        )
    ContactPoint.objects.filter(registration=lost, kind="post").update(health=ContactPoint.Health.RETURNED)
    ContactPoint.objects.filter(registration=lost).exclude(kind="post").update(health=ContactPoint.Health.BOUNCED)
    lost.save()
    doing.findable(lost)
    staff = {who: newcomer().speaks("en") for who in ("operator", "colleague", "approver", "senior")}
    return Play(cast, clock, work, letterbox, lost, newcomer(), staff)


def test_office_without_a_live_contact_point_gets_it_back_by_tier_4(play: Play, newcomer: Newcomer) -> None:
    case = comes_in(play)
    head_office_is_taken(play, case)
    proofs_are_gathered(play, case)
    attempts_are_made(play, case)
    who_saw_the_claimant_does_not_propose(play, case)
    third = somebody(play.cast.provider, "三田 審", "ミタ シン", "third@provider.example", Role.OPERATOR)
    doing.proposes(newcomer().speaks("en").is_signed_in(third), case)
    everybody_is_told(play, case)
    one_yes_is_not_enough(play, case)
    second_yes_approves(play, case)
    is_carried_out(play, case)


def comes_in(play: Play) -> Case:
    case = doing.starts(play.claimant, **STATED)
    play.work()
    doing.confirms_mailbox(play.claimant, case, play.letterbox)
    operator = play.goes_to_work("operator", case.at_desk())
    doing.finds(operator, case, NUMBER)
    assert case.row.tier == 4
    operator.go(case.at_desk())
    expect(operator.main.locator("#tier")).to_contain_text("Risk tier 4")
    play.work()
    assert play.letterbox.to(play.cast.wakako) and play.letterbox.to(play.cast.minoru)
    assert play.letterbox.to(f"{NUMBER.lower()}@record.example") == []  # it bounced long ago
    return case


def head_office_is_taken(play: Play, case: Case) -> None:
    """By the operator, from the registry; before that no letter can go there."""
    operator = play.goes_to_work("operator", case.at_desk("letter/"))
    expect(operator.main.locator("[name=to][value=head_office]")).to_have_count(0)
    operator.go(case.at_desk())
    operator.press("a[href$='/office/']")
    operator.page.check("[name=source][value=registry]")
    operator.page.fill("[name=postal_code]", "100-8999")
    operator.page.fill("[name=address]", OFFICE)
    operator.submit()
    assert operator.path == case.at_desk()
    second_compares(play, case)


def second_compares(play: Play, case: Case) -> None:
    """What one has read alone is no address yet: another operator compares it with the source."""
    operator = play.staff["operator"]
    assert operator.post(case.at_desk("office/second/")) == 403
    operator.go(case.at_desk("letter/"))
    expect(operator.main.locator("[name=to][value=head_office]")).to_have_count(0)
    expect(operator.main).to_contain_text("Another operator compares the head office with its source first.")
    colleague = play.goes_to_work("colleague", case.at_desk())
    colleague.press("a[href$='/office/second/']")
    assert OFFICE in colleague.text
    colleague.submit()
    assert colleague.path == case.at_desk(), colleague.text


def proofs_are_gathered(play: Play, case: Case) -> None:
    operator = play.goes_to_work("operator", case.at_desk())
    doing.records(operator, case, "O5", note="若葉会第12号")
    doing.records(operator, case, "O4")
    doing.records(operator, case, "P2", note="2026-11-20 11:00 画面越しに免許証を確認")
    doing.asks_the_organisation(operator, case)
    doing.orders_letter(operator, case, "head_office")
    letter, code = reading.code_letter(doing.prints(play.goes_to_work("colleague")))
    assert "〒100-8999" in letter and OFFICE in letter and "若葉省" in letter
    assert NUMBER not in letter and "会計課山本" in letter and "葉子" not in letter
    doing.tries(operator, case, "mail")
    play.clock.ahead(days=5)
    doing.types_code(play.claimant, case, code)
    assert case.row.evidence.get(code="C1b").endpoint


def attempts_are_made(play: Play, case: Case) -> None:
    """Three by three media; ten business days after the first, and not before, it can be proposed."""
    operator = play.goes_to_work("operator", case.at_desk())
    doing.tries(operator, case, "phone", record=True, result="unreachable")
    doing.tries(operator, case, "post")
    play.clock.ahead(days=9)  # Friday, the ninth business day
    operator = play.goes_to_work("operator", case.at_desk("proofs/"))
    expect(operator.main.locator("#missing")).to_contain_text("attempts to reach the predecessor")
    play.clock.ahead(days=3)


def who_saw_the_claimant_does_not_propose(play: Play, case: Case) -> None:
    """Neither who had the claimant on video, nor who printed the code."""
    for who in ("operator", "colleague"):
        visitor = play.goes_to_work(who, case.at_desk())
        assert visitor.main.locator("a[href$='/propose/']").count() == 0
        assert visitor.post(case.at_desk("propose/"), {"reason": "そろいました"}) == 403
    assert case.status == Claim.Status.COLLECTING
    assert sorted(case.row.evidence.values_list("code", flat=True)) == ["A2", "C1b", "O4", "O5", "P2"]


def everybody_is_told(play: Play, case: Case) -> None:
    """The letter to the head office is the last to arrive; fourteen days begin then."""
    play.work()
    printed = doing.prints(play.goes_to_work("colleague"))
    assert any(OFFICE in "".join(page.split()) and OBJECTION.search(page) for page in reading.pages_of(printed))
    play.clock.ahead(days=2)
    doing.all_arrive(play.goes_to_work("colleague", "/desk/letters/"))
    play.work()
    row = case.row
    assert row.status == Claim.Status.NOTIFIED and row.window_begun_on and row.window_ends_on
    assert (row.window_ends_on - row.window_begun_on).days == 14
    play.clock.ahead(days=14)
    approver = play.goes_to_work("approver", case.at_desk("decide/"))
    expect(approver.main).to_contain_text("Objections are possible until")
    play.clock.ahead(days=1)


def one_yes_is_not_enough(play: Play, case: Case) -> None:
    approver = play.goes_to_work("approver", case.at_desk())
    doing.approves(approver, case)
    assert case.status == Claim.Status.NOTIFIED
    expect(approver.main.locator("#decision")).to_contain_text("to come, from another person")
    given = {"reason": "もう一度", "signed_hash": case.row.proposal_hash}
    assert approver.post(case.at_desk("decide/"), given) == 409
    assert approver.post(case.at_desk("execute/"), given) == 409
    assert case.row.approvals.count() == 1
    play.work()
    assert not [mail for mail in play.letterbox.to(case.mail) if "/invitation/" in mail.get_content()]


def second_yes_approves(play: Play, case: Case) -> None:
    doing.approves(play.goes_to_work("senior", case.at_desk()), case)
    assert case.status == Claim.Status.APPROVED
    assert set(case.row.approvals.values_list("role", flat=True)) == {"approver", "senior"}
    play.work()
    doing.accepts_invitation(play.claimant, case.mail, play.letterbox)
    doing.says_ready(play.claimant, case)
    # The senior may say yes; carrying it out is the approver's.
    assert play.staff["senior"].go(case.at_desk("execute/")).status == 403
    assert holder(play.lost) == play.cast.minoru


def is_carried_out(play: Play, case: Case) -> None:
    doing.executes(play.goes_to_work("approver", case.at_desk()), case)
    now = holder(play.lost)
    assert now and now.email == case.mail
    play.work()
    claimant = play.claimant
    assert claimant.go(f"/registrations/{NUMBER}/").status == 200
    expect(claimant.main.locator("#people")).to_contain_text("山本")
    for told in (play.cast.minoru, play.cast.wakako):
        assert play.letterbox.about("変わりました", told)
    assert "手続きが完了しました。" in doing.looks_in(claimant, case)
