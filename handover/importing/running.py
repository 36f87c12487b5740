"""One run of an import, from the file to the last mail; a killed one goes on where it was."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass, field, fields
from datetime import date, datetime
from itertools import islice
from pathlib import Path
from typing import Protocol

from django.db import reset_queries, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from audit import record
from handover import canaries
from handover.importing import closing, telling
from handover.importing.applying import apply
from handover.importing.checking import Parsed, Problem, check
from handover.importing.closing import Covered, Missing
from handover.importing.differing import Difference
from handover.importing.locking import only_one
from handover.importing.planning import Plan, plan
from handover.importing.reading import Row, Seen, Source, inspect, rows
from handover.importing.writing import SYSTEM, write
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


@dataclass(frozen=True)
class Wish:
    """What a run is asked for beside new rows, and who hears of it.

    `apply`: changes of what is held. `name_missing`: say which registrations the file no longer lists (the rule is in
    `closing`); `close_missing`: close them. `missing` and `resumed` are called with what was found, and with the row
    after which a killed run goes on.
    """

    apply: bool = False
    name_missing: bool = False
    close_missing: bool = False
    missing: Callable[[Missing], None] | None = None
    resumed: Callable[[int], None] | None = None


@dataclass
class Counts:
    """How the rows of a run ended."""

    rows: int = 0
    created: int = 0
    unchanged: int = 0
    different: int = 0
    refused: int = 0
    warnings: int = 0
    updated: int = 0
    conflicts: int = 0
    missing: int = 0
    closed: int = 0
    differences: dict[str, int] = field(default_factory=dict)


NUMBERS = tuple(one.name for one in fields(Counts) if one.name != "differences")


def run(
    path: Path,
    *,
    dry_run: bool,
    on_record_since: date | None,
    clock: Callable[[], datetime],
    reporter: Reporter,
    wish: Wish | None = None,
) -> Counts:
    """Import `path`, or with `dry_run` only say what an import would do.

    Rows go in by pieces of `PIECE`, each a transaction of its own with its events and the place it came to: the same
    file with the same wish goes on after the last piece of a run that was killed. A refused row leaves nothing; the
    others of its piece go in. What is held already is compared, and changed only where `wish` says so.
    `on_record_since` says since when the contact points count (None: the day of the run's beginning); `clock` is asked
    once a piece. Raises `Unusable` before anything is written, `Busy` while another import runs.
    """
    source = inspect(path)
    wish = wish or Wish()
    if dry_run:
        return _Run(source, reporter, wish, clock, log=None).go()
    with only_one():
        log = _find_killed(source, on_record_since, wish)
        if log and wish.resumed:
            wish.resumed(log.last_row)
        return _Run(source, reporter, wish, clock, log or _begin(source, on_record_since, wish, clock())).go()


class _Run:
    """The state of one run; `log` is None for a dry one."""

    def __init__(
        self, source: Source, reporter: Reporter, wish: Wish, clock: Callable[[], datetime], log: ImportRun | None
    ) -> None:
        self.source, self.reporter, self.wish, self.clock, self.log = source, reporter, wish, clock, log
        self.counts = Counts()
        if log:
            self.counts = Counts(**{name: getattr(log, name) for name in NUMBERS}, differences=dict(log.differences))

    def go(self) -> Counts:
        began = self.log.started_at if self.log else self.clock()
        with Seen() as seen:
            for piece in _pieces(rows(self.source)):
                self._piece(piece, seen)
                reset_queries()  # with DEBUG on, Django keeps the text of every statement
            if (self.wish.name_missing or self.wish.close_missing) and not self.counts.refused:
                self._missing(seen, began)
        if self.log:
            telling.tell(self.log, actor=SYSTEM, at=self.clock())
            self._finish(self.log)
        return self.counts

    def _piece(self, piece: list[Row], seen: Seen) -> None:
        last = piece[-1].number
        if self.log and last <= self.log.last_row:
            _remember(piece, self.source, seen)
            return
        refused = Counts()
        parsed = list(_good(piece, self.source, seen, refused, self.reporter))
        self.counts.rows += refused.rows
        self.counts.refused += refused.refused
        if self.log is None:
            made = plan(parsed, self.source.header, at=self.clock())
            self._count(made)
        else:
            made = self._write(self.log, parsed, last)
        self._tell(made)
        self.reporter.progress(last - 1, self.source.rows)

    def _write(self, log: ImportRun, parsed: list[Parsed], last: int) -> Plan:
        at = self.clock()
        with transaction.atomic(durable=True):
            made = plan(parsed, self.source.header, at=at, is_locking=True)
            if made.new:
                write(made.new, log, at=at)
            if made.changes and self.wish.apply:
                apply(made.changes, log, at=at)
            if made.differences:
                canaries.touched_by_import({one.number for one in made.differences}, at=at)
            self._count(made)
            log.last_row = last
            self._keep(log, at)
        return made

    def _missing(self, seen: Seen, began: datetime) -> None:
        covered = Covered(seen, began)
        after, at = (self.log.checked_pk if self.log else 0), self.clock()
        for found in closing.missing(seen, covered, before=began, after_pk=after, at=at):
            self.counts.missing += len(found)
            if self.log and found:
                self._close(self.log, found)
            for one in found:
                if self.wish.missing:
                    self.wish.missing(one)
            reset_queries()

    def _close(self, log: ImportRun, found: list[Missing]) -> None:
        at = self.clock()
        with transaction.atomic(durable=True):
            canaries.touched_by_import({one.registration.number for one in found}, at=at)
            if self.wish.close_missing:
                self.counts.closed += closing.close(found, log, at=at)
            log.checked_pk = found[-1].registration.pk
            self._keep(log, at)

    def _keep(self, log: ImportRun, at: datetime) -> None:
        """Write how far the run came, with the piece that brought it there."""
        log.heard_at = at
        for name in NUMBERS:
            setattr(log, name, getattr(self.counts, name))
        log.differences = self.counts.differences
        log.save(update_fields=["heard_at", "last_row", "checked_pk", "differences", *NUMBERS])

    def _count(self, made: Plan) -> None:
        self.counts.created += len(made.new)
        self.counts.unchanged += made.unchanged
        self.counts.different += made.different
        self.counts.refused += len(made.problems)
        self.counts.warnings += len(made.warnings)
        self.counts.updated += len(made.changes) if self.log and self.wish.apply else 0
        self.counts.conflicts += sum(one.fate in ("conflict", "protected") for one in made.differences)
        for one in made.differences:
            self.counts.differences[one.column] = self.counts.differences.get(one.column, 0) + 1

    def _tell(self, made: Plan) -> None:
        for problem in made.problems:
            self.reporter.problem(problem)
        for warning in made.warnings:
            self.reporter.warning(warning)
        for difference in made.differences:
            self.reporter.difference(difference)

    def _finish(self, log: ImportRun) -> None:
        at = self.clock()
        with transaction.atomic(durable=True):
            log.finished_at = at
            log.save(update_fields=["finished_at"])
            self._keep(log, at)
            facts = {"sha256": log.file_hash, "on_record_since": log.on_record_since.isoformat(), **asdict(self.counts)}
            record.event("register.imported", actor=SYSTEM, at=at, subject=log.label, facts=facts)


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


def _remember(piece: list[Row], source: Source, seen: Seen) -> None:
    """Take the numbers of a piece that a killed run has committed: later rows are compared with them."""
    for row in piece:
        checked = check(row, len(source.header))
        if isinstance(checked, Parsed):
            seen.first(checked.number, row.number)


def _find_killed(source: Source, on_record_since: date | None, wish: Wish) -> ImportRun | None:
    """Return the run of this very file, with this wish, that was not finished; whoever holds the lock is alone."""
    found = ImportRun.objects.filter(
        file_hash=source.sha256,
        finished_at=None,
        applies=wish.apply,
        names_missing=wish.name_missing,
        closes_missing=wish.close_missing,
        # One from before runs could go on tells no place; beginning anew does no harm.
        total=source.rows,
    )
    if on_record_since:
        found = found.filter(on_record_since=on_record_since)
    return found.order_by("-pk").first()


def _begin(source: Source, on_record_since: date | None, wish: Wish, at: datetime) -> ImportRun:
    return ImportRun.objects.create(
        started_at=at,
        heard_at=at,
        file_name=source.path.name[:200],
        file_hash=source.sha256,
        on_record_since=on_record_since or timezone.localdate(at),
        total=source.rows,
        applies=wish.apply,
        names_missing=wish.name_missing,
        closes_missing=wish.close_missing,
    )
