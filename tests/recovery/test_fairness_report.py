"""The report on fairness over real rows: what it counts, what it leaves out, and how many queries it takes."""

import time
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from desk.models import Contact, Inquiry
from recovery import transitions
from recovery.models import CaseException, Claim
from recovery.queries import fairness
from recovery.queries.counting import cases, ended_in, received_in
from recovery.queries.fairness import Figures, Report
from tests import claims
from tests.cast import Cast, actor
from tests.recovery.past import Past, lost, noon, write
from tests.stock import NOW

pytestmark = pytest.mark.django_db
SUMMER, AUTUMN = date(2026, 7, 6), date(2026, 10, 5)
AT = noon(date(2026, 11, 20))


def told(first: date = date(2026, 1, 1), last: date = date(2026, 12, 31)) -> Report:
    return fairness.report(first, last, AT)


def part(found: Report, key: str) -> dict[str, Figures]:
    (rows,) = (one.rows for one in found.parts if one.key == key)
    return {row.key: row for row in rows}


def outcomes(row: Figures) -> list[int]:
    return [number for _key, _words, number in row.outcomes]


def test_report_counts_every_outcome_and_the_days_of_what_is_over(cast: Cast) -> None:
    (at,) = lost(cast.aoba)
    write(
        cast,
        [
            *(Past(received=SUMMER, took=days) for days in (8, 12, 30)),
            Past(received=SUMMER, status="refused", took=5, reason="not_confirmed"),
            Past(received=SUMMER, status="refused", took=40, reason="no_response", tier=None),
            Past(received=SUMMER, status="withdrawn", took=2, tier=None),
            Past(received=SUMMER, status="stopped", took=3),
            Past(received=AUTUMN, status="received", tier=None),
        ],
        at=at,
    )
    whole = told().whole
    assert (whole.number, outcomes(whole)) == (8, [3, 2, 1, 1, 1])
    # Whoever never answered was neither approved nor refused for what was shown.
    assert (whole.decided, whole.approved, whole.rate) == (4, 3, 0.75)
    assert (whole.median, whole.nine_of_ten) == (8, 40)
    assert whole.is_few


def test_report_is_about_what_came_in_on_its_days(cast: Cast) -> None:
    (at,) = lost(cast.aoba)
    write(cast, [Past(received=SUMMER), Past(received=SUMMER + timedelta(days=1)), Past(received=AUTUMN)], at=at)
    assert told(SUMMER, SUMMER).whole.number == 1
    assert told(SUMMER, SUMMER + timedelta(days=1)).whole.number == 2
    assert [(row.number, row.key) for row in told().quarters] == [(2, "20263"), (1, "20264")]
    assert told(date(2025, 1, 1), date(2025, 12, 31)).whole.number == 0


def test_midnight_in_japan_parts_the_days(cast: Cast) -> None:
    (at,) = lost(cast.aoba)
    (made,) = write(cast, [Past(received=SUMMER)], at=at)
    Claim.objects.filter(pk=made.pk).update(received_at=noon(SUMMER) - timedelta(hours=12, seconds=1))
    assert told(SUMMER, SUMMER).whole.number == 0
    Claim.objects.filter(pk=made.pk).update(received_at=noon(SUMMER) - timedelta(hours=12))
    assert told(SUMMER, SUMMER).whole.number == 1


def test_report_groups_by_tier_way_size_contractor_and_version(cast: Cast) -> None:
    (one,) = lost(cast.aoba)
    eleven = lost(cast.wakaba, 11)
    write(
        cast,
        [
            Past(received=SUMMER, at=one),
            Past(received=SUMMER, at=one, way="phone", stated="contractor", status="refused", reason="not_confirmed"),
            Past(received=SUMMER, at=eleven[0], tier=4, found="contractor"),
            Past(received=SUMMER, at=eleven[1], tier=4, way="phone"),
            Past(received=SUMMER, status="refused", reason="no_registration", tier=None),
        ],
    )
    found = told()

    def numbers(key: str) -> dict[str, tuple[int, int]]:
        return {name: (row.number, row.approved) for name, row in part(found, key).items()}

    assert numbers("tier") == {"3": (2, 1), "4": (2, 2), "": (1, 0)}
    assert numbers("way") == {"web": (3, 2), "phone": (2, 1)}
    assert numbers("size") == {"1": (2, 1), "11–100": (2, 2), "": (1, 0)}
    assert numbers("contractor") == {"no": (3, 2), "yes": (2, 1)}
    assert list(numbers("version")) == ["3"]


def test_put_back_counts_beside_what_was_carried_out(cast: Cast) -> None:
    (at,) = lost(cast.aoba)
    (made, _other) = write(cast, [Past(received=SUMMER), Past(received=SUMMER)], at=at)
    Claim.objects.filter(pk=made.pk).update(rolled_back_at=NOW)
    assert (told().whole.approved, told().whole.put_back) == (2, 1)


# Contacts -----------------------------------------------------------------------------------------------------------


def test_only_what_the_claimant_began_before_the_end_counts_as_contact(cast: Cast) -> None:
    (at,) = lost(cast.aoba)
    (made,) = write(cast, [Past(received=SUMMER, took=5, asked=2)], at=at)
    contact = Contact.objects.filter(inquiry=made.inquiry).first()
    assert contact
    for changes in ({"direction": "out"}, {"party": "organisation"}, {"at": noon(date(2026, 8, 20))}):
        facts = {"direction": "in", "party": "claimant", "at": contact.at, **changes}
        Contact.objects.create(
            inquiry=made.inquiry, by=cast.agent, channel="phone", sealed_note=contact.sealed_note, **facts
        )
    (one,) = cases(received_in(SUMMER, SUMMER), AT)
    assert one.contacts == 2


