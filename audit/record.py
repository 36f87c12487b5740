"""The only writer of the log."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from django.db import connection, transaction

from audit.chain import GENESIS, digest
from audit.models import Event, EventAbout

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
    connection.validate_no_broken_transaction()
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("an event is written in its act's own transaction")
    _hold_chain()
    last = Event.objects.values_list("sequence", "hash").order_by("-sequence").first()
    sequence, previous_hash = (last[0] + 1, last[1]) if last else (1, GENESIS)
    labels = sorted({subject, *about})
    # A round trip makes the row equal what any reader will hash later (tuples, keys, numbers).
    plain: dict[str, Any] = json.loads(json.dumps(facts or {}, sort_keys=True))
    values: dict[str, Any] = {
        "sequence": sequence,
        "previous_hash": previous_hash,
        "verb": verb,
        "actor": actor.label,
        "actor_organisation": actor.organisation_label,
        "subject": subject,
        "about": labels,
        "facts": plain,
        "at": at,
    }
    written = Event(**values, hash=digest(**values))
    written.save(force_insert=True)
    EventAbout.objects.bulk_create([EventAbout(event=written, label=label) for label in labels])
    return written


def _hold_chain() -> None:
    # SQLite has a single writer already (IMMEDIATE transactions).
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [CHAIN_LOCK])
