"""The provider's pages of the decision: the words when it is not possible yet, and the fresh check."""

import pytest
import time_machine
from django.test import Client

from tests import claims
from tests.cast import Cast, actor, sign_in
from tests.recovery.provider_pages import Page, of
from tests.stock import NOW

pytestmark = pytest.mark.django_db(transaction=True)


def test_proposal_says_what_is_missing_and_has_no_button(cast: Cast) -> None:
    claim = claims.accepted(cast, claims.held(cast))
    shown = Page(cast.operator).get(of(claim, "propose/"))
    assert 'name="reason"' not in shown
    Page(cast.operator).post(of(claim, "propose/"), 200, reason="そろいました")
    claim.refresh_from_db()
    assert claim.status == "collecting"


def test_three_people_carry_a_claim_through_by_their_pages(cast: Cast) -> None:
    claim = claims.proven(cast, claims.held(cast))
    operator = Page(cast.operator, claims.READY)
    assert 'name="reason"' in operator.get(of(claim, "propose/"))
    operator.post(of(claim, "propose/"), reason="そろいました")
    claim.refresh_from_db()
    assert claim.status == "proposed"
    claims.all_delivered(cast, claim, at=claims.READY)
    claims.clock.run(at=claims.READY)
    claim.refresh_from_db()
    early = Page(cast.approver, claims.READY)
    assert 'name="reason"' not in early.get(of(claim, "decide/"))
    early.post(of(claim, "decide/"), 409, reason="よい", signed_hash=claim.proposal_hash)
    approver = Page(cast.approver, claims.decided_at(claim))
    shown = approver.get(of(claim, "decide/"))
    assert claim.proposal_hash in shown and "R-1" in shown and cast.operator.display_name in shown
    approver.post(of(claim, "decide/"), 200, signed_hash=claim.proposal_hash)  # no reason
    approver.post(of(claim, "decide/"), 409, reason="よい", signed_hash="0" * 64)
    approver.post(of(claim, "decide/"), reason="よい", signed_hash=claim.proposal_hash)
    claim.refresh_from_db()
    assert claim.status == "approved"
    assert 'type="submit">Carry out' not in approver.get(of(claim, "execute/"))
    approver.post(of(claim, "execute/"), 409, signed_hash=claim.proposal_hash)
    user = claims.opens_account(claim, at=claims.decided_at(claim))
    claims.transitions.get_ready(claim.pk, actor=actor(user), at=claims.decided_at(claim))
    shown = approver.get(of(claim, "execute/"))
    assert "翔" in shown and "太郎" in shown
    approver.post(of(claim, "execute/"), signed_hash=claim.proposal_hash)
    claim.refresh_from_db()
    assert claim.status == "executed"
    approver.get(of(claim))


def test_decision_and_execution_ask_for_the_fresh_check(cast: Cast) -> None:
    claim = claims.notified(cast, claims.held(cast))
    at = claims.decided_at(claim)
    with time_machine.travel(at, tick=False):
        client = sign_in(Client(), cast.approver, fresh=False)
        given = {"reason": "よい", "signed_hash": claim.proposal_hash}
        assert client.post(of(claim, "decide/"), given).status_code == 200
    claim.refresh_from_db()
    assert claim.status == "notified" and not claim.approvals.exists()


def test_approver_sends_back_and_refuses(cast: Cast) -> None:
    claim = claims.notified(cast, claims.held(cast))
    page = Page(cast.approver, claims.decided_at(claim))
    page.get(of(claim, "send-back/"))
    page.post(of(claim, "send-back/"), reason="もう一度")
    claim.refresh_from_db()
    assert claim.status == "collecting" and claim.decision_words == "もう一度"
    page.get(of(claim, "refuse/"))
    page.post(of(claim, "refuse/"), 200, reason="custodian_active", words="x")
    page.post(of(claim, "refuse/"), reason="not_confirmed", words="足りない")
    claim.refresh_from_db()
    assert claim.status == "refused"
    page.get(of(claim))


def test_approver_sends_a_new_link(cast: Cast) -> None:
    claim = claims.approved(cast, claims.held(cast))
    first, page = claim.invitation_id, Page(cast.approver, claims.decided_at(claim))
    page.get(of(claim, "invite/"))
    page.post(of(claim, "invite/"))
    claim.refresh_from_db()
    assert claim.invitation_id != first


def test_two_people_settle_an_objection(cast: Cast) -> None:
    claim = claims.accepted(cast, claims.held(cast))
    letter = claim.dispatches.get(channel="letter")
    claims.transitions.object_to(typed=claims.objection_sent(letter), words="だめです", actor=claims.PUBLIC, at=NOW)
    objection = claim.objections.get()
    review, decide = (of(claim, f"objections/{objection.pk}/{act}/") for act in ("review", "decide"))
    assert "review/" in Page(cast.operator).get(of(claim))
    Page(cast.operator).post(decide, 403, outcome="upheld", reason="x")
    Page(cast.approver).post(decide, 409, outcome="upheld", reason="x")
    assert "だめです" in Page(cast.operator).get(review)
    Page(cast.operator).post(review, recommendation="dismissed")
    assert cast.operator.display_name in Page(cast.approver).get(decide)
    Page(cast.approver).post(decide, outcome="dismissed", reason="本人確認済み")
    claim.refresh_from_db()
    assert claim.frozen_at is None


def test_senior_lets_the_last_of_several_go_on(cast: Cast) -> None:
    lost = claims.held(cast)
    first = claims.accepted(cast, lost)
    other = claims.linked(cast, lost, claim=claims.received())
    assert "resume/" not in Page(cast.approver).get(of(first))
    Page(cast.senior).post(of(first, "resume/"), 409, reason="x")
    claims.transitions.withdraw(other.pk, actor=claims.PUBLIC, at=NOW)
    Page(cast.senior).get(of(first, "resume/"))
    Page(cast.senior).post(of(first, "resume/"), reason="もう一件は取り下げ")
    first.refresh_from_db()
    assert first.frozen_at is None
