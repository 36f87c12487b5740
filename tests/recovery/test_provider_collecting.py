"""The provider's pages, from what was remembered to what is proven: each act from its page."""

import uuid

import pytest
from django.test import Client
from django.utils.http import urlencode

from handover.folding import search_text
from handover.models import Restriction
from recovery import transitions
from tests import claims
from tests.announced import announced
from tests.cast import Cast, sign_in
from tests.handover.paper_files import incoming
from tests.recovery.provider_pages import Page, of, point_of
from tests.seen import mark, verbs
from tests.stock import NOW

pytestmark = pytest.mark.django_db(transaction=True)


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
    if code in claims.CALLS:
        announced(claim.inquiry, cast.operator)
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
    page.post(of(claim, "attempt/"), 200, medium="phone", result="no_answer")  # not announced
    assert not claim.attempts.exists()
    announced(claim.inquiry, cast.operator)
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


def test_paper_from_a_stranger_is_answered_as_a_file_that_no_browser_runs(cast: Cast) -> None:
    claim = claims.accepted(cast, claims.held(cast))
    paper = transitions.submit_paper(
        claim.pk, code="O3", paper=incoming(), token=uuid.uuid4(), actor=claims.PUBLIC, at=NOW
    )
    answer = sign_in(Client(), cast.operator).post(of(claim, f"submissions/{paper.pk}/"))
    body = b"".join(answer)
    assert (answer.status_code, answer["Content-Length"]) == (200, str(len(body)))
    assert answer["Content-Disposition"].startswith("attachment")
    assert answer["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert (answer["Cache-Control"], answer["X-Content-Type-Options"]) == ("private, no-store", "nosniff")
