"""Write the register as CSV, in the columns of `import_registrations`."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from handover.importing.exporting import export


class Command(BaseCommand):
    help = "Export every active registration as CSV (UTF-8), in the columns of import_registrations."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, metavar="OUT.csv")

    def handle(self, *args: Any, file: Path, **options: Any) -> None:
        try:
            # A new file for its owner only: it holds addresses and phone numbers of every customer.
            file.touch(mode=0o600, exist_ok=False)
            with file.open("w", encoding="utf-8-sig", newline="") as out:
                count = export(out)
        except OSError as error:
            words = _("%(path)s cannot be written: %(reason)s.")
            raise CommandError(words % {"path": file, "reason": error.strerror or error}, returncode=2) from error
        self.stdout.write(_("%(count)d registrations written.") % {"count": count})
