"""Pages of packages and of a long list of items: what each shows to whom, what it refuses, and at what cost."""

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from handover import transitions
from handover.models import Handover, HandoverItem, Package, Registration
from tests.cast import Cast, actor, sign_in
from tests.handover.test_register_pages import cost, text
from tests.stock import ALL_YES, NOW, TODAY, all_received, registration

LIST_QUERIES = 6
ONE_QUERIES = 10
OPEN_QUERIES = 7
ITEMS_QUERIES = 7
DATES = {"last_day": "2026-12-10", "effective_on": "2026-11-30"}


@pytest.fixture(autouse=True)
def now() -> Iterator[None]:
    with time_machine.travel(NOW, tick=True):
        yield


def held_by_taro(cast: Cast, count: int) -> list[Registration]:
    return [registration(cast.aoba, f"R-{number:03}", custodian=cast.taro) for number in range(1, count + 1)]


def opened(cast: Cast, to: dict[int, int] | None = None, *, by: str = "taro", person: str = "taro") -> Package:
    return transitions.open_package(
        person_pk=getattr(cast, person).pk,
        kind="leaves",
        last_day=TODAY + timedelta(days=20),
        effective_on=TODAY + timedelta(days=10),
        reason="",
        successors=to or {},
        actor=actor(getattr(cast, by)),
        at=NOW,
    )


def share_for_jiro(cast: Cast, count: int) -> Handover:
    """One handover of `count` registrations, offered to 次郎."""
    rows = held_by_taro(cast, count)
    package = opened(cast, {one.pk: cast.jiro.pk for one in rows})
    transitions.offer_package(package_pk=package.pk, actor=actor(cast.taro), at=NOW)
    return package.handovers.get(given_to=cast.jiro)


def told(response: Any) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


# What the pages cost -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("count", [1, 3])
def test_list_costs_the_same_for_any_number_of_packages(cast: Cast, client: Client, count: int) -> None:
    for number, person in enumerate(("taro", "jiro", "saburo")[:count]):
        registration(cast.aoba, f"R-{number}", custodian=getattr(cast, person))
        opened(cast, person=person, by="hanako")
    assert cost(sign_in(client, cast.hanako), "/packages/") == LIST_QUERIES


@pytest.mark.parametrize("count", [1, 3])
def test_page_of_a_package_costs_the_same_for_any_number_of_rows(cast: Cast, client: Client, count: int) -> None:
    rows = held_by_taro(cast, count)
    package = opened(cast, {rows[0].pk: cast.jiro.pk, rows[-1].pk: cast.saburo.pk})
    assert cost(sign_in(client, cast.hanako), f"/packages/{package.number}/") == ONE_QUERIES


@pytest.mark.parametrize("count", [1, 3])
def test_page_that_opens_a_package_costs_the_same_for_any_number_of_rows(
    cast: Cast, client: Client, count: int
) -> None:
    held_by_taro(cast, count)
    assert cost(sign_in(client, cast.taro), "/packages/new/") == OPEN_QUERIES


@pytest.mark.parametrize("count", [1, 3, 50])
def test_items_page_costs_the_same_for_any_number_of_items(cast: Cast, client: Client, count: int) -> None:
    made = share_for_jiro(cast, count)
    assert cost(sign_in(client, cast.jiro), f"/handovers/{made.number}/items/") == ITEMS_QUERIES


# Opening one ---------------------------------------------------------------------------------------------------------


def test_leaver_opens_a_package_with_a_successor_for_each_registration(cast: Cast, client: Client) -> None:
    first, second, third = held_by_taro(cast, 3)
    page = text(sign_in(client, cast.taro), "/packages/new/")
    assert [page.count(f'name="to-{one.pk}"') for one in (first, second, third)] == [1, 1, 1]
    assert "ワタナベ ジロウ" in page and "𠮷田 太郎（" not in page
    to = {f"to-{first.pk}": cast.jiro.pk, f"to-{second.pk}": cast.saburo.pk, f"to-{third.pk}": ""}
    response = client.post("/packages/new/", {"kind": "leaves", **DATES, **to})
    package = Package.objects.get()
    assert response["Location"] == f"/packages/{package.number}/"
    whole = HandoverItem.objects.filter(handover__package=package, is_open=True).order_by("registration__number")
    assert [item.handover.given_to for item in whole] == [cast.jiro, cast.saburo, None]
    again = client.post("/packages/new/", {"kind": "leaves", **DATES, **to})
    assert (again.status_code, Package.objects.count()) == (409, 1)


