"""
Receiving a paper: Django's upload handler that counts, hashes and encrypts in the one pass of parsing the request.

Clear text is never written to a disk: what arrives goes encrypted into a draft of the store, and the check reads it
from memory (see Draft.in_memory). A file over the limit is read to its end and thrown away, so that the sender gets a
page with the reason and not a broken connection.
"""

from collections.abc import Iterator
from contextlib import AbstractContextManager
from typing import Any

import structlog
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler
from django.http import HttpRequest

from handover.vault import limits
from handover.vault.inspect import Verdict, inspect
from handover.vault.kinds import REFUSALS, Refusal, clean_name
from handover.vault.store import Draft, Stored

log = structlog.get_logger(__name__)


class IncomingPaper(UploadedFile):
    """What request.FILES and a form's FileField hold: a draft that is checked, then kept or thrown away."""

    def __init__(self, draft: Draft | None, *, name: str, size: int, refusal: Refusal | None = None) -> None:
        super().__init__(file=None, name=clean_name(name), content_type="", size=size)
        self._draft = draft
        self._sent_name = name
        self._refusal = refusal
        self._verdict: Verdict | None = None

    @property
    def refusal(self) -> Refusal | None:
        """Why it was refused while it arrived, before anything was looked at; None when it is here in full."""
        return self._refusal

    def inspect(self) -> Verdict:
        """Check the content (once); a file that was too large or one too many is refused without being looked at."""
        if self._verdict is None:
            if self._refusal is not None or self._draft is None:
                refusal = self._refusal or REFUSALS["unchecked"]
                self._verdict = Verdict(clean_name(self._sent_name), None, "", (refusal,))
            else:
                with self._draft.in_memory() as descriptor:
                    self._verdict = inspect(descriptor, self._sent_name)
        return self._verdict

    def keep(self, *, tenant: bytes, document: bytes) -> Stored:
        """Store it for good (see Draft.keep). Raises ValueError unless `inspect` accepted it."""
        if self._draft is None or self._verdict is None or not self._verdict.accepted:
            raise ValueError("only a paper whose inspection accepted it is kept")
        return self._draft.keep(tenant=tenant, document=document)

    def chunks(self, chunk_size: int | None = None) -> Iterator[bytes]:
        """The clear bytes, in blocks of at most 1 MiB."""
        if self._draft is None:
            raise ValueError("refused while it arrived")
        return self._draft.clear_blocks()

    def in_memory(self) -> AbstractContextManager[int]:
        """A file descriptor with the clear bytes (see Draft.in_memory)."""
        if self._draft is None:
            raise ValueError("refused while it arrived")
        return self._draft.in_memory()

    def close(self) -> None:
        """Throw the draft away unless it was kept; Django calls this at the end of the request."""
        if self._draft is not None:
            self._draft.discard()


def arrived(name: str, data: bytes) -> IncomingPaper:
    """Return bytes that we made as if they had been uploaded. Raises OSError (disk full) with nothing left."""
    draft = Draft()
    try:
        draft.write(data)
        draft.finish()
    except BaseException:
        draft.discard()
        raise
    return IncomingPaper(draft, name=name, size=len(data))


class EncryptingUploadHandler(FileUploadHandler):
    """
    Takes every file of every request into drafts: the only entry of FILE_UPLOAD_HANDLERS, because Django's own handlers
    would write larger files in clear to a folder for temporary files.
    """

    def __init__(self, request: HttpRequest | None = None, *, max_size: int = limits.MAX_FILE_SIZE) -> None:
        """`max_size` in bytes of clear text a file."""
        super().__init__(request)
        # Fewer and larger pieces; a larger one than a segment would gain nothing.
        self.chunk_size = 1 << 20
        self._max_size = max_size
        self._count = 0
        self._together = 0
        self._draft: Draft | None = None
        self._refusal: Refusal | None = None

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        """A file begins."""
        super().new_file(*args, **kwargs)
        self.discard()
        self._count += 1
        self._refusal = REFUSALS["too_many"] if self._count > limits.MAX_FILES_A_REQUEST else None
        if self._refusal is None:
            try:
                self._draft = Draft()
            except OSError as error:
                self._no_room(error)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """The next bytes of the file that began last."""
        if self._draft is None:
            return
        self._together += len(raw_data)
        if self._together > limits.MAX_TOGETHER:
            self._refusal = REFUSALS["too_large_together"]
            self.discard()
            return
        if start + len(raw_data) > self._max_size:
            self._refusal = REFUSALS["too_large"]
            self.discard()
            return
        try:
            self._draft.write(raw_data)
        except OSError as error:
            self._no_room(error)

    def file_complete(self, file_size: int) -> IncomingPaper:
        """The file that began last is here in full."""
        try:
            if self._draft is not None:
                self._draft.finish()  # what is smaller than a segment is written only here
        except OSError as error:
            self._no_room(error)
        draft, self._draft = self._draft, None
        return IncomingPaper(draft, name=str(self.file_name), size=file_size, refusal=self._refusal)

    def _no_room(self, error: OSError) -> None:
        """A full disk is told on the page of the form, not by a dropped request."""
        log.critical("a paper could not be stored", why=type(error).__name__, number=error.errno)
        self._refusal = REFUSALS["not_stored"]
        self.discard()

    def discard(self) -> None:
        """Throw away a file that did not arrive in full."""
        draft, self._draft = self._draft, None
        if draft is not None:
            draft.discard()

    def upload_interrupted(self) -> None:
        """The request ended in the middle of a file."""
        self.discard()
