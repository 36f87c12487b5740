"""What one consistent state of the database holds, asked of whatever cursor stands on it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from audit.chain import GENESIS

LEFT_OUT = ("django_session", "usersessions_usersession")
"""Tables that are empty in a backup: keys of open sessions lie there in clear, and whoever has one is signed in."""

ERASING = "handover.0024_erasures"
"""Since this migration a row can be a stub whose file two persons erased."""
_PAPERS = "SELECT name, size FROM handover_blob WHERE erased_at IS NULL ORDER BY name"
_ALL_PAPERS = "SELECT name, size FROM handover_blob ORDER BY name"


@dataclass(frozen=True)
class Facts:
    """Rows by table; last event and its hash; migrations that are applied; papers that are not erased
    by name with their clear size."""

    counts: dict[str, int]
    sequence: int
    head: str
    migrations: list[str]
    papers: dict[str, int]


def read(cursor: Any, tables: Iterable[str]) -> Facts:
    """Return the facts of the state that `cursor` sees (any DB-API cursor); `tables` are those of the product."""
    last = next(_rows(cursor, "SELECT sequence, hash FROM audit_event ORDER BY sequence DESC LIMIT 1"), (0, GENESIS))
    applied = _rows(cursor, "SELECT app, name FROM django_migrations ORDER BY app, name")
    migrations = [f"{app}.{name}" for app, name in applied]
    papers = dict(_rows(cursor, _PAPERS if ERASING in migrations else _ALL_PAPERS))
    return Facts(counts(cursor, tables), int(last[0]), str(last[1]), migrations, papers)


def counts(cursor: Any, tables: Iterable[str]) -> dict[str, int]:
    """Return the rows of each of `tables`; those that a backup leaves out count as empty."""
    found = {}
    for table in sorted(tables):
        [[number]] = _rows(cursor, " ".join(["SELECT COUNT(*) FROM", table]))
        found[table] = 0 if table in LEFT_OUT else int(number)
    return found


def _rows(cursor: Any, sql: str) -> Iterator[Any]:
    cursor.execute(sql)
    yield from cursor.fetchall()
