"""Pages of requests of change: what they cost, what they show, and whole ways through them."""

import uuid
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from handover import transitions
from handover.models import ChangeRequest, ContactPoint, Registration
from tests.cast import Cast, actor, sign_in
from tests.changes import approved, asked, executed, proposed
from tests.stock import NOW, holder, registration

TRANSACTION = ("SAVEPOINT", "RELEASE SAVEPOINT", "BEGIN", "COMMIT")


def cost(client: Client, path: str) -> int:
    client.get(path)
    with CaptureQueriesContext(connection) as seen:
        assert client.get(path).status_code == 200
    return sum(not query["sql"].startswith(TRANSACTION) for query in seen.captured_queries)


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize(("who", "queries"), [("operator", 7), ("hanako", 6), ("taro", 6)])
def test_list_costs_the_same_for_one_and_three(cast: Cast, client: Client, count: int, who: str, queries: int) -> None:
    for number in range(count):
        asked(cast, "rename", registration(cast.aoba, f"R-{number}", custodian=cast.taro))
    assert cost(sign_in(client, getattr(cast, who)), "/changes/") == queries


@pytest.mark.parametrize("count", [1, 3])
def test_request_costs_the_same_for_one_and_three_registrations(cast: Cast, client: Client, count: int) -> None:
    held = [registration(cast.aoba, f"R-{number}", custodian=cast.taro) for number in range(count)]
    change = proposed(cast, asked(cast, "transfer", *held))
    assert cost(sign_in(client, cast.approver), f"/changes/{change.number}/") == 15


@pytest.mark.parametrize("count", [1, 3])
def test_affiliations_cost_the_same_for_one_and_three(cast: Cast, client: Client, count: int) -> None:
    others = [cast.wakaba, *(type(cast.aoba).objects.create(kind="customer", legal_name=f"子{n}") for n in range(2))]
    for other in others[:count]:
        transitions.record_affiliation(
            organisation_pk=cast.aoba.pk,
            other_pk=other.pk,
            kind="group",
            proof="登記",
            issued_on=NOW.date(),
            actor=actor(cast.operator),
            at=NOW,
        )
    assert cost(sign_in(client, cast.operator), "/affiliations/") == 7


def test_requests_of_others_are_not_there(cast: Cast, held: Registration, client: Client) -> None:
    change = asked(cast, "transfer", held)
    for who in ("jiro", "wakako", "minoru", "worker", "agent", "editor"):
        fresh = sign_in(Client(), getattr(cast, who))
        assert fresh.get(f"/changes/{change.number}/").status_code == 404
        assert change.number not in fresh.get("/changes/").content.decode()
    for who in ("taro", "hanako", "operator", "approver", "senior", "auditor"):
        assert sign_in(Client(), getattr(cast, who)).get(f"/changes/{change.number}/").status_code == 200


def test_custodian_reads_what_stops_before_the_wish_can_be_sent(cast: Cast, held: Registration, client: Client) -> None:
    registration(cast.aoba, "R-2", custodian=cast.taro)
    page = sign_in(client, cast.taro).get("/registrations/R-1/cancel/").content.decode()
    assert page.index('id="stops"') < page.index('id="whom"') < page.index('name="has_read"')
    assert "R-2" in page
    given = {"reason": "閉店", "wished_on": "2027-03-31", "token": str(uuid.uuid4())}
    assert client.post("/registrations/R-1/cancel/", given).status_code == 200
    assert not ChangeRequest.objects.exists()
    assert client.post("/registrations/R-1/cancel/", {**given, "has_read": "on"}).status_code == 302
    assert ChangeRequest.objects.get().kind == "cancellation"
    # A second wish has no button while the first is open.
    assert 'name="has_read"' not in client.get("/registrations/R-1/cancel/").content.decode()


