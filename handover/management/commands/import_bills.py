"""Take in what bills named: number, month and amount, and the kind of place, as the billing system exports them."""

import csv
import re
from argparse import ArgumentParser
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from audit.record import System
from handover import transitions
from handover.models import BillReference
from handover.transitions.billing import Billed

IMPORT = System("import_bills")
COLUMNS = ("bill_reference", "month", "amount")
MONTH = re.compile(r"(20\d\d)-(0[1-9]|1[0-2])")
AMOUNT = re.compile(r"\d{1,10}")
PIECE = 500


class Command(BaseCommand):
    help = (
        "Read a CSV (UTF-8) with the columns bill_reference, month (2026-10), amount (yen) and, if you like, site"
        " (office, shop, works, school, care, unstaffed, other). Amounts are kept as prints only. Safe to repeat."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, metavar="BILLS.csv")

    def handle(self, *args: Any, file: Path, **options: Any) -> None:
        counts: dict[str, int] = {}
        # Read to the end first: a file with a wrong row is refused whole.
        rows = list(_rows(file))
        for start in range(0, len(rows), PIECE):
            piece = rows[start : start + PIECE]
            for name, number in transitions.record_bills(piece, actor=IMPORT, at=timezone.now()).items():
                counts[name] = counts.get(name, 0) + number
        self.stdout.write(", ".join(f"{name}: {number}" for name, number in counts.items()) or "no rows")


def _rows(file: Path) -> Iterator[Billed]:
    try:
        with file.open(encoding="utf-8-sig", newline="") as lines:
            reader = csv.DictReader(lines)
            if missing := set(COLUMNS) - set(reader.fieldnames or ()):
                raise CommandError(f"{file} lacks the columns {', '.join(sorted(missing))}.", returncode=2)
            for row in reader:
                yield _row(row, reader.line_num)
    except (OSError, UnicodeDecodeError) as error:
        raise CommandError(f"{file} cannot be read: {error}.", returncode=2) from error


def _row(row: dict[str, str | None], line: int) -> Billed:
    reference, month, amount, site = ((row.get(name) or "").strip() for name in (*COLUMNS, "site"))
    parsed = MONTH.fullmatch(month)
    # The amount itself is not repeated: what a log or a screen shows is kept.
    if not reference or parsed is None or not AMOUNT.fullmatch(amount):
        raise CommandError(
            f"Line {line} is not a bill reference, a month (2026-10) and an amount in yen.", returncode=2
        )
    if site and site not in BillReference.Site.values:
        raise CommandError(f"Line {line} names an unknown kind of place.", returncode=2)
    return Billed(reference, date(int(parsed[1]), int(parsed[2]), 1), int(amount), site)
