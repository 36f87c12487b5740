"""Seeing a paper (D5): who looks, what is written, what a browser gets, and when nothing is shown."""

import io
import os
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from PIL import Image
from pytest_django import DjangoAssertNumQueries

from accounts.errors import NotAllowed, Refused
from accounts.models import User
from audit.models import Event
from handover import documents, transitions
from handover.models import READING_AFTER, Blob, Deputy, Document, DocumentVersion, Registration
from tests import seen
from tests.cast import Cast, actor, sign_in
from tests.handover.mandated import granted, row
from tests.handover.paper_files import TEXT, kept
from tests.handover.photographed import UPRIGHT, corner_colours, taken, upright, written
from tests.handover.test_papers_opening import STRANGERS
from tests.handover.test_vault_inspect import office
from tests.stock import NOW, accepted, drafted, offered, registration

pytestmark = pytest.mark.usefixtures("vault")
PAGES = [f"Page {number}" for number in range(1, 13)]


@pytest.fixture
def made(cast: Cast, held: Registration) -> Document:
    """A contract of R-1 with twelve pages."""
    return kept(held, cast.taro, name="契約書.pdf", body=written(*PAGES))


def looked(made: Document, by: User, *, reason: str = "") -> DocumentVersion:
    version = made.versions.get(number=1)
    return transitions.look_at_paper(version_pk=version.pk, reason=reason, actor=actor(by), at=NOW)


def way_in(made: Document) -> str:
    return reverse("handover:look_at_paper", args=[made.pk, 1])


def page_of(made: Document, page: int = 1) -> str:
    return reverse("handover:page_picture", args=[made.pk, 1, page])


# What is written -----------------------------------------------------------------------------------------------------
def test_custodian_looks_and_the_log_says_so(cast: Cast, held: Registration, made: Document) -> None:
    before = seen.mark()
    looked(made, cast.taro)
    assert seen.verbs(before) == ["document.viewed"]
    written_down = Event.objects.get(verb="document.viewed")
    assert (written_down.actor, written_down.subject) == (cast.taro.label, made.label)
    assert set(written_down.about) == {made.label, held.label, cast.aoba.label}
    assert written_down.facts == {"version": 1, "as": "custodian"}
    assert seen.notices(before) == []


def test_each_look_is_a_line_of_its_own(cast: Cast, made: Document) -> None:
    before = seen.mark()
    looked(made, cast.taro)
    looked(made, cast.taro)
    assert seen.verbs(before) == ["document.viewed"] * 2


def test_administrator_says_why(cast: Cast, made: Document) -> None:
    for reason in ("", "because I want to"):
        with pytest.raises(Refused):
            looked(made, cast.hanako, reason=reason)
    looked(made, cast.hanako, reason="away")
    assert Event.objects.get(verb="document.viewed").facts == {"version": 1, "as": "administrator", "reason": "away"}


def test_deputy_successor_and_former_custodian_look(cast: Cast, held: Registration, made: Document) -> None:
    Deputy.objects.create(registration=held, user=cast.saburo, since=NOW)
    looked(made, cast.saburo)
    draft = drafted(cast, held)
    with pytest.raises(NotAllowed):
        looked(made, cast.jiro)
    transitions.offer(handover_pk=draft.pk, actor=actor(cast.taro), at=NOW)
    looked(made, cast.jiro)
    roles = Event.objects.filter(verb="document.viewed").order_by("sequence").values_list("facts__as", flat=True)
    assert list(roles) == ["deputy", "successor"]


def test_former_custodian_looks_for_thirty_days(cast: Cast, held: Registration, made: Document) -> None:
    accepted(cast, held, days=0)
    looked(made, cast.taro)
    assert Event.objects.get(verb="document.viewed").facts["as"] == "former"
    late = NOW + READING_AFTER + timedelta(seconds=1)
    with pytest.raises(NotAllowed):
        transitions.look_at_paper(version_pk=made.versions.get().pk, reason="", actor=actor(cast.taro), at=late)


@pytest.mark.parametrize("who", STRANGERS)
def test_nobody_else_looks(cast: Cast, made: Document, client: Client, who: str) -> None:
    before = seen.mark()
    with pytest.raises(NotAllowed):
        looked(made, getattr(cast, who), reason="audit")
    sign_in(client, getattr(cast, who))
    unknown = [reverse("handover:look_at_paper", args=[9999, 1]), reverse("handover:page_picture", args=[9999, 1, 1])]
    for address, other in zip([way_in(made), page_of(made)], unknown, strict=True):
        there, nowhere = client.get(address), client.get(other)
        assert (there.status_code, there.content) == (404, nowhere.content)
    assert seen.verbs(before) == []


