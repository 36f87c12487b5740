"""Load a register from CSV; the columns are in docs/operation.md and in `--help`."""

import csv
import time
from argparse import ArgumentParser
from contextlib import ExitStack
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import gettext as _

from handover import importing
from handover.importing.checking import Problem
from handover.importing.differing import Difference, Fate
from handover.importing.wording import why_not
from handover.spreadsheets import harmless

EVERY = 2.0
"""Seconds between two lines of progress."""
SHOWN = 200
"""Differences that are printed; all of them go to the file of --differences."""


class Command(BaseCommand):
    help = f"Import registrations from CSV (UTF-8 or cp932). Columns: {', '.join(importing.COLUMNS)}."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE.csv")
        parser.add_argument("--dry-run", action="store_true", help="say what would happen and write nothing")
        parser.add_argument("--apply", action="store_true", help="change what is held already, as the file says")
        parser.add_argument(
            "--closures",
            action="store_true",
            help="name registrations of the organisations in the file that it no longer lists (the file must have no"
            " refused row and list at least half of an organisation's registrations)",
        )
        parser.add_argument(
            "--close-missing", action="store_true", help="with --apply: close what --closures names, for good"
        )
        parser.add_argument("--differences", type=Path, metavar="OUT.csv", help="write every difference there")
        parser.add_argument("--progress", action="store_true", help="say on stderr how far it came, also in a pipe")
        parser.add_argument(
            "--on-record-since",
            type=date.fromisoformat,
            metavar="YYYY-MM-DD",
            help="since when the contact points count as on record (default: today)",
        )

    def handle(self, *args: Any, file: Path, on_record_since: date | None, **options: Any) -> None:
        self._refuse_wishes(on_record_since, options)
        self.file, self.shown, self.line, self.dry_run = file.name, 0, 0, options["dry_run"]
        self.is_applying, self.is_closing = options["apply"], options["close_missing"]
        self.tells_progress = options["progress"] or self.stderr.isatty()
        self.began = self.told = time.monotonic()
        self.before: int | None = None
        with ExitStack() as stack:
            self.table = self._table(stack, options["differences"])
            counts = self._run(file, on_record_since, options)
        self._end_progress()
        self.stdout.write(self._summary(counts))
        if counts.refused:
            words = _("%(count)d rows were refused: put them right and run this again; the others stay as they are.")
            raise CommandError(words % {"count": counts.refused}, returncode=1)

    def _refuse_wishes(self, on_record_since: date | None, options: dict[str, Any]) -> None:
        if on_record_since and on_record_since > timezone.localdate():
            raise CommandError(_("--on-record-since lies in the future."), returncode=2)
        if options["dry_run"] and options["apply"]:
            raise CommandError(_("--dry-run writes nothing and --apply does: choose one."), returncode=2)
        if options["close_missing"] and not options["apply"]:
            raise CommandError(_("--close-missing closes registrations: it needs --apply."), returncode=2)

    def _run(self, file: Path, on_record_since: date | None, options: dict[str, Any]) -> importing.Counts:
        wish = importing.Wish(
            apply=options["apply"],
            name_missing=options["closures"] or options["close_missing"],
            close_missing=options["close_missing"],
            missing=self.missing,
            resumed=self.resumed,
        )
        try:
            return importing.run(
                file,
                dry_run=self.dry_run,
                on_record_since=on_record_since,
                clock=timezone.now,
                reporter=self,
                wish=wish,
            )
        except importing.Busy as error:
            raise CommandError(str(error), returncode=1) from error
        except importing.Unusable as error:
            raise CommandError(f"{self.file}: {error}", returncode=2) from error

    def _table(self, stack: ExitStack, path: Path | None) -> Any:
        if path is None:
            return None
        try:
            # Appended, so that the list of a killed run goes on; with a mark, so that spreadsheets read it as UTF-8.
            encoding = "utf-8" if path.exists() else "utf-8-sig"
            out = stack.enter_context(path.open("a", encoding=encoding, newline=""))
        except OSError as error:
            words = _("%(path)s cannot be written: %(reason)s.")
            raise CommandError(words % {"path": path, "reason": error.strerror or error}, returncode=2) from error
        table = csv.writer(out)
        if out.tell() == 0:
            table.writerow(["row", "number", "column", "was", "would_be", "fate"])
        return table

    def problem(self, problem: Problem) -> None:
        self._end_progress()
        self.stderr.write(self.style.ERROR(self._place(problem.row, problem.column) + problem.words))

    def warning(self, problem: Problem) -> None:
        self._end_progress()
        words = _("Warning: %(words)s") % {"words": problem.words}
        self.stderr.write(self.style.WARNING(self._place(problem.row, problem.column) + words))

    def difference(self, difference: Difference) -> None:
        """Print one difference, the first `SHOWN` of them; write each to the table."""
        one = difference
        if self.table:
            cells = [one.number, one.column, one.was, one.would_be, str(one.fate)]
            # What a spreadsheet would run as a formula is marked as text.
            self.table.writerow([one.row, *map(harmless, cells)])
        self.shown += 1
        if self.shown > SHOWN:
            return
        self._end_progress()
        if one.fate == Fate.APPLIES and self.is_applying:
            words = _("%(number)s was changed: was “%(was)s”, is “%(would_be)s”")
        elif one.fate == Fate.APPLIES:
            words = _("%(number)s is held otherwise and was not changed: was “%(was)s”, would be “%(would_be)s”")
        else:
            words = _("%(number)s is held otherwise and stays: is “%(was)s”, would be “%(would_be)s”. %(why)s")
        given = {"number": one.number, "was": one.was, "would_be": one.would_be, "why": why_not(one.fate)}
        self.stdout.write(self._place(one.row, one.column) + words % given)
        if self.shown == SHOWN:
            self.stdout.write(_("More differences are not printed here; --differences OUT.csv writes all of them."))

    def missing(self, missing: importing.Missing) -> None:
        """Print one registration that the file no longer lists."""
        self._end_progress()
        if missing.is_protected:
            words = _("%(number)s (%(organisation)s) is not listed any more and stays: a case about it is open.")
        elif self.is_closing:
            words = _("%(number)s (%(organisation)s) is not listed any more and was closed.")
        else:
            words = _("%(number)s (%(organisation)s) is not listed any more. It stays open without --close-missing.")
        one = missing.registration
        given = {"number": one.number, "organisation": one.organisation.legal_name}
        self.stdout.write(f"{self.file}: {words % given}")

    def resumed(self, row: int) -> None:
        """Say that a killed run goes on."""
        words = _("An import of this file was stopped after row %(row)d; it goes on there.")
        self.stderr.write(words % {"row": row})

    def progress(self, done: int, total: int) -> None:
        """Say how far it came, at most every `EVERY` seconds: rows, rows a second, time left."""
        now = time.monotonic()
        if self.before is None:
            self.before = max(0, done - importing.PIECE)
        if not self.tells_progress or (now - self.told < EVERY and done < total):
            return
        self.told = now
        rate = (done - self.before) / max(now - self.began, 0.001)
        left = int((total - done) / rate) if rate else 0
        words = _("%(done)d / %(total)d rows, %(rate)d rows a second, %(minutes)d:%(seconds)02d left")
        text = words % {
            "done": done,
            "total": total,
            "rate": rate,
            "minutes": left // 60,
            "seconds": left % 60,
        }
        if self.stderr.isatty():
            self.stderr.write("\r" + text.ljust(self.line), ending="")
            self.stderr.flush()
            self.line = len(text)
        else:
            self.stderr.write(text)

    def _end_progress(self) -> None:
        if self.line:
            # A Japanese sign takes two places.
            self.stderr.write("\r" + " " * self.line * 2 + "\r", ending="")
            self.line = 0

    def _place(self, row: int, column: str) -> str:
        # The same in every language, for people and for programs that look for it.
        return f"{self.file}: row {row}: {column}: "

    def _summary(self, counts: importing.Counts) -> str:
        words = _(
            "%(rows)d rows: %(created)d new, %(unchanged)d unchanged, %(different)d different, %(refused)d refused,"
            " %(warnings)d warnings."
        )
        lines = [words % vars(counts)]
        if counts.differences:
            found = ", ".join(f"{column} {count}" for column, count in sorted(counts.differences.items()))
            lines.append(_("Differences by column: %(found)s.") % {"found": found})
        if self.is_applying:
            words = _("%(updated)d registrations changed, %(conflicts)d cells kept as people had changed them.")
            lines.append(words % vars(counts))
        if counts.missing:
            lines.append(_("%(missing)d not listed any more, %(closed)d of them closed.") % vars(counts))
        text = "\n".join(lines)
        return _("Dry run, nothing was written. %(text)s") % {"text": text} if self.dry_run else text
