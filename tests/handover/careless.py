"""
The process of tests/handover/uploader.py with a fault in it; run by test_papers_killed, which has to find each.

`careless FAULT FIRST:POINT …` is `uploader upload FIRST:POINT …` by a portal that tells of a paper before it is kept
("told early"), commits the row before the bytes are in their place ("row first"), or lets what arrives lie in a
temporary file too ("in clear").
"""

import sys
import tempfile
from collections.abc import Callable
from typing import Any

import django

from tests.handover import uploader


def told_early() -> None:
    from django.test import Client

    post = Client.post

    def early(client: Client, path: str, data: Any, **more: Any) -> Any:
        print(str(data["title"]).removeprefix("書類"), flush=True)
        return post(client, path, data, **more)

    Client.post = early  # type: ignore[method-assign, assignment]


def row_first() -> None:
    from django.db import connection

    from handover.vault import cipher, store

    keep, waiting = store.Draft.keep, list[Callable[[], object]]()
    connection.ensure_connection()
    commit = connection._commit

    def only_told(draft: store.Draft, *, tenant: bytes, document: bytes) -> store.Stored:
        keys, label = cipher.keyring(), {"tenant": tenant, "document": document}
        waiting.append(lambda: keep(draft, **label))
        name = cipher.blob_name(draft.sha256, keys=keys, **label)
        return store.Stored(name, draft.size, draft.sha256.hex(), keys.current)

    def late() -> None:
        commit()
        while waiting:
            waiting.pop()()

    store.Draft.keep = only_told  # type: ignore[method-assign]
    connection._commit = late  # type: ignore[method-assign]


def in_clear() -> None:
    from handover.vault.upload import EncryptingUploadHandler

    take = EncryptingUploadHandler.receive_data_chunk
    file = tempfile.NamedTemporaryFile()

    def spill(handler: EncryptingUploadHandler, raw_data: bytes, start: int) -> None:
        file.write(raw_data)
        file.flush()
        take(handler, raw_data, start)

    EncryptingUploadHandler.receive_data_chunk = spill  # type: ignore[method-assign]


FAULTS = {"told early": told_early, "row first": row_first, "in clear": in_clear}

if __name__ == "__main__":
    django.setup()
    fault, *errands = sys.argv[1:]
    FAULTS[fault]()
    uploader.uploads(errands)
