"""`checkpoint`: sign how far the log reaches, to be kept outside."""

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from audit import checkpoints, verify


class Command(BaseCommand):
    help = "Write a signed checkpoint of the log, which is verified first. Keep it on another machine."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, nargs="?", help="a new file; without it, standard output")

    def handle(self, *args: Any, **options: Any) -> None:
        result = verify.run()
        if result.first_bad is not None:
            raise CommandError(f"the log is not whole, first bad sequence number: {result.first_bad}")
        text = json.dumps(checkpoints.sign(result.count, result.head, at=timezone.now()), indent=1)
        if options["file"] is None:
            self.stdout.write(text)
            return
        try:
            with options["file"].open("x") as file:
                file.write(text + "\n")
        except OSError as error:
            raise CommandError(f"{options['file']}: {error.strerror}") from error
        self.stdout.write(f"{result.count} events, head {result.head}")
