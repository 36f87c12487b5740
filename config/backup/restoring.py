"""
A backup given back into an empty place.

Everything is compared before anything is written; papers come first and the database last, so that a place which died
half-way has papers that no row names, and no database that looks whole. Then the log, the rows and every paper are
verified where they lie now.
"""

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.utils import timezone

from audit import checkpoints, verify
from config.backup import copying, facts, keys, kinds, manifest
from config.backup.errors import DAMAGED, OTHER_LOG, BackupError, told
from handover import documents, reerasing
from handover.models import Blob
from handover.vault import store


@dataclass(frozen=True)
class Restored:
    """What is there now. `damaged` papers were so already when the backup was taken; `newer` migrations wait;
    `erased_again` counts erasures that the backup did not know yet."""

    taken: manifest.Manifest
    damaged: list[str]
    newer: bool
    erased_again: int = 0


def restore(
    folder: Path,
    *,
    outside: checkpoints.Checkpoint | None,
    even_older: bool,
    progress: Callable[[str], None],
    erasures: list[reerasing.Gone] | None = None,
) -> Restored:
    """Give the backup in `folder` back, verify it, and erase again what of `erasures` was erased after it was taken.

    `outside` is a checkpoint that was kept elsewhere: a backup whose log ends before it is refused, unless
    `even_older`. Raises `BackupError`: with status 1 or 4 before anything was written, with 3 or 4 when what was
    restored is not what was backed up.
    """
    with told():
        progress("comparing every file with the manifest")
        taken = _checked(folder)
        if erasures and facts.ERASING not in taken.migrations:
            raise BackupError(
                "the backup is of a release without erasures: restore it without the list, run migrate, and then"
                " `erasures FILE --apply`"
            )
        if outside and taken.log.sequence < outside.sequence and not even_older:
            raise BackupError(_older(taken, outside), OTHER_LOG)
        _refuse_unless_empty()
        progress("papers and database")
        _write(folder, taken)
        progress("verifying")
        _verify_rows(taken)
        damaged = _verify_papers(taken)
        # Compared before anything is written into the log that was restored.
        found = checkpoints.compare(outside) if outside else checkpoints.HOLDS
        if outside and found == checkpoints.DIFFERENT:
            raise BackupError(f"the log is another one than the checkpoint of {outside.at} has seen", OTHER_LOG)
        again = _erase_again(taken, erasures or [], progress)
        if outside and found == checkpoints.OLDER:
            raise BackupError(f"restored, but {_older(taken, outside)}", OTHER_LOG)
    return Restored(taken, damaged, bool(_ours() - set(taken.migrations)), again)


def _erase_again(taken: manifest.Manifest, erasures: list[reerasing.Gone], progress: Callable[[str], None]) -> int:
    """Erase what was erased after the backup; the log goes on from there with an event each, and is verified again."""
    if not erasures:
        return 0
    progress("erasing again what was erased since")
    done = reerasing.apply(erasures, at=timezone.now())
    result = verify.run()
    if result.first_bad is not None or result.count != taken.log.sequence + done:
        raise BackupError("restored, but the log is not whole after the erasures were applied again", DAMAGED)
    return done


def _checked(folder: Path) -> manifest.Manifest:
    """Return the manifest after everything that can be told without writing."""
    taken = manifest.read(folder)
    if taken.database != connection.vendor:
        raise BackupError(f"the backup is of {taken.database}, DATABASE_URL names {connection.vendor}")
    if [each.path for each in taken.files if each.path.startswith("database.")] != [kinds.here().FILE]:
        raise BackupError(f"{folder / manifest.NAME} does not name one database")
    keys.check(taken.keys)
    if unknown := sorted(set(taken.migrations) - _ours()):
        raise BackupError(f"the backup was taken by a newer release, which has {unknown[0]}: install that one first")
    manifest.check_files(folder, taken)
    return taken


def _older(taken: manifest.Manifest, outside: checkpoints.Checkpoint) -> str:
    lost = outside.sequence - taken.log.sequence
    return (
        f"the log in this backup ends with event {taken.log.sequence}, {lost} before the checkpoint of {outside.at}:"
        " look for a newer backup; where there is none, --even-older restores this one, and what it lacks is lost"
    )


def _refuse_unless_empty() -> None:
    kinds.here().refuse_unless_empty()
    if any(store.folder().iterdir()):
        raise BackupError(f"there are papers in {store.folder()}: a restore goes into an empty place only")


def _write(folder: Path, taken: manifest.Manifest) -> None:
    try:
        for each in taken.files:
            if each.path.startswith("papers/"):
                written = copying.copy(folder / each.path, store.folder() / Path(each.path).name)
                if written != (each.size, each.sha256):
                    raise BackupError(f"{each.path} was changed while it was restored")
        copying.flush(store.folder())
        kind = kinds.here()
        [database] = [(each.size, each.sha256) for each in taken.files if each.path == kind.FILE]
        kind.give_back(folder, database)
    except BaseException:
        shutil.rmtree(store.folder(), ignore_errors=True)
        raise


def _verify_rows(taken: manifest.Manifest) -> None:
    result = verify.run()
    if result.first_bad is not None:
        raise BackupError(f"restored, but the log is not whole from event {result.first_bad} on", DAMAGED)
    if (result.count, result.head) != (taken.log.sequence, taken.log.head):
        raise BackupError("restored, but the log ends with another event than the manifest says", DAMAGED)
    with connection.cursor() as cursor:
        counted = facts.counts(cursor, connection.introspection.table_names(cursor))
    names = counted.keys() | taken.counts.keys()
    if differing := sorted(name for name in names if counted.get(name) != taken.counts.get(name)):
        raise BackupError(f"restored, but not the rows of the manifest are in: {', '.join(differing)}", DAMAGED)


def _verify_papers(taken: manifest.Manifest) -> list[str]:
    """Open every paper and read it to its end; returns those that were damaged when the backup was taken."""
    damaged = []
    rows = Blob.objects.order_by("pk")
    if facts.ERASING in taken.migrations:
        rows = rows.filter(erased_at=None)
    # Only columns that every release has: the tables may be older than this one.
    for row in rows.values("pk", "name", "tenant", "document", "size", "sha256").iterator():
        blob = Blob(**row)
        try:
            documents.open_whatever_it_is(blob).close()
        except documents.Damaged:
            damaged.append(blob.name)
    if fresh := sorted(set(damaged) - set(taken.damaged)):
        raise BackupError(f"restored, but {len(fresh)} papers do not open, first {fresh[0]}", DAMAGED)
    return damaged


def _ours() -> set[str]:
    known = MigrationLoader(None, ignore_no_migrations=True).disk_migrations
    return {f"{app}.{name}" for app, name in known}
