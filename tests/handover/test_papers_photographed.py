"""Adding photographs of a paper on its page: one PDF is kept, what cannot be taken is named, pictures are not kept."""

import re
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from handover import documents
from handover.models import Blob, Document, Registration
from tests import seen
from tests.cast import Cast, sign_in
from tests.handover.paper_files import TEXT, kept, stored
from tests.handover.photographed import UPRIGHT, corner_colours, pictures_in, taken, upright

pytestmark = pytest.mark.usefixtures("vault")
PHOTO = taken(upright(), 6)


def photos(count: int) -> list[SimpleUploadedFile]:
    return [SimpleUploadedFile(f"IMG_{number}.jpg", PHOTO) for number in range(1, count + 1)]


def sent(client: Client, adding: str, papers: list[SimpleUploadedFile], **other: Any) -> Any:
    token = re.search(r'name="token" value="([0-9a-f-]{36})"', client.get(adding).content.decode())
    assert token
    data = {"token": token[1], "paper": papers, "kind": "contract", "title": "利用契約書", **other}
    return client.post(adding, data)


@pytest.fixture
def adding(cast: Cast, held: Registration, client: Client) -> str:
    sign_in(client, cast.taro)
    return reverse("handover:add_document", args=[held.number])


def test_several_pictures_become_one_pdf_with_as_many_pages(adding: str, vault: Path, client: Client) -> None:
    before = seen.mark()
    assert sent(client, adding, photos(3)).status_code == 302
    made = Document.objects.get(title="利用契約書", versions__isnull=False).versions.get()
    assert (made.file_name, made.blob.content_type) == ("利用契約書.pdf", "application/pdf")
    body = documents.read_bytes(made.blob)
    assert [corner_colours(picture) for picture in pictures_in(body)] == [UPRIGHT] * 3
    assert b"SECRETCAMERA" not in body
    assert stored(vault) == [made.blob.name]
    assert seen.verbs(before) == ["document.added"]


def test_single_photograph_becomes_a_pdf_when_asked_and_stays_a_picture_otherwise(adding: str, client: Client) -> None:
    sent(client, adding, photos(1), title="一枚", photographed="on")
    sent(client, adding, photos(1), title="写真のまま")
    kinds = Document.objects.filter(versions__isnull=False).order_by("pk")
    assert [one.versions.get().blob.content_type for one in kinds] == ["application/pdf", "image/jpeg"]


def test_newer_version_is_photographed_too(cast: Cast, held: Registration, client: Client) -> None:
    made = kept(held, cast.taro)
    sign_in(client, cast.taro)
    assert sent(client, reverse("handover:add_version", args=[made.pk]), photos(2)).status_code == 302
    newer = made.versions.get(number=2)
    assert newer.file_name == "利用契約書.pdf" or newer.file_name == "IMG_1.pdf"
    assert len(pictures_in(documents.read_bytes(newer.blob))) == 2


ONLY_PICTURES = {
    "ja": "1つのPDFにまとめられるのは画像（JPEG、PNG）だけです",
    "en": "Only pictures (JPEG, PNG) are put together into one PDF",
}
REFUSED: list[tuple[str, list[SimpleUploadedFile], dict[str, str], str]] = [
    ("mixed", [*photos(1), SimpleUploadedFile("a.txt", TEXT)], {}, ""),
    ("no picture", [SimpleUploadedFile("a.txt", TEXT)], {"photographed": "on"}, ""),
    ("damaged", [*photos(1), SimpleUploadedFile("IMG_2.jpg", PHOTO[:-40])], {}, "IMG_2.jpg"),
    ("too many", photos(41), {}, "IMG_41.jpg"),
]


@pytest.mark.parametrize(("given", "other", "words"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED])
@pytest.mark.parametrize("language", ["ja", "en"])
def test_what_cannot_be_put_together_is_told_and_nothing_is_kept(
    adding: str,
    vault: Path,
    client: Client,
    given: list[SimpleUploadedFile],
    other: dict[str, str],
    words: str,
    language: str,
) -> None:
    if len(given) > 40 and language == "en":
        return  # the same, and forty processes
    client.cookies["language"] = language
    for one in given:
        one.seek(0)
    answer = sent(client, adding, given, **other)
    assert (words or ONLY_PICTURES[language]) in answer.content.decode()
    assert answer.context["form"].errors["paper"]
    assert (stored(vault), Blob.objects.count()) == ([], 0)


def test_files_too_large_together_are_refused_one_by_one(
    monkeypatch: pytest.MonkeyPatch, adding: str, client: Client
) -> None:
    monkeypatch.setattr("handover.vault.limits.MAX_TOGETHER", len(PHOTO) * 2)
    answer = sent(client, adding, photos(3))
    [error] = answer.context["form"].errors["paper"]
    assert error.startswith("IMG_3.jpg")


def test_page_takes_several_pictures(adding: str, client: Client) -> None:
    shown = client.get(adding).content.decode()
    assert re.search(r'<input type="file" name="paper"[^>]* multiple', shown)
    assert 'name="photographed"' in shown
