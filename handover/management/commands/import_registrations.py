"""Load a register from CSV; the columns are in docs/operation.md and in `--help`."""

from argparse import ArgumentParser
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import gettext as _

from handover import importing
from handover.importing.checking import Problem
from handover.importing.planning import Difference

EVERY = 5_000
"""Rows between two lines of progress where the output is no terminal."""


class Command(BaseCommand):
    help = f"Import registrations from CSV (UTF-8 or cp932). Columns: {', '.join(importing.COLUMNS)}."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE.csv")
        parser.add_argument("--dry-run", action="store_true", help="say what would happen and write nothing")
        parser.add_argument(
            "--on-record-since",
            type=date.fromisoformat,
            metavar="YYYY-MM-DD",
            help="since when the contact points count as on record (default: today)",
        )

    def handle(self, *args: Any, file: Path, dry_run: bool, on_record_since: date | None, **options: Any) -> None:
        today = timezone.localdate()
        if on_record_since and on_record_since > today:
            raise CommandError(_("--on-record-since lies in the future."), returncode=2)
        self.file, self.printed = file.name, 0
        try:
            counts = importing.run(
                file, dry_run=dry_run, on_record_since=on_record_since or today, clock=timezone.now, reporter=self
            )
        except importing.Unusable as error:
            raise CommandError(f"{self.file}: {error}", returncode=2) from error
        self._end_progress()
        self.stdout.write(self._summary(counts, dry_run))
        if counts.refused:
            words = _("%(count)d rows were refused: put them right and run this again; the others stay as they are.")
            raise CommandError(words % {"count": counts.refused}, returncode=1)

    def problem(self, problem: Problem) -> None:
        self._end_progress()
        self.stderr.write(self.style.ERROR(self._place(problem.row, problem.column) + problem.words))

    def warning(self, problem: Problem) -> None:
        self._end_progress()
        words = _("Warning: %(words)s") % {"words": problem.words}
        self.stderr.write(self.style.WARNING(self._place(problem.row, problem.column) + words))

    def difference(self, difference: Difference) -> None:
        self._end_progress()
        words = _("%(number)s is held otherwise and was not changed: was “%(was)s”, would be “%(would_be)s”") % {
            "number": difference.number,
            "was": difference.was,
            "would_be": difference.would_be,
        }
        self.stdout.write(self._place(difference.row, difference.column) + words)

    def progress(self, done: int, total: int) -> None:
        if self.stdout.isatty():
            self.stdout.write(f"\r{done} / {total}", ending="")
            self.stdout.flush()
            self.printed = done
        elif done // EVERY > self.printed // EVERY:
            self.stdout.write(f"{done} / {total}")
            self.printed = done

    def _end_progress(self) -> None:
        if self.printed and self.stdout.isatty():
            self.stdout.write("\r" + " " * 40 + "\r", ending="")
            self.printed = 0

    def _place(self, row: int, column: str) -> str:
        # The same in every language, for people and for programs that look for it.
        return f"{self.file}: row {row}: {column}: "

    def _summary(self, counts: importing.Counts, dry_run: bool) -> str:
        words = _(
            "%(rows)d rows: %(created)d new, %(unchanged)d unchanged, %(different)d different, %(refused)d refused,"
            " %(warnings)d warnings."
        )
        text = words % vars(counts)
        return _("Dry run, nothing was written. %(text)s") % {"text": text} if dry_run else text
