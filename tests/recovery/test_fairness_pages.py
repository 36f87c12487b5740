"""Pages of the figures and of the audit: who sees them, what they show, what a look leaves behind."""

import csv
import io
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from audit.models import Event
from recovery import transitions
from recovery.clock import CLOCK
from recovery.models import AuditSample, Claim, DriftCheck, Duty
from tests import claims
from tests.cast import Cast, sign_in
from tests.recovery.past import Past, lost, noon, write
from tests.seen import mark, verbs
from tests.stock import NOW

pytestmark = pytest.mark.django_db
SUMMER = date(2026, 7, 6)
NO = {"status": "refused", "reason": "not_confirmed"}


@pytest.fixture(autouse=True)
def today() -> Iterator[None]:
    with time_machine.travel(NOW):
        yield


def opened(user: User, address: str) -> Any:
    return sign_in(Client(), user).get(address)


def seen(user: User, address: str) -> str:
    response = opened(user, address)
    assert response.status_code == 200, response.status_code
    return str(response.content.decode())


# Figures ------------------------------------------------------------------------------------------------------------


def test_only_people_of_the_provider_see_the_figures(cast: Cast) -> None:
    for user in cast.everybody:
        expected = 200 if user in of_provider(cast) else 403
        for address in ("/desk/fairness/", "/desk/fairness/csv/"):
            assert opened(user, address).status_code == expected, (user, address)


def of_provider(cast: Cast) -> list[User]:
    return [cast.operator, cast.colleague, cast.approver, cast.senior, cast.editor, cast.auditor]


def test_page_shows_figures_table_and_drawings_with_their_words(cast: Cast) -> None:
    (at,) = lost(cast.aoba)
    write(cast, [*[Past(received=SUMMER)] * 15, *[Past(received=SUMMER, asked=2, **NO)] * 10], at=at)  # type: ignore[arg-type]
    page = seen(cast.auditor, "/desk/fairness/")
    assert "60%" in page and page.count('role="img"') == 5
    for label in page.split('aria-label="')[1:]:
        assert label.partition('"')[0].strip(), "every drawing has its words"
    assert ' style="' not in page and "<style" not in page, "the policy forbids it"
    names = [one.number for one in Claim.objects.all()]
    assert not [name for name in names if name in page], "no case is named"
    assert cast.aoba.legal_name not in page


def test_page_without_any_claim_says_so(cast: Cast) -> None:
    page = seen(cast.operator, "/desk/fairness/?first=2020-01-01&last=2020-12-31")
    assert 'role="img"' not in page


def test_page_takes_the_days_that_are_chosen(cast: Cast) -> None:
    (at,) = lost(cast.aoba)
    write(cast, [Past(received=SUMMER), Past(received=SUMMER + timedelta(days=1))], at=at)
    client = sign_in(Client(), cast.operator)
    assert client.get("/desk/fairness/?first=2026-07-06&last=2026-07-06").context["report"].whole.number == 1
    assert client.get("/desk/fairness/?first=2026-07-06").context["report"].whole.number == 2
    wrong = client.get("/desk/fairness/?first=2026-07-06&last=2026-07-01")
    assert wrong.context["form"].errors.keys() == {"last"} and wrong.context["report"].whole.number == 2
    long = client.get("/desk/fairness/?first=2001-01-01&last=2026-07-01")
    assert long.context["form"].errors.keys() == {"first"}
    assert client.get("/desk/fairness/csv/?first=nonsense").status_code == 200


def queries(client: Client) -> int:
    with CaptureQueriesContext(connection) as found:
        assert client.get("/desk/fairness/").status_code == 200
    return len(found)


def test_page_takes_as_many_queries_for_many_claims_as_for_one(cast: Cast) -> None:
    (at,) = lost(cast.aoba)
    write(cast, [Past(received=SUMMER)], at=at)
    client = sign_in(Client(), cast.operator)
    queries(client)
    few = queries(client)
    write(cast, [Past(received=SUMMER, asked=1)] * 60, at=at)
    assert queries(client) == few <= 12


