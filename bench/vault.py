"""Papers: receiving against the bare parse of the request, giving back against a plain FileResponse."""

import random
import statistics
import tempfile
import time
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, TemporaryFileUploadHandler
from django.http import FileResponse, HttpResponseBase, StreamingHttpResponse
from django.http.multipartparser import MultiPartParser
from django.test import override_settings

from handover.vault import store
from handover.vault.upload import EncryptingUploadHandler

SIZE = 20 * 1024 * 1024  # bytes
RUNS = 21
LABELS = {"tenant": b"organisation:1", "document": b"document:1"}
_BOUNDARY = "----WebKitFormBoundary7MA4YWxkTrZu0gW"
_HEAD = f'--{_BOUNDARY}\r\nContent-Disposition: form-data; name="paper"; filename="a.pdf"\r\n\r\n'.encode()
_TAIL = f"\r\n--{_BOUNDARY}--\r\n".encode()


class Dropping(FileUploadHandler):
    """The bare parse: takes the bytes in pieces of Django's size and forgets them."""

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Nothing is kept."""

    def file_complete(self, file_size: int) -> None:
        """No file comes of it."""


def _parse(body: bytes, handler: FileUploadHandler) -> Callable[[], None]:
    meta = {"CONTENT_TYPE": f"multipart/form-data; boundary={_BOUNDARY}", "CONTENT_LENGTH": str(len(body))}
    files: dict[str, UploadedFile]
    _, files = MultiPartParser(meta, BytesIO(body), [handler]).parse()

    def clear_up() -> None:
        for file in files.values():
            file.close()

    return clear_up


def _send(response: HttpResponseBase) -> Callable[[], None]:
    for _ in response:
        pass
    return response.close


# What is measured gives back how to clear up after it, which is not measured: a paper is kept, not thrown away.
Run = Callable[[], Callable[[], None]]


def _medians(bare: Run, ours: Run) -> tuple[float, float]:
    """Milliseconds of CPU, taken in turns so that a busy machine weighs on both."""
    taken: tuple[list[float], list[float]] = ([], [])
    for _ in range(RUNS):
        for times, run in zip(taken, (bare, ours), strict=True):
            began = time.process_time()
            clear_up = run()
            times.append((time.process_time() - began) * 1000)
            clear_up()
    return statistics.median(taken[0]), statistics.median(taken[1])


def rows() -> list[tuple[str, float, float, float, float]]:
    """Name, bare ms, our ms, ratio and the ratio aimed at, for a paper of 20 MiB."""
    clear = random.Random(1).randbytes(SIZE)  # like the packed streams of a PDF or a picture
    body = _HEAD + clear + _TAIL
    with tempfile.TemporaryDirectory() as folder, override_settings(DATA_DIR=folder):
        plain = Path(folder) / "plain"
        plain.write_bytes(clear)
        draft = store.Draft()
        draft.write(clear)
        draft.finish()
        stored = draft.keep(**LABELS)
        measured = [
            ("upload: encrypt, hash / bare parse", 2.0, lambda: _parse(body, Dropping()), _ours(body)),
            (
                "upload: encrypt, hash / Django's file handler",
                2.0,
                lambda: _parse(body, TemporaryFileUploadHandler()),
                _ours(body),
            ),
            (
                "download: decrypt / plain FileResponse",
                1.0,
                lambda: _send(FileResponse(plain.open("rb"))),
                lambda: _send(StreamingHttpResponse(store.Reader(stored.name, **LABELS))),
            ),
        ]
        table = []
        for name, aim, bare, ours in measured:
            bare_ms, ours_ms = _medians(bare, ours)
            table.append((name, bare_ms, ours_ms, ours_ms / bare_ms, aim))
        return table


def _ours(body: bytes) -> Run:
    return lambda: _parse(body, EncryptingUploadHandler())
