"""Search the register for each line of a CSV of claims; capability P19 in bulk. Columns: interfaces of the project."""

import csv
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from desk.models import Statement
from handover.importing.reading import Unusable
from recovery.matching import candidates
from recovery.matching.claims import COLUMNS, read

HEADER = ("claim_id", "rank", "registration_number", "score")


class Command(BaseCommand):
    help = f"Search the register for each claim of a CSV (UTF-8 or cp932). Columns: {', '.join(COLUMNS)}."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE.csv")
        parser.add_argument("--top", type=int, default=10, metavar="N", help="candidates of each claim (default: 10)")
        parser.add_argument("--output", type=Path, required=True, metavar="OUT.csv")

    def handle(self, *args: Any, file: Path, top: int, output: Path, **options: Any) -> None:
        if top < 1:
            raise CommandError(_("--top has to be at least 1."), returncode=2)
        try:
            claims = read(file)
        except Unusable as error:
            raise CommandError(f"{file.name}: {error}", returncode=2) from error
        try:
            with output.open("w", encoding="utf-8", newline="") as out:
                found = self._write(csv.writer(out, lineterminator="\n"), claims, top)
        except OSError as error:
            words = _("%(path)s cannot be written: %(reason)s.")
            raise CommandError(words % {"path": output, "reason": error.strerror or error}, returncode=2) from error
        words = _("%(found)d of %(all)d claims have a candidate.")
        self.stdout.write(words % {"found": found, "all": len(claims)})

    def _write(self, out: Any, claims: list[tuple[str, Statement]], top: int) -> int:
        """Write the candidates of each claim, the best first; return how many claims have any."""
        out.writerow(HEADER)
        found = 0
        for claim_id, statement in claims:
            rows = candidates(statement, limit=top)
            found += bool(rows)
            out.writerows((claim_id, rank, one.number, f"{one.score:.4f}") for rank, one in enumerate(rows, 1))
        return found
