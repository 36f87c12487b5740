"""SQLite: a copy by VACUUM INTO, which waits for nobody and misses nothing."""

import os
import sqlite3
from contextlib import closing
from pathlib import Path

from django.db import connection

from config.backup import copying
from config.backup.errors import BackupError
from config.backup.facts import LEFT_OUT, Facts, read

FILE = "database.sqlite3"


def take(folder: Path) -> Facts:
    """Write one consistent state of the database into `folder` and return its facts."""
    target = folder / FILE
    target.unlink(missing_ok=True)
    copying.create(target).close()  # ours alone before the first row is in it; VACUUM INTO takes an empty file
    with connection.cursor() as cursor:
        cursor.execute("VACUUM INTO %s", [str(target)])
    with closing(sqlite3.connect(target, isolation_level=None)) as copy:
        # Without a journal and with zeroes over what is deleted: no open session is left on the disk.
        copy.execute("PRAGMA journal_mode=OFF")
        copy.execute("PRAGMA secure_delete=ON")
        for table in LEFT_OUT:
            copy.execute(" ".join(["DELETE FROM", table]))
        facts = read(copy.cursor(), connection.introspection.table_names())
    copying.flush(target)
    return facts


def refuse_unless_empty() -> None:
    """Raise `BackupError` when there is a database already."""
    path = _path()
    if not path.exists() or not path.stat().st_size:
        return
    with closing(sqlite3.connect(path)) as there:
        if there.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchone():
            raise BackupError(f"there is a database at {path}: a restore goes into an empty place only")


def give_back(folder: Path, listed: tuple[int, str]) -> None:
    """Put the database of the backup in `folder` in its place. The rename at the end is the moment it is there.

    `listed` is its size and SHA-256: what is put there is what was compared, whatever became of the folder meanwhile.
    """
    path = _path()
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    part = path.with_name(path.name + ".restoring")
    part.unlink(missing_ok=True)
    try:
        if copying.copy(folder / FILE, part) != listed:
            raise BackupError(f"{FILE} was changed while it was restored")
        with closing(sqlite3.connect(part)) as copy:
            [[said]] = copy.execute("PRAGMA integrity_check(1)").fetchall()
            if said != "ok":
                raise BackupError(f"the database of the backup is damaged: {said}")
        connection.close()
        for ending in ("-wal", "-shm"):
            path.with_name(path.name + ending).unlink(missing_ok=True)
        os.rename(part, path)
        copying.flush(path.parent)
    finally:
        part.unlink(missing_ok=True)


def _path() -> Path:
    return Path(str(connection.settings_dict["NAME"]))