def test_whole_way_of_a_transfer_through_the_pages(cast: Cast, held: Registration) -> None:
    def press(who: str, path: str, **data: Any) -> None:
        answer = sign_in(Client(), getattr(cast, who)).post(path, data)
        assert answer.status_code == 302, (who, path, answer.content.decode()[-3000:])

    press(
        "taro",
        "/registrations/R-1/change/transfer/",
        scope="this",
        receiver_name="若葉省",
        receiver_corporate_number="１０００－０１２０１０００３",
        reason="事業譲渡",
        seal_giver_issued_on="2026-11-02",
        seal_giver_reference="1",
        token=str(uuid.uuid4()),
    )
    change = ChangeRequest.objects.get()
    path = f"/changes/{change.number}/"
    press("operator", f"{path}receiver/", organisation="1000012010003")
    issued = "2026-11-02"
    for kind in ("seal_giver", "seal_receiver"):
        press("operator", f"{path}proof/", kind=kind, issued_on=issued, reference="1")
    press("hanako", f"{path}consent/")
    press("operator", f"{path}paper-consent/", side="receiver", signed_on=issued, reference="承諾書")
    press("operator", f"{path}propose/", reason="そろった")
    change.refresh_from_db()
    signed = {"signed_hash": change.proposal_hash}
    for who in ("approver", "senior"):
        press(who, f"{path}decide/", **signed, reason="よい")
    press("approver", f"{path}release/", **signed)
    assert holder(held) is None
    press("approver", f"{path}execute/", **signed)
    held.refresh_from_db()
    assert held.organisation == cast.wakaba


def test_operator_opens_a_letter_with_its_list(cast: Cast, held: Registration, client: Client) -> None:
    registration(cast.aoba, "R-2", custodian=cast.jiro)
    data = {
        "scope": "listed",
        "numbers": "R-1, 第一課\nR-2、第二課\n",
        "reason": "組織改編",
        "official_letter_issued_on": "2026-11-02",
        "official_letter_reference": "総総第12号",
        "token": str(uuid.uuid4()),
    }
    assert sign_in(client, cast.operator).post("/changes/paper/reorganisation/", data).status_code == 302
    made = ChangeRequest.objects.get()
    assert (made.on_paper, dict(made.items.values_list("registration__number", "new_unit"))) == (
        True,
        {"R-1": "第一課", "R-2": "第二課"},
    )


@pytest.mark.parametrize("who", ["hanako", "agent", "approver", "auditor"])
def test_nobody_else_opens_requests_on_paper(cast: Cast, client: Client, who: str) -> None:
    assert sign_in(client, getattr(cast, who)).get("/changes/paper/rename/").status_code == 403


def test_acts_that_matter_ask_anew_who_it_is(cast: Cast, held: Registration) -> None:
    change = proposed(cast, asked(cast, "rename", held))
    stale = sign_in(Client(), cast.approver, fresh=False)
    answer = stale.post(f"/changes/{change.number}/decide/", {"signed_hash": change.proposal_hash, "reason": "よい"})
    assert answer.status_code == 200
    change.refresh_from_db()
    assert change.status == "proposed"


def test_page_shows_what_is_to_be_confirmed_and_confirms_it(cast: Cast, held: Registration, client: Client) -> None:
    executed(cast, approved(cast, asked(cast, "rename", held)))
    sign_in(client, cast.taro)
    point = ContactPoint.objects.get()
    path = f"/registrations/R-1/contact-points/{point.pk}/confirm/"
    assert path in client.get("/registrations/R-1/").content.decode()
    assert client.post(path).status_code == 302
    assert path not in client.get("/registrations/R-1/").content.decode()


def test_worklist_of_names_asks_and_shows_when(cast: Cast, held: Registration, client: Client) -> None:
    registration(cast.aoba, "R-2", custodian=cast.taro)
    data = {"organisation": cast.aoba.pk, "name": "青葉商事株式会社", "unit": "本社"}
    sign_in(client, cast.operator)
    assert client.post("/names/ask/", data).status_code == 302
    assert "<time" in client.get("/names/").content.decode()
    assert client.post("/names/ask/", data).status_code == 409
    assert client.post("/names/ask/", {**data, "organisation": cast.desk.pk}).status_code == 404