# What is shown -------------------------------------------------------------------------------------------------------
def test_each_opening_is_one_look_and_turning_pages_is_none(cast: Cast, made: Document, client: Client) -> None:
    sign_in(client, cast.taro)
    before = seen.mark()
    first = client.get(way_in(made))
    assert (first.status_code, first["Cache-Control"]) == (200, "private, no-store")
    for query in ("?zoom=2&page=3", "?page=11", "?zoom=99&page=-4", "?zoom=x&page=1"):
        assert client.get(way_in(made) + query).status_code == 200
    assert client.get(page_of(made)).status_code == 200
    assert seen.verbs(before) == ["document.viewed"]
    client.get(way_in(made))
    assert seen.verbs(before) == ["document.viewed"] * 2


def test_page_shows_ten_pages_at_a_time_each_named(cast: Cast, made: Document, client: Client) -> None:
    sign_in(client, cast.taro)
    first = client.get(way_in(made), headers={"accept-language": "en"})
    shown = first.content.decode()
    assert [page["number"] for page in first.context["pages"]] == list(range(1, 11))
    assert page_of(made) in shown and 'width="1131" height="1600"' in shown
    assert reverse("handover:download_document", args=[made.pk, 1]) in shown
    second = client.get(way_in(made) + "?zoom=2&page=11")
    assert [page["number"] for page in second.context["pages"]] == [11, 12]
    assert f"{page_of(made, 12)}?large" in second.content.decode()
    assert (second.context["before"], second.context["after"]) == (1, None)
    assert client.get(way_in(made) + "?page=21").status_code == 404


def test_picture_is_ours_and_no_browser_keeps_it(cast: Cast, held: Registration, client: Client) -> None:
    made = kept(held, cast.taro, name="写真.jpg", body=taken(upright(), 6))
    sign_in(client, cast.taro)
    client.get(way_in(made))
    answer = client.get(page_of(made))
    assert (answer.status_code, answer["Content-Type"]) == (200, "image/jpeg")
    assert answer["Cache-Control"] == "private, no-store"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"] == "sandbox; default-src 'none'"
    with Image.open(io.BytesIO(answer.content)) as picture:
        assert corner_colours(picture) == UPRIGHT
    assert b"SECRETCAMERA" not in answer.content
    assert client.get(page_of(made, 2)).status_code == 404


def test_picture_comes_only_within_a_look_of_the_same_session(cast: Cast, made: Document, client: Client) -> None:
    with time_machine.travel(NOW, tick=False) as clock:
        sign_in(client, cast.taro)
        assert client.get(page_of(made)).status_code == 409
        client.get(way_in(made))
        clock.shift(timedelta(minutes=29))
        assert client.get(page_of(made)).status_code == 200
        clock.shift(timedelta(minutes=2))
        assert client.get(page_of(made)).status_code == 409
        before = seen.mark()
        client.get(way_in(made) + "?page=2")
        assert seen.verbs(before) == ["document.viewed"]
        assert sign_in(Client(), cast.taro).get(page_of(made)).status_code == 409


def test_who_may_no_longer_see_the_paper_gets_no_further_picture(
    cast: Cast, held: Registration, made: Document, client: Client
) -> None:
    given = offered(cast, held)
    sign_in(client, cast.jiro)
    client.get(way_in(made))
    assert client.get(page_of(made)).status_code == 200
    transitions.withdraw(handover_pk=given.pk, reason="やめた", actor=actor(cast.taro), at=given.drafted_at)
    assert client.get(page_of(made)).status_code == 404


def test_administrator_is_asked_once_a_look(cast: Cast, made: Document, client: Client) -> None:
    sign_in(client, cast.hanako)
    before = seen.mark()
    asked = client.get(way_in(made))
    assert asked.templates[0].name == "handover/papers_why.html"
    assert client.post(way_in(made), {"reason": "nonsense"}).context["form"].errors.keys() == {"reason"}
    assert client.get(way_in(made) + "?page=1").templates[0].name == "handover/papers_why.html"
    assert client.get(page_of(made)).status_code == 409
    assert seen.verbs(before) == []
    shown = client.post(way_in(made), {"reason": "checking"}, follow=True)
    assert shown.templates[0].name == "handover/papers_look.html"
    assert client.get(page_of(made)).status_code == 200
    assert seen.verbs(before) == ["document.viewed"]
    assert Event.objects.get(verb="document.viewed").facts["reason"] == "checking"
    page = sign_in(Client(), cast.taro).get(reverse("handover:paper", args=[made.pk]))
    assert "お客さま管理者" in page.content.decode() or "dministrator" in page.content.decode()


