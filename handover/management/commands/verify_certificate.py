"""`verify_certificate`: what a file that somebody presents is worth."""

import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from handover import certificates


class Command(BaseCommand):
    help = (
        "Print valid, superseded, withdrawn, altered, unknown or unchecked (the check did not end). "
        "Exit 0: valid; 1: anything else; 2: unusable input."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="the PDF as it was presented")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            data = options["file"].read_bytes()
        except OSError as error:
            self.stderr.write(f"{options['file']}: {error.strerror}")
            sys.exit(2)
        answer = certificates.check_file([data])
        self.stdout.write(f"{answer.state} ({answer.reason.value})" if answer.reason else answer.state)
        sys.exit(0 if answer.state == certificates.VALID else 1)
