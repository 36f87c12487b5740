"""One import at a time: the lock is the process's own, so whatever ends the process gives it back."""

import contextlib
import fcntl
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError, connection
from django.utils.translation import gettext as _

IMPORT_LOCK = 4_182_002
"""Of the database session. Only has to differ from other locks."""


class Busy(Exception):
    """Another import is running; nothing was read or written. The text says so."""


@contextlib.contextmanager
def only_one() -> Iterator[None]:
    """Hold the right to import for the block. Raises `Busy` at once while another process holds it.

    On PostgreSQL a lock of the session, on SQLite one on a file beside the database: killed with SIGKILL, neither
    stays. (A connection pool that shares sessions between transactions would break the first.)
    """
    with _session_lock() if connection.vendor == "postgresql" else _file_lock():
        yield


@contextlib.contextmanager
def _session_lock() -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [IMPORT_LOCK])
        if not cursor.fetchone()[0]:
            raise Busy(_words())
    try:
        yield
    finally:
        # A session that broke has given it back already.
        with contextlib.suppress(DatabaseError), connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [IMPORT_LOCK])


@contextlib.contextmanager
def _file_lock() -> Iterator[None]:
    folder = Path(settings.DATA_DIR)
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "import.lock").open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise Busy(_words()) from error
        yield


def _words() -> str:
    return _("Another import is running. Wait until it has ended, then start this one again.")
