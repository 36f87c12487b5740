"""Pages of mandates: what each side reads, and what a contractor never does."""

import re
import uuid
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from handover import clock, transitions
from handover.models import ContactPoint, Deputy, Mandate, Product, Registration
from outbox.models import Notice
from tests import seen
from tests.cast import Cast, actor, sign_in
from tests.handover.mandated import YEAR, approved, asked, granted, row
from tests.stock import NOW, TODAY, offered, registration
from tests.walk.walking import undone

pytestmark = pytest.mark.usefixtures("frozen")


@pytest.fixture
def frozen(monkeypatch: pytest.MonkeyPatch) -> None:
    """Requests come at NOW."""
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)


@pytest.fixture
def shown(cast: Cast, held: Registration) -> Registration:
    """R-1 with a product and a number for faults."""
    held.product = Product.objects.create(
        code="LAN-1",
        name_ja="広域イーサネット",
        name_en="Wide area Ethernet",
        what_ja="本社と支社をつなぐ回線です。",
        what_en="The line.",
        stops_ja="支社の業務システムが止まります。",
        stops_en="Systems stop.",
        bill_ja="請求書の三行目にあります。",
        bill_en="Third line.",
    )
    held.save()
    for value, purpose in (("0312345678", "fault"), ("0399999999", "billing")):
        ContactPoint.objects.create(
            registration=held, kind="phone", value=value, since=TODAY, health="good", purposes=[purpose]
        )
    return held


def opened(client: Client, name: str, *arguments: str) -> Any:
    return client.get(reverse(f"handover:{name}", args=arguments))


def question(**changes: Any) -> dict[str, Any]:
    return {
        "customer": "青葉商事株式会社",
        "registrations": "R-1",
        "scope": 1,
        "ends_on": "2027-06-01",
        "reason": "保守",
        "token": str(uuid.uuid4()),
        **changes,
    }


UNKNOWN = [{"customer": "名無し商店"}, {"registrations": "R-9"}, {"customer": "0000000000000"}, {"customer": "若葉省"}]


@pytest.mark.parametrize("changes", UNKNOWN)
def test_question_answers_the_same_whether_or_not_there_is_such_a_customer(
    cast: Cast, held: Registration, changes: dict[str, str]
) -> None:
    """The press, list and page, before and after the clock came by, but for the words typed; and the mails."""
    token = str(uuid.uuid4())

    def all_answers(given: dict[str, Any]) -> list[Any]:
        with undone():
            client = sign_in(Client(), cast.worker)
            pressed = client.post(reverse("handover:ask_mandate"), given)
            made = Mandate.objects.get()
            typed = {made.number: "M", given["customer"]: "C", given["registrations"]: "R"}
            pages = []
            for at in (None, NOW):
                if at:
                    clock.run(at=at)
                pages += [opened(client, "mandate", made.number), opened(client, "mandates")]
            assert not any(page.status_code != 200 for page in pages)
            ended = client.post(reverse("handover:end_mandate", args=[made.number]), {"reason": ""})
            mails = Notice.objects.filter(recipient=cast.worker.label).count()
            told = [_plain(page.content, typed) for page in pages]
            return [pressed.status_code, pressed["Location"], told, ended.status_code, mails]

    known, unknown = all_answers(question(token=token)), all_answers(question(token=token, **changes))
    assert known == unknown
    assert known[:2] == [302, reverse("handover:mandates")]


def _plain(body: bytes, typed: dict[str, str]) -> str:
    text = body.decode()
    for words, sign in typed.items():
        text = text.replace(words, sign)
    return re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", text)


def test_contractor_sees_what_the_mandate_allows_and_nothing_else(
    cast: Cast, shown: Registration, client: Client
) -> None:
    Deputy.objects.create(registration=shown, user=cast.saburo, since=NOW)
    made = granted(cast, "R-1", settings=["forwarding", "hours"])
    sign_in(client, cast.worker)
    client.cookies["language"] = "en"
    before = seen.mark()
    page = opened(client, "mandated", made.number, "R-1").content.decode()
    assert seen.verbs(before) == ["registration.viewed"]
    for words in (
        "R-1",
        "青葉商事株式会社",
        "本社",
        "千代田1-1",
        "Wide area Ethernet",
        "0312345678",
        "Call forwarding",
    ):
        assert words in page, words
    hidden = [cast.taro.display_name, cast.hanako.display_name, cast.saburo.display_name, "利用契約書", "Third line"]
    for words in (*hidden, "0399999999", "r-1@record.example"):
        assert words not in page, words
    whole = opened(client, "mandate", made.number).content.decode()
    assert not [words for words in hidden if words in whole]


def test_view_shows_no_settings(cast: Cast, shown: Registration, client: Client) -> None:
    made = granted(cast, "R-1", scope=1, settings=[])
    client.cookies["language"] = "en"
    page = opened(sign_in(client, cast.worker), "mandated", made.number, "R-1").content.decode()
    assert "Call forwarding" not in page


PRIVATE = ["registration", "history", "custody", "papers", "add_contact_point", "export_package", "issue_certificate"]


@pytest.mark.parametrize("name", PRIVATE)
def test_contractor_with_a_mandate_finds_none_of_the_customers_pages(
    cast: Cast, held: Registration, client: Client, name: str
) -> None:
    granted(cast, "R-1")
    assert opened(sign_in(client, cast.worker), name, "R-1").status_code == 404