def persistent(cast: Cast, *approved: int, each: int = 20) -> fairness.Persistence:
    """Write `each` decisions for each band, so many of them approvals; return what the report says of it."""
    (at,) = lost(cast.aoba)
    rows = []
    for asked, number in zip((1, 2, 6, 9), approved, strict=True):
        refused = Past(received=SUMMER, status="refused", reason="not_confirmed", asked=asked)
        rows += [Past(received=SUMMER, asked=asked)] * number + [refused] * (each - number)
    write(cast, rows, at=at)
    return told().persistence


def test_report_says_that_persistence_does_not_pay(cast: Cast) -> None:
    found = persistent(cast, 16, 15, 16, 15)
    assert (found.verdict, found.decided) == ("none", 80)
    assert [(row.key, row.decided, row.approved) for row in found.rows] == [
        ("0–1", 20, 16),
        ("2–3", 20, 15),
        ("4–6", 20, 16),
        ("7+", 20, 15),
    ]


def test_report_warns_where_persistence_pays(cast: Cast) -> None:
    found = persistent(cast, 8, 11, 14, 18)
    assert found.verdict == "more" and found.z > 3 and found.probability < 0.01


def test_report_warns_where_persistence_harms(cast: Cast) -> None:
    found = persistent(cast, 18, 14, 11, 8)
    assert found.verdict == "less" and found.z < -3


def test_report_says_nothing_about_persistence_from_few(cast: Cast) -> None:
    assert persistent(cast, 0, 1, 3, 4, each=4).verdict == "few", "16 decisions"


def test_report_says_nothing_where_nearly_all_came_out_alike(cast: Cast) -> None:
    assert persistent(cast, 20, 20, 19, 20).verdict == "few", "one refusal"


def test_report_says_nothing_where_all_asked_alike(cast: Cast) -> None:
    (at,) = lost(cast.aoba)
    refused = Past(received=SUMMER, status="refused", reason="not_confirmed")
    write(cast, [Past(received=SUMMER)] * 20 + [refused] * 20, at=at)
    assert told().persistence.verdict == "few"


# Exceptions ---------------------------------------------------------------------------------------------------------


def test_exceptions_stand_by_reason_with_what_became_of_them(cast: Cast) -> None:
    made = claims.accepted(cast, claims.held(cast))
    asked = transitions.ask_exception(
        made.pk,
        rule="category:C",
        reason_code="disaster",
        missing_proof="C1",
        words={"text": "水害", "control": "本店", "risk": "誤り", "compared": "なし"},
        expires_on=date(2026, 12, 20),
        actor=actor(cast.operator),
        at=NOW,
    )
    assert [vars(one) for one in told().exceptions] == [
        {"reason": CaseException.Reason.DISASTER.label, "asked": 1, "approved": 0, "refused": 0}
    ]
    transitions.refuse_exception(asked.pk, reason="足りない", actor=actor(cast.approver), at=NOW)
    assert [(one.asked, one.approved, one.refused) for one in told().exceptions] == [(1, 0, 1)]


# Ends ---------------------------------------------------------------------------------------------------------------


def test_a_claim_taken_up_again_is_open_and_not_among_the_ended(cast: Cast) -> None:
    (at,) = lost(cast.aoba)
    (made,) = write(cast, [Past(received=SUMMER, status="refused", took=5)], at=at)
    assert len(cases(ended_in(SUMMER, AUTUMN), AT)) == 1
    Claim.objects.filter(pk=made.pk).update(status="collecting", ended_at=None, reopened_at=NOW)
    assert cases(ended_in(SUMMER, AUTUMN), AT) == []
    (one,) = cases(received_in(SUMMER, SUMMER), AT)
    assert (one.outcome, one.days) == ("open", None)


# Many ---------------------------------------------------------------------------------------------------------------


def counted() -> tuple[int, float]:
    begun = time.process_time()  # a busy machine has no part in it
    with CaptureQueriesContext(connection) as seen:
        told(date(2025, 1, 1))
    return len(seen), time.process_time() - begun


def mixed(number: int) -> list[Past]:
    usual = Past(received=SUMMER, asked=1)
    kinds: list[dict[str, Any]] = [
        {},
        {"status": "refused", "reason": "not_confirmed", "asked": 3},
        {"way": "phone", "tier": 4, "took": 22},
        {"status": "withdrawn", "tier": None},
    ]
    return [
        replace(usual, received=SUMMER - timedelta(days=place % 180), **kinds[place % 4]) for place in range(number)
    ]


def test_report_takes_four_queries_however_many_claims(cast: Cast) -> None:
    (at,) = lost(cast.aoba)
    write(cast, mixed(4), at=at)
    assert counted()[0] == 4
    write(cast, mixed(400), at=at)
    assert counted()[0] == 4
    assert Inquiry.objects.count() == 404


@pytest.mark.soak
def test_report_over_twenty_thousand_claims_is_there_in_two_seconds(cast: Cast) -> None:
    (at, *_more) = lost(cast.aoba, 200)
    write(cast, mixed(20_000), at=at)
    number, took = counted()
    print(f"{number} queries, {took * 1000:.0f} ms")
    assert number == 4 and took < 2