def test_holder_of_more_than_fifty_chooses_successors_afterwards(cast: Cast, client: Client) -> None:
    held_by_taro(cast, 51)
    page = text(sign_in(client, cast.taro), "/packages/new/")
    assert 'name="to-' not in page and "51件" in page
    client.post("/packages/new/", {"kind": "moves", **DATES})
    package = Package.objects.get()
    path = f"/packages/{package.number}/"
    page = text(client, path)
    assert page.count('type="checkbox"') == 50 and "51" in page
    keys = re.findall(r'name="registration" value="(\d+)"', page)
    client.post(f"{path}assign/", {"registration": keys, "successor": cast.jiro.pk})
    assert package.handovers.get(given_to=cast.jiro).items.standing().count() == 50
    assert text(client, f"{path}?page=2").count('type="checkbox"') == 1


WRONG = [
    ({"kind": "dies"}, "正しく選択してください。", "Select a valid choice."),
    ({"last_day": "2026-11-19"}, "までの日を選んでください。", "Choose a day from"),
    ({"effective_on": "2026-12-11"}, "引継ぎ日は最終日以前にしてください。", "no later than the last day"),
    ({"to": "999999"}, "ご所属の組織の方を選んでください。", "Choose people of your organisation."),
]


@pytest.mark.parametrize(("change", "japanese", "english"), WRONG, ids=["kind", "past", "after", "successor"])
@pytest.mark.parametrize("language", ["ja", "en"])
def test_form_says_what_is_wrong_and_opens_nothing(
    cast: Cast, client: Client, language: str, change: dict[str, str], japanese: str, english: str
) -> None:
    [held] = held_by_taro(cast, 1)
    change = {f"to-{held.pk}" if key == "to" else key: value for key, value in change.items()}
    sign_in(client, cast.taro).cookies["language"] = language
    response = client.post("/packages/new/", {"kind": "leaves", **DATES, **change})
    assert response.status_code == 200
    if change.get("kind") != "dies":
        assert (japanese if language == "ja" else english) in told(response)
    assert 'aria-invalid="true"' in response.content.decode() or "to-" in str(change)
    assert not Package.objects.exists()


def test_administrator_opens_the_package_of_a_colleague_and_nobody_elses(cast: Cast, client: Client) -> None:
    held_by_taro(cast, 1)
    sign_in(client, cast.hanako)
    assert "𠮷田 太郎" in text(client, f"/packages/new/?person={cast.taro.pk}")
    for stranger in (cast.minoru.pk, cast.operator.pk, 999_999):
        assert client.get(f"/packages/new/?person={stranger}").status_code == 404
    client.post(f"/packages/new/?person={cast.taro.pk}", {"kind": "leaves", **DATES})
    assert Package.objects.get().person == cast.taro


# Who may ------------------------------------------------------------------------------------------------------------


def test_only_those_concerned_find_the_package(cast: Cast, client: Client) -> None:
    rows = held_by_taro(cast, 2)
    package = opened(cast, {rows[0].pk: cast.jiro.pk})
    paths = [f"/packages/{package.number}/{more}" for more in ("", "change/", "withdraw/")]
    for who, status in (("taro", 200), ("hanako", 200), ("jiro", 404), ("wakako", 404), ("worker", 404)):
        sign_in(client, getattr(cast, who))
        assert [client.get(path).status_code for path in paths] == [status] * 3, who
        assert (package.number in text(client, "/packages/")) == (status == 200), who
    for more in ("assign/", "offer/", "extend/", "withdraw/"):
        assert client.post(f"/packages/{package.number}/{more}", {"reason": "x"}).status_code == 404
    package.refresh_from_db()
    assert package.status == "open"


def test_colleague_does_not_open_the_package_of_somebody_else(cast: Cast, client: Client) -> None:
    held_by_taro(cast, 1)
    sign_in(client, cast.jiro)
    assert client.get(f"/packages/new/?person={cast.taro.pk}").status_code in (403, 404)
    sign_in(client, cast.operator)
    assert client.get("/packages/new/").status_code == 403


# Changing one --------------------------------------------------------------------------------------------------------


def test_nothing_ticked_or_a_foreign_successor_is_refused_with_words(cast: Cast, client: Client) -> None:
    [held] = held_by_taro(cast, 1)
    package = opened(cast)
    path = f"/packages/{package.number}/assign/"
    sign_in(client, cast.taro)
    response = client.post(path, {"successor": cast.jiro.pk}, follow=True)
    assert "登録を1件以上選んでください。" in told(response)
    response = client.post(path, {"registration": held.pk, "successor": cast.minoru.pk}, follow=True)
    assert "ご所属の組織の方を選んでください。" in told(response)
    assert package.handovers.get().given_to is None


