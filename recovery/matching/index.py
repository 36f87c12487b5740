"""The index as rows: written in the transaction that changes a registration, made anew by `rebuild_matching`.

What is found follows from these rows alone, the same on SQLite and PostgreSQL and in any order of import.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from typing import Any

from django.db import connection, transaction
from django.db.models import OuterRef, QuerySet

from handover.models import BillReference, ContactPoint, Registration, UnitAlias
from handover.queries.nested import Rows, listed, plain
from recovery.matching import facts, tokens
from recovery.matching.facts import Facts
from recovery.models import MatchDocument, MatchPosting, MatchToken

ALL = 0
"""The token that counts documents."""
PIECE = 500
"""Registrations read and written together."""
AT_ONCE = 20_000
"""Registrations that the worker adds in one of its rounds: some seconds."""
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
        kept = {row.registration_id: row for row in MatchDocument.objects.filter(registration__in=some)}
        change = _Change()
        for row in _rows(some):
            change.take(row, kept.get(row["pk"]))
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


def _rows(keys: Collection[int]) -> QuerySet[Registration, dict[str, Any]]:
    """Read all that is and was on record of each registration, in one query."""
    points = ContactPoint.objects.filter(registration=OuterRef("pk")).order_by("pk")
    bills = BillReference.objects.filter(registration=OuterRef("pk")).order_by("pk")
    aliases = UnitAlias.objects.filter(registration=OuterRef("pk")).order_by("pk")
    nested = {
        "points": Rows(points, kind="kind", value="value", postal="postal_code"),
        "bills": Rows(bills, reference="reference"),
        "aliases": Rows(aliases, alias="alias"),
    }
    columns = (
        *("pk", "number", "registered_name", "registered_kana", "former_names", "unit", "postal_code", "address"),
        *("organisation__legal_name", "organisation__kana", "organisation__former_names"),
    )
    return Registration.objects.filter(pk__in=keys).order_by("pk").annotate(**nested).values(*columns, *nested)


def _facts(row: dict[str, Any]) -> Facts:
    points = listed(row["points"])

    def of_kind(kind: str) -> list[dict[str, Any]]:
        return [point for point in points if point["kind"] == kind]

    kind = ContactPoint.Kind
    return facts.of_registration(
        written=[row["registered_name"], row["organisation__legal_name"]],
        former=[*plain(row["former_names"]), *plain(row["organisation__former_names"])],
        kana=[row["registered_kana"], row["organisation__kana"]],
        units=[row["unit"], *(alias["alias"] for alias in listed(row["aliases"]))],
        phones=[point["value"] for point in of_kind(kind.PHONE)],
        mails=[point["value"] for point in of_kind(kind.MAIL)],
        bills=[bill["reference"] for bill in listed(row["bills"])],
        addresses=[
            (row["postal_code"], row["address"]),
            *((point["postal"], point["value"]) for point in of_kind(kind.POST)),
        ],
    )


class _Change:
    """What becomes of documents, postings and counts; written with a fixed number of statements."""

    def __init__(self) -> None:
        self.new: list[MatchDocument] = []
        self.changed: list[MatchDocument] = []
        self.more: list[tuple[int, int]] = []
        self.less: list[tuple[int, int]] = []

    def take(self, row: dict[str, Any], kept: MatchDocument | None) -> None:
        """Compare what a registration says now with what was kept of it."""
        found = _facts(row)
        packed = found.packed()
        if kept is not None and kept.facts == packed:
            return
        wanted = {tokens.number_of(token) for token in tokens.of_registration(found)}
        before: set[int] = set()
        if kept is None:
            key = document_of(row["number"])
            self.new.append(MatchDocument(id=key, registration_id=row["pk"], facts=packed))
        else:
            key = kept.id
            before = {tokens.number_of(token) for token in tokens.of_registration(facts.unpacked(kept.facts))}
            kept.facts = packed
            self.changed.append(kept)
        self.more += [(token, key) for token in sorted(wanted - before)]
        self.less += [(token, key) for token in sorted(before - wanted)]

    def write(self) -> None:
        MatchDocument.objects.bulk_create(self.new)
        MatchDocument.objects.bulk_update(self.changed, ["facts"])
        counts = Counter(token for token, _document in self.more)
        counts.subtract(token for token, _document in self.less)
        counts[ALL] += len(self.new)
        with connection.cursor() as cursor:
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
