"""The page of a claim: what each role sees, that an agent finds nothing stored, and what it costs."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from desk import transitions as at_desk
from desk.models import Contact
from handover.models import Registration
from recovery import transitions
from recovery.models import Claim
from tests import claims
from tests.announced import announced
from tests.cast import Cast, actor, sign_in
from tests.recovery.desk_pages import page, steady
from tests.stock import NOW

pytestmark = pytest.mark.django_db(transaction=True)
MOST_QUERIES = 15
# Of agent, operator, approver, senior, auditor.
COSTS = {
    "received": [11, 10, 11, 11, 9],
    "linked": [13, 13, 14, 14, 12],
    "proven": [14, 14, 14, 14, 12],
    "notified": [13, 13, 15, 15, 12],
    "ready": [11, 13, 15, 15, 12],
}
TRANSACTION = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE")


def stored(held: Registration) -> list[str]:
    """Return every word on record about a registration that an agent must not find."""
    points = held.contact_points.values_list("value", flat=True)
    return [held.number, held.registered_name, held.address, "𠮷田", "太郎", "ヨシダ", "taro@aoba.example", *points]


# The page of a claim --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["agent", "supervisor", "operator", "approver", "senior", "auditor"])
def test_staff_sees_what_was_stated(cast: Cast, client: Client, who: str) -> None:
    text = page(sign_in(client, getattr(cast, who)), claims.received())
    for stated in ("(株)青葉商亊", "渡邉 翔", "千代田区千代田１－１", "sho@new.example"):
        assert stated in text


@pytest.mark.parametrize("who", ["hanako", "taro", "worker", "editor"])
@pytest.mark.parametrize("path", ["", "papers/", "mail/"])
def test_others_find_no_claim(cast: Cast, client: Client, who: str, path: str) -> None:
    claim = claims.received()
    sign_in(client, getattr(cast, who))
    known = client.get(f"/desk/claims/{claim.number}/{path}")
    unknown = client.get(f"/desk/claims/C-0000-000-000/{path}")
    assert known.status_code == unknown.status_code == 404
    assert known.content == unknown.content


def test_claimant_with_an_account_has_no_page_of_the_desk(cast: Cast, client: Client) -> None:
    claim = claims.ready(cast, claims.held(cast))
    assert claim.claimant or claim.invitation
    user = claim.invitation.accepted_by if claim.invitation else None
    assert user
    assert sign_in(client, user).get(f"/desk/claims/{claim.number}/").status_code == 404


@pytest.mark.parametrize("stage", ["received", "linked", "accepted", "proven", "proposed", "notified", "approved"])
def test_agent_finds_nothing_stored_at_any_stage(cast: Cast, client: Client, stage: str) -> None:
    held = claims.held(cast)
    claim = claims.received() if stage == "received" else getattr(claims, stage)(cast, held)
    announced(claim.inquiry, cast.colleague)
    at_desk.note_contact(
        claim.inquiry_id,
        direction="out",
        channel="phone",
        party="claimant",
        minutes=3,
        text=f"登録 {held.number} の 𠮷田 太郎 様の件",  # an operator may write so, an agent may not read it
        actor=actor(cast.colleague),
        at=NOW,
    )
    text = page(sign_in(client, cast.agent), claim)
    for secret in stored(held):
        assert secret not in text, (stage, secret)
    assert cast.colleague.display_name in text  # that somebody spoke with the claimant
    for act in ("candidates/", "link/", "evidence/", "decide/", "refuse/", "execute/", "record/", "letter/"):
        assert f"/desk/claims/{claim.number}/{act}" not in text
    operators = page(sign_in(Client(), cast.operator), claim)
    assert "登録 R-1 の" in operators


def test_agents_page_is_the_same_before_and_after_a_match(cast: Cast, client: Client) -> None:
    """Byte for byte, until organisation and person are proven (invariant 21)."""
    claim = claims.received()
    sign_in(client, cast.agent)
    before = steady(page(client, claim))
    held = claims.held(cast)
    claims.linked(cast, held, claim=claim)
    assert steady(page(client, claim)) == before
    claim = transitions.accept(claim.pk, actor=actor(cast.operator), at=NOW)
    assert steady(page(client, claim)) == before
    announced(claim.inquiry, cast.operator)
    transitions.record_attempt(
        claim.pk, medium="phone", contact_point_pk=claims.point(held, "phone").pk, result="no_answer",
        actor=actor(cast.operator), at=NOW,
    )  # fmt: skip
    claims.prove(cast, claim, "C2")
    assert steady(page(client, claim)) == before


def test_agent_learns_enough_and_not_enough_by_type(cast: Cast, client: Client) -> None:
    claim = claims.accepted(cast, claims.held(cast))
    sign_in(client, cast.agent)
    before = page(client, claim)
    assert 'data-tone="ok"' in before  # the mail address is confirmed; no proof is
    assert "<details>" in before
    for code in ("O2", "P1", "A2"):
        claims.prove(cast, claim, code)
    text = page(client, claim)
    assert text.count("<details>") == before.count("<details>") - 3
    claims.by_letter(cast, claim)
    assert "<details>" not in page(client, claim)


def test_overdue_promise_stands_in_red_with_its_owner(cast: Cast, client: Client) -> None:
    claim = claims.received()
    at_desk.hold(
        claim.inquiry_id,
        reason="call_back",
        owner=cast.supervisor,
        next_action="call",
        promised_from=claims.later(hours=1),
        promised_until=claims.later(hours=2),
        wish="折り返しの電話",
        actor=actor(cast.agent),
        at=NOW,
    )
    sign_in(client, cast.agent)
    text = page(client, claim, claims.later(hours=2))
    assert 'class="notice" data-tone="info"' in text and 'data-tone="bad"' not in text
    assert cast.supervisor.display_name in text and "12:00" in text  # in Japan
    text = page(client, claim, claims.later(hours=2, seconds=1))
    assert 'class="notice" data-tone="bad"' in text
    assert "12:00までに" not in text  # no sentence promises what is over


def test_words_to_say_are_in_the_inquirers_language(cast: Cast, client: Client) -> None:
    claim = claims.received(language="en")
    text = page(sign_in(client, cast.agent), claim)
    assert f"Your receipt number is {claim.number}" in text
    assert 'lang="en"' in text


# What it costs --------------------------------------------------------------------------------------------------------


def furnish(cast: Cast, claim: Claim, rows: int) -> None:
    """Give a claim `rows` of everything on its page."""
    for number in range(rows):
        Contact.objects.create(
            inquiry=claim.inquiry, direction="in", channel="phone", party="claimant", by=cast.agent, at=NOW,
            sealed_note=Contact.objects.first().sealed_note if Contact.objects.exists() else _sealed(),
        )  # fmt: skip
        at_desk.hold(
            claim.inquiry_id, reason="call_back", owner=cast.agent, next_action="call",
            promised_from=claims.later(hours=number + 1), promised_until=claims.later(hours=number + 2), wish="x",
            actor=actor(cast.agent), at=NOW,
        )  # fmt: skip


def _sealed() -> bytes:
    from outbox import cipher

    return cipher.encrypt("ご質問")


def cost(client: Client, path: str) -> int:
    """Queries of a look that is not the hour's first, which is counted (procedure.md A10)."""
    client.get(path)
    with CaptureQueriesContext(connection) as seen:
        assert client.get(path).status_code == 200
    return sum(not query["sql"].startswith(TRANSACTION) for query in seen.captured_queries)


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize(("stage", "queries"), COSTS.items())
def test_page_costs_the_same_for_any_number_of_rows(cast: Cast, stage: str, queries: list[int], rows: int) -> None:
    held = claims.held(cast)
    claim = claims.received() if stage == "received" else getattr(claims, stage)(cast, held)
    furnish(cast, claim, rows)
    path, people = (
        f"/desk/claims/{claim.number}/",
        (cast.agent, cast.operator, cast.approver, cast.senior, cast.auditor),
    )
    assert [cost(sign_in(Client(), who), path) for who in people] == queries
    assert max(queries) <= MOST_QUERIES
