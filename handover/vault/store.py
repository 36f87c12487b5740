"""
Where papers lie: one encrypted file each in DATA_DIR/papers, whole or not at all.

A paper arrives as `<random>.part`, is flushed to the disk, renamed to its own name, and the folder is flushed; only
then does `Draft.keep` return. Plain files and not Django's storage interface: that one has neither the flush of the
folder nor a rename, and without both a power cut can take a paper that was already acknowledged.

A process that dies leaves a `.part` without a header, which nobody can open; `sweep_leftovers` takes it away. A
transaction that rolls back after `keep` leaves a blob no row names; `unreferenced` finds it.
"""

import errno
import os
import secrets
import weakref
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from django.conf import settings

from handover.vault import cipher

PART = ".part"


@dataclass(frozen=True)
class Stored:
    """A paper on the disk for good; write these four into its row (name and labels are needed to open it again)."""

    name: str
    size: int  # bytes of clear text
    sha256: str  # of the clear text, hex
    key_id: str  # which key-encryption key wrapped it


def folder() -> Path:
    """The folder of all papers, made on first use, closed to other users of the machine."""
    path = Path(settings.DATA_DIR) / "papers"
    if not path.is_dir():
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        _flush_folder(path.parent)
    return path


@contextmanager
def in_memory(blocks: Iterable[bytes]) -> Iterator[int]:
    """
    A file descriptor, at its beginning, with clear blocks for as long as a parser takes.

    It is a memfd: parsers need a file they can seek in, and one without a name and without a disk is gone the moment
    the last process that holds it is, however that process ends.
    """
    descriptor = os.memfd_create("paper", os.MFD_CLOEXEC)
    try:
        with open(descriptor, "wb", 0, closefd=False) as memory:
            for block in blocks:
                memory.write(block)
        os.lseek(descriptor, 0, os.SEEK_SET)
        yield descriptor
    finally:
        os.close(descriptor)


class Draft:
    """A paper that is arriving: encrypted on the disk, its key only in this process."""

    def __init__(self) -> None:
        self._path = folder() / (secrets.token_hex(16) + PART)
        # Django drops an upload whose sender went away without telling; then this takes the file along.
        self._throw_away = weakref.finalize(self, self._path.unlink, missing_ok=True)
        # Unbuffered: every write is a whole segment already.
        self._file = open(os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600), "w+b", 0)
        try:
            _whole(self._file, bytes(cipher.HEADER_SIZE))
        except OSError:
            self.discard()
            raise
        self._encryptor = cipher.Encryptor(self._file)
        self.sha256 = b""

    @property
    def size(self) -> int:
        """Bytes of clear text taken so far."""
        return self._encryptor.size

    def write(self, data: bytes) -> None:
        """Take the next clear bytes."""
        self._encryptor.write(data)

    def finish(self) -> None:
        """No more bytes come; from here on `clear_blocks`, `in_memory` and `keep` work."""
        self.sha256 = self._encryptor.finish()

    def clear_blocks(self) -> Iterator[bytes]:
        """The clear text again, block by block."""
        self._file.seek(cipher.HEADER_SIZE)
        return cipher.clear_blocks(self._file, self._encryptor.data_key, self.size)

    @contextmanager
    def in_memory(self) -> Iterator[int]:
        """A file descriptor with the clear text for as long as an inspection takes (see `in_memory` below)."""
        with in_memory(self.clear_blocks()) as descriptor:
            yield descriptor

    def keep(self, *, tenant: bytes, document: bytes) -> Stored:
        """
        Make the draft a stored paper, on the disk for good when this returns.

        `tenant` and `document` are labels that never change (b"organisation:3", b"document:<uuid>"); the same two are
        needed to open it. Call it before the transaction opens: the flush may take long and would hold its locks.
        Raises OSError (disk full) with nothing kept.
        """
        if not self._throw_away.alive or not self.sha256:
            raise ValueError("the draft is not finished, or was kept or discarded before")
        keys = cipher.keyring()
        labels = {"tenant": tenant, "document": document}
        header = cipher.wrap(self._encryptor.data_key, self.size, keys=keys, **labels)
        name = cipher.blob_name(self.sha256, keys=keys, **labels)
        if os.pwrite(self._file.fileno(), header.packed(), 0) != cipher.HEADER_SIZE:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        os.fsync(self._file.fileno())
        os.rename(self._path, self._path.with_name(name))
        self._throw_away.detach()
        _flush_folder(folder())
        self._file.close()
        return Stored(name, self.size, self.sha256.hex(), keys.current)

    def discard(self) -> None:
        """Take the draft away; does nothing to one that was kept."""
        self._file.close()
        self._throw_away()


