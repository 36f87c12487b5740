"""The index as rows: written in the transaction that changes a registration, made anew by `rebuild_matching`.

What is found follows from these rows alone, the same on SQLite and PostgreSQL and in any order of import.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from typing import Any

from django.db import connection, transaction

from handover.models import ContactPoint, Registration
from handover.queries.nested import plain
from recovery.matching import facts, tokens
from recovery.matching.facts import Facts
from recovery.models import MatchDocument, MatchPosting, MatchToken

ALL = 0
"""The token that counts documents."""
PIECE = 500
"""Registrations read and written together."""
AT_ONCE = 20_000
"""Registrations that the worker adds in one of its rounds: some seconds."""
_BILL, _ALIAS = "bill", "alias"
_COLUMNS = (
    *("pk", "number", "registered_name", "registered_kana", "former_names", "unit", "postal_code", "address"),
    *("legal_name", "organisation_kana", "organisation_former_names", "document", "kept"),
)
# By hand: the index of one change has a millisecond, and the ORM takes longer to put its statements together.
_READ = """
    SELECT held.id, held.number, held.registered_name, held.registered_kana, held.former_names, held.unit,
        held.postal_code, held.address, home.legal_name, home.kana, home.former_names, kept.id, kept.facts
    FROM handover_registration held
    JOIN accounts_organisation home ON home.id = held.organisation_id
    LEFT JOIN recovery_matchdocument kept ON kept.registration_id = held.id
    WHERE held.id IN (%(keys)s)"""
_READ_MORE = """
    SELECT registration_id, kind, value, postal_code FROM handover_contactpoint WHERE registration_id IN (%(keys)s)
    UNION ALL
    SELECT registration_id, 'bill', reference, '' FROM handover_billreference WHERE registration_id IN (%(keys)s)
    UNION ALL
    SELECT registration_id, 'alias', alias, '' FROM handover_unitalias WHERE registration_id IN (%(keys)s)"""
_NEW = "INSERT INTO recovery_matchdocument (id, registration_id, facts) VALUES (%s, %s, %s)"
_CHANGED = "UPDATE recovery_matchdocument SET facts = %s WHERE id = %s"
_TAKE = "DELETE FROM recovery_matchposting WHERE token = %s AND document = %s"
_PUT = "INSERT INTO recovery_matchposting (token, document) VALUES (%s, %s)"
_COUNT = """
    INSERT INTO recovery_matchtoken (token, rows) VALUES (%s, %s)
    ON CONFLICT (token) DO UPDATE SET rows = recovery_matchtoken.rows + excluded.rows"""


def document_of(number: str) -> int:
    """Return the key of a registration's document: it follows from its number."""
    return tokens.number_of(f"registration:{number}")


def follow(keys: Collection[int]) -> None:
    """Bring the index of registrations (keys) up to date, in the caller's transaction."""
    for some in _pieces(sorted(keys)):
        change = _Change()
        for row in _rows(some):
            change.take(row)
        change.write()


def rebuild(*, told: Callable[[int], None]) -> int:
    """Make the whole index anew in pieces, telling after each how many are done; return how many there are.

    Safe to stop and to begin again. What changes meanwhile is followed by the act that changes it.
    """
    with transaction.atomic(durable=True):
        for model in (MatchPosting, MatchDocument, MatchToken):
            model.objects.all().delete()
    done = 0
    for some in _pieces(list(Registration.objects.order_by("pk").values_list("pk", flat=True))):
        _add_piece(some)
        done += len(some)
        told(done)
    return done


def catch_up() -> int:
    """Add registrations that the index does not have yet, as after an upgrade, `AT_ONCE` at most; return how many.

    Two counts say that none is missing, which is so every minute but a few in an installation's life.
    """
    counted = MatchToken.objects.filter(token=ALL).values_list("rows", flat=True).first() or 0
    if counted >= Registration.objects.count():
        return 0
    missing = list(
        Registration.objects.filter(match_document=None).order_by("pk").values_list("pk", flat=True)[:AT_ONCE]
    )
    for some in _pieces(missing):
        _add_piece(some)
    return len(missing)