def test_csv_says_what_the_page_says(cast: Cast) -> None:
    (at,) = lost(cast.aoba)
    write(cast, [*[Past(received=SUMMER)] * 3, Past(received=SUMMER, took=20, **NO)], at=at)  # type: ignore[arg-type]
    before = mark()
    response = opened(cast.auditor, "/desk/fairness/csv/?first=2026-07-01&last=2026-09-30")
    assert response["Content-Disposition"] == 'attachment; filename="fairness-2026-07-01-2026-09-30.csv"'
    assert response["Content-Type"].startswith("text/csv")
    text = response.content.decode()
    assert text.startswith("\ufeff")
    lines = list(csv.reader(io.StringIO(text.removeprefix("\ufeff"))))
    assert {len(line) for line in lines} == {14}
    assert lines[1][2:13] == ["4", "3", "1", "0", "0", "0", "4", "0.7500", "10", "20", "0"]
    assert lines[1][13], "four are too few to read"
    assert verbs(before) == []


# Drift --------------------------------------------------------------------------------------------------------------


def alarm(cast: Cast) -> DriftCheck:
    finding = {"dimension": "tier", "group": "3", "measure": "rate", "now": 0.3333, "before": 0.8}
    return DriftCheck.objects.create(
        quarter=date(2026, 7, 1),
        status=DriftCheck.Status.OPEN,
        findings=[{**finding, "number": 30, "number_before": 100}],
        compared_at=NOW,
    )


def test_senior_closes_an_alarm_on_its_page_and_everybody_reads_why(cast: Cast) -> None:
    check = alarm(cast)
    address = f"/desk/fairness/quarters/{check.pk}/close/"
    assert address in seen(cast.senior, "/desk/fairness/")
    page = seen(cast.operator, "/desk/fairness/")
    assert address not in page and "33%" in page and "80%" in page
    client = sign_in(Client(), cast.senior)
    assert client.post(address, {"words": " "}).status_code == 200
    assert client.post(address, {"words": "大規模な改組のため"})["Location"] == "/desk/fairness/"
    assert "大規模な改組のため" in seen(cast.editor, "/desk/fairness/")
    assert client.post(address, {"words": "もう一度"}).status_code == 409


def test_quarter_in_which_nothing_differs_has_no_page(cast: Cast) -> None:
    check = alarm(cast)
    DriftCheck.objects.update(status=DriftCheck.Status.CLEAR, findings=[])
    assert opened(cast.senior, f"/desk/fairness/quarters/{check.pk}/close/").status_code == 404


# Audit --------------------------------------------------------------------------------------------------------------


@pytest.fixture
def sample(cast: Cast) -> AuditSample:
    claim = claims.executed(cast, claims.held(cast), at=NOW - timedelta(days=60))
    assert claim.executed_at
    return transitions.consider_for_audit(claim.pk, actor=CLOCK, at=claim.executed_at + timedelta(days=1))


def test_only_auditors_and_seniors_see_the_samples(cast: Cast, sample: AuditSample) -> None:
    for user in cast.everybody:
        expected = 200 if user in (cast.auditor, cast.senior) else 403
        for address in ("/desk/audit/", f"/desk/audit/{sample.pk}/"):
            assert opened(user, address).status_code == expected, (user, address)


def test_auditor_reads_the_whole_record_and_every_answer_is_a_look(cast: Cast, sample: AuditSample) -> None:
    client, number = sign_in(Client(), cast.auditor), sample.claim.number
    assert number in client.get("/desk/audit/").content.decode()
    before = mark()
    page = client.get(f"/desk/audit/{sample.pk}/").content.decode()
    assert f"/desk/audit/{sample.pk}/read/" in page and "finding/" not in page and verbs(before) == []
    response = client.post(f"/desk/audit/{sample.pk}/read/")
    whole = response.content.decode()
    assert response.status_code == 200 and "no-store" in response["Cache-Control"]
    for part in (
        "(株)青葉商亊",
        "O2",
        "P1",
        "A2",
        "C1",
        "そろいました",
        sample.claim.proposal_hash,
        cast.approver.display_name,
    ):
        assert part in whole, part
    assert verbs(before) == ["audit.read"]
    client.post(f"/desk/audit/{sample.pk}/read/")
    assert verbs(before) == ["audit.read", "audit.read"]
    assert Event.objects.order_by("-sequence")[0].facts == {"case": number}
    assert client.get(f"/desk/audit/{sample.pk}/read/").status_code == 405


