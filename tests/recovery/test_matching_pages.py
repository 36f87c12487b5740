"""The list of candidates: reasons, what was stated beside what is on record, namesakes, and nothing for others."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from desk.models import Statement
from recovery.matching import beside, candidates
from recovery.models import Claim
from tests import claims
from tests.cast import Cast, sign_in
from tests.recovery.provider_pages import Page, of
from tests.recovery.remembered import on_record
from tests.seen import mark, verbs

pytestmark = pytest.mark.django_db(transaction=True)


def lines(row_of: str, **said: str) -> dict[str, tuple[str | None, str]]:
    statement = Statement(**said)
    rows = {row.one.number: row for row in beside(statement, candidates(statement))}
    return {str(line.label): (line.known, line.mark) for line in rows[row_of].lines}


def test_each_field_says_whether_it_agrees(cast: Cast) -> None:
    on_record(cast, "R-1", former_names=["若松貿易株式会社"], points=[("phone", "03-1234-5678")], bills=["B-77"])
    found = list(lines("R-1", organisation_name="青葉商事", unit="総務部", address="千代田区千代田1-1").values())
    assert found == [
        ("青葉商事株式会社", "agrees"),
        (cast.aoba.kana, "unsaid"),
        ("若松貿易株式会社", "unsaid"),
        ("本社", "differs"),
        ("東京都千代田区千代田", "agrees"),
    ]
    found = list(lines("R-1", organisation_name="若松貿易", phone="03-1234-9999", bill_reference="b77").values())
    assert [mark for _known, mark in found] == ["differs", "unsaid", "agrees", "unsaid", "unsaid", "differs", "agrees"]
    assert [known for known, _mark in found[-2:]] == [None, None], "of phone and bill only whether they agree"


def test_namesakes_say_what_tells_them_apart(cast: Cast) -> None:
    said = Statement(organisation_name="青葉商事")
    on_record(cast, "R-1")
    assert [row.namesakes for row in beside(said, candidates(said))] == [""]
    told = set()
    for number, facts in (("R-2", {}), ("R-3", {"unit": "横浜支店"}), ("R-4", {"address": "札幌市中央区1-1"})):
        on_record(cast, number, **facts)
        words = {row.namesakes for row in beside(said, candidates(said))}
        assert len(words) == 1 and "" not in words
        told |= words
    assert len(told) == 3


def test_page_shows_both_sides_and_no_more_of_the_record_than_before(cast: Cast) -> None:
    held = claims.held(cast)
    on_record(cast, "R-2", points=[("phone", "03-9876-0000")], bills=["B-4711"], unit="横浜支店")
    claim, page, since = claims.received(), Page(cast.operator), mark()
    shown = page.get(of(claim, "candidates/"))
    assert verbs(since) == ["claim.candidates_listed"], "the list is one event of the case"
    for there in ("(株)青葉商亊", "青葉商事株式会社", 'data-key="1"', "<kbd>2</kbd>", 'data-keys="on"', "is-agrees"):
        assert there in shown, there
    for hidden in ("record.example", "9876", "1234-5678", "4711", "千代田1-1", held.postal_code, "taro"):
        assert hidden not in shown, hidden
    assert 'data-keys="off"' in page.get(of(claim, "candidates/?keys=off"))


def test_who_may_not_link_has_no_keys_and_no_button(cast: Cast) -> None:
    claim = claims.linked(cast, claims.held(cast))
    for who in ("agent", "supervisor", "hanako", "approver", "auditor"):
        answer = sign_in(Client(), getattr(cast, who)).get(of(claim, "candidates/"))
        assert answer.status_code in (403, 404) and b"data-key=" not in answer.content


@pytest.mark.parametrize("count", [1, 3])
def test_list_takes_as_many_queries_for_any_number_of_rows(cast: Cast, count: int, on_postgres: bool) -> None:
    for number in range(count):
        on_record(cast, f"R-{number}")
    claim, client = claims.received(), sign_in(Client(), cast.operator)
    client.get(of(claim, "candidates/"))
    with CaptureQueriesContext(connection) as seen:
        shown = client.get(of(claim, "candidates/")).content.decode()
    assert shown.count('class="compared"') == count and Claim.objects.count() == 1
    # As each database begins and ends a transaction in its own words; PostgreSQL locks the log besides.
    told = [one["sql"] for one in seen if not one["sql"].startswith(("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE"))]
    assert len(told) == 17 + on_postgres, told
