"""Papers under seal (D2): the person in charge alone opens them, after a fresh check, and each opening is written."""

import io
import uuid
from pathlib import Path
from zipfile import ZipFile

import pytest
from django.test import Client
from django.urls import reverse

from accounts.errors import NotAllowed, Refused
from accounts.models import User
from audit.models import Event
from handover import documents, transitions
from handover.models import Blob, Deputy, Document, DocumentVersion, Registration
from tests import seen
from tests.cast import PASSWORD, Cast, actor, sign_in
from tests.handover.paper_files import MORE, incoming, kept, stored
from tests.stock import NOW, START, accepted, offered

pytestmark = pytest.mark.usefixtures("vault")
SECRET = "設定用暗証番号 4471-QX".encode()


@pytest.fixture
def notice(cast: Cast, held: Registration) -> DocumentVersion:
    """The notice of the settings password of R-1, kept by 太郎."""
    document = kept(held, cast.taro, title="暗証番号のお知らせ", kind="password_notice", body=SECRET)
    return document.versions.get()


def way_in(version: DocumentVersion) -> str:
    return reverse("handover:download_document", args=[version.document_id, version.number])


def test_keeping_it_is_its_own_verb(cast: Cast, held: Registration, notice: DocumentVersion) -> None:
    written = Event.objects.get(subject=notice.document.label)
    assert (written.verb, written.facts["kind"]) == ("document.sealed", "password_notice")


def test_person_in_charge_opens_it_after_a_fresh_check_and_each_time_is_written(
    cast: Cast, notice: DocumentVersion, client: Client
) -> None:
    sign_in(client, cast.taro, fresh=False)
    before = seen.mark()
    asked = client.get(way_in(notice))
    assert (asked.status_code, asked.templates[0].name) == (200, "handover/papers_unseal.html")
    assert client.post(way_in(notice), {"fresh-password": "wrong"}).context["form"].errors.keys() == {"password"}
    assert seen.verbs(before) == []
    opened = client.post(way_in(notice), {"fresh-password": PASSWORD})
    assert b"".join(opened.streaming_content) == SECRET
    assert opened["Content-Disposition"].startswith("attachment")
    again = client.post(way_in(notice))
    assert b"".join(again.streaming_content) == SECRET
    assert seen.verbs(before) == ["document.unsealed", "document.unsealed"]
    assert Event.objects.filter(verb="document.unsealed", actor=cast.taro.label, facts__version=1).count() == 2


@pytest.mark.parametrize("status", ["waiting", "infected"])
def test_what_is_in_quarantine_is_not_opened_and_no_opening_is_written(
    cast: Cast, notice: DocumentVersion, client: Client, status: str
) -> None:
    Blob.objects.filter(pk=notice.blob_id).update(status=status, finding="Test" if status == "infected" else "")
    before = seen.mark()
    with pytest.raises(documents.Held):
        transitions.open_sealed(version_pk=notice.pk, actor=actor(cast.taro), at=NOW)
    assert seen.verbs(before) == []


def test_opening_is_never_a_plain_get(cast: Cast, notice: DocumentVersion, client: Client) -> None:
    sign_in(client, cast.taro)
    before = seen.mark()
    shown = client.get(way_in(notice))
    assert SECRET not in shown.content
    assert seen.verbs(before) == []


@pytest.mark.parametrize("who", ["hanako", "saburo"])
def test_administrator_and_deputy_see_that_it_is_there_and_open_nothing(
    who: str, cast: Cast, held: Registration, notice: DocumentVersion, client: Client
) -> None:
    person: User = getattr(cast, who)
    Deputy.objects.create(registration=held, user=cast.saburo, since=START)
    sign_in(client, person)
    page = client.get(reverse("handover:paper", args=[notice.document_id])).content.decode()
    assert way_in(notice) not in page
    before = seen.mark()
    for send in (client.get, client.post):
        assert send(way_in(notice), {"fresh-password": PASSWORD, "reason": "away"}).status_code == 403
    for act in (transitions.open_sealed, transitions.download_document):
        more = {"reason": "away"} if act is transitions.download_document else {}
        with pytest.raises(NotAllowed):
            act(version_pk=notice.pk, actor=actor(person), at=NOW, **more)
    assert seen.verbs(before) == []


def test_nor_does_the_person_in_charge_download_it_past_the_check(cast: Cast, notice: DocumentVersion) -> None:
    with pytest.raises(NotAllowed):
        transitions.download_document(version_pk=notice.pk, reason="", actor=actor(cast.taro), at=NOW)


def test_stranger_finds_nothing_there(cast: Cast, notice: DocumentVersion, client: Client) -> None:
    sign_in(client, cast.wakako)
    assert client.get(way_in(notice)).status_code == 404


def test_successor_opens_it_after_the_switch_and_the_predecessor_no_more(
    cast: Cast, held: Registration, notice: DocumentVersion, client: Client
) -> None:
    offered(cast, held)
    sign_in(client, cast.jiro)
    assert client.post(way_in(notice)).status_code in {403, 404}
    with pytest.raises(NotAllowed):
        transitions.open_sealed(version_pk=notice.pk, actor=actor(cast.jiro), at=NOW)


def test_after_the_switch_it_is_the_successors(cast: Cast, held: Registration, notice: DocumentVersion) -> None:
    accepted(cast, held, days=0)
    transitions.open_sealed(version_pk=notice.pk, actor=actor(cast.jiro), at=NOW)
    with pytest.raises(NotAllowed):
        transitions.open_sealed(version_pk=notice.pk, actor=actor(cast.taro), at=NOW)
    with pytest.raises(NotAllowed):  # reading stays for 30 days, sealed access does not (H7)
        transitions.download_document(version_pk=notice.pk, reason="", actor=actor(cast.taro), at=NOW)


def test_newer_notice_is_kept_by_the_person_in_charge_alone(cast: Cast, notice: DocumentVersion, vault: Path) -> None:
    given = {"document_pk": notice.document_id, "expires_on": None, "paper": incoming(body=MORE), "at": NOW}
    left = stored(vault)
    with pytest.raises(Refused):
        transitions.add_version(**given, token=uuid.uuid4(), actor=actor(cast.hanako))
    assert stored(vault) == left
    made = transitions.add_version(**given, token=uuid.uuid4(), actor=actor(cast.taro))
    assert made.number == 2


def test_package_of_the_whole_registration_breaks_no_seal(
    cast: Cast, held: Registration, notice: DocumentVersion, client: Client
) -> None:
    sign_in(client, cast.taro)
    answer = client.post(reverse("handover:export_package", args=[held.number]))
    with ZipFile(io.BytesIO(b"".join(answer.streaming_content))) as archive:
        everything = [archive.read(name) for name in archive.namelist()]
    assert everything
    assert not any(SECRET in piece for piece in everything)
    assert documents.read_bytes(notice.blob) == SECRET


def test_nothing_of_it_is_in_clear_on_the_disk(data_folder: Path, notice: DocumentVersion) -> None:
    files = [path for path in data_folder.rglob("*") if path.is_file()]
    assert files
    assert not any(SECRET in path.read_bytes() for path in files)
    assert Document.objects.get(pk=notice.document_id).is_sealed