def _add_piece(keys: Sequence[int]) -> None:
    with transaction.atomic(durable=True):
        # Whoever changes one of them holds its row: neither writes the same document twice.
        list(Registration.objects.select_for_update(no_key=True).filter(pk__in=keys).order_by("pk").values_list("pk"))
        follow(keys)


def _pieces(keys: Sequence[int]) -> Iterator[Sequence[int]]:
    return (keys[start : start + PIECE] for start in range(0, len(keys), PIECE))


def _rows(keys: Collection[int]) -> list[dict[str, Any]]:
    """Read all that is and was on record of each registration, and what the index keeps of it, in two statements."""
    rows: dict[int, dict[str, Any]] = {}
    asked = ", ".join(["%s"] * len(keys))
    with connection.cursor() as cursor:
        cursor.execute(_READ % {"keys": asked}, list(keys))
        for row in cursor.fetchall():
            rows[row[0]] = dict(zip(_COLUMNS, row, strict=True)) | {"more": []}
        cursor.execute(_READ_MORE % {"keys": asked}, [*keys, *keys, *keys])
        for key, kind, value, postal in sorted(cursor.fetchall()):
            rows[key]["more"].append((kind, value, postal))
    return [rows[key] for key in sorted(rows)]


def _facts(row: dict[str, Any]) -> Facts:
    def of_kind(kind: str) -> list[tuple[str, str]]:
        return [(value, postal) for which, value, postal in row["more"] if which == kind]

    kind = ContactPoint.Kind
    return facts.of_registration(
        written=[row["registered_name"], row["legal_name"]],
        former=[*plain(row["former_names"]), *plain(row["organisation_former_names"])],
        kana=[row["registered_kana"], row["organisation_kana"]],
        units=[row["unit"], *(alias for alias, _none in of_kind(_ALIAS))],
        phones=[phone for phone, _none in of_kind(kind.PHONE)],
        mails=[mail for mail, _none in of_kind(kind.MAIL)],
        bills=[reference for reference, _none in of_kind(_BILL)],
        addresses=[
            (row["postal_code"], row["address"]),
            *((postal, address) for address, postal in of_kind(kind.POST)),
        ],
    )


class _Change:
    """What becomes of documents, postings and counts; written with a fixed number of statements."""

    def __init__(self) -> None:
        self.new: list[tuple[int, int, str]] = []
        self.changed: list[tuple[str, int]] = []
        self.more: list[tuple[int, int]] = []
        self.less: list[tuple[int, int]] = []

    def take(self, row: dict[str, Any]) -> None:
        """Compare what a registration says now with what was kept of it."""
        found = _facts(row)
        packed = found.packed()
        if row["kept"] == packed:
            return
        wanted = {tokens.number_of(token) for token in tokens.of_registration(found)}
        before: set[int] = set()
        key = row["document"]
        if key is None:
            key = document_of(row["number"])
            self.new.append((key, row["pk"], packed))
        else:
            before = {tokens.number_of(token) for token in tokens.of_registration(facts.unpacked(row["kept"]))}
            self.changed.append((packed, key))
        self.more += [(token, key) for token in sorted(wanted - before)]
        self.less += [(token, key) for token in sorted(before - wanted)]

    def write(self) -> None:
        counts = Counter(token for token, _document in self.more)
        counts.subtract(token for token, _document in self.less)
        counts[ALL] += len(self.new)
        with connection.cursor() as cursor:
            if self.new:
                cursor.executemany(_NEW, sorted(self.new))
            if self.changed:
                cursor.executemany(_CHANGED, self.changed)
            if self.less:
                cursor.executemany(_TAKE, self.less)
            if self.more:
                # In the order of the table's key: neighbours are written together.
                cursor.executemany(_PUT, sorted(self.more))
            _add(cursor, sorted((token, rows) for token, rows in counts.items() if rows))


def _add(cursor: Any, counts: Iterable[tuple[int, int]]) -> None:
    """Add to the counts; always in one order, so that two writers never wait for each other in a circle."""
    rows = list(counts)
    if rows:
        cursor.executemany(_COUNT, rows)