@pytest.mark.parametrize("number", ["R-2", "R-9", "W-1"])
def test_registration_outside_the_mandate_answers_like_an_unknown_one(
    cast: Cast, held: Registration, client: Client, number: str
) -> None:
    registration(cast.aoba, "R-2", custodian=cast.jiro)
    registration(cast.wakaba, "W-1", custodian=cast.minoru)
    made = granted(cast, "R-1")
    sign_in(client, cast.worker)
    answers = {opened(client, name, made.number, one).content for one in (number, "X") for name in ("mandated",)}
    assert len(answers) == 1
    for name in ("mandated", "report_fault"):
        assert opened(client, name, made.number, number).status_code == 404


def test_mandate_of_another_is_404_alike_for_customers_and_contractors(
    cast: Cast, held: Registration, client: Client
) -> None:
    made = asked(cast, "R-1")
    for who in ("wakako", "minoru", "jiro", "agent", "operator", "auditor"):
        sign_in(client, getattr(cast, who))
        for name in ("mandate", "approve_mandate", "decline_mandate", "end_mandate"):
            assert opened(client, name, made.number).status_code == 404, (who, name)


def test_custodian_grants_less_on_the_page_and_contractor_reads_it(
    cast: Cast, held: Registration, client: Client
) -> None:
    made = asked(cast, "R-1")
    sign_in(client, cast.taro)
    assert "R-1" in opened(client, "approve_mandate", made.number).content.decode()
    given = {"registrations": held.pk, "scope": 1, "settings": ["hours"], "ends_on": "2026-12-31"}
    pressed = client.post(reverse("handover:approve_mandate", args=[made.number]), given)
    assert pressed.status_code == 302
    made.refresh_from_db()
    assert (made.status, made.scope, made.settings, made.ends_on.isoformat()) == ("active", 1, [], "2026-12-31")
    sign_in(client, cast.worker)
    assert opened(client, "mandated", made.number, "R-1").status_code == 200


def test_grant_asks_for_the_fresh_check(cast: Cast, held: Registration, client: Client) -> None:
    sign_in(client, cast.hanako)
    session = client.session
    for record in session["account_authentication_methods"]:
        record["at"] = NOW.timestamp() - 600
    session.save()
    given = {**question(), "contractor": "みどり通信工事株式会社"}
    assert client.post(reverse("handover:grant_mandate"), given).status_code == 200
    assert not Mandate.objects.exists()
    client = sign_in(Client(), cast.hanako)
    assert client.post(reverse("handover:grant_mandate"), given).status_code == 302
    assert Mandate.objects.get().status == "active"


def test_successor_says_on_the_items_page_what_is_kept(cast: Cast, held: Registration, client: Client) -> None:
    made = granted(cast, "R-1")
    handover = offered(cast, held, days=0)
    sign_in(client, cast.jiro)
    page = opened(client, "items", handover.number).content.decode()
    assert made.number in page and "みどり通信工事株式会社" in page
    marks = {f"mark-{item.pk}": "received" for item in handover.items.all()}
    answers = {f"answer-{key}": "yes" for key in ("purpose", "stops", "bill", "contractors", "kit")}
    items = reverse("handover:items", args=[handover.number])
    accept = reverse("handover:accept", args=[handover.number])
    client.post(items, {**marks, **answers})
    assert client.post(accept)["Location"] == f"{items}?page=1"  # a mandate has no answer yet
    client.post(items, {**marks, **answers, f"mandate-{made.number}": "keep"})
    assert made.number in client.get(accept).content.decode()
    assert client.post(accept)["Location"] == reverse("handover:handover", args=[handover.number])
    made.refresh_from_db()
    assert (made.status, row(made, held).until) == ("active", None)


def test_fault_is_reported_on_the_page_and_shown_to_the_customer(
    cast: Cast, held: Registration, client: Client
) -> None:
    made = granted(cast, "R-1")
    sign_in(client, cast.worker)
    given = {"text": "発信できない", "token": str(uuid.uuid4())}
    path = reverse("handover:report_fault", args=[made.number, "R-1"])
    assert client.get(path).status_code == 200
    assert client.post(path, given).status_code == client.post(path, given).status_code == 302
    sign_in(client, cast.taro)
    assert "発信できない" in opened(client, "mandate", made.number).content.decode()


def test_customer_sees_mandates_on_the_registration_and_looks_in_its_history(
    cast: Cast, held: Registration, client: Client
) -> None:
    made = granted(cast, "R-1")
    transitions.look_by_mandate(row_pk=row(made, held).pk, actor=actor(cast.worker), at=NOW)
    sign_in(client, cast.taro)
    page = opened(client, "registration", "R-1").content.decode()
    assert made.number in page and "みどり通信工事株式会社" in page
    looks = client.get(reverse("handover:history", args=["R-1"]), {"show": "looks"}).content.decode()
    assert made.number in looks and cast.worker.display_name in looks


@pytest.mark.parametrize(("who", "queries"), [("worker", 9), ("hanako", 11), ("taro", 17)])
@pytest.mark.parametrize("count", [1, 3])
def test_list_and_page_cost_the_same_for_any_number_of_rows(
    cast: Cast, client: Client, django_assert_num_queries: DjangoAssertNumQueries, who: str, queries: int, count: int
) -> None:
    numbers = [registration(cast.aoba, f"R-{place}", custodian=cast.taro).number for place in range(count)]
    for _place in range(count):
        made = granted(cast, *numbers)
    sign_in(client, getattr(cast, who))
    opened(client, "mandates")
    with django_assert_num_queries(6):
        assert made.number in opened(client, "mandates").content.decode()
    with django_assert_num_queries(queries):
        assert opened(client, "mandate", made.number).status_code == 200


def test_custodian_without_a_question_has_nothing_to_approve(cast: Cast, held: Registration, client: Client) -> None:
    made = approved(asked(cast, "R-1"), cast.taro)
    assert made.ends_on < YEAR
    sign_in(client, cast.taro)
    assert opened(client, "approve_mandate", made.number).status_code == 403
