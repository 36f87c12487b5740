"""The pages of the register: what each shows to whom, and at what cost."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from audit.models import Event
from handover import transitions
from handover.models import BillReference, ContactPoint, Custody, Deputy, GapAlert, Product, Registration, UnitAlias
from handover.transitions.products import TEXTS
from tests.cast import Cast, actor, sign_in
from tests.seen import mark, verbs
from tests.stock import NOW, accepted, offered, paper, registration

LIST_QUERIES = 9
PAGE_QUERIES = 12  # one asks for invented registrations; and one more on PostgreSQL, for the lock of the log
TRANSACTION = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE")


def cost(client: Client, path: str) -> int:
    """Return how many queries a page takes, without the words that only begin and end a transaction."""
    client.get(path)  # a page's SQL is written, and the database asked what it can do, once in a process
    with CaptureQueriesContext(connection) as seen:
        assert client.get(path).status_code == 200
    return sum(not query["sql"].startswith(TRANSACTION) for query in seen.captured_queries)


def text(client: Client, path: str) -> str:
    response = client.get(path)
    assert response.status_code == 200, path
    return str(response.content.decode())


# The list ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("count", [1, 3, 60])
def test_list_costs_the_same_for_any_number_of_rows(cast: Cast, client: Client, count: int) -> None:
    for number in range(count):
        registration(cast.aoba, f"R-{number}", custodian=cast.taro if number % 2 else None)
    assert cost(sign_in(client, cast.hanako), "/registrations/") == LIST_QUERIES


def test_administrator_sees_all_and_members_see_theirs(cast: Cast, client: Client) -> None:
    registration(cast.aoba, "R-1", custodian=cast.taro)
    registration(cast.aoba, "R-2", custodian=cast.jiro)
    registration(cast.wakaba, "R-3", custodian=cast.minoru)
    standing_in = registration(cast.aoba, "R-4", custodian=cast.jiro)
    Deputy.objects.create(registration=standing_in, user=cast.taro, since=timezone.now())
    for who, numbers in (
        (cast.hanako, "124"),
        (cast.taro, "14"),
        (cast.wakako, "3"),
        (cast.saburo, ""),
        (cast.operator, ""),
    ):
        page = text(sign_in(Client(), who), "/registrations/")
        assert [number for number in "1234" if f"R-{number}<" in page] == list(numbers), who


def test_former_custodian_sees_it_for_30_days(cast: Cast, held: Registration) -> None:
    accepted(cast, held, days=0)
    by = actor(cast.taro)
    assert Registration.objects.visible_to(by, NOW + timedelta(days=29)).exists()
    assert not Registration.objects.visible_to(by, NOW + timedelta(days=31)).exists()


def test_search_needs_every_word_and_pages_hold_fifty(cast: Cast, client: Client) -> None:
    for number in range(52):
        made = registration(cast.aoba, f"R-{number:03}", custodian=cast.taro)
        transitions.add_alias(
            registration_pk=made.pk, alias=f"別館{number % 2}", actor=actor(cast.taro), at=timezone.now()
        )
    sign_in(client, cast.hanako)
    assert text(client, "/registrations/").count('class="code">R-') == 50
    assert text(client, "/registrations/?page=2").count('class="code">R-') == 2
    assert text(client, "/registrations/?page=99").count('class="code">R-') == 2
    assert text(client, "/registrations/?q=別館１").count('class="code">R-') == 26
    assert text(client, "/registrations/?q=別館1+r-001").count('class="code">R-') == 1
    assert text(client, "/registrations/?q=別館1+r-002").count('class="code">R-') == 0
    assert text(client, "/registrations/?q=%25").count('class="code">R-') == 50  # a sign alone is no word


def test_search_takes_no_wildcards(cast: Cast, client: Client) -> None:
    made = registration(cast.aoba, "R-1", custodian=cast.taro)
    transitions.add_alias(registration_pk=made.pk, alias="本館", actor=actor(cast.taro), at=timezone.now())
    sign_in(client, cast.hanako)
    assert 'class="code">R-' not in text(client, "/registrations/?q=本_館x")
    assert text(client, "/registrations/?q=" + "あ" * 500)


def test_administrator_is_led_to_registrations_without_custodian(cast: Cast, client: Client) -> None:
    registration(cast.aoba, "R-1", custodian=cast.taro)
    registration(cast.aoba, "R-2", custodian=None)
    page = text(sign_in(client, cast.hanako), "/registrations/")
    assert "?show=gaps" in page
    page = text(client, "/registrations/?show=gaps")
    assert "R-2<" in page and "R-1<" not in page
    assert "?show=gaps" not in text(sign_in(Client(), cast.taro), "/registrations/")


# One registration ----------------------------------------------------------------------------------------------------


def furnish(cast: Cast, made: Registration, rows: int) -> None:
    """Give a registration `rows` of everything that its page shows."""
    now = timezone.now()
    for number in range(rows):
        paper(made, f"書類{number}", cast.taro)
        ContactPoint.objects.create(registration=made, kind="phone", value=f"03-1234-000{number}", since=now)
        UnitAlias.objects.create(registration=made, alias=f"別館{number}", since=now)
        BillReference.objects.create(registration=made, reference=f"B{number}", since=now)
        transitions.add_alias(registration_pk=made.pk, alias=f"新館{number}", actor=actor(cast.hanako), at=now)
    for user in (cast.saburo, cast.jiro)[: rows - 1]:
        Deputy.objects.create(registration=made, user=user, since=now)


@pytest.mark.parametrize("rows", [1, 3])
def test_page_costs_the_same_for_any_number_of_rows(
    cast: Cast, held: Registration, client: Client, rows: int, on_postgres: bool
) -> None:
    furnish(cast, held, rows)
    assert cost(sign_in(client, cast.taro), "/registrations/R-1/") == PAGE_QUERIES + on_postgres


def test_page_with_an_open_handover_costs_no_more(
    cast: Cast, held: Registration, client: Client, on_postgres: bool
) -> None:
    offered(cast, held)
    assert cost(sign_in(client, cast.hanako), "/registrations/R-1/") == PAGE_QUERIES + on_postgres


def test_page_shows_people_data_papers_and_history(cast: Cast, held: Registration, client: Client) -> None:
    furnish(cast, held, 3)
    line = Product.objects.create(code="line", name_ja="光回線")
    Registration.objects.update(former_names=["旧青葉"], product=line)
    page = text(sign_in(client, cast.taro), "/registrations/R-1/")
    shown = ("太郎", "三郎", "次郎", "旧青葉", "書類2", "03-1234-0002", "別館2", "B2", "光回線", "〒100-0001")
    for words in shown:
        assert words in page, words


def test_opening_the_page_is_written_down_with_the_role(cast: Cast, held: Registration) -> None:
    Deputy.objects.create(registration=held, user=cast.saburo, since=timezone.now())
    for who, role in ((cast.taro, "custodian"), (cast.hanako, "administrator"), (cast.saburo, "deputy")):
        sign_in(Client(), who).get("/registrations/R-1/")
        written = Event.objects.order_by("-sequence")[0]
        assert (written.verb, written.actor, written.facts["as"]) == ("registration.viewed", who.label, role)


def test_looks_are_in_the_history_that_the_customer_sees(cast: Cast, held: Registration, client: Client) -> None:
    sign_in(Client(), cast.hanako).get("/registrations/R-1/")
    sign_in(client, cast.taro)
    assert "青木 花子" in text(client, "/registrations/R-1/history/?show=looks")
    assert "青木 花子" not in text(client, "/registrations/R-1/history/?show=acts")
    # Beside the page, acts alone: looks would push them out.
    assert "青木 花子" not in text(client, "/registrations/R-1/")


@pytest.mark.parametrize("count", [1, 3])
def test_history_costs_the_same_for_any_number_of_rows(
    cast: Cast, held: Registration, client: Client, count: int
) -> None:
    for who in (cast.taro, cast.hanako, cast.taro)[:count]:
        transitions.look(registration=held, capacity="custodian", actor=actor(who), at=timezone.now())
    assert cost(sign_in(client, cast.taro), "/registrations/R-1/history/") == 8


@pytest.mark.parametrize("path", ["", "history/", "contact-points/add/", "contact-points/1/end/", "names/add/"])
@pytest.mark.parametrize("who", ["wakako", "minoru", "saburo", "worker", "agent", "operator"])
def test_a_stranger_sees_the_same_bytes_as_for_an_unknown_number(
    cast: Cast, held: Registration, client: Client, who: str, path: str
) -> None:
    sign_in(client, getattr(cast, who))
    since = mark()
    there = client.get(f"/registrations/R-1/{path}")
    nowhere = client.get(f"/registrations/R-404/{path}")
    assert there.status_code == nowhere.status_code == 404
    assert there.content == nowhere.content
    assert verbs(since) == []


def test_what_comes_next_for_each_reader(cast: Cast, held: Registration) -> None:
    kept = registration(cast.aoba, "R-2", custodian=None)
    hanako, taro = sign_in(Client(), cast.hanako), sign_in(Client(), cast.taro)
    assert "/registrations/R-2/care/" in text(hanako, "/registrations/R-2/")
    transitions.take_into_care(registration_pk=kept.pk, actor=actor(cast.hanako), at=timezone.now())
    page = text(hanako, "/registrations/R-2/")
    assert "/registrations/R-2/hand-over/" in page and "/registrations/R-2/care/" not in page
    assert 'class="next-step' not in text(taro, "/registrations/R-1/")
    made = offered(cast, held)
    assert f"/handovers/{made.number}/" in text(taro, "/registrations/R-1/")
    ContactPoint.objects.update(health="bounced")
    made.items.update(is_open=False)
    assert 'class="next-step' in text(taro, "/registrations/R-1/")


def test_new_custodian_is_led_through_the_tasks(cast: Cast, held: Registration, client: Client) -> None:
    accepted(cast, held, days=0)
    page = text(sign_in(client, cast.jiro), "/registrations/R-1/")
    assert "/tasks/" in page and 'class="next-step' in page
    former = text(sign_in(Client(), cast.taro), "/registrations/R-1/")
    assert 'class="next-step' not in former and "contact-points/add/" not in former


# Forms ---------------------------------------------------------------------------------------------------------------

POINT = {
    "kind": "phone",
    "value": "０３ー１２３４ー５６７８",
    "purposes": ["procedure"],
    "hours": "",
    "postal_code": "",
}


def test_custodian_adds_a_contact_point_by_the_page(cast: Cast, held: Registration, client: Client) -> None:
    sign_in(client, cast.taro)
    assert client.get("/registrations/R-1/contact-points/add/").status_code == 200
    response = client.post("/registrations/R-1/contact-points/add/", POINT)
    assert response["Location"] == "/registrations/R-1/"
    assert ContactPoint.objects.filter(kind="phone", value="03-1234-5678").count() == 1


def test_stale_session_has_to_confirm_before_a_contact_point_changes(
    cast: Cast, held: Registration, client: Client
) -> None:
    sign_in(client, cast.taro, fresh=False)
    point = ContactPoint.objects.get()
    for path, data in (("contact-points/add/", POINT), (f"contact-points/{point.pk}/end/", {})):
        page = client.post(f"/registrations/R-1/{path}", data)
        assert page.status_code == 200 and "fresh-password" in page.content.decode()
    assert ContactPoint.objects.get().until is None


@pytest.mark.parametrize(
    "change",
    [
        {"value": "abc"},
        {"kind": "mail", "value": "a@"},
        {"kind": "post", "value": "東京都", "postal_code": "12"},
        {"kind": "fax"},
        {"purposes": ["spying"]},
        {"value": ""},
    ],
)
def test_wrong_contact_point_is_told_at_its_field(
    cast: Cast, held: Registration, client: Client, change: dict[str, object]
) -> None:
    sign_in(client, cast.taro)
    page = client.post("/registrations/R-1/contact-points/add/", {**POINT, **change})
    assert page.status_code == 200 and "error-summary" in page.content.decode()
    assert ContactPoint.objects.count() == 1


def test_custodian_ends_a_contact_point_by_the_page_but_not_the_last(
    cast: Cast, held: Registration, client: Client
) -> None:
    sign_in(client, cast.taro)
    point = ContactPoint.objects.get()
    page = client.post(f"/registrations/R-1/contact-points/{point.pk}/end/")
    assert page.status_code == 200 and "error-summary" in page.content.decode()
    client.post("/registrations/R-1/contact-points/add/", POINT)
    assert client.post(f"/registrations/R-1/contact-points/{point.pk}/end/").status_code == 302
    assert client.post(f"/registrations/R-1/contact-points/{point.pk}/end/").status_code == 409


def test_contact_point_of_another_registration_is_not_found(cast: Cast, held: Registration, client: Client) -> None:
    registration(cast.aoba, "R-2", custodian=cast.taro)
    other = ContactPoint.objects.get(registration__number="R-2")
    alias = UnitAlias.objects.create(registration=other.registration, alias="x", since=timezone.now())
    sign_in(client, cast.taro)
    assert client.post(f"/registrations/R-1/contact-points/{other.pk}/end/").status_code == 404
    assert client.post(f"/registrations/R-1/names/{alias.pk}/end/").status_code == 404


def test_deputy_reads_but_changes_nothing(cast: Cast, held: Registration, client: Client) -> None:
    Deputy.objects.create(registration=held, user=cast.saburo, since=timezone.now())
    sign_in(client, cast.saburo)
    page = text(client, "/registrations/R-1/")
    assert "contact-points/add/" not in page and "hand-over/" not in page
    assert client.post("/registrations/R-1/contact-points/add/", POINT).status_code == 403
    assert client.post("/registrations/R-1/names/add/", {"alias": "x"}).status_code == 403


def test_custodian_keeps_and_ends_a_name_by_the_page(cast: Cast, held: Registration, client: Client) -> None:
    sign_in(client, cast.taro)
    assert client.post("/registrations/R-1/names/add/", {"alias": "本館"}).status_code == 302
    assert "error-summary" in client.post("/registrations/R-1/names/add/", {"alias": "本館"}).content.decode()
    made = UnitAlias.objects.get()
    assert client.get(f"/registrations/R-1/names/{made.pk}/end/").status_code == 405
    assert client.post(f"/registrations/R-1/names/{made.pk}/end/").status_code == 302


# The provider --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/products/", "/products/add/", "/gaps/", "/names/"])
def test_only_operators_open_the_pages_of_the_provider(cast: Cast, path: str) -> None:
    for who in cast.everybody:
        expected = 200 if who in (cast.operator, cast.colleague) else 403
        assert sign_in(Client(), who).get(path).status_code == expected, who


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize(("path", "queries"), [("/gaps/", 7), ("/names/", 7), ("/products/", 7)])
def test_worklists_cost_the_same_for_any_number_of_rows(
    cast: Cast, client: Client, count: int, path: str, queries: int
) -> None:
    for number in range(count):
        Product.objects.create(code=f"p{number}", name_ja="回線", what_ja="線")
        for _twin in range(2):
            made = registration(cast.aoba, f"R-{number}-{_twin}", custodian=None)
            Registration.objects.filter(pk=made.pk).update(unit=f"部署{number}")
    assert cost(sign_in(client, cast.operator), path) == queries


def test_operator_makes_and_changes_a_card_by_the_page(cast: Cast, client: Client) -> None:
    sign_in(client, cast.operator)
    card = dict.fromkeys(TEXTS, "回線")
    assert client.post("/products/add/", {"code": "line", **card}).status_code == 302
    assert "error-summary" in client.post("/products/add/", {"code": "a b", **card}).content.decode()
    assert "error-summary" in client.post("/products/line/change/", card).content.decode()
    assert client.post("/products/line/change/", {**card, "stops_ja": "電話"}).status_code == 302
    assert Product.objects.get().stops_ja == "電話"
    assert client.get("/products/none/change/").status_code == 404


def test_worklist_of_coarse_names_leaves_out_those_that_tell(cast: Cast, client: Client) -> None:
    for number, unit in enumerate(["", "", "総務部", "経理部"]):
        made = registration(cast.wakaba, f"R-{number}", custodian=cast.minoru)
        Registration.objects.filter(pk=made.pk).update(unit=unit)
    page = text(sign_in(client, cast.operator), "/names/")
    assert "若葉省" in page and "総務部" not in page and "経理部" not in page


def test_gaps_are_listed_until_they_close(cast: Cast, client: Client) -> None:
    made = registration(cast.aoba, "R-1", custodian=None)
    sign_in(client, cast.operator)
    assert "R-1" in text(client, "/gaps/")
    GapAlert.objects.update(closed_at=timezone.now())
    assert "R-1" not in text(client, "/gaps/")
    assert Custody.objects.filter(registration=made).count() == 1
