"""The sheet: what was done at one sitting, recorded by one press, each as its own act."""

import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils.translation import gettext as _

from recovery import transitions
from recovery.models import Claim, ContactAttempt, Dispatch
from tests import claims
from tests.announced import announced
from tests.cast import Cast, sign_in
from tests.recovery.provider_pages import Page, of, point_of
from tests.seen import mark, verbs
from tests.stock import NOW

pytestmark = pytest.mark.django_db(transaction=True)

TOKEN = re.compile(r'name="token" value="([^"]+)"')
O2: dict[str, Any] = {"O2-code": "O2", "O2-source": "registry", "O2-issued_on": "2026-11-20"}
P1: dict[str, Any] = {"P1-code": "P1"}
A2: dict[str, Any] = {
    "A2-code": "A2",
    "A2-source": "published",
    "A2-endpoint": "03-9999-0000",
    "A2-departure_stated": "on",
    "A2-note": "総務部の佐藤様",
}

REACHED: dict[str, Any] = {"try-phone-result": "reached"}


@pytest.fixture
def claim(cast: Cast) -> Claim:
    return claims.accepted(cast, claims.held(cast))


def send(page: Page, claim: Claim, *ticks: str, status: int = 302, token: str = "", **given: Any) -> str:
    token = token or TOKEN.findall(page.get(of(claim, "proofs/")))[0]
    return page.post(of(claim, "proofs/"), status, do=ticks, token=token, **given)


def test_operator_records_proofs_letter_and_tries_by_one_press(claim: Claim, cast: Cast) -> None:
    page, since = Page(cast.operator), mark()
    post: dict[str, Any] = {"letter-to": f"contact_point:{point_of(claim, 'post').pk}"}
    tried: dict[str, Any] = {"try-phone-result": "no_answer", "try-mail-contact_point": point_of(claim, "mail").pk}
    for _call in ("A2", "try-phone"):
        announced(claim.inquiry, cast.operator)
    since = mark()
    # As the browser sends it: the ticks in the order of the page.
    ticks = ("O2", "P1", "A2", "letter", "try-mail", "try-phone")
    send(page, claim, *ticks, **O2, **P1, **A2, **post, **tried)
    assert verbs(since) == [
        *("evidence.recorded", "evidence.recorded", "evidence.recorded"),
        *("letter.ordered", "attempt.recorded", "attempt.recorded"),
    ]
    assert [(one.code, one.checked_by) for one in claim.evidence.order_by("pk")] == [
        ("O2", cast.operator),
        ("P1", cast.operator),
        ("A2", cast.operator),
    ]
    assert claim.evidence.get(code="A2").departure_stated
    assert claim.dispatches.get(purpose=Dispatch.Purpose.CODE).gives == "C1"
    results = claim.attempts.order_by("pk").values_list("medium", "result")
    assert list(results) == [("mail", ContactAttempt.Result.SENT), ("phone", ContactAttempt.Result.NO_ANSWER)]
    shown = page.get(of(claim, "proofs/"))
    assert shown.count(str(_("On record"))) == 6


def test_calls_are_announced_from_the_sheet_and_recorded_with_it(claim: Claim, cast: Cast) -> None:
    page, since = Page(cast.operator), mark()
    given = {"calls-calls": 2, "calls-token": "11111111-1111-4111-8111-111111111111"}
    for _press in range(2):
        page.post(f"/desk/inquiries/{claim.number}/announce/now/", **given)
    assert verbs(since) == ["intention.announced"] * 2
    shown = page.get(of(claim, "proofs/"))
    codes = [one.code for one in claim.inquiry.intentions.filter(channel="phone")]
    assert len(codes) == 2 and all(code in shown for code in codes)
    tried: dict[str, Any] = {"try-phone-result": "no_answer"}
    send(page, claim, "A2", "try-phone", **A2, **tried)
    assert [one.code for one in claim.evidence.all()] == ["A2"] and claim.attempts.count() == 1
    assert not any(code in page.get(of(claim, "proofs/")) for code in codes)