def test_offering_twice_offers_once(cast: Cast, client: Client) -> None:
    [held] = held_by_taro(cast, 1)
    package = opened(cast, {held.pk: cast.jiro.pk})
    sign_in(client, cast.taro)
    for _press in range(2):
        response = client.post(f"/packages/{package.number}/offer/", follow=True)
    assert "先に後任者を決めてください。" in told(response)
    assert package.handovers.filter(status="offered").count() == 1


def test_withdrawing_twice_is_told_as_done(cast: Cast, client: Client) -> None:
    held_by_taro(cast, 1)
    package = opened(cast)
    sign_in(client, cast.taro)
    path = f"/packages/{package.number}/withdraw/"
    assert client.post(path, {"reason": "残ることになった"}).status_code == 302
    assert client.post(path, {"reason": "残ることになった"}).status_code == 409
    page = text(client, f"/packages/{package.number}/")
    assert "取下げ済み" in page and 'type="checkbox"' not in page


def test_what_came_afterwards_is_taken_up_by_one_button(cast: Cast, client: Client) -> None:
    held_by_taro(cast, 1)
    package = opened(cast)
    registration(cast.aoba, "R-900", custodian=cast.taro)
    path = f"/packages/{package.number}/"
    sign_in(client, cast.taro)
    assert "引継ぎ一式に入っていない登録が1件あります。" in text(client, path)
    assert client.post(f"{path}extend/").status_code == 302
    assert "R-900" in text(client, path) and "入っていない" not in text(client, path)


# Marking many items --------------------------------------------------------------------------------------------------


def test_everything_open_on_the_page_is_received_by_one_button(cast: Cast, client: Client) -> None:
    made = share_for_jiro(cast, 51)
    path = f"/handovers/{made.number}/items/"
    page = text(sign_in(client, cast.jiro), path)
    keys = re.findall(r'name="note-(\d+)"', page)
    assert len(keys) == 50
    response = client.post(path, {f"mark-{keys[0]}": "not_mine", "received": "1"})
    assert response["Location"] == f"{path}?page=1"
    marks = made.items.values_list("mark", flat=True)
    assert sorted(marks) == ["", "not_mine", *["received"] * 49]
    # Going on to accept with one open leads to its page and says so.
    kept = {f"mark-{keys[0]}": "not_mine"} | {f"mark-{key}": "received" for key in keys[1:]}
    answers = {f"answer-{key}": "yes" for key in ALL_YES}
    response = client.post(path, {**kept, **answers, "accept": "1"})
    assert response["Location"] == f"/handovers/{made.number}/accept/"
    response = client.post(f"/handovers/{made.number}/accept/", follow=True)
    assert response.redirect_chain == [(f"{path}?page=2", 302)]
    assert "承諾の前に、すべての項目" in told(response)
    made.refresh_from_db()
    assert made.status == "offered"
    response = client.post(f"{path}?page=1", {**kept, "next": "1"})
    assert response["Location"] == f"{path}?page=2"
    assert made.items.exclude(mark="").count() == 50, "the page before was not kept"


def test_envelope_came_unopened_opened_or_not_at_all(cast: Cast, client: Client) -> None:
    rows = held_by_taro(cast, 1)
    package = opened(cast, {rows[0].pk: cast.jiro.pk})
    made = package.handovers.get(given_to=cast.jiro)
    sign_in(client, cast.taro)
    data = {"kind": "envelope", "registration_pk": rows[0].pk, "name": "設定パスワードの封書", "place": "金庫"}
    assert client.post(f"/handovers/{made.number}/list/", data)["Location"] == f"/handovers/{made.number}/list/"
    assert "設定パスワードの封書" in text(client, f"/handovers/{made.number}/list/")
    transitions.offer_package(package_pk=package.pk, actor=actor(cast.taro), at=NOW)
    page = text(sign_in(client, cast.jiro), f"/handovers/{made.number}/items/")
    envelope, whole = made.items.get(kind="envelope"), made.items.get(kind="registration")
    for item, values in ((envelope, ["received", "opened", "missing", "not_mine"]), (whole, ["received", "not_mine"])):
        assert re.findall(rf'name="mark-{item.pk}" value="(\w+)"', page) == values
    response = client.post(f"/handovers/{made.number}/items/", {f"mark-{whole.pk}": "missing"})
    assert "示された選択肢から選んでください。" in told(response)


def test_giver_signs_without_a_remark(cast: Cast, client: Client) -> None:
    made = share_for_jiro(cast, 1)
    transitions.accept(handover_pk=made.pk, marks=all_received(made), answers=ALL_YES, actor=actor(cast.jiro), at=NOW)
    response = sign_in(client, cast.taro).post(f"/handovers/{made.number}/sign/")
    assert response["Location"] == f"/handovers/{made.number}/"
    made.refresh_from_db()
    assert made.countersigned_by == cast.taro
    assert client.post(f"/handovers/{made.number}/sign/").status_code == 409
