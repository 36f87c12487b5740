"""A disk that is full: a clear message, nothing acknowledged, nothing left behind (trust.md, X5)."""

import contextlib
import uuid
from datetime import timedelta
from pathlib import Path
from typing import Any, BinaryIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from accounts.errors import Refused
from handover import documents, transitions
from handover.models import Blob, Certificate, Document, Registration
from handover.vault import cipher
from handover.vault.cipher import HEADER_SIZE
from handover.vault.kinds import REFUSALS
from tests import seen
from tests.cast import Cast, actor, sign_in
from tests.handover.full_disk import room_for
from tests.handover.paper_files import TEXT
from tests.stock import NOW

LARGE = TEXT * 200_000  # four segments


def filled(body: bytes) -> dict[str, Any]:
    return {
        "token": str(uuid.uuid4()),
        "kind": "contract",
        "title": "利用契約書 本紙",
        "expires_on": "",
        "original_at": "",
        "paper": SimpleUploadedFile("契約書.txt", body),
    }


@pytest.mark.parametrize(
    ("body", "room"),
    [(TEXT, 10), (TEXT, HEADER_SIZE + 10), (LARGE, 1_500_000), (LARGE, HEADER_SIZE + len(LARGE) - 10)],
    ids=["its header", "a small file", "a segment", "the last segment"],
)
def test_full_disk_is_told_on_the_form_and_the_same_form_is_taken_once_there_is_room(
    cast: Cast, held: Registration, vault: Path, client: Client, body: bytes, room: int
) -> None:
    tried(cast, held, vault, client, body, room)


class Boastful:
    """An open file that took everything, as it says."""

    def __init__(self, file: BinaryIO) -> None:
        self.file = file

    def write(self, data: memoryview) -> int:
        with contextlib.suppress(OSError):
            self.file.write(data)
        return len(data)


def test_planted_fault_disk_that_nobody_asks_how_much_it_took_is_found(
    cast: Cast, held: Registration, vault: Path, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    make = cipher.Encryptor.__init__
    monkeypatch.setattr(cipher.Encryptor, "__init__", lambda self, out: make(self, Boastful(out)))
    client.raise_request_exception = False  # reading it again for the check falls over
    with pytest.raises(AssertionError, match="not told on the form"):
        tried(cast, held, vault, client, LARGE, 1_500_000)


def tried(cast: Cast, held: Registration, vault: Path, client: Client, body: bytes, room: int) -> None:
    sign_in(client, cast.taro)
    page, given, before = reverse("handover:add_document", args=[held.number]), filled(body), seen.mark()
    with room_for(room):
        answer = client.post(page, given)
    told = REFUSALS["not_stored"]
    assert answer.status_code == 200, "not told on the form"
    with translation.override("ja"):
        assert str(told.reason) in answer.content.decode()
    assert (Blob.objects.count(), seen.verbs(before), list(vault.iterdir())) == (0, [], [])
    again = given | {"paper": SimpleUploadedFile("契約書.txt", body)}
    assert client.post(page, again).status_code == 302
    assert documents.read_bytes(Document.objects.get(title="利用契約書 本紙").versions.get().blob) == body


def test_certificate_that_has_no_room_is_refused_and_issued_once_there_is(
    cast: Cast, held: Registration, vault: Path
) -> None:
    given: dict[str, Any] = {"registration_pk": held.pk, "language": "ja", "actor": actor(cast.taro), "at": NOW}
    transitions.issue_certificate(**given)  # the key that signs is made
    before, there = seen.mark(), sorted(vault.iterdir())
    with room_for(50_000), pytest.raises(Refused, match="保存できませんでした"):
        transitions.issue_certificate(**given)
    assert (Certificate.objects.count(), seen.verbs(before), sorted(vault.iterdir())) == (1, [], there)
    assert transitions.issue_certificate(**given).serial.endswith("-02")


@pytest.mark.either_database  # the database's own file, which a server keeps out of our reach
@pytest.mark.django_db(transaction=True)
def test_database_without_room_acknowledges_nothing_and_goes_on_once_there_is(
    cast: Cast, held: Registration, vault: Path, settings: Any
) -> None:
    client = sign_in(Client(raise_request_exception=False), cast.taro)
    page, given, before = reverse("handover:add_document", args=[held.number]), filled(TEXT), seen.mark()
    settings.DEBUG = False
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    with room_for(3 * 4096):
        answer = client.post(page, given)
    assert (answer.status_code, "保存されていません" in answer.content.decode()) == (500, True)
    assert (Blob.objects.count(), seen.verbs(before)) == (0, [])
    assert client.post(page, given | {"paper": SimpleUploadedFile("契約書.txt", TEXT)}).status_code == 302
    [kept] = Blob.objects.all()
    documents.sweep(at=timezone.now() + timedelta(days=2))
    assert [path.name for path in vault.iterdir()] == [kept.name]