def test_second_press_records_nothing_again(claim: Claim, cast: Cast) -> None:
    page = Page(cast.operator)
    token = TOKEN.findall(page.get(of(claim, "proofs/")))[0]
    send(page, claim, "P1", "try-mail", token=token, **P1)
    since = mark()
    send(page, claim, "P1", "try-mail", token=token, **P1)
    assert verbs(since) == []
    assert claim.evidence.count() == 1 and claim.attempts.count() == 1


def test_one_fault_on_the_sheet_records_nothing_and_keeps_what_was_typed(claim: Claim, cast: Cast) -> None:
    page, since = Page(cast.operator), mark()
    shown = send(page, claim, "O2", "A2", "try-phone", status=200, **O2, **{**A2, "A2-endpoint": "総務部"})
    assert verbs(since) == []
    assert "総務部" in shown and 'value="2026-11-20"' in shown
    assert shown.count("aria-invalid") == 2  # no phone number, and no result of the call
    assert 'href="#do-A2"' in shown and 'href="#do-try-phone"' in shown and 'href="#do-O2"' not in shown
    assert send(page, claim, status=200)  # nothing ticked
    assert verbs(since) == []


def test_refused_part_is_told_and_the_others_are_recorded(claim: Claim, cast: Cast) -> None:
    page, since = Page(cast.operator), mark()
    # The form cannot know what day it is; the act refuses the date.
    late = {**O2, "O2-issued_on": (NOW + timedelta(days=3)).date().isoformat()}
    send(page, claim, "O2", "P1", **late, **P1)
    assert verbs(since) == ["evidence.recorded"]
    assert [one.code for one in claim.evidence.all()] == ["P1"]


def test_last_proof_leads_straight_to_the_proposal(claim: Claim, cast: Cast) -> None:
    for code in ("O2", "P1", "A2"):
        claims.prove(cast, claim, code)
    claims.by_letter(cast, claim)
    claims.tried(cast, claim, media=("mail", "phone"))
    at = claims.READY
    page = Page(cast.operator, at)
    since = mark()
    token = TOKEN.findall(page.get(of(claim, "proofs/")))[0]
    path = _location(page, claim, {"do": ["try-post"], "token": token})
    assert path == of(claim, "propose/")
    assert verbs(since) == ["attempt.recorded"]


def test_incomplete_sheet_leads_back_to_the_claim(claim: Claim, cast: Cast) -> None:
    page = Page(cast.operator)
    token = TOKEN.findall(page.get(of(claim, "proofs/")))[0]
    assert _location(page, claim, {"do": ["P1"], "token": token, **P1}) == of(claim)


def test_reached_predecessor_ends_the_claim_from_the_sheet(claim: Claim, cast: Cast) -> None:
    announced(claim.inquiry, cast.operator)
    send(Page(cast.operator), claim, "P1", "try-phone", **P1, **REACHED)
    claim.refresh_from_db()
    assert claim.status == Claim.Status.STOPPED
    assert [one.code for one in claim.evidence.all()] == ["P1"]


def test_nobody_else_and_no_other_state_has_a_sheet(claim: Claim, cast: Cast) -> None:
    for user, status in ((cast.approver, 403), (cast.senior, 403), (cast.agent, 403), (cast.hanako, 404)):
        Page(user).get(of(claim, "proofs/"), status)
        Page(user).post(of(claim, "proofs/"), status, do="P1")
    transitions.withdraw(claim.pk, actor=claims.PUBLIC, at=NOW)
    Page(cast.operator).get(of(claim, "proofs/"), 409)


def _location(page: Page, claim: Claim, data: dict[str, Any]) -> str:
    with time_machine.travel(page.at, tick=False):
        return str(sign_in(Client(), page.user).post(of(claim, "proofs/"), data)["Location"])
