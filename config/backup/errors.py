"""What can go wrong, in words for whoever is at the terminal, with the exit status that tells a script."""

import errno
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import DatabaseError

REFUSED, DAMAGED, OTHER_LOG = 1, 3, 4
"""Exit statuses: nothing was done; done, but something is damaged; older than the checkpoint or another log."""


class BackupError(Exception):
    """The message says what happened and what to do; `status` is the exit status of the command."""

    def __init__(self, message: str, status: int = REFUSED) -> None:
        super().__init__(message)
        self.status = status


@contextmanager
def told() -> Iterator[None]:
    """Turn what a disk or a database says into a `BackupError`: above all that the disk is full."""
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
            raise BackupError(full(error.filename or "")) from error
        raise BackupError(f"{error.filename or ''}: {error.strerror or error}".removeprefix(": ")) from error
    except (DatabaseError, sqlite3.Error) as error:
        if "disk is full" in str(error):
            raise BackupError(full("")) from error
        raise BackupError(f"the database says: {error}".strip()) from error


def full(where: object) -> str:
    """Say that the disk is full."""
    return f"the disk is full{f' at {where}' if where else ''}; what was begun has been taken away again"