def test_texts_are_shown_as_text(cast: Cast, held: Registration, client: Client) -> None:
    words = "1 <b>契約</b>\r\n" * 300
    made = kept(held, cast.taro, name="メモ.txt", body=words.encode("cp932"))
    table = kept(held, cast.taro, name="一覧.csv", body="番号,<i>名義\r\n".encode())
    sign_in(client, cast.taro)
    page = client.get(way_in(made)).content.decode()
    assert page.count("&lt;b&gt;契約&lt;/b&gt;") == 200 and "<b>契約" not in page
    assert "<td>番号</td><td>&lt;i&gt;名義</td>" in client.get(way_in(table)).content.decode()
    assert client.get(page_of(made)).status_code == 404


def test_word_file_is_for_downloading_and_is_no_look(cast: Cast, held: Registration, client: Client) -> None:
    made = kept(held, cast.taro, name="覚書.docx", body=office())
    sign_in(client, cast.taro)
    before = seen.mark()
    page = client.get(way_in(made))
    assert page.templates[0].name == "handover/papers_unseen.html"
    assert reverse("handover:download_document", args=[made.pk, 1]) in page.content.decode()
    assert way_in(made) not in client.get(reverse("handover:paper", args=[made.pk])).content.decode()
    assert seen.verbs(before) == []


def test_asking_for_the_head_shows_and_logs_nothing(cast: Cast, made: Document, client: Client) -> None:
    sign_in(client, cast.taro)
    assert {client.head(way_in(made)).status_code, client.head(page_of(made)).status_code} == {405}
    assert not Event.objects.filter(verb="document.viewed").exists()


# What is not shown ---------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("status", ["waiting", "infected"])
def test_paper_in_quarantine_is_not_seen(cast: Cast, made: Document, client: Client, status: str) -> None:
    sign_in(client, cast.taro)
    client.get(way_in(made))
    finding = "Eicar" if status == "infected" else ""
    Blob.objects.filter(versions__document=made).update(status=status, finding=finding)
    before = seen.mark()
    with pytest.raises(documents.Held):
        looked(made, cast.taro)
    for address in (way_in(made), page_of(made)):
        assert client.get(address).status_code == 409
    assert way_in(made) not in client.get(reverse("handover:paper", args=[made.pk])).content.decode()
    assert seen.verbs(before) == []


def test_paper_under_seal_is_never_seen_not_even_by_who_opens_it(
    cast: Cast, held: Registration, client: Client
) -> None:
    made = kept(held, cast.taro, kind="password_notice", name="暗証番号.pdf", body=written("4471"))
    before = seen.mark()
    for who in (cast.taro, cast.hanako):
        with pytest.raises(NotAllowed):
            looked(made, who, reason="away")
        sign_in(client, who)
        for address in (way_in(made), page_of(made)):
            assert client.get(address).status_code == 403
        assert client.post(way_in(made), {"reason": "away"}).status_code == 403
        assert way_in(made) not in client.get(reverse("handover:paper", args=[made.pk])).content.decode()
    assert seen.verbs(before) == []


def test_damaged_file_is_not_a_look(cast: Cast, made: Document, vault: Path, client: Client) -> None:
    (vault / made.versions.get().blob.name).unlink()
    sign_in(client, cast.taro)
    assert client.get(way_in(made)).status_code == 503
    assert not Event.objects.filter(verb="document.viewed").exists()