def test_page_of_the_audit_has_no_button_that_decides(cast: Cast, sample: AuditSample) -> None:
    whole = sign_in(Client(), cast.auditor).post(f"/desk/audit/{sample.pk}/read/").content.decode()
    main = whole[whole.index("<main") : whole.index("</main>")]
    actions = {part.partition('"')[0] for part in main.split('action="')[1:]}
    assert actions == {f"/desk/audit/{sample.pk}/finding/"}


def test_finding_is_written_on_the_page_and_waits_for_a_senior(cast: Cast, sample: AuditSample) -> None:
    client, address = sign_in(Client(), cast.auditor), f"/desk/audit/{sample.pk}/finding/"
    assert client.post(address, {"outcome": "in_order"}).status_code == 409, "not read yet"
    client.post(f"/desk/audit/{sample.pk}/read/")
    assert client.get(address).status_code == 200
    assert client.post(address, {"outcome": "not_in_order", "words": ""}).status_code == 200
    assert client.post(address, {"outcome": "not_in_order", "words": "印影が違う"})["Location"] == "/desk/audit/"
    assert client.post(address, {"outcome": "in_order"}).status_code == 409
    assert sample.claim.number in seen(cast.senior, "/desk/duties/")
    assert "印影が違う" in seen(cast.senior, f"/desk/audit/{sample.pk}/")
    duty = Duty.objects.get()
    assert (
        sign_in(Client(), cast.senior).post(f"/desk/duties/{duty.pk}/finish/", {"words": "確認済み"}).status_code == 302
    )


def test_senior_follows_up_but_does_not_read_as_auditor(cast: Cast, sample: AuditSample) -> None:
    client = sign_in(Client(), cast.senior)
    assert "/read/" not in client.get(f"/desk/audit/{sample.pk}/").content.decode()
    before = mark()
    assert client.post(f"/desk/audit/{sample.pk}/read/").status_code == 403
    assert client.post(f"/desk/audit/{sample.pk}/finding/", {"outcome": "in_order"}).status_code == 403
    assert verbs(before) == []


def test_what_was_not_drawn_has_no_page(cast: Cast) -> None:
    (at,) = lost(cast.aoba)
    made = write(cast, [Past(received=SUMMER)] * 2, at=at)
    _first, second = (transitions.consider_for_audit(one.pk, actor=CLOCK, at=noon(date(2026, 9, 1))) for one in made)
    assert opened(cast.auditor, f"/desk/audit/{second.pk}/").status_code == 404
    assert second.claim.number not in seen(cast.auditor, "/desk/audit/")
    assert sign_in(Client(), cast.auditor).post(f"/desk/audit/{second.pk}/read/").status_code == 404


def test_list_takes_as_many_queries_for_many_as_for_one(cast: Cast) -> None:
    (at,) = lost(cast.aoba)
    made = write(cast, [Past(received=SUMMER, tier=4)] * 8, at=at)
    client = sign_in(Client(), cast.auditor)

    def count(some: list[Claim]) -> int:
        for one in some:
            row = transitions.consider_for_audit(one.pk, actor=CLOCK, at=NOW)
            AuditSample.objects.filter(pk=row.pk).update(status=AuditSample.Status.OPEN, drawn_at=NOW)
        with CaptureQueriesContext(connection) as found:
            client.get("/desk/audit/")
        return len(found)

    client.get("/desk/audit/")
    assert count(made[:1]) == count(made[1:]) <= 10
