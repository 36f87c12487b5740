"""Pages of activations and imports: who sees what, uniform public answers, counts of queries."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import Organisation
from handover.models import Activation, ImportRun
from tests import opening
from tests.cast import Cast, actor, sign_in
from tests.letterbox import link_in, mails
from tests.opening import asked, checked, code_of, ordered, printed
from tests.seen import mark, verbs
from tests.stock import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def home(cast: Cast) -> Organisation:
    return opening.unclaimed()


def answer(number: str, code: str, **more: str) -> dict[str, str]:
    return {"number": number, "code": code, "name": "筑波 明", "department": "", "mail": opening.MAIL, **more}


def body(client: Client, data: dict[str, str]) -> str:
    """Post and return the page without what the browser gets anew each time."""
    page = client.post("/activate/", data).content.decode()
    page = re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", page)
    return page.replace(data["number"], "NUMBER").replace(data["code"], "CODE")


def test_journey_by_pages(cast: Cast, home: Organisation, client: Client) -> None:
    operator, colleague, approver = (sign_in(Client(), who) for who in (cast.operator, cast.colleague, cast.approver))
    assert "筑波書店" in operator.get("/activations/").content.decode()
    assert operator.post("/activations/order/", {"organisations": home.pk}).status_code == 302
    made = Activation.objects.get()
    code = code_of(made)
    key = made.letters.get().pk
    assert "筑波書店" in colleague.get("/activations/letters/").content.decode()
    pdf = colleague.post("/activations/letters/print/", {"letters": key})
    assert pdf["Content-Type"] == "application/pdf" and made.number in pdf["Content-Disposition"]
    assert pdf["Cache-Control"] == "private, no-store"
    sent = client.post("/activate/", answer(made.number.replace("-", " "), code.lower()))
    assert sent["Location"] == "/activate/sent/"
    assert client.get(sent["Location"]).status_code == 200
    link = link_in(mails("activation_mailbox")[0]["body"])
    assert client.get(link).status_code == 200
    made.refresh_from_db()
    assert made.status == "entered"
    assert client.post(link).status_code == 200
    assert client.post(link).status_code == 409
    address = f"/activations/{made.number}/"
    assert operator.get(f"{address}check/").status_code == 403
    since = mark()
    page = colleague.get(f"{address}check/").content.decode()
    assert "029-123-4567" in page and verbs(since) == ["activation.viewed"]
    call = {"kind": "callback", "note": "総務課長"}
    early = colleague.post(f"{address}check/", call)
    assert early.status_code == 200 and "kind" in early.context["form"].errors
    assert colleague.post(f"{address}call/").status_code == 302
    assert len(re.findall(r"call-code\">\d{4} \d{4}<", colleague.get(f"{address}check/").content.decode())) == 1
    assert colleague.post(f"{address}check/", call).status_code == 302
    assert approver.get(f"{address}approve/").status_code == 200
    assert approver.post(f"{address}approve/").status_code == 302
    made.refresh_from_db()
    assert made.status == "done" and made.invitation
    assert "筑波書店" in approver.get(address).content.decode()


@pytest.mark.parametrize("case", ["unknown", "wrong", "unprinted", "used"])
def test_every_failure_answers_alike(cast: Cast, home: Organisation, client: Client, case: str) -> None:
    other = opening.unclaimed("日立書店", "T-2")
    waiting = ordered(cast, other)
    made, code = printed(cast, home)
    unknown = body(client, answer("A-0000-0000", "22222-22222"))
    assert "A-0000-0000" not in unknown
    if case == "used":
        client.post("/activate/", answer(made.number, code))
    typed = {
        "unknown": ("A-9999-9999", code),
        "wrong": (made.number, "33333-33333"),
        "unprinted": (waiting.number, "33333-33333"),
        "used": (made.number, code),
    }[case]
    assert body(client, answer(*typed)) == unknown


def test_after_ten_tries_even_the_right_code_waits(cast: Cast, home: Organisation, client: Client) -> None:
    made, code = printed(cast, home)
    for _try in range(10):
        client.post("/activate/", answer("A-0000-0000", "22222-22222"))
    assert client.post("/activate/", answer(made.number, code)).status_code == 200
    made.refresh_from_db()
    assert made.status == "sent"


@pytest.mark.parametrize("mail", ["me@gmail.com", "me@yahoo.co.jp", "nothing"])
def test_addresses_of_everybody_are_refused_before_the_code_is_charged(
    cast: Cast, home: Organisation, client: Client, mail: str
) -> None:
    made, code = printed(cast, home)
    assert client.post("/activate/", answer(made.number, code, mail=mail)).status_code == 200
    assert made.code
    made.code.refresh_from_db()
    assert made.code.throttling_failure_count == 0


def test_no_page_shows_a_code(cast: Cast, home: Organisation) -> None:
    made = ordered(cast, home)
    code = code_of(made)
    colleague = sign_in(Client(), cast.colleague)
    for address in ("/activations/", "/activations/letters/", f"/activations/{made.number}/"):
        page = colleague.get(address).content.decode()
        assert code not in page and "T-1" not in page, address


def test_who_ordered_has_no_box_to_print(cast: Cast, home: Organisation) -> None:
    made = ordered(cast, home)
    operator = sign_in(Client(), cast.operator)
    assert 'name="letters"' not in operator.get("/activations/letters/").content.decode()
    assert operator.post("/activations/letters/print/", {"letters": made.letters.get().pk}).status_code == 302
    made.refresh_from_db()
    assert made.status == "ordered"


def test_an_organisation_without_address_asks_for_one(cast: Cast, home: Organisation) -> None:
    Organisation.objects.filter(pk=home.pk).update(address="")
    operator = sign_in(Client(), cast.operator)
    assert f'value="{home.pk}"' not in operator.get("/activations/").content.decode()
    address = f"/activations/order/{home.pk}/"
    assert operator.post(address, {}).status_code == 200
    data = {"source": "registry", "postal_code": "305-0001", "address": "茨城県つくば市1-1"}
    assert operator.post(address, data).status_code == 302
    assert Activation.objects.get().postal_code == "3050001"
    assert operator.get(f"/activations/order/{cast.aoba.pk}/").status_code == 404


def test_search_finds_unclaimed_organisations(cast: Cast, home: Organisation) -> None:
    opening.unclaimed("日立書店", "T-2")
    page = sign_in(Client(), cast.operator).get("/activations/?q=日立").content.decode()
    assert "日立書店" in page and "筑波書店" not in page


def _queries(client: Client, address: str) -> int:
    with CaptureQueriesContext(
        connection,
    ) as seen:
        assert client.get(address).status_code == 200
    return len(seen)


def test_worklist_takes_the_same_queries_for_three_rows(cast: Cast) -> None:
    def three(letter: str) -> None:
        homes = [opening.unclaimed(f"{letter}{place}書店", f"{letter}-{place}") for place in range(4)]
        ordered(cast, homes[1])
        asked(cast, homes[2], mail=f"{letter}2@tsukuba.example")
        checked(cast, homes[3], mail=f"{letter}3@tsukuba.example")

    three("a")
    operator = sign_in(Client(), cast.operator)
    operator.get("/activations/")
    one = _queries(operator, "/activations/"), _queries(operator, "/activations/letters/")
    three("b")
    three("c")
    assert (_queries(operator, "/activations/"), _queries(operator, "/activations/letters/")) == one
    assert max(one) <= 12


def test_imports_page_says_where_a_run_stands(cast: Cast) -> None:
    values = {"file_name": "r.csv", "file_hash": "0" * 64, "on_record_since": NOW.date(), "total": 1000}
    operator = sign_in(Client(), cast.operator)

    def run(minutes: int, **more: object) -> ImportRun:
        at = NOW - timedelta(minutes=minutes)
        return ImportRun.objects.create(started_at=at, heard_at=at, **{**values, **more})

    run(60, finished_at=NOW, last_row=1001, rows=1000, created=1000, differences={"unit": 3})
    one = _queries(operator, "/imports/")
    run(30, last_row=501, rows=500)
    run(20, last_row=501, rows=500)
    assert _queries(operator, "/imports/") == one <= 12
    page = operator.get("/imports/").content.decode()
    assert "unit 3" in page and "500 / 1000" in page
    for who in (cast.approver, cast.hanako, cast.agent):
        assert sign_in(Client(), who).get("/imports/").status_code == 403


def test_a_running_import_shows_its_progress() -> None:
    from handover.queries.imports import shown

    run = ImportRun(started_at=NOW, heard_at=NOW, total=1000, last_row=251)
    assert (shown(run, NOW).state, shown(run, NOW).percent) == ("running", 25)
    assert shown(run, NOW + timedelta(minutes=3)).state == "stopped"
    run.finished_at = NOW
    assert (shown(run, NOW).state, shown(run, NOW).percent) == ("finished", 100)


def test_actors_of_the_provider_alone_see_activations(cast: Cast, home: Organisation) -> None:
    made = ordered(cast, home)
    for who, status in ((cast.operator, 200), (cast.approver, 200), (cast.senior, 200), (cast.auditor, 403)):
        assert sign_in(Client(), who).get(f"/activations/{made.number}/").status_code == status
    for who in (cast.hanako, cast.agent, cast.worker):
        assert sign_in(Client(), who).get(f"/activations/{made.number}/").status_code == 403
        assert sign_in(Client(), who).get("/activations/A-0000-0000/").status_code == 403
    assert actor(cast.operator).kind == "provider"