class Reader:
    """A stored paper being read: iterate for blocks of clear text. Fits StreamingHttpResponse, which closes it."""

    def __init__(self, name: str, *, tenant: bytes, document: bytes) -> None:
        """Raises FileNotFoundError, cipher.Tampered or cipher.UnknownKey before any byte is given."""
        self._file = _path(name).open("rb", 0)
        try:
            self.header = cipher.Header.unpacked(self._file.read(cipher.HEADER_SIZE))
            self._data_key = self.header.open(tenant=tenant, document=document, keys=cipher.keyring())
            self.size = self.header.size
            if os.fstat(self._file.fileno()).st_size != cipher.stored_size(self.size):
                raise cipher.Tampered("length")
        except BaseException:
            self._file.close()
            raise

    def __iter__(self) -> Iterator[bytes]:
        self._file.seek(cipher.HEADER_SIZE)
        return cipher.clear_blocks(self._file, self._data_key, self.size)

    def close(self) -> None:
        """Give the file back."""
        self._file.close()


def rewrap(name: str, *, tenant: bytes, document: bytes) -> str:
    """
    Put a stored paper under the current key-encryption key; returns the key's id.

    A whole copy is written and renamed over the old one: a header half overwritten at a power cut would lose the paper.
    """
    keys = cipher.keyring()
    path = _path(name)
    part = path.with_name(secrets.token_hex(16) + PART)
    try:
        with path.open("rb") as old, open(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb", 0) as new:
            header = cipher.Header.unpacked(old.read(cipher.HEADER_SIZE))
            _whole(new, bytes(cipher.HEADER_SIZE))
            while block := old.read(cipher.SEGMENT_SIZE):
                _whole(new, block)
            # Last, so that nobody can open what a process leaves that dies before.
            wrapped = cipher.rewrap(header, tenant=tenant, document=document, keys=keys).packed()
            new.seek(0)
            _whole(new, wrapped)
            os.fsync(new.fileno())
        os.rename(part, path)
    finally:
        part.unlink(missing_ok=True)
    _flush_folder(path.parent)
    return keys.current


def _whole(file: BinaryIO, data: bytes) -> None:
    """Write all of `data`: a full disk shows as a short write before it shows as an error."""
    if file.write(data) != len(data):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def remove(name: str) -> None:
    """Take a stored blob away, when no row names it (see `unreferenced`); a second call does nothing."""
    _path(name).unlink(missing_ok=True)
    _flush_folder(folder())


def destroy(name: str) -> None:
    """Take a stored paper away for good: its name first, then the wrapped key in its header; again does nothing.

    What a disk still holds of the segments afterwards no key opens. A reader that has it open reads on.
    """
    if _destroy(_path(name)):
        _flush_folder(folder())


def _destroy(path: Path) -> bool:
    try:
        file = path.open("r+b", 0)
    except FileNotFoundError:
        return False
    with file:
        path.unlink(missing_ok=True)
        file.write(bytes(cipher.HEADER_SIZE))
        os.fsync(file.fileno())
    return True


def key_of(name: str) -> str:
    """Return the id of the key that wrapped a stored paper's own. Raises FileNotFoundError, cipher.Tampered."""
    with _path(name).open("rb", 0) as file:
        return cipher.Header.unpacked(file.read(cipher.HEADER_SIZE)).key_id


def sweep_leftovers(*, older_than: datetime) -> int:
    """Take away `.part` files not written to since `older_than` (a day ago is safe); returns how many."""
    swept = 0
    for path in folder().glob(f"*{PART}"):
        if _older(path, older_than):
            _destroy(path)
            swept += 1
    return swept


def unreferenced(names_in_db: Iterable[str], *, older_than: datetime) -> list[str]:
    """
    Names of blobs that no row names, stored before `older_than`; the sweeper gives them to `remove`.

    `names_in_db` is read after the folder was listed, and the age leaves a running transaction time to commit.
    """
    candidates = {path.name for path in folder().iterdir() if path.suffix != PART and _older(path, older_than)}
    return sorted(candidates.difference(names_in_db))


def _older(path: Path, than: datetime) -> bool:
    try:
        return path.stat().st_mtime < than.timestamp()
    except FileNotFoundError:  # kept or swept by another process just now
        return False


def _path(name: str) -> Path:
    # A name comes from a row, but a path is never built from anything that is not one of our names.
    if len(name) != 64 or not set(name) <= set("0123456789abcdef"):
        raise ValueError("not a blob's name")
    return folder() / name


def _flush_folder(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
