"""One run of an import, from the file to the last event."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import date, datetime
from itertools import islice
from pathlib import Path
from typing import Protocol

from django.db import reset_queries, transaction
from django.utils.translation import gettext as _

from audit import record
from handover.importing.checking import Parsed, Problem, check
from handover.importing.planning import Difference, Plan, plan
from handover.importing.reading import Row, Seen, Source, inspect, rows
from handover.importing.writing import SYSTEM, hold_import, write
from handover.models import ImportRun

PIECE = 500
"""Rows a transaction: the chain of events serialises writers, so others must get their turn (architecture.md)."""


class Reporter(Protocol):
    """Who is told, while the run goes on: nothing is collected, so memory stays the same for any file."""

    def problem(self, problem: Problem) -> None:
        """A row was refused because of this cell."""

    def warning(self, problem: Problem) -> None:
        """A row was taken, but somebody should look at this cell."""

    def difference(self, difference: Difference) -> None:
        """A row that is held already says something else."""

    def progress(self, done: int, total: int) -> None:
        """`done` of `total` records have been read."""


@dataclass
class Counts:
    """How the rows of a run ended."""

    rows: int = 0
    created: int = 0
    unchanged: int = 0
    different: int = 0
    refused: int = 0
    warnings: int = 0


def run(
    path: Path, *, dry_run: bool, on_record_since: date, clock: Callable[[], datetime], reporter: Reporter
) -> Counts:
    """Import `path`, or with `dry_run` only say what an import would do.

    Rows go in by pieces of `PIECE`, each a transaction of its own with its events, so a killed run leaves whole pieces
    and is finished by running it again. A refused row leaves nothing; the others of its piece go in. What is held
    already is compared and never changed. `on_record_since` says since when the contact points count; `clock` is asked
    once a piece. Raises `Unusable` before anything is written.
    """
    source = inspect(path)
    counts = Counts()
    log = None if dry_run else _begin(source, on_record_since, clock())
    with Seen() as seen:
        for piece in _pieces(rows(source)):
            parsed = list(_good(piece, source, seen, counts, reporter))
            made = plan(parsed, source.header) if log is None else _write(parsed, source, log, clock())
            _tell(made, counts, reporter)
            reporter.progress(piece[-1].number - 1, source.rows)
            reset_queries()  # with DEBUG on, Django keeps the text of every statement
    if log is not None:
        _finish(log, counts, clock())
    return counts


def _pieces(all_rows: Iterable[Row]) -> Iterator[list[Row]]:
    remaining = iter(all_rows)
    while piece := list(islice(remaining, PIECE)):
        yield piece


def _good(piece: list[Row], source: Source, seen: Seen, counts: Counts, reporter: Reporter) -> Iterator[Parsed]:
    for row in piece:
        counts.rows += 1
        checked = check(row, len(source.header))
        if isinstance(checked, Parsed):
            first = seen.first(checked.number, row.number)
            if first == row.number:
                yield checked
                continue
            words = _("This number is in row %(row)d already. Each registration has one row.") % {"row": first}
            checked = [Problem(row.number, "number", words)]
        counts.refused += 1
        for problem in checked:
            reporter.problem(problem)


def _write(parsed: list[Parsed], source: Source, log: ImportRun, at: datetime) -> Plan:
    with transaction.atomic(durable=True):
        hold_import()
        made = plan(parsed, source.header)
        if made.new:
            write(made.new, log, at=at)
    return made


def _tell(made: Plan, counts: Counts, reporter: Reporter) -> None:
    counts.created += len(made.new)
    counts.unchanged += made.unchanged
    counts.different += made.different
    counts.refused += len(made.problems)
    counts.warnings += len(made.warnings)
    for problem in made.problems:
        reporter.problem(problem)
    for warning in made.warnings:
        reporter.warning(warning)
    for difference in made.differences:
        reporter.difference(difference)


def _begin(source: Source, on_record_since: date, at: datetime) -> ImportRun:
    return ImportRun.objects.create(
        started_at=at, file_name=source.path.name[:200], file_hash=source.sha256, on_record_since=on_record_since
    )


def _finish(log: ImportRun, counts: Counts, at: datetime) -> None:
    with transaction.atomic(durable=True):
        ImportRun.objects.filter(pk=log.pk).update(finished_at=at, **asdict(counts))
        record.event(
            "register.imported",
            actor=SYSTEM,
            at=at,
            subject=log.label,
            facts={"sha256": log.file_hash, "on_record_since": log.on_record_since.isoformat(), **asdict(counts)},
        )
