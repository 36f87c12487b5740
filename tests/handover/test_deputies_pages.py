"""Pages of deputies and of reassignment: who finds which button, what is told, and the cost of lists."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from handover import transitions
from handover.models import AuthorityCase, Deputy, Registration, StandIn
from tests.cast import Cast, actor, sign_in
from tests.handover.reassigning import DUE, notified, objected, proposed
from tests.stock import NOW, registration

EARLY = NOW - timedelta(days=30)


@pytest.fixture(autouse=True)
def today() -> Any:
    with time_machine.travel(NOW, tick=False):
        yield


def text(cast: Cast, who: str, path: str) -> str:
    page = sign_in(Client(), getattr(cast, who)).get(path)
    assert page.status_code == 200, (who, path, page.status_code)
    return page.content.decode()


def test_custodian_names_ends_and_sees_deputies_on_the_registrations_page(
    cast: Cast, held: Registration, client: Client
) -> None:
    sign_in(client, cast.taro)
    assert "/registrations/R-1/deputies/add/" in text(cast, "taro", "/registrations/R-1/")
    form = client.get("/registrations/R-1/deputies/add/").content.decode()
    assert cast.saburo.display_name in form and f'value="{cast.taro.pk}"' not in form
    assert client.post("/registrations/R-1/deputies/add/", {"deputy": cast.minoru.pk}).status_code == 200
    assert client.post("/registrations/R-1/deputies/add/", {"deputy": cast.saburo.pk}).status_code == 302
    made = Deputy.objects.get()
    page = text(cast, "taro", "/registrations/R-1/")
    assert f"/deputies/{made.pk}/end/" in page and f"/deputies/{made.pk}/activate/" not in page
    assert f"/deputies/{made.pk}/activate/" in text(cast, "hanako", "/registrations/R-1/")
    response = client.post(f"/registrations/R-1/deputies/{made.pk}/end/")
    assert response["Location"] == "/registrations/R-1/"
    made.refresh_from_db()
    assert made.until == NOW


def test_deputy_who_stands_in_finds_the_way_to_a_handover(cast: Cast, held: Registration, client: Client) -> None:
    made = transitions.name_deputy(registration_pk=held.pk, deputy=cast.saburo, actor=actor(cast.taro), at=EARLY)
    assert "/registrations/R-1/hand-over/" not in text(cast, "saburo", "/registrations/R-1/")
    sign_in(client, cast.hanako)
    client.post(f"/registrations/R-1/deputies/{made.pk}/activate/", {"reason": "出張中"})
    assert StandIn.objects.get().reason == "出張中"
    page = text(cast, "saburo", "/registrations/R-1/")
    assert "/registrations/R-1/hand-over/" in page and "contact-points/add/" not in page
    assert f"/deputies/{made.pk}/deactivate/" in text(cast, "taro", "/registrations/R-1/")
    sign_in(Client(), cast.taro).post(f"/registrations/R-1/deputies/{made.pk}/deactivate/")
    assert "/registrations/R-1/hand-over/" not in text(cast, "saburo", "/registrations/R-1/")


def test_stand_in_button_comes_with_its_day_and_goes_when_the_custodian_was_here(
    cast: Cast, held: Registration, client: Client
) -> None:
    transitions.name_deputy(registration_pk=held.pk, deputy=cast.saburo, actor=actor(cast.taro), at=EARLY)
    assert "/registrations/R-1/absence/" in text(cast, "saburo", "/registrations/R-1/")
    reported = NOW - timedelta(days=20)
    transitions.report_absence(registration_pk=held.pk, reason="無断", actor=actor(cast.saburo), at=reported)
    path = 'action="/registrations/R-1/stand-in/"'
    with time_machine.travel(NOW - timedelta(days=10)):
        assert path not in text(cast, "saburo", "/registrations/R-1/")
    assert path in text(cast, "saburo", "/registrations/R-1/")
    assert path not in text(cast, "hanako", "/registrations/R-1/")
    text(cast, "taro", "/registrations/R-1/")  # looking is an act: it is in the log
    assert path not in text(cast, "saburo", "/registrations/R-1/")
    answer = sign_in(client, cast.saburo).post("/registrations/R-1/stand-in/")
    assert answer.status_code == 409 and not StandIn.objects.exists()


def test_administrator_notes_an_unverified_period_by_the_page(cast: Cast, held: Registration, client: Client) -> None:
    assert "custody/unverified/" not in text(cast, "taro", "/registrations/R-1/custody/")
    assert "custody/unverified/" in text(cast, "hanako", "/registrations/R-1/custody/")
    sign_in(client, cast.hanako)
    path = "/registrations/R-1/custody/unverified/"
    wrong = client.post(path, {"name": "山田 某", "first_on": "2025-04-01", "last_on": "2024-04-01"})
    assert wrong.status_code == 200 and "error-summary" in wrong.content.decode()
    assert client.post(path, {"name": "山田 某", "first_on": "2024-04-01"})["Location"].endswith("/custody/")
    assert "山田 某" in text(cast, "taro", "/registrations/R-1/custody/")


# Reassignment -------------------------------------------------------------------------------------------------------

FORM = {
    "numbers": "R-1\nR-2",
    "successor_email": "jiro@aoba.example",
    "ground": "only_administrator",
    "reference_O1": "REQ-1",
    "dated_O1": "2026-11-19",
    "reference_A2": "CALL-1",
    "dated_A2": "2026-11-19",
    "token": "7e0f3c0e-7d3c-4c88-9a53-9f0f8f7b2a10",
}


@pytest.fixture
def two(cast: Cast) -> list[Registration]:
    return [registration(cast.aoba, number, custodian=cast.hanako) for number in ("R-1", "R-2")]


def test_operator_proposes_by_the_form(cast: Cast, two: list[Registration], client: Client) -> None:
    sign_in(client, cast.operator)
    for change in (
        {"reference_A2": "山田部長"},
        {"dated_A2": ""},
        {"reference_A2": "", "dated_A2": ""},
        {"numbers": "R-1 X-9"},
        {"successor_email": "minoru@wakaba.example"},
        {"ground": "refuses"},
    ):
        page = client.post("/authority/new/", FORM | change)
        assert page.status_code == 200 and "error-summary" in page.content.decode(), change
    assert not AuthorityCase.objects.exists()
    response = client.post("/authority/new/", FORM)
    case = AuthorityCase.objects.get()
    assert response["Location"] == f"/authority/{case.number}/"
    assert case.items.count() == 2 and case.proposal_hash in text(
        cast, "approver", f"/authority/{case.number}/approve/"
    )


def test_approval_and_execution_ask_for_a_fresh_check(cast: Cast, two: list[Registration]) -> None:
    case = proposed(cast, *two)
    stale = sign_in(Client(), cast.approver, fresh=False)
    page = stale.post(f"/authority/{case.number}/approve/", {"signed_hash": case.proposal_hash})
    assert page.status_code == 200 and not case.approvals.exists()
    for who in ("approver", "senior"):
        by = sign_in(Client(), getattr(cast, who))
        by.post(f"/authority/{case.number}/approve/", {"signed_hash": case.proposal_hash})
    case.refresh_from_db()
    assert case.status == "notified"
    with time_machine.travel(DUE):
        stale = sign_in(Client(), cast.approver, fresh=False)
        stale.post(f"/authority/{case.number}/execute/", {"signed_hash": case.proposal_hash})
        case.refresh_from_db()
        assert case.status == "notified"
        fresh = sign_in(Client(), cast.approver)
        fresh.post(f"/authority/{case.number}/execute/", {"signed_hash": case.proposal_hash})
    case.refresh_from_db()
    assert case.status == "executed"


def test_predecessor_reads_the_notice_and_the_answer_and_nobody_else_does(
    cast: Cast, two: list[Registration], client: Client
) -> None:
    quiet = registration(cast.aoba, "R-3", custodian=cast.hanako)
    unknown = proposed(cast, quiet)
    case = notified(cast, *two)
    path = f"/authority/{case.number}/object/"
    assert path in text(cast, "hanako", "/registrations/R-1/")
    assert "/hand-over/" not in text(cast, "hanako", "/registrations/R-1/")
    sign_in(client, cast.hanako)
    assert client.get(f"/authority/{unknown.number}/object/").status_code == 404
    for who in ("taro", "jiro", "wakako", "operator", "approver"):
        assert sign_in(Client(), getattr(cast, who)).get(path).status_code == 404
    assert client.post(path, {"words": "まだ続けたい"}).status_code == 302
    assert "まだ続けたい" in text(cast, "senior", f"/authority/{case.number}/answer/")
    sign_in(Client(), cast.senior).post(f"/authority/{case.number}/answer/", {"words": "決定が優先します"})
    assert "決定が優先します" in text(cast, "hanako", path)


@pytest.mark.parametrize("count", [1, 3])
def test_worklist_costs_the_same_however_long(cast: Cast, client: Client, count: int) -> None:
    for number in range(count):
        proposed(cast, registration(cast.aoba, f"R-{number}", custodian=cast.hanako))
    sign_in(client, cast.operator)
    client.get("/authority/")
    with CaptureQueriesContext(
        connection,
    ) as seen:
        page = client.get("/authority/")
    assert page.content.decode().count("/authority/A-2026-") == count
    assert sum("handover_authoritycase" in query["sql"] for query in seen.captured_queries) == 2


@pytest.mark.parametrize("count", [1, 2])
def test_deputies_cost_the_registrations_page_nothing(
    cast: Cast, held: Registration, client: Client, count: int
) -> None:
    sign_in(client, cast.taro)
    # So that the history beside it has a name to look up either way.
    transitions.add_alias(registration_pk=held.pk, alias="別館", actor=actor(cast.taro), at=EARLY)
    client.get("/registrations/R-1/")
    with CaptureQueriesContext(connection) as without:
        client.get("/registrations/R-1/")
    for person in (cast.saburo, cast.jiro)[:count]:
        transitions.name_deputy(registration_pk=held.pk, deputy=person, actor=actor(cast.taro), at=EARLY)
    with CaptureQueriesContext(connection) as beside:
        client.get("/registrations/R-1/")
    assert len(beside) == len(without)


def test_ended_cases_are_listed_on_request_with_their_reason(cast: Cast, two: list[Registration]) -> None:
    case = notified(cast, *two)
    objected(case, cast.hanako)
    sign_in(Client(), cast.operator).post(f"/authority/{case.number}/withdraw/", {"reason": "話し合いがついた"})
    assert case.number not in text(cast, "auditor", "/authority/")
    assert case.number in text(cast, "auditor", "/authority/?show=all")
    assert "話し合いがついた" in text(cast, "auditor", f"/authority/{case.number}/")
