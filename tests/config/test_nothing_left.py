"""
The further ways of a paper: photographed, looked at, in quarantine, issued many at a time and taken along, backed up
and restored. Pieces of each, as it is in clear, lie in no folder and not in the database. (Killed: test_papers_killed.)
"""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from config.backup import taking
from handover import bulk, documents
from handover.models import Blob, Certificate, Document, DocumentVersion, Registration
from tests import claims
from tests.cast import Cast, sign_in
from tests.config.places import Builder
from tests.config.test_nothing_clear import everything
from tests.config.test_nothing_clear import temporary as temporary
from tests.handover.bulked import begun, ticking
from tests.handover.paper_files import kept
from tests.handover.photographed import taken, upright, written
from tests.stock import NOW, registration

pytestmark = pytest.mark.django_db(transaction=True)
WAITS = "PLANTED-IN-QUARANTINE-61"
PAGE = "PLANTED-ON-A-PAGE-62"
TEXT = "PLANTED-IN-A-TEXT-63"
SIZE = 24  # bytes of a piece


def pieces(what: str, data: bytes, *, how_many: int = 4) -> dict[str, bytes]:
    """Return pieces from all over `data` that are unlike any other: no run of one byte."""
    found: dict[str, bytes] = {}
    for number in range(1, how_many * 8):
        start = len(data) * number // (how_many * 8)
        piece = data[start : start + SIZE]
        if len(set(piece)) > SIZE // 2 and len(found) < how_many:
            found[f"{what} {number}"] = piece
    assert found, f"no piece of {what} is like no other"
    return found


def lying(planted: dict[str, bytes], *folders: Path) -> set[tuple[str, str]]:
    """What of `planted` lies somewhere as it is, or as a database writes bytes, and in which file."""
    wanted = [(what, spelt) for what, piece in planted.items() for spelt in (piece, piece.hex().encode())]
    return {(what, name) for name, data in everything(*folders) for what, spelt in wanted if spelt in data}


def add(client: Client, held: Registration, files: list[SimpleUploadedFile], **more: Any) -> Document:
    page = reverse("handover:add_document", args=[held.number])
    token = client.get(page).context["form"]["token"].value()
    given = {"token": token, "kind": "contract", "title": files[0].name, "paper": files, **more}
    assert client.post(page, given).status_code == 302
    return Document.objects.latest("pk")


def last(document: Document) -> DocumentVersion:
    return document.versions.select_related("blob").get()


def photographed(client: Client, held: Registration) -> dict[str, bytes]:
    """Two photographs become one PDF."""
    shots = [taken(upright((300 + 7 * number, 420)), 6) for number in range(2)]
    files = [SimpleUploadedFile(f"{number}.jpg", shot) for number, shot in enumerate(shots)]
    document = add(client, held, files, photographed="on")
    whole = documents.read_bytes(last(document).blob)
    assert whole.startswith(b"%PDF")
    return {"camera": b"SECRETCAMERA"} | pieces("photograph", shots[0]) | pieces("their PDF", whole)


def looked_at(client: Client, held: Registration) -> dict[str, bytes]:
    """A page and a text are looked at."""
    page = written(*(f"{PAGE} {number} " * 3 for number in range(3)))
    planted = {"text": TEXT.encode()} | pieces("page", page)
    for name, body in (("頁.pdf", page), ("文.txt", f"{TEXT}\r\n".encode() * 50)):
        version = last(add(client, held, [SimpleUploadedFile(name, body)]))
        shown = client.post(reverse("handover:look_at_paper", args=[version.document_id, version.number]))
        assert shown.status_code in (200, 302)
        if name.endswith("pdf"):
            picture = client.get(reverse("handover:page_picture", args=[version.document_id, version.number, 1]))
            assert picture.status_code == 200 and picture["Content-Type"].startswith("image/")
            planted |= pieces("picture of a page", picture.getvalue(), how_many=1)
    return planted


def in_quarantine(cast: Cast, held: Registration, settings: Any) -> dict[str, bytes]:
    """A scanner is configured, and nobody listens there."""
    settings.CLAMD, settings.CLAMD_TIMEOUT = "tcp:127.0.0.1:9", 1
    kept(held, cast.taro, title="待", body=f"{WAITS}\r\n".encode() * 50)
    settings.CLAMD = ""
    assert Blob.objects.filter(status="waiting").count() == 1
    return {"in quarantine": WAITS.encode()}


def taken_along(cast: Cast, client: Client) -> dict[str, bytes]:
    """Certificates of a job leave as a ZIP and as one file for printing."""
    rows = [registration(cast.aoba, f"B-{number}", custodian=cast.taro) for number in range(2)]
    job = begun(cast, rows, kind="issue_certificates", arguments={"language": "ja"})
    bulk.work(job.number, clock=ticking())
    planted: dict[str, bytes] = {}
    for certificate in Certificate.objects.filter(job=job):
        planted |= pieces(certificate.serial, documents.read_bytes(certificate.blob))
    for way in ("zip", "print"):
        response: Any = client.post(reverse("handover:take_certificates", args=[job.number]), {"way": way})
        planted |= pieces(way, b"".join(response.streaming_content))
    return planted


@pytest.fixture
def journeys(cast: Cast, temporary: Path, settings: Any) -> Iterator[dict[str, bytes]]:
    """Everything that was planted, after all of it was gone through."""
    held = claims.held(cast)
    client = sign_in(Client(), cast.taro)
    planted = photographed(client, held) | looked_at(client, held) | in_quarantine(cast, held, settings)
    planted |= taken_along(cast, sign_in(Client(), cast.hanako))
    assert len(planted) >= 20
    yield planted


def test_no_piece_of_a_paper_lies_in_clear_on_any_disk(
    journeys: dict[str, bytes], tmp_path: Path, temporary: Path, places: Builder, settings: Any
) -> None:
    taking.take(tmp_path / "backup", at=NOW, progress=lambda words: None)
    keys = {"FIELD_KEYS": ",".join(settings.FIELD_KEYS), "KEY_ENCRYPTION_KEYS": ",".join(settings.KEY_ENCRYPTION_KEYS)}
    there = places.empty(SECRET_KEY=settings.SECRET_KEY, TMPDIR=str(temporary), **keys)
    done = there.manage("restore", tmp_path / "backup")
    assert done.returncode == 0, done.stderr
    assert len(list((there.folder / "papers").iterdir())) == Blob.objects.count() > 5
    assert lying(journeys, tmp_path, there.folder) == set()
    assert list(temporary.iterdir()) == []


@pytest.mark.parametrize("where", ["temporary", "papers", "database"])
def test_search_finds_a_piece_that_was_left(cast: Cast, tmp_path: Path, where: str) -> None:
    held, (what, piece) = claims.held(cast), ("left", os.urandom(SIZE))
    if where == "database":
        Registration.objects.filter(pk=held.pk).update(address=piece.hex())
    else:
        (tmp_path / where).mkdir(exist_ok=True)
        (tmp_path / where / "left").write_bytes(b"before" + piece + b"behind")
    taking.take(tmp_path / "backup", at=NOW, progress=lambda words: None)
    assert {found for found, _ in lying({what: piece}, tmp_path)} == {what}
