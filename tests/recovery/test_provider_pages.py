"""The provider's pages: each act from its page, the words when it is not possible yet, and nothing for the desk."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.http import urlencode

from accounts.models import User
from handover.folding import search_text
from handover.models import ContactPoint, Restriction
from recovery import transitions
from recovery.models import Claim, Dispatch
from recovery.queries import examining
from tests import claims
from tests.cast import Cast, actor, sign_in
from tests.seen import mark, verbs
from tests.stock import NOW

pytestmark = pytest.mark.django_db(transaction=True)


class Page:
    """A signed-in person's browser at one moment."""

    def __init__(self, user: User, at: datetime = NOW) -> None:
        self.user, self.at = user, at

    def get(self, path: str, status: int = 200) -> str:
        return self._ask("get", path, {}, status)

    def post(self, path: str, status: int = 302, **data: Any) -> str:
        return self._ask("post", path, data, status)

    def _ask(self, method: str, path: str, data: dict[str, Any], status: int) -> str:
        with time_machine.travel(self.at, tick=False):
            response = getattr(sign_in(Client(), self.user), method)(path, data)
        content = b"".join(response) if response.streaming else response.content
        assert response.status_code == status, (path, response.status_code, content.decode(errors="replace")[:2000])
        return content.decode(errors="replace")


def of(claim: Claim, act: str = "") -> str:
    return f"/desk/claims/{claim.number}/{act}"


def point_of(claim: Claim, kind: str) -> ContactPoint:
    assert claim.registration
    return claims.point(claim.registration, kind)


# Finding --------------------------------------------------------------------------------------------------------------


def test_operator_looks_links_and_accepts(cast: Cast) -> None:
    lost = claims.held(cast)
    lost.search_text = search_text([lost.registered_name])
    lost.save()
    claim = claims.received()
    page, since = Page(cast.operator), mark()
    shown = page.get(of(claim, "candidates/"))
    assert "R-1" in shown and "青葉商事株式会社" in shown and "渡邉" not in shown
    assert verbs(since) == ["claim.candidates_listed"]
    page.post(of(claim, "link/"), registration_number="R-1")
    assert "R-1" in page.get(of(claim))
    shown = page.get(of(claim, "accept/"))
    assert "r-1@record" not in shown and "R-1" in shown
    page.post(of(claim, "accept/"))
    claim.refresh_from_db()
    assert (claim.status, claim.registration) == ("collecting", lost)


def test_unknown_number_is_told_at_the_field(cast: Cast) -> None:
    claim = claims.received()
    shown = Page(cast.operator).post(of(claim, "link/"), 200, registration_number="R-9")
    assert "error-summary" in shown and 'value="R-9"' in shown
    claim.refresh_from_db()
    assert claim.registration is None


def test_operator_opens_the_record_for_the_case(cast: Cast) -> None:
    claim = claims.accepted(cast, claims.held(cast))
    page = Page(cast.operator)
    page.get("/registrations/R-1/", 404)
    page.post(of(claim, "record/"))
    shown = page.get("/registrations/R-1/")
    assert claim.number in shown
    for customers in ("hand-over", "contact-points/add", "certificate/", "kit/", "papers/add", "care/"):
        assert f"/registrations/R-1/{customers}" not in shown, customers


def test_customer_sees_that_a_recovery_is_examined_and_no_name(cast: Cast) -> None:
    claims.accepted(cast, claims.held(cast))
    shown = Page(cast.hanako).get("/registrations/R-1/")
    assert str(Restriction.Kind.CLAIM_OPEN.label) in shown
    assert "渡邉 翔" not in shown


# Proving --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "given"),
    [
        ("O2", {"source": "registry", "issued_on": "2026-11-20"}),
        ("O3", {"issued_on": "2026-11-01"}),
        ("P1", {}),
        ("L2", {"note": "2026-10"}),
        ("P3", {}),
        ("A2", {"source": "published", "endpoint": "03-9999-0000", "departure_stated": "on", "note": "総務 佐藤様"}),
    ],
)
def test_operator_records_evidence_of_each_kind(cast: Cast, code: str, given: dict[str, str]) -> None:
    claim = claims.accepted(cast, claims.held(cast))
    page = Page(cast.operator)
    assert f"?code={code}" in page.get(of(claim, "evidence/"))
    page.get(of(claim, f"evidence/?{urlencode({'code': code})}"))
    page.post(of(claim, "evidence/"), code=code, **given)
    assert claim.evidence.get().code == code
    assert code in page.get(of(claim))


