"""Pages of labels: one for members, and one and the same for everybody else whatever the code."""

import uuid
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from handover import transitions
from handover.models import Label, Registration
from tests import seen
from tests.cast import Cast, actor, sign_in
from tests.handover.printed import pages
from tests.stock import NOW, registration

UNKNOWN = "222222222222"


@pytest.fixture
def label(cast: Cast, held: Registration) -> Label:
    """A box of R-1 with a name, a place and a paper that no stranger may read."""
    return transitions.make_label(
        registration_pk=held.pk,
        document_pk=held.documents.get().pk,
        name="第三の箱",
        place="地下金庫",
        token=uuid.uuid4(),
        actor=actor(cast.taro),
        at=NOW,
    )


def answer(client: Client, method: str, name: str, code: str) -> tuple[Any, ...]:
    """Return all that a browser gets: status, every header and cookie, and the bytes."""
    response = getattr(client, method)(reverse(f"handover:{name}", args=[code]))
    headers = sorted(response.headers.items())
    return response.status_code, headers, response.cookies.output(), response.content


STRANGERS = ["", "jiro", "wakako", "minoru", "worker", "agent", "operator", "auditor"]


@pytest.mark.parametrize("who", STRANGERS)
@pytest.mark.parametrize("status", Label.Status.values)
@pytest.mark.parametrize("language", ["ja", "en"])
def test_stranger_gets_the_same_bytes_and_headers_for_every_code(
    cast: Cast, label: Label, client: Client, who: str, status: str, language: str
) -> None:
    if status != Label.Status.VALID:
        Label.objects.update(status=status, ended_at=NOW, ended_by=cast.taro)
    if who:
        sign_in(client, getattr(cast, who))
    client.cookies["language"] = language
    known = answer(client, "get", "label", label.code)
    assert known == answer(client, "get", "label", UNKNOWN) == answer(client, "get", "label", "x")
    status_code, _headers, cookies, body = known
    assert (status_code, cookies) == (200, "")
    for secret in (label.name, label.place, "R-1", "青葉商事", "利用契約書", label.code):
        assert secret.encode() not in body, secret


def test_found_button_answers_the_same_and_writes_for_known_codes_only(label: Label, client: Client) -> None:
    before = seen.mark()
    unknown = answer(client, "post", "report_found", UNKNOWN)
    assert seen.verbs(before) == []
    assert unknown == answer(client, "post", "report_found", label.code)
    assert seen.verbs(before) == ["label.found"]
    assert unknown == answer(client, "post", "report_found", label.code)  # within the day
    assert seen.verbs(before) == ["label.found"]
    assert (unknown[0], dict(unknown[1])["Location"]) == (302, reverse("handover:found_thanks"))
    assert client.get(reverse("handover:found_thanks")).status_code == 200


def test_finder_presses_without_cookies_or_token(label: Label) -> None:
    strict = Client(enforce_csrf_checks=True)
    page = strict.get(reverse("handover:label", args=[label.code]))
    assert 'action="found/"' in page.content.decode() and not page.cookies
    before = seen.mark()
    assert strict.post(reverse("handover:report_found", args=[label.code])).status_code == 302
    assert seen.verbs(before) == ["label.found"]
    assert strict.post(reverse("handover:report_lost", args=[label.code])).status_code in (302, 403)
    assert seen.verbs(before) == ["label.found"]


def test_finding_changes_nothing_by_looking(label: Label, client: Client) -> None:
    before = seen.mark()
    client.get(reverse("handover:label", args=[label.code]))
    assert client.get(reverse("handover:report_found", args=[label.code])).status_code == 405
    assert seen.verbs(before) == []


