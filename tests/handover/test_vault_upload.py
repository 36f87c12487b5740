"""Uploads through Django's own parsing of requests: one pass, never in clear on a disk, a clear word for too much."""

import gc
import hashlib
import io
import os
from base64 import b64encode
from pathlib import Path

import pytest
from django import forms
from django.conf import settings as project_settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.handlers.wsgi import WSGIRequest
from django.http import UnreadablePostError
from django.test import RequestFactory
from pytest_django import Settings

from handover.vault import store
from handover.vault.limits import MAX_FILE_SIZE, MAX_FILES_A_REQUEST
from handover.vault.upload import EncryptingUploadHandler, IncomingPaper
from tests.handover.full_disk import room_for

LABELS = {"tenant": b"organisation:3", "document": b"document:7"}
NOTE = "番号は総務の金庫\r\n".encode() * 90_000  # 2.3 MB: three segments


class PaperForm(forms.Form):
    paper = forms.FileField()


@pytest.fixture(autouse=True)
def papers(tmp_path: Path, settings: Settings) -> Path:
    settings.DATA_DIR = tmp_path
    settings.KEY_ENCRYPTION_KEYS = ["k1:" + b64encode(b"1" * 32).decode()]
    return tmp_path / "papers"


def posted(*files: tuple[str, bytes]) -> WSGIRequest:
    sent = [SimpleUploadedFile(name, body) for name, body in files]
    return RequestFactory().post("/", {"paper": sent, "title": "t"})


def uploaded(name: str, body: bytes) -> IncomingPaper:
    [paper] = posted((name, body)).FILES.getlist("paper")
    assert isinstance(paper, IncomingPaper)
    return paper


def test_project_takes_uploads_through_this_handler_alone() -> None:
    path = f"{EncryptingUploadHandler.__module__}.{EncryptingUploadHandler.__qualname__}"
    assert project_settings.FILE_UPLOAD_HANDLERS == [path]


def test_holder_uploads_paper_it_is_checked_kept_and_given_back(papers: Path) -> None:
    request = posted(("../../金庫\u202e.txt", NOTE))
    form = PaperForm(request.POST, request.FILES)
    assert form.is_valid(), form.errors
    paper = form.cleaned_data["paper"]
    assert (paper.name, paper.size) == ("金庫.txt", len(NOTE))
    assert b"".join(paper.chunks()) == NOTE
    verdict = paper.inspect()
    assert verdict.accepted and verdict.kind == "txt" and verdict.name == "金庫.txt"
    stored = paper.keep(**LABELS)
    request.close()
    assert stored.sha256 == hashlib.sha256(NOTE).hexdigest()
    reader = store.Reader(stored.name, **LABELS)
    assert b"".join(reader) == NOTE
    reader.close()
    assert [path.name for path in papers.iterdir()] == [stored.name]


def test_holder_uploads_paper_nothing_is_in_clear_on_disk(papers: Path, tmp_path: Path) -> None:
    paper = uploaded("a.txt", NOTE)
    assert [path.suffix for path in papers.iterdir()] == [".part"]
    needle = "総務の金庫".encode()
    assert not any(needle in path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    paper.close()


def test_holder_uploads_26_mb_gets_reason_and_rest_of_form(papers: Path) -> None:
    request = posted(("a.pdf", bytes(MAX_FILE_SIZE + 1)))
    assert request.POST["title"] == "t"
    form = PaperForm(request.POST, request.FILES)
    assert form.is_valid()
    paper = form.cleaned_data["paper"]
    assert paper.inspect().codes == ("too_large",)
    assert list(papers.iterdir()) == []
    with pytest.raises(ValueError, match="accepted"):
        paper.keep(**LABELS)
    assert not request.read()  # nothing of the body is left unread, so the connection need not be cut


def test_holder_uploads_exactly_25_mib_is_taken() -> None:
    paper = uploaded("a.txt", b"a" * MAX_FILE_SIZE)
    assert paper.size == MAX_FILE_SIZE and paper.inspect().accepted
    paper.close()


def test_holder_uploads_too_many_files_only_the_rest_is_refused(papers: Path) -> None:
    request = posted(*[(f"{number}.txt", b"a") for number in range(MAX_FILES_A_REQUEST + 1)])
    refused = [paper.inspect().codes for paper in request.FILES.getlist("paper")[-2:]]
    assert refused == [(), ("too_many",)]
    assert len(list(papers.iterdir())) == MAX_FILES_A_REQUEST
    request.close()
    assert list(papers.iterdir()) == []


def test_holder_uploads_too_large_after_good_one_and_good_one_stays() -> None:
    request = posted(("good.txt", b"a"), ("big.txt", bytes(MAX_FILE_SIZE + 1)), ("also.txt", b"b"))
    assert [paper.inspect().codes for paper in request.FILES.getlist("paper")] == [(), ("too_large",), ()]
    request.close()


def test_holder_uploads_bad_or_unchecked_paper_is_not_kept(papers: Path) -> None:
    bad = uploaded("a.pdf", b"not a pdf")
    with pytest.raises(ValueError, match="accepted"):
        bad.keep(**LABELS)
    assert bad.inspect().codes == ("mismatch",)
    with pytest.raises(ValueError, match="accepted"):
        bad.keep(**LABELS)
    bad.close()
    assert list(papers.iterdir()) == []


@pytest.mark.parametrize("size", [0, 60, 128, 1000, (1 << 20) + 500])
@pytest.mark.parametrize("body", [NOTE, NOTE[:5000]], ids=["long", "short"])
def test_upload_to_a_full_disk_gets_the_reason(papers: Path, size: int, body: bytes) -> None:
    if size > len(body):
        size = len(body)
    with room_for(size):
        paper = uploaded("note.txt", body)
    assert paper.inspect().codes == ("not_stored",)
    assert list(papers.iterdir()) == []
    assert uploaded("note.txt", body).inspect().accepted, "as soon as there is room again"


def test_holder_sends_empty_file_gets_form_error() -> None:
    request = posted(("a.txt", b""))
    form = PaperForm(request.POST, request.FILES)
    assert not form.is_valid() and "paper" in form.errors
    assert request.FILES["paper"].inspect().codes == ("empty",)
    request.close()


def test_holder_goes_away_while_sending_leaves_nothing(papers: Path) -> None:
    class Gone(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            if data := super().read(size):
                return data
            raise OSError("connection lost")

    head = b'--between-parts\r\nContent-Disposition: form-data; name="paper"; filename="a.txt"\r\n\r\n'
    body = head + os.urandom(3_000_000)
    request = RequestFactory().generic("POST", "/", body, content_type="multipart/form-data; boundary=between-parts")
    request.META["CONTENT_LENGTH"] = str(len(body) + 1000)
    request._stream = Gone(body)
    with pytest.raises(UnreadablePostError):
        request.POST  # noqa: B018
    request.close()
    del request
    gc.collect()
    assert list(papers.iterdir()) == []


def test_two_holders_upload_at_once_do_not_mix() -> None:
    one, two = uploaded("a.txt", b"one" * 500_000), uploaded("a.txt", b"two" * 500_000)
    assert b"".join(one.chunks()) == b"one" * 500_000
    assert b"".join(two.chunks()) == b"two" * 500_000
    one.close()
    two.close()
