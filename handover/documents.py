"""
Bytes that rows point to: stored before the transaction, named by a `Blob` row in it, given back whole or not at all.

The order is always: bytes on the disk for good, then one transaction with the `Blob`, what owns it and the event. If
the process dies in between, a file without a row is left, which nobody can reach and `sweep` takes away after a day.
A row without its file cannot come about.
"""

import hashlib
import uuid
from collections.abc import Iterator
from datetime import datetime, timedelta

import structlog
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.errors import WrongState
from handover.models import Blob
from handover.vault import cipher, store
from handover.vault.upload import IncomingPaper

log = structlog.get_logger(__name__)
_ERASED = gettext_lazy("This file was erased for good by two persons. Only what it was and when is still known.")
LEFT_FOR = timedelta(days=1)
"""How long bytes without a row are left alone: far longer than any request or transaction lasts."""


class Held(WrongState):
    """The bytes are in quarantine: not looked at yet, or malware. Nothing of them was given out."""


class Erased(WrongState):
    """Two persons erased the bytes for good; what is left is a stub that says so."""


class Damaged(Exception):
    """The bytes of a blob are gone, changed, or sealed with a key that is not here. Nothing of them was given out."""


def keep(paper: IncomingPaper, *, tenant: str, at: datetime) -> Blob:
    """Store a paper whose inspection accepted it; returns the row to be saved in the transaction of the act.

    Call it before the transaction opens (the flush would hold its locks) and `save(force_insert=True)` the row inside.
    `tenant` is the label of the organisation (`organisation:3`). Raises `OSError` (disk full) with nothing kept.
    """
    document = _new_label()
    stored = paper.keep(tenant=tenant.encode(), document=document.encode())
    row = _row(stored, tenant, document, paper.inspect().content_type, at)
    if settings.CLAMD:
        row.status, row.scan_due_at = Blob.Status.WAITING, at
    return row


def store_bytes(data: bytes, *, tenant: str, content_type: str, at: datetime) -> Blob:
    """Store bytes that we made ourselves, a certificate for instance; otherwise like `keep`."""
    document = _new_label()
    draft = store.Draft()
    try:
        draft.write(data)
        draft.finish()
        stored = draft.keep(tenant=tenant.encode(), document=document.encode())
    except BaseException:
        draft.discard()
        raise
    row = _row(stored, tenant, document, content_type, at)
    row.status = Blob.Status.OURS
    return row


def _new_label() -> str:
    # One of its own for every set of bytes: no second upload can ever take the place of a file that a row names.
    return f"document:{uuid.uuid4()}"


def _row(stored: store.Stored, tenant: str, document: str, content_type: str, at: datetime) -> Blob:
    return Blob(
        name=stored.name,
        tenant=tenant,
        document=document,
        key_id=stored.key_id,
        sha256=stored.sha256,
        size=stored.size,
        content_type=content_type,
        stored_at=at,
    )


def open_blob(blob: Blob) -> store.Reader:
    """Return the bytes of `blob`, to be iterated in clear blocks of at most 1 MiB and closed by the caller.

    The whole file is read and compared with the row first, so that damage in its last byte too is told before the
    first is given. Raises `Erased`, `Held` in quarantine, and `Damaged` after an alert in the log.
    """
    refuse_held(blob)
    return open_whatever_it_is(blob)


def refuse_held(blob: Blob) -> None:
    """Raise `Held`, with what to do next, when `blob` is in quarantine, and `Erased` when it is gone for good."""
    refuse_erased(blob)
    if blob.status == Blob.Status.INFECTED:
        raise Held(_("The virus scanner found malware in this file, so it stays closed. Add a clean file instead."))
    if blob.is_held:
        raise Held(_("The virus scanner has not looked at this file yet, so it stays closed. Try again in a minute."))


def refuse_erased(blob: Blob) -> None:
    """Raise `Erased` when nothing of `blob` is left but its row."""
    if blob.erased_at is not None:
        raise Erased(_ERASED)


def open_whatever_it_is(blob: Blob) -> store.Reader:
    """Return the bytes of `blob` like `open_blob`, those in quarantine too: for the scanner and for comparing.

    Raises `Erased`, `Damaged`. Nothing of it goes to a person.
    """
    refuse_erased(blob)
    try:
        reader = store.Reader(blob.name, tenant=blob.tenant.encode(), document=blob.document.encode())
    except (OSError, ValueError, cipher.Tampered, cipher.UnknownKey) as error:
        raise _damaged(blob, error) from error
    try:
        if (reader.size, _hash(reader)) != (blob.size, blob.sha256):
            raise cipher.Tampered("not the bytes of the row")
    except (OSError, cipher.Tampered) as error:
        reader.close()
        raise _damaged(blob, error) from error
    return reader


def read_bytes(blob: Blob) -> bytes:
    """Return all bytes of `blob` at once, for those we made ourselves. Raises `Damaged`."""
    reader = open_blob(blob)
    try:
        return b"".join(reader)
    finally:
        reader.close()


def _hash(blocks: store.Reader) -> str:
    seen = hashlib.sha256()
    for block in blocks:
        seen.update(block)
    return seen.hexdigest()


def _damaged(blob: Blob, error: Exception) -> Damaged | Erased:
    # Erased since the row was read: nothing to alarm anybody about.
    if not blob._state.adding and Blob.objects.filter(pk=blob.pk, erased_at__isnull=False).exists():
        return Erased(_ERASED)
    log.critical("stored bytes are damaged", blob=blob.pk, name=blob.name, why=type(error).__name__)
    return Damaged(blob.name)


def sweep(*, at: datetime) -> dict[str, int]:
    """Take away what dead processes and undone transactions left more than `LEFT_FOR` before `at`; returns how many."""
    older_than = at - LEFT_FOR
    parts = store.sweep_leftovers(older_than=older_than)
    nameless = store.unreferenced(_names(), older_than=older_than)
    for name in nameless:
        store.remove(name)
    return {"parts": parts, "blobs": len(nameless)}


def _names() -> Iterator[str]:
    # A generator, so that the rows are read after the folder: what is committed meanwhile is among them.
    # What was erased counts as nameless: files that a process left when it died after the commit go here.
    yield from Blob.objects.filter(erased_at=None).values_list("name", flat=True).iterator()
