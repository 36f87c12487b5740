"""The provider's pages: nothing for the desk, and a panel for every stage within its queries."""

from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from recovery import transitions
from recovery.models import Claim, Dispatch
from recovery.queries import examining
from tests import claims
from tests.cast import Cast, actor, sign_in
from tests.recovery.provider_pages import Page, of
from tests.seen import mark
from tests.stock import NOW

pytestmark = pytest.mark.django_db(transaction=True)


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
