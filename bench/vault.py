"""Papers: receiving against the bare parse of the request, giving back against a plain FileResponse.

The parse is Django's own with its usual handlers, of a request as the server of `make run` hands it on: gunicorn's
reader on a connection that a process of its own fills, which is not measured. From memory a parse that keeps nothing is
three times as quick, and SHA-256 alone takes longer than all of it; so there ours is compared with the sum of its
parts: parse, hash, encrypt and write, each by itself.
"""

import hashlib
import os
import random
import socket
import statistics
import tempfile
import time
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, MemoryFileUploadHandler, TemporaryFileUploadHandler
from django.http import FileResponse, HttpResponseBase, StreamingHttpResponse
from django.http.multipartparser import MultiPartParser
from django.test import override_settings
from gunicorn.http.body import Body, LengthReader
from gunicorn.http.unreader import SocketUnreader

from handover.vault import store
from handover.vault.cipher import SEGMENT_SIZE
from handover.vault.upload import EncryptingUploadHandler

SIZE = 20 * 1024 * 1024  # bytes
RUNS = 21
LABELS = {"tenant": b"organisation:1", "document": b"document:1"}
_BOUNDARY = "----WebKitFormBoundary7MA4YWxkTrZu0gW"
_HEAD = f'--{_BOUNDARY}\r\nContent-Disposition: form-data; name="paper"; filename="a.pdf"\r\n\r\n'.encode()
_TAIL = f"\r\n--{_BOUNDARY}--\r\n".encode()


# What is measured gives back how to clear up after it, which is not measured, and then tells its milliseconds of CPU.
Run = Callable[[], Callable[[], float]]
Input = BytesIO | Body


class Dropping(FileUploadHandler):
    """The bare parse: takes the bytes in pieces of Django's size and forgets them."""

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Nothing is kept."""

    def file_complete(self, file_size: int) -> None:
        """No file comes of it."""


def _parse(read: Input, length: int, *handlers: FileUploadHandler) -> Callable[[], None]:
    meta = {"CONTENT_TYPE": f"multipart/form-data; boundary={_BOUNDARY}", "CONTENT_LENGTH": str(length)}
    files: dict[str, UploadedFile]
    _, files = MultiPartParser(meta, read, list(handlers)).parse()

    def clear_up() -> None:
        for file in files.values():
            file.close()

    return clear_up


def _served(body: bytes, *kinds: Callable[[], FileUploadHandler]) -> Run:
    """Read `body` as gunicorn does, from a connection that another process fills."""

    def run() -> Callable[[], None]:
        ours, theirs = socket.socketpair()
        if not (child := os.fork()):
            ours.close()
            theirs.sendall(body)
            os._exit(0)
        theirs.close()
        began = time.process_time()
        clear_up = _parse(Body(LengthReader(SocketUnreader(ours), len(body))), len(body), *(kind() for kind in kinds))
        taken = (time.process_time() - began) * 1000

        def done() -> float:
            clear_up()
            ours.close()
            os.waitpid(child, 0)
            return taken

        return done

    return run


def _kept(body: bytes, *kinds: Callable[[], FileUploadHandler]) -> Run:
    """Read `body` from memory."""
    return _measured(lambda: _parse(BytesIO(body), len(body), *(kind() for kind in kinds)))


def _measured(call: Callable[[], Callable[[], None]]) -> Run:
    def run() -> Callable[[], float]:
        began = time.process_time()
        clear_up = call()
        taken = (time.process_time() - began) * 1000

        def done() -> float:
            clear_up()
            return taken

        return done

    return run


def _parts(body: bytes, folder: Path) -> Run:
    """Parse, hash, encrypt and write, one after the other, each by its own library and as large as it likes best."""
    sealing, clear = AESGCM(AESGCM.generate_key(256)), memoryview(body)
    path = folder / "parts"

    def parts() -> Callable[[], None]:
        _parse(BytesIO(body), len(body), Dropping())
        hashlib.sha256(clear)
        with open(path, "wb", 0) as out:
            for start in range(0, len(body), SEGMENT_SIZE):
                out.write(sealing.encrypt(start.to_bytes(12), clear[start : start + SEGMENT_SIZE], None))
        return path.unlink

    return _measured(parts)


def _send(response: HttpResponseBase) -> Callable[[], None]:
    for _ in response:
        pass
    return response.close


def _medians(bare: Run, ours: Run) -> tuple[float, float]:
    """Milliseconds of CPU, taken in turns so that a busy machine weighs on both."""
    taken: tuple[list[float], list[float]] = ([], [])
    for _ in range(RUNS):
        for times, run in zip(taken, (bare, ours), strict=True):
            times.append(run()())
    return statistics.median(taken[0]), statistics.median(taken[1])


def rows() -> list[tuple[str, float, float, float, float]]:
    """Name, bare ms, our ms, ratio and the ratio aimed at, for a paper of 20 MiB."""
    clear = random.Random(1).randbytes(SIZE)  # like the packed streams of a PDF or a picture
    body = _HEAD + clear + _TAIL
    usual = (MemoryFileUploadHandler, TemporaryFileUploadHandler)
    with tempfile.TemporaryDirectory() as folder, override_settings(DATA_DIR=folder):
        plain = Path(folder) / "plain"
        plain.write_bytes(clear)
        draft = store.Draft()
        draft.write(clear)
        draft.finish()
        stored = draft.keep(**LABELS)
        measured: list[tuple[str, float, Run, Run]] = [
            (
                "upload: encrypt, hash, keep / bare parse",
                2.0,
                _served(body, *usual),
                _served(body, EncryptingUploadHandler),
            ),
            (
                "upload, from memory: one pass / its parts",
                1.1,
                _parts(body, Path(folder)),
                _kept(body, EncryptingUploadHandler),
            ),
            (
                "download: decrypt / plain FileResponse",
                1.0,
                _measured(lambda: _send(FileResponse(plain.open("rb")))),
                _measured(lambda: _send(StreamingHttpResponse(store.Reader(stored.name, **LABELS)))),
            ),
        ]
        table = []
        for name, aim, bare, ours in measured:
            bare_ms, ours_ms = _medians(bare, ours)
            table.append((name, bare_ms, ours_ms, ours_ms / bare_ms, aim))
        return table
