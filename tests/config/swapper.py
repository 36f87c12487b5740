"""
A restore during which somebody exchanges the database of the backup, after it was compared.

Run by tests/config/places.py: `python -m tests.config.swapper DIR` prints what the restore said, as JSON.
"""

import json
import sqlite3
import sys
from contextlib import closing
from pathlib import Path

import django


def exchanged(folder: Path) -> None:
    """Put another database in place that opens like the first one."""
    [database] = folder.glob("database.*")
    if database.suffix == ".pgdump":
        with database.open("ab") as dump:
            dump.write(b"\0")
        return
    with closing(sqlite3.connect(database)) as raw, raw:
        changed = raw.execute("UPDATE accounts_user SET email = 'thief@evil.example' WHERE id = 1")
        assert changed.rowcount == 1


def main() -> None:
    django.setup()
    from config.backup import restoring
    from config.backup.errors import BackupError

    folder = Path(sys.argv[1])

    def progress(words: str) -> None:
        if words == "papers and database":
            exchanged(folder)

    try:
        restoring.restore(folder, outside=None, even_older=False, progress=progress)
        print(json.dumps("restored"))
    except BackupError as error:
        print(json.dumps(str(error)))


if __name__ == "__main__":
    main()