@pytest.mark.parametrize("code", ["C1", "C1b", "C3", "C5", "A3", "XX", ""])
def test_evidence_that_only_a_code_gives_cannot_be_recorded(cast: Cast, code: str) -> None:
    claim = claims.accepted(cast, claims.held(cast))
    Page(cast.operator).post(of(claim, "evidence/"), 200, code=code, note="x")
    assert not claim.evidence.exists()


def test_call_needs_a_real_number_and_not_the_claimants(cast: Cast) -> None:
    claim = claims.accepted(cast, claims.held(cast))
    for endpoint in ("", "somewhere"):
        given = {"code": "A2", "source": "published", "endpoint": endpoint, "note": "総務"}
        Page(cast.operator).post(of(claim, "evidence/"), 200, **given)
    assert not claim.evidence.exists()


def test_phone_of_record_is_masked(cast: Cast) -> None:
    claim = claims.accepted(cast, claims.held(cast))
    number = transitions.take_call_number(claim.pk, actor=claims.PUBLIC, at=NOW)
    page = Page(cast.operator)
    shown = page.get(of(claim, "phone/"))
    assert "…5678" in shown and "03-1234" not in shown
    point = point_of(claim, "phone")
    page.post(of(claim, "phone/"), contact_point=point.pk)
    call = claim.phone_calls.get()
    # The number to dial is shown once the call is on record; what is to be heard is shown to nobody.
    shown = page.get(of(claim, f"phone/{call.pk}/"))
    assert "03-1234-5678" in shown and number not in shown and number.replace("-", "") not in shown
    page.post(of(claim, f"phone/{call.pk}/"), 200, number="0000-0000")
    page.post(of(claim, f"phone/{call.pk}/"), number=number)
    assert claim.evidence.get().contact_point == point


def test_second_person_compares_and_the_first_cannot(cast: Cast) -> None:
    claim = claims.accepted(cast, claims.held(cast))
    made = claims.prove(cast, claim, "O3")
    Page(cast.operator).get(of(claim, f"evidence/{made.pk}/second/"), 403)
    Page(cast.colleague).get(of(claim, f"evidence/{made.pk}/second/"))
    Page(cast.colleague).post(of(claim, f"evidence/{made.pk}/second/"))
    made.refresh_from_db()
    assert made.second_checked_by == cast.colleague


def test_evidence_is_taken_back_and_of_another_claim_is_not_there(cast: Cast) -> None:
    claim = claims.accepted(cast, claims.held(cast))
    made, other = claims.prove(cast, claim, "P1"), claims.received()
    Page(cast.operator).get(of(other, f"evidence/{made.pk}/back/"), 409)
    other = claims.accepted(cast, claims.held(cast, "R-2"), claim=other)
    Page(cast.operator).post(of(other, f"evidence/{made.pk}/back/"), 404)
    Page(cast.operator).get(of(claim, f"evidence/{made.pk}/back/"))
    Page(cast.operator).post(of(claim, f"evidence/{made.pk}/back/"))
    made.refresh_from_db()
    assert made.taken_back_by == cast.operator


def test_attempts_by_mail_and_phone(cast: Cast) -> None:
    claim = claims.accepted(cast, claims.held(cast))
    page = Page(cast.operator)
    page.get(of(claim, "attempt/"))
    page.post(of(claim, "attempt/"), 200, medium="phone")
    assert not claim.attempts.exists()
    page.post(of(claim, "attempt/"), medium="phone", result="no_answer")
    point = point_of(claim, "mail")
    page.post(of(claim, "attempt/"), medium="mail", contact_point=point.pk)
    assert sorted(claim.attempts.values_list("medium", "result")) == [("mail", "sent"), ("phone", "no_answer")]


def test_head_office_is_taken_and_gets_a_letter(cast: Cast) -> None:
    claim = claims.accepted(cast, claims.held(cast, alive=False))
    page = Page(cast.operator)
    wrong = {"postal_code": "12", "address": "東京都千代田区皇居外苑1-1", "source": "registry"}
    page.post(of(claim, "office/"), 200, **wrong)
    page.post(of(claim, "office/"), **{**wrong, "postal_code": "100-0002"})
    page.get(of(claim, "office/second/"), 403)
    # What one has read alone is no address yet.
    assert 'value="head_office"' not in page.get(of(claim, "letter/"))
    Page(cast.colleague).post(of(claim, "office/second/"))
    assert 'value="head_office"' in page.get(of(claim, "letter/"))
    page.post(of(claim, "letter/"), to="head_office")
    assert claim.dispatches.get(purpose="code").to == "head_office"


# Letters --------------------------------------------------------------------------------------------------------------


