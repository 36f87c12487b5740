"""
Taking a backup while people work.

The order makes it whole: first one consistent state of the database, then the papers that this state names. Bytes of
papers never change and lie there before a row names them, so each is found; rotation of keys renames a whole copy over
a paper, so what is opened is one or the other. Only an erasure takes named bytes away: then the state is older than
the erasure, and a newer one is taken, so that nothing erased is kept either.
"""

import shutil
import subprocess
from collections.abc import Callable, Iterable
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from django.conf import settings
from django.db import connection

from audit import checkpoints
from config.backup import copying, keys, kinds, manifest
from config.backup.errors import BackupError, told
from config.backup.facts import LEFT_OUT, Facts
from handover.models import Blob
from handover.vault import cipher, store

STATES = 5
"""How often a newer state is taken because a paper was erased meanwhile."""
KNOWN = {"papers", "secrets.json", "signing.pem", "static", "mail", "letters", "import.lock"}
"""What is known to lie in DATA_DIR: copied by its rows, kept apart, made anew, or there for trying out only."""


class Copied(NamedTuple):
    """The papers of one state: files by name, ids of the keys that open them, and names that are not whole."""

    files: dict[str, manifest.File]
    keys: set[str]
    damaged: list[str]


def take(folder: Path, *, at: datetime, progress: Callable[[str], None]) -> manifest.Manifest:
    """Write a backup into `folder`, which is made; returns what is in it. `at` is the time that it will name.

    Raises `BackupError`, with nothing left that looks like a backup.
    """
    with told():
        made = _begin(folder)
        try:
            progress("database")
            facts, copied = _consistent(folder, progress)
            taken = _listed(folder, facts, copied, at)
            manifest.write(folder, taken)
        except BaseException:
            _clear(folder, whole=made)
            raise
    return taken


def unknown_in_data_dir() -> list[str]:
    """Return what lies in DATA_DIR that no backup holds and that nobody decided to leave out."""
    folder, database = Path(settings.DATA_DIR), Path(str(connection.settings_dict["NAME"])).name
    names = [path.name for path in folder.iterdir()] if folder.is_dir() else []
    return sorted(name for name in names if name not in KNOWN and not name.startswith(database))


def _begin(folder: Path) -> bool:
    """Make `folder`, tell whether it was not there. Raises `BackupError` when something is in it."""
    papers = store.folder().resolve()
    if papers in (folder.resolve(), *folder.resolve().parents):
        raise BackupError(f"{folder} lies among the papers themselves: choose another disk or machine")
    made = not folder.exists()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if any(folder.iterdir()):
        raise BackupError(f"{folder} is not empty: every backup has a folder of its own")
    folder.chmod(0o700)
    (folder / "papers").mkdir(mode=0o700)
    return made


def _clear(folder: Path, *, whole: bool) -> None:
    """Take away what was begun; the folder itself only if it was made for this."""
    for path in [folder] if whole else list(folder.iterdir()):
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)


def _consistent(folder: Path, progress: Callable[[str], None]) -> tuple[Facts, Copied]:
    """Return a state of the database and its papers, both written to `folder` for good."""
    there: dict[str, manifest.File] = {}
    for _ in range(STATES):
        facts = kinds.here().take(folder)
        copied = _papers(folder, facts, there, progress)
        # A copy begun in the instant of the erasure has no key any more, so what is not whole is asked for as well.
        if set(copied.damaged) <= _still_named(copied.damaged):
            for name in there.keys() - facts.papers.keys():
                (folder / "papers" / name).unlink()
            copying.flush(folder / "papers")
            return facts, copied
        progress("a paper was erased meanwhile: the database once more")
    raise BackupError("papers are erased faster than a backup is taken: try again later")


def _papers(folder: Path, facts: Facts, there: dict[str, manifest.File], progress: Callable[[str], None]) -> Copied:
    """Copy the papers of a state that are not `there` yet, and read every header."""
    found = Copied({}, set(), [])
    progress(f"{len(facts.papers)} papers")
    for number, (name, size) in enumerate(facts.papers.items(), 1):
        if number % 1000 == 0:
            progress(f"{number} of {len(facts.papers)} papers")
        target = folder / "papers" / name
        try:
            if name not in there:
                there[name] = manifest.File(f"papers/{name}", *copying.copy(store.folder() / name, target))
        except FileNotFoundError:
            found.damaged.append(name)
            continue
        found.files[name] = there[name]
        try:
            with target.open("rb") as file:
                header = cipher.Header.unpacked(file.read(cipher.HEADER_SIZE))
        except cipher.Tampered:
            found.damaged.append(name)
            continue
        found.keys.add(header.key_id)
        if header.size != size or there[name].size != cipher.stored_size(size):
            found.damaged.append(name)
    return found


def _still_named(names: Iterable[str]) -> set[str]:
    # A paper whose row is there and whose bytes are not is damage, and no reason to keep no backup of the others.
    wanted = list(names)
    pieces = (wanted[start : start + 500] for start in range(0, len(wanted), 500))
    return {
        name
        for piece in pieces
        for name in Blob.objects.filter(name__in=piece, erased_at=None).values_list("name", flat=True)
    }


def _listed(folder: Path, facts: Facts, copied: Copied, at: datetime) -> manifest.Manifest:
    database = kinds.here().FILE
    copying.flush(folder)
    return manifest.Manifest(
        product=_product(),
        database=connection.vendor,
        at=at.isoformat(),
        migrations=facts.migrations,
        files=[manifest.File(database, *copying.digest(folder / database)), *copied.files.values()],
        counts=facts.counts,
        left_out=list(LEFT_OUT),
        damaged=sorted(copied.damaged),
        keys=keys.needed(copied.keys),
        checkpoint=checkpoints.sign(facts.sequence, facts.head, at=at),
    )


def _product() -> str:
    """Name the release that wrote the backup; where it was not installed from git, its migrations tell."""
    described = subprocess.run(
        ["git", "-C", str(settings.BASE_DIR), "describe", "--always", "--dirty"],
        capture_output=True,
        text=True,
        check=False,
    )
    return f"hikitsugi {described.stdout.strip() or 'without git'}"