@pytest.mark.parametrize("typed", [str.lower, lambda code: f"{code[:4]}-{code[4:8]}-{code[8:]}"])
def test_member_sees_what_it_is_however_the_code_is_typed(cast: Cast, label: Label, client: Client, typed: Any) -> None:
    page = sign_in(client, cast.taro).get(reverse("handover:label", args=[typed(label.code)])).content.decode()
    for words in (label.name, label.place, "R-1", "利用契約書", reverse("handover:paper", args=[label.document_id])):
        assert words in page, words
    for act in ("report_lost", "void_label", "reissue_label"):
        assert reverse(f"handover:{act}", args=[label.code]) in page, act


def test_administrator_without_second_factor_is_sent_to_it_first(cast: Cast, label: Label, client: Client) -> None:
    cast.hanako.authenticator_set.all().delete()
    sign_in(client, cast.hanako)
    known = client.get(reverse("handover:label", args=[label.code]))
    assert known.status_code == 302
    assert known["Location"].startswith(reverse("accounts:enrol"))


def test_member_walks_a_label_from_loss_to_a_new_one(cast: Cast, label: Label, client: Client) -> None:
    sign_in(client, cast.taro)
    states = []
    for act in ("report_lost", "report_back", "reissue_label"):
        client.post(reverse(f"handover:{act}", args=[label.code]))
        label.refresh_from_db()
        states.append(label.status)
    assert states == ["lost", "valid", "void"]
    assert label.replaced_by
    old = client.get(reverse("handover:label", args=[label.code])).content.decode()
    assert reverse("handover:label", args=[label.replaced_by.code]) in old
    assert reverse("handover:void_label", args=[label.code]) not in old


def test_custodian_makes_a_label_once_by_form(cast: Cast, held: Registration, client: Client) -> None:
    sign_in(client, cast.taro)
    address = reverse("handover:make_label", args=["R-1"])
    token = client.get(address).context["form"].initial["token"]
    data = {"document": "", "name": "箱 3", "place": "", "token": str(token)}
    first, second = client.post(address, data), client.post(address, data)
    assert (first.status_code, first["Location"]) == (302, second["Location"])
    assert Label.objects.get().document is None
    assert client.post(address, {**data, "document": "999"}).status_code == 200
    assert client.post(address, {**data, "token": str(uuid.uuid4()), "name": "箱\u202e"}).status_code == 200
    assert Label.objects.count() == 1


def printed(client: Client, keys: list[int]) -> Any:
    return client.post(reverse("handover:print_labels", args=["R-1"]), {"labels": keys})


def test_custodian_prints_the_chosen_labels(cast: Cast, held: Registration, label: Label, client: Client) -> None:
    sign_in(client, cast.taro)
    before = seen.mark()
    response = printed(client, [label.pk])
    assert (response.status_code, response["Content-Type"]) == (200, "application/pdf")
    assert response["Cache-Control"] == "private, no-store"
    [text] = pages(response.content)
    assert label.name in text and "R-1" not in text and "青葉商事" not in text and label.place not in text
    assert seen.verbs(before) == []


def test_nothing_chosen_void_and_foreign_labels_are_not_printed(
    cast: Cast, held: Registration, label: Label, client: Client
) -> None:
    other = transitions.make_label(
        registration_pk=registration(cast.aoba, "R-2", custodian=cast.taro).pk,
        document_pk=None,
        name="別の箱",
        place="",
        token=uuid.uuid4(),
        actor=actor(cast.taro),
        at=NOW,
    )
    transitions.void_label(label_pk=label.pk, actor=actor(cast.taro), at=NOW)
    sign_in(client, cast.taro)
    for keys in ([], [label.pk], [other.pk], [999_999]):
        response = printed(client, keys)
        assert (response.status_code, response["Location"]) == (302, reverse("handover:papers", args=["R-1"])), keys


def test_papers_page_lists_labels_with_what_may_be_printed(
    cast: Cast, held: Registration, label: Label, client: Client
) -> None:
    page = sign_in(client, cast.taro).get(reverse("handover:papers", args=["R-1"])).content.decode()
    assert label.code in page and f'name="labels" value="{label.pk}" checked' in page
