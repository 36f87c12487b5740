"""`backup DIR`: everything that cannot be made anew, while people work."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from config.backup import taking
from config.backup.errors import DAMAGED, BackupError


class Command(BaseCommand):
    help = (
        "Write database and papers into the new folder DIR, with a signed list of what is in it. "
        "Exit 0: whole; 1: nothing was kept; 3: kept, but papers were damaged before."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path, metavar="DIR", help="a folder that is not there yet, or empty")

    def handle(self, *args: Any, **options: Any) -> None:
        folder: Path = options["folder"]
        try:
            taken = taking.take(folder, at=timezone.now(), progress=self._progress)
        except BackupError as error:
            raise CommandError(str(error), returncode=error.status) from error
        papers = len(taken.files) - 1
        self.stdout.write(f"{folder}: {taken.database}, {sum(taken.counts.values())} rows, {papers} papers")
        self.stdout.write(f"log: {taken.log.sequence} events, head {taken.log.head}")
        self.stdout.write("Not in it, keep apart from it: DATA_DIR/secrets.json, or the variables")
        for name, which in taken.keys.items():
            self.stdout.write(f"  {name} ({', '.join(which) or 'none in use'})")
        if Path(settings.SIGNING_FILE).exists():
            self.stdout.write("  and DATA_DIR/signing.pem, the key that signs certificates")
        for name in taking.unknown_in_data_dir():
            self.stdout.write(f"Not in it: {name} in DATA_DIR")
        if taken.damaged:
            told = f"{len(taken.damaged)} papers were damaged or missing already: {', '.join(taken.damaged[:5])}"
            raise CommandError(told, returncode=DAMAGED)

    def _progress(self, words: str) -> None:
        self.stderr.write(words)
