"""The only writer of the log."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper
from django.db.models import Field

from audit.chain import GENESIS, digest
from audit.models import Event

# One writer at a time appends on PostgreSQL; the number only has to differ from other advisory locks.
CHAIN_LOCK = 4_182_001


class Actor(Protocol):
    """Who acts: anything with two labels. A person, a command or the public."""

    @property
    def label(self) -> str: ...

    @property
    def organisation_label(self) -> str: ...


@dataclass(frozen=True)
class System:
    """A command or a clock that acts by itself, e.g. `System("import_registrations")`."""

    name: str
    organisation_label: str = ""

    @property
    def label(self) -> str:
        return f"system:{self.name}"


@dataclass(frozen=True)
class Public:
    """Somebody without a session."""

    label: str = "public"
    organisation_label: str = ""


@dataclass(frozen=True)
class _Link:
    """What the next event needs of the last one."""

    sequence: int
    hash: str


@dataclass(frozen=True)
class Entry:
    """One of many events of one verb; `event` says what each part means."""

    subject: str
    about: Iterable[str] = ()
    facts: Mapping[str, Any] = field(default_factory=dict)


def event(
    verb: str,
    *,
    actor: Actor,
    at: datetime,
    subject: str,
    about: Iterable[str] = (),
    facts: dict[str, Any] | None = None,
) -> Event:
    """Append one event to the chain, in the transaction of the act it tells of.

    `verb` is past tense with its aggregate (`handover.accepted`). `subject` is the label of the thing it happened to;
    `about` are labels of all in whose history it shall appear (the subject is always among them). `facts` are ids,
    enums, dates and hashes: no personal values and no secrets, for nothing here can ever be taken back.

    Call it after every row lock is taken: it holds the chain until commit. Raises `TransactionManagementError`
    outside a transaction, because an event without its act is worse than none.
    """
    written = _following(_last(), verb, actor, at, Entry(subject, about, facts or {}))
    with connection.cursor() as cursor:
        _insert(cursor, written)
    written._state.adding, written._state.db = False, connection.alias
    return written


def events(verb: str, entries: Iterable[Entry], *, actor: Actor, at: datetime) -> int:
    """Append one event of `verb` for each of `entries`, in their order; returns how many.

    For bulk work in pieces of about 500 a transaction: the chain is taken and the last event read once for all of
    them. The same rules, hashes and guards as `event`.
    """
    last: _Link | Event | None = _last()
    count = 0
    with connection.cursor() as cursor:
        for entry in entries:
            last = _following(last, verb, actor, at, entry)
            _insert(cursor, last)
            count += 1
    return count


def _last() -> _Link | None:
    connection.validate_no_broken_transaction()
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("an event is written in its act's own transaction")
    _hold_chain()
    with connection.cursor() as cursor:
        cursor.execute("SELECT sequence, hash FROM audit_event ORDER BY sequence DESC LIMIT 1")
        found = cursor.fetchone()
    return _Link(*found) if found else None


def _following(last: "_Link | Event | None", verb: str, actor: Actor, at: datetime, entry: Entry) -> Event:
    values: dict[str, Any] = {
        "sequence": last.sequence + 1 if last else 1,
        "previous_hash": last.hash if last else GENESIS,
        "verb": verb,
        "actor": actor.label,
        "actor_organisation": actor.organisation_label,
        "subject": entry.subject,
        "about": sorted({entry.subject, *entry.about}),
        # A round trip makes the row equal what any reader will hash later (tuples, keys, numbers).
        "facts": json.loads(json.dumps(dict(entry.facts), sort_keys=True)),
        "at": at,
    }
    return Event(**values, hash=digest(**values))


_COLUMNS = Event._meta.concrete_fields
_EVENT = (
    "INSERT INTO audit_event"
    " (sequence, previous_hash, hash, verb, actor, actor_organisation, subject, about, facts, at)"
    " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)"
)
_ABOUT = "INSERT INTO audit_eventabout (event_id, label) VALUES (%s, %s)"


def _insert(cursor: CursorWrapper, written: Event) -> None:
    # By hand, because the guard lets entries of a history in only right after their event: rows of several events
    # cannot go into one statement, and the ORM's own insert costs five times as much.
    cursor.execute(_EVENT, [_stored(column, getattr(written, column.attname)) for column in _COLUMNS])
    cursor.executemany(_ABOUT, [(written.sequence, label) for label in written.about])


def _stored(column: Field[Any, Any], value: Any) -> Any:
    # Texts and numbers go as they are; lists, facts and times as the database has them.
    return value if isinstance(value, str | int) else column.get_db_prep_save(value, connection)


def _hold_chain() -> None:
    # SQLite has a single writer already (IMMEDIATE transactions).
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [CHAIN_LOCK])