def test_file_that_cannot_be_drawn_says_so_and_is_not_a_look(
    cast: Cast, made: Document, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("handover.vault.preview._CHILD", "handover.vault.limits")
    page = sign_in(client, cast.taro).get(way_in(made))
    assert page.templates[0].name == "handover/papers_unseen.html"
    assert not Event.objects.filter(verb="document.viewed").exists()


# By mandate ----------------------------------------------------------------------------------------------------------
def by_mandate(number: str, made: Document, page: int = 0) -> str:
    place = [number, made.registration.number, made.pk, 1]
    return reverse(
        "handover:mandated_picture" if page else "handover:mandated_look", args=[*place, *([page] * (page > 0))]
    )


def test_representative_looks_and_the_customer_sees_it(
    client: Client, cast: Cast, held: Registration, made: Document
) -> None:
    mandate = granted(cast, "R-1", scope=3, settings=[], representative=cast.worker.email)
    sign_in(client, cast.worker)
    assert (
        by_mandate(mandate.number, made)
        in client.get(f"/mandates/{mandate.number}/registrations/R-1/").content.decode()
    )
    assert client.get(by_mandate(mandate.number, made, 1)).status_code == 409
    assert by_mandate(mandate.number, made, 1) in client.get(by_mandate(mandate.number, made)).content.decode()
    assert client.get(by_mandate(mandate.number, made, 1))["Content-Type"] == "image/jpeg"
    told = Event.objects.get(verb="document.viewed")
    assert told.facts == {"version": 1, "as": "representative", "mandate": mandate.number}
    assert held.label in told.about and cast.aoba.label in told.about
    # The way of the customer's own people is not theirs.
    assert client.get(way_in(made)).status_code == 404


def test_mandate_shows_nothing_sealed_held_ended_or_of_others(
    client: Client, cast: Cast, held: Registration, made: Document
) -> None:
    mandate = granted(cast, "R-1", scope=3, settings=[], representative=cast.worker.email)
    less = granted(cast, "R-1", scope=1, settings=[])
    sealed = kept(held, cast.taro, kind="password_notice")
    other = kept(registration(cast.aoba, "R-2", custodian=cast.taro), cast.taro)
    sign_in(client, cast.worker)
    before = seen.mark()
    for number, paper in ((mandate.number, sealed), (mandate.number, other), (less.number, made)):
        assert client.get(by_mandate(number, paper)).status_code == 404
        assert client.get(by_mandate(number, paper, 1)).status_code == 404
    act: dict[str, Any] = {"row_pk": row(mandate, held).pk, "actor": actor(cast.worker), "at": NOW}
    with pytest.raises(DocumentVersion.DoesNotExist):
        transitions.look_at_paper_by_mandate(version_pk=sealed.versions.get().pk, **act)
    Blob.objects.filter(versions__document=made).update(status="waiting")
    assert client.get(by_mandate(mandate.number, made)).status_code == 409
    for look in (transitions.look_at_paper_by_mandate, transitions.read_by_mandate):
        with pytest.raises(documents.Held):
            look(version_pk=made.versions.get().pk, **act)
    with pytest.raises(NotAllowed):
        transitions.look_at_paper_by_mandate(version_pk=made.versions.get().pk, **{**act, "actor": actor(cast.jiro)})
    assert seen.verbs(before) == []


# What it costs and leaves --------------------------------------------------------------------------------------------
@pytest.mark.parametrize("versions", [1, 3])
def test_looking_costs_little_however_many_papers_there_are(
    cast: Cast,
    held: Registration,
    client: Client,
    versions: int,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    for _ in range(versions):
        made = kept(held, cast.taro, name="契約書.pdf", body=written(*PAGES))
    sign_in(client, cast.taro)
    with django_assert_max_num_queries(18):  # savepoints, the line in the log and the session among them
        client.get(way_in(made))
    with django_assert_max_num_queries(9):
        assert client.get(page_of(made)).status_code == 200


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    folder = tmp_path / "temporary"
    folder.mkdir()
    for name in ("TMPDIR", "TEMP", "TMP"):
        monkeypatch.setenv(name, str(folder))
    yield folder


def test_looking_leaves_nothing_in_clear(
    cast: Cast, held: Registration, client: Client, vault: Path, temporary: Path
) -> None:
    made = kept(held, cast.taro, body=TEXT)
    pages = kept(held, cast.taro, name="a.pdf", body=written("Planted"))
    sign_in(client, cast.taro)
    before = len(os.listdir("/proc/self/fd"))
    for paper in (made, pages):
        client.get(way_in(paper))
    client.get(page_of(pages))
    assert len(os.listdir("/proc/self/fd")) == before
    assert list(temporary.iterdir()) == []
    for path in vault.rglob("*"):
        assert TEXT.strip() not in path.read_bytes() and b"Planted" not in path.read_bytes()