def test_letter_is_printed_once_by_another_operator_and_arrives(cast: Cast, settings: Any) -> None:
    claim = claims.accepted(cast, claims.held(cast))
    point = point_of(claim, "post")
    Page(cast.operator).post(of(claim, "letter/"), to=f"contact_point:{point.pk}")
    letter = claim.dispatches.get(purpose="code")
    plain = claims.code_sent(letter)
    assert f'value="{letter.pk}"' not in Page(cast.operator).get("/desk/letters/")
    shown = Page(cast.colleague).get("/desk/letters/")
    assert f'value="{letter.pk}"' in shown and plain not in shown and claim.number in shown
    Page(cast.operator).post("/desk/letters/print/", letters=letter.pk)
    letter.refresh_from_db()
    assert letter.printed_at is None
    assert Page(cast.colleague).post("/desk/letters/print/", 200, letters=letter.pk).startswith("%PDF")
    letter.refresh_from_db()
    assert letter.printed_by == cast.colleague
    kept = list(settings.LETTER_DIR.iterdir())
    assert len(kept) == 1 and letter.letter_number in kept[0].name and kept[0].read_bytes().startswith(b"%PDF")
    Page(cast.colleague).post("/desk/letters/print/", letters=letter.pk)  # said, and nothing printed
    page = Page(cast.operator)
    assert f"/desk/letters/{letter.pk}/delivered/" in page.get("/desk/letters/")
    page.get(f"/desk/letters/{letter.pk}/delivered/")
    page.post(f"/desk/letters/{letter.pk}/delivered/", 200, delivered_on="2026-11-01")
    page.post(f"/desk/letters/{letter.pk}/delivered/", delivered_on="2026-11-20")
    letter.refresh_from_db()
    assert letter.delivered_at == NOW
    page.post(f"/desk/letters/{letter.pk}/returned/", 404)


def test_copy_is_kept_only_where_no_mail_server_is_set(cast: Cast, settings: Any) -> None:
    settings.EMAIL_CONFIGURED = True
    claim = claims.accepted(cast, claims.held(cast))
    letter = claim.dispatches.get(channel="letter")
    assert Page(cast.colleague).post("/desk/letters/print/", 200, letters=letter.pk).startswith("%PDF")
    assert not settings.LETTER_DIR.exists()


def test_letter_that_came_back_places_the_claim_higher(cast: Cast) -> None:
    claim = claims.accepted(cast, claims.held(cast))
    letter = claim.dispatches.get(channel="letter")
    Page(cast.colleague).post("/desk/letters/print/", 200, letters=letter.pk)
    Page(cast.operator).get(f"/desk/letters/{letter.pk}/returned/")
    Page(cast.operator).post(f"/desk/letters/{letter.pk}/returned/")
    claim.refresh_from_db()
    assert claim.tier == 4


def test_mail_that_was_given_up_appears_and_can_be_called_back(cast: Cast) -> None:
    claim = claims.accepted(cast, claims.held(cast))
    gone = claim.dispatches.filter(channel="mail").first()
    assert gone
    type(gone.notice).objects.filter(pk=gone.notice_id).update(status="failed")
    page = Page(cast.operator)
    assert f"/desk/letters/{gone.pk}/returned/" in page.get("/desk/letters/")
    page.get(f"/desk/letters/{gone.pk}/delivered/", 404)
    page.post(f"/desk/letters/{gone.pk}/returned/")
    gone.refresh_from_db()
    assert gone.returned_at


@pytest.mark.parametrize("count", [1, 3])
def test_list_of_letters_costs_the_same_for_any_number(cast: Cast, count: int) -> None:
    for number in range(count):
        claim = claims.accepted(cast, claims.held(cast, f"R-{number}"))
    letter = claim.dispatches.get(channel="letter")
    Page(cast.colleague).post("/desk/letters/print/", 200, letters=letter.pk)
    client = sign_in(Client(), cast.operator)
    with CaptureQueriesContext(connection) as seen:
        assert client.get("/desk/letters/").status_code == 200
    assert len(seen) <= 8


# Deciding -------------------------------------------------------------------------------------------------------------


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


# Who ------------------------------------------------------------------------------------------------------------------

OPERATORS = "candidates link accept office evidence letter mail-code attempt propose".split()
DECIDERS = "decide send-back refuse execute invite resume".split()


@pytest.mark.parametrize("act", [*OPERATORS, *DECIDERS, "record", "evidence/1/back", "evidence/1/second"])
@pytest.mark.parametrize("who", ["agent", "supervisor", "hanako", "worker", "editor", "auditor"])
def test_nobody_else_has_these_paths(cast: Cast, act: str, who: str) -> None:
    claim = claims.accepted(cast, claims.held(cast))
    client, before = sign_in(Client(), getattr(cast, who)), mark()
    for method in (client.get, client.post):
        assert method(of(claim, f"{act}/")).status_code in (403, 404, 405), act
    assert mark() == before


