"""Files copied and hashed in one pass, for good on the disk when told so."""

import hashlib
import os
from pathlib import Path
from typing import BinaryIO

BLOCK = 1 << 20


def copy(source: Path, target: Path) -> tuple[int, str]:
    """Copy `source` to the new file `target`; returns its size in bytes and its SHA-256. Raises `OSError`."""
    # The old one first: of what is gone meanwhile nothing is made.
    with source.open("rb", 0) as old, create(target) as new:
        found = _pour(old, new)
        os.fsync(new.fileno())
    return found


def into(source: Path, new: BinaryIO) -> tuple[int, str]:
    """Copy `source` into an open file; returns its size in bytes and its SHA-256. Raises `OSError`."""
    with source.open("rb", 0) as old:
        return _pour(old, new)


def _pour(old: BinaryIO, new: BinaryIO) -> tuple[int, str]:
    seen, size = hashlib.sha256(), 0
    while block := old.read(BLOCK):
        seen.update(block)
        size += len(block)
        written = 0
        while written < len(block):  # a disk that fills up takes a part first, and refuses then
            written += new.write(block[written:])
    return size, seen.hexdigest()


def digest(path: Path) -> tuple[int, str]:
    """Return size and SHA-256 of the file `path`. Raises `OSError`."""
    seen, size = hashlib.sha256(), 0
    with path.open("rb", 0) as file:
        while block := file.read(BLOCK):
            seen.update(block)
            size += len(block)
    return size, seen.hexdigest()


def create(path: Path) -> BinaryIO:
    """Open the new file `path` for writing, closed to other users. Raises `FileExistsError`."""
    return open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600), "wb", 0)


def flush(path: Path) -> None:
    """Bring a file, or the names in a folder, to the disk for good."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
