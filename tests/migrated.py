"""The tables as all migrations leave them, kept from one run to the next: building them costs 15 seconds a process.

Only for SQLite, whose database is one file. What is kept is named by a hash over everything it is made from, so a
changed migration, model, procedure or package builds anew; `pytest --create-db` does so in any case.
"""

import fcntl
import hashlib
import os
import shutil
import sqlite3
from pathlib import Path

ROOT = Path(__file__).parent.parent
SOURCES = (
    "*/migrations/*.py",
    "*/models.py",
    "*/models/*.py",
    "recovery/seeding.py",
    "recovery/procedure/**/*",
    "requirements*.txt",
)


def _name() -> str:
    found = hashlib.sha256(sqlite3.sqlite_version.encode())
    for path in sorted({path for pattern in SOURCES for path in ROOT.glob(pattern) if path.is_file()}):
        if "__pycache__" not in path.parts:
            found.update(str(path.relative_to(ROOT)).encode() + b"\0" + path.read_bytes())
    return f"{found.hexdigest()[:32]}.sqlite3"


class Kept:
    """The file in `folder` that belongs to the sources as they are now."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.file = folder / _name()
        self._lock = (folder / "lock").open("w")

    def enter(self) -> None:
        """Wait until no other process builds; until `leave` (or the end of this process) others wait in turn."""
        fcntl.flock(self._lock, fcntl.LOCK_EX)

    def leave(self) -> None:
        fcntl.flock(self._lock, fcntl.LOCK_UN)

    def lay(self, target: Path) -> bool:
        """Copy the tables to `target`; False if none are kept."""
        try:
            shutil.copyfile(self.file, target)
        except FileNotFoundError:
            return False
        return True

    def keep(self, source: Path) -> None:
        """Keep a copy of the database at `source` in place of everything that was kept before."""
        fresh = self.file.with_suffix(f".{os.getpid()}")
        reading = sqlite3.connect(source)
        try:
            reading.execute("VACUUM INTO ?", (str(fresh),))
        finally:
            reading.close()
        for old in self.folder.glob("*.sqlite3"):
            old.unlink()
        fresh.replace(self.file)
