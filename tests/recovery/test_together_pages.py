"""The pages of a list: taking it in, matching, leaving out; the new persons' page; the claimant's page; the receipt."""

import csv
import io
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from recovery.models import ClaimLine
from tests import claims
from tests.cast import Cast, sign_in
from tests.recovery import bulk
from tests.recovery.bulk import NEW
from tests.stock import NOW

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def clock() -> Any:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


def listing(text: str) -> SimpleUploadedFile:
    return SimpleUploadedFile("一覧.csv", text.encode())


def test_operator_takes_in_a_file_matches_a_line_and_leaves_one_out(client: Client, cast: Cast, clock: Any) -> None:
    one, two = bulk.others(cast, 2)
    claim = claims.accepted(cast, claims.held(cast), at=claims.later(hours=-2))
    operator, address = sign_in(client, cast.operator), f"/desk/claims/{claim.number}/list/"
    assert f"{address}take/" in operator.get(f"/desk/claims/{claim.number}/").content.decode()
    assert operator.post(f"{address}take/", {}).status_code == 200
    assert operator.post(f"{address}take/", {"file": listing("name\nx")}).status_code == 200
    text = f"number,unit,name,mail\n{one.number},総務課,新任,{NEW}\nL-9O2,本社,,\n"
    assert operator.post(f"{address}take/", {"file": listing(text)})["Location"] == address
    page = operator.get(address).content.decode()
    assert NEW in page and "L-9O2" in page
    assert "次にすること" in page, "a line that was not found waits for somebody"
    found = ClaimLine.objects.get(status="unknown")
    shown = operator.get(f"{address}{found.pk}/match/").content.decode()
    assert "L-9O2" in shown
    assert operator.post(f"{address}{found.pk}/match/", {"registration_number": "W"}).status_code == 200
    given = {"registration_number": two.number}
    assert operator.post(f"{address}{found.pk}/match/", given)["Location"] == address
    assert "次にすること" not in operator.get(address).content.decode()
    line = ClaimLine.objects.get(registration=one)
    assert operator.post(f"{address}{line.pk}/out/", {"words": ""}).status_code == 200
    assert operator.post(f"{address}{line.pk}/out/", {"words": "廃止"})["Location"] == address
    assert "廃止" in operator.get(address).content.decode()
    assert operator.post(f"{address}take/", {"numbers": "L-5\nL-6"})["Location"] == address
    assert ClaimLine.objects.count() == 4
    assert address in operator.get(f"/desk/claims/{claim.number}/").content.decode()


def test_desk_sees_no_list(client: Client, cast: Cast, clock: Any) -> None:
    claim = claims.accepted(cast, claims.held(cast), at=claims.later(hours=-2))
    agent = sign_in(client, cast.agent)
    for path in ("list/", "list/take/", "list/receipt/"):
        assert agent.get(f"/desk/claims/{claim.number}/{path}").status_code == 403


def test_line_of_another_claim_is_not_found(client: Client, cast: Cast, clock: Any) -> None:
    claim = claims.accepted(cast, claims.held(cast), at=claims.later(hours=-2))
    bulk.listed(cast, claim, [("L-9", "")])
    other = claims.accepted(cast, claims.held(cast, "R-2"), at=claims.later(hours=-2))
    pk = ClaimLine.objects.get().pk
    assert sign_in(client, cast.operator).get(f"/desk/claims/{other.number}/list/{pk}/match/").status_code == 404


def test_list_costs_as_many_queries_for_two_lines_as_for_forty(
    client: Client, cast: Cast, clock: Any, django_assert_num_queries: Any
) -> None:

    claim = claims.accepted(cast, claims.held(cast), at=claims.later(hours=-2))
    rows = [(one.number, NEW) for one in bulk.others(cast, 40)]
    bulk.listed(cast, claim, rows[:2])
    operator, address = sign_in(client, cast.operator), f"/desk/claims/{claim.number}/list/"
    operator.get(address)
    with CaptureQueriesContext(connection) as few:
        operator.get(address)
    bulk.listed(cast, claim, rows[2:])
    with django_assert_num_queries(len(few)):
        assert operator.get(address).content.decode().count(NEW) == 40


def test_new_person_confirms_on_the_own_page_and_the_claimant_sees_the_whole_list(cast: Cast) -> None:
    one, two = bulk.others(cast, 2)
    with time_machine.travel(NOW, tick=False) as traveller:
        claim = bulk.approved(cast, [(one.number, NEW), (two.number, "late@aoba.example")])
        at = claims.decided_at(claim)
        traveller.move_to(at)
        person = bulk.opens(NEW, "新任 一", at=at)
        signed_in = sign_in(Client(), person)
        assert signed_in.get("/takeover/")["Location"] == "/takeover/units/"
        page = signed_in.get("/takeover/units/").content.decode()
        assert one.number in page and two.number not in page and "R-1" not in page
        assert signed_in.get(f"/takeover/list/{claim.number}/").status_code == 404
        assert signed_in.post("/takeover/units/")["Location"] == "/takeover/units/"
        assert signed_in.post("/takeover/units/").status_code == 409
        stranger = sign_in(Client(), cast.jiro)
        assert stranger.get("/takeover/units/").status_code == 404
        assert stranger.post("/takeover/units/decline/").status_code == 404
        claim = bulk.ready(cast, claim)
        assert claim.claimant
        claimant = sign_in(Client(), claim.claimant)
        assert f"/takeover/list/{claim.number}/" in claimant.get("/takeover/").content.decode()
        bulk.executed(cast, claim)
        claimant = sign_in(Client(), claim.claimant)
        shown = claimant.get(f"/takeover/list/{claim.number}/").content.decode()
        assert one.number in shown and two.number in shown
        assert signed_in.get("/takeover/units/").status_code == 404
        answer = sign_in(Client(), cast.auditor).get(f"/desk/claims/{claim.number}/list/receipt/")
        rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
        assert rows[0][1] == claim.number and rows[1][1] == claim.proposal_hash
        assert [row[2] for row in rows[4:]] == ["R-1", one.number, two.number]


def test_new_person_declines_on_the_own_page(cast: Cast) -> None:
    one = bulk.others(cast, 1)[0]
    with time_machine.travel(NOW, tick=False) as traveller:
        claim = bulk.approved(cast, [(one.number, NEW)])
        at = claims.decided_at(claim)
        traveller.move_to(at)
        signed_in = sign_in(Client(), bulk.opens(NEW, "新任 一", at=at))
        assert signed_in.post("/takeover/units/decline/").status_code == 302
        assert bulk.states(claim) == {one.number: ("left_out", "declined")}


def test_operator_sends_new_links_from_the_page(cast: Cast) -> None:
    one = bulk.others(cast, 1)[0]
    with time_machine.travel(NOW, tick=False) as traveller:
        claim = bulk.approved(cast, [(one.number, NEW)])
        traveller.move_to(claims.decided_at(claim))
        operator = sign_in(Client(), cast.operator)
        address = f"/desk/claims/{claim.number}/list/"
        assert f"{address}invite/" in operator.get(address).content.decode()
        assert operator.post(f"{address}invite/")["Location"] == address


def test_receipt_is_no_formula_for_a_spreadsheet(client: Client, cast: Cast, clock: Any) -> None:
    claim = claims.accepted(cast, claims.held(cast), at=claims.later(hours=-2))
    bulk.listed(cast, claim, [("=cmd|x", "")])
    answer = sign_in(client, cast.auditor).get(f"/desk/claims/{claim.number}/list/receipt/")
    assert "'=cmd|x" in answer.content.decode("utf-8-sig")
