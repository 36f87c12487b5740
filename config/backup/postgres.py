"""PostgreSQL: pg_dump and the figures of the manifest read one and the same snapshot."""

import os
import subprocess
import tempfile
from pathlib import Path
from typing import BinaryIO, cast

from django.conf import settings
from django.db import connection, transaction

from config.backup import copying
from config.backup.errors import BackupError, full
from config.backup.facts import LEFT_OUT, Facts, read

FILE = "database.pgdump"


def take(folder: Path) -> Facts:
    """Write one consistent state of the database into `folder` and return its facts."""
    target = folder / FILE
    target.unlink(missing_ok=True)
    with transaction.atomic(durable=True), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        cursor.execute("SELECT pg_export_snapshot()")
        [snapshot] = cursor.fetchone() or [""]
        left_out = [f"--exclude-table-data=*.{table}" for table in LEFT_OUT]
        _run("pg_dump", "--format=custom", f"--snapshot={snapshot}", *left_out, f"--file={target}", _database())
        facts = read(cursor, connection.introspection.table_names(cursor))
    copying.flush(target)
    return facts


def refuse_unless_empty() -> None:
    """Raise `BackupError` when there is anything in the database already."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT 1 FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace"
            " WHERE nspname NOT IN ('pg_catalog', 'information_schema') AND nspname NOT LIKE 'pg_toast%' LIMIT 1"
        )
        if cursor.fetchone():
            raise BackupError(f"the database {_database()} is not empty: a restore goes into an empty place only")


def give_back(folder: Path, listed: tuple[int, str]) -> None:
    """Fill the database from the backup in `folder`, in one transaction: all of it or nothing.

    `listed` is its size and SHA-256. pg_restore reads a copy without a name, made and compared here: what is put there
    is what was compared, whatever became of the folder meanwhile.
    """
    options = ("--single-transaction", "--exit-on-error", "--no-owner", "--no-privileges")
    Path(settings.DATA_DIR).mkdir(mode=0o700, parents=True, exist_ok=True)
    with tempfile.TemporaryFile(dir=settings.DATA_DIR, buffering=0) as dump:
        if copying.into(folder / FILE, cast(BinaryIO, dump)) != listed:
            raise BackupError(f"{FILE} was changed while it was restored")
        dump.seek(0)
        _run("pg_restore", *options, f"--dbname={_database()}", stdin=dump.fileno())


def _database() -> str:
    return str(connection.settings_dict["NAME"])


def _run(program: str, *options: str, stdin: int = subprocess.DEVNULL) -> None:
    # In the environment, not among the arguments: everybody on the machine reads those.
    given = {key: value for key, value in connection.get_connection_params().items() if key in _VARIABLES}
    environment = os.environ | {_VARIABLES[key]: str(value) for key, value in given.items()}
    try:
        done = subprocess.run(
            [program, "--no-password", *options],
            stdin=stdin,
            env=environment,
            umask=0o077,
            capture_output=True,
            text=True,
            check=False,
        )
    except FileNotFoundError:
        raise BackupError(f"{program} is not on this machine: install postgresql-client") from None
    if "No space left on device" in done.stderr:
        raise BackupError(full(""))
    if done.returncode:
        raise BackupError(f"{program} failed: {done.stderr.strip()[-2000:]}")


_VARIABLES = {
    "host": "PGHOST",
    "port": "PGPORT",
    "user": "PGUSER",
    "password": "PGPASSWORD",
    "sslmode": "PGSSLMODE",
    "sslrootcert": "PGSSLROOTCERT",
    "sslcert": "PGSSLCERT",
    "sslkey": "PGSSLKEY",
    "passfile": "PGPASSFILE",
    "service": "PGSERVICE",
}