@pytest.mark.parametrize("path", ["", "print/", "1/delivered/", "1/returned/"])
@pytest.mark.parametrize("who", ["agent", "supervisor", "hanako", "approver", "senior", "auditor"])
def test_letters_are_the_operators(cast: Cast, path: str, who: str) -> None:
    claims.accepted(cast, claims.held(cast))
    client = sign_in(Client(), getattr(cast, who))
    for method in (client.get, client.post):
        assert method(f"/desk/letters/{path}").status_code in (403, 404, 405)


def test_operators_do_not_decide_and_approvers_do_not_collect(cast: Cast) -> None:
    claim = claims.accepted(cast, claims.held(cast))
    for act in DECIDERS:
        Page(cast.operator).get(of(claim, f"{act}/"), 403)
    for act in OPERATORS:
        Page(cast.approver).get(of(claim, f"{act}/"), 403)


# The panel ------------------------------------------------------------------------------------------------------------

STAGES: dict[str, Callable[..., Claim]] = {
    "linked": claims.linked,
    "accepted": claims.accepted,
    "proven": claims.proven,
    "proposed": claims.proposed,
    "notified": claims.notified,
    "approved": claims.approved,
    "executed": claims.executed,
}


@pytest.mark.parametrize("alive", [True, False])
@pytest.mark.parametrize("stage", STAGES)
@pytest.mark.parametrize("who", ["operator", "approver", "senior", "auditor"])
def test_claim_page_shows_every_stage_within_its_queries(cast: Cast, stage: str, who: str, alive: bool) -> None:
    claim = STAGES[stage](cast, claims.held(cast, alive=alive))
    user, at = getattr(cast, who), claims.later(days=40)
    wanted = ("inquiry", "procedure", "registration__organisation", "invitation", "proposed_by")
    found = Claim.objects.select_related(*wanted).get(pk=claim.pk)
    by = actor(user)
    with CaptureQueriesContext(connection) as seen:
        shown = examining.panel(found, by, at)
    assert shown and shown.next and len(seen) <= 6, len(seen)
    Page(user, at).get(of(claim))
    if who == "auditor":
        assert not shown.may


def test_claim_page_begins_with_what_is_next_and_names_the_claimant(cast: Cast) -> None:
    claim = claims.accepted(cast, claims.held(cast))
    page = sign_in(Client(), cast.operator).get(f"/desk/claims/{claim.number}/").content.decode()
    assert page.index("次にすること") < page.index(f"/desk/claims/{claim.number}/capacity/")
    assert "お申し込みの方のお名前" in page and "お電話の方のお名前" not in page
    assert "メール　メール" not in page and "郵便　郵便" not in page, "what went out says its channel once"


def test_operator_of_a_proposed_claim_is_led_to_the_letters(cast: Cast) -> None:
    claim = claims.proposed(cast, claims.held(cast))
    page = f"/desk/claims/{claim.number}/"
    letters = "封書を印刷し、到着を記録する"
    assert letters in sign_in(Client(), cast.operator).get(page).content.decode()
    assert letters not in sign_in(Client(), cast.approver).get(page).content.decode(), "who decides prints nothing"


def test_ways_to_try_first_are_not_offered_after_the_end(cast: Cast) -> None:
    claim = claims.accepted(cast, claims.held(cast))
    page, operator = f"/desk/claims/{claim.number}/", sign_in(Client(), cast.operator)
    assert 'id="exits"' in operator.get(page).content.decode()
    transitions.withdraw(claim.pk, actor=claims.PUBLIC, at=NOW)
    assert 'id="exits"' not in operator.get(page).content.decode()


def test_agent_gets_no_panel(cast: Cast) -> None:
    claim = claims.accepted(cast, claims.held(cast))
    assert examining.panel(claim, actor(cast.agent), NOW) is None
    shown = Page(cast.agent).get(of(claim))
    assert "R-1" not in shown and "candidates" not in shown


def test_panel_weighs_as_the_proposal_does(cast: Cast) -> None:
    claim = claims.accepted(cast, claims.held(cast))
    claims.prove(cast, claim, "P1")
    claims.prove(cast, claim, "O3")
    shown = examining.panel(Claim.objects.get(pk=claim.pk), actor(cast.operator), NOW)
    assert shown and shown.standing
    reasons = {proof.code: proof.why_not for group in shown.groups for proof in group.proofs}
    assert reasons["P1"] == "" and reasons["O3"] != ""
    assert shown.standing.assessment.points == 30
    assert "propose" in shown.may and len(shown.missing) > 3
    assert Dispatch.objects.filter(claim=claim).count() == len(shown.dispatches)
