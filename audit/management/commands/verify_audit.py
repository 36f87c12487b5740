"""`verify_audit`: is the log whole?"""

import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from audit import checkpoints, sealed, verify

OTHER_LOG = 4
"""Exit status of a log that is older than a checkpoint from outside, or another one."""


class Command(BaseCommand):
    help = (
        "Recompute the hash chain of the log. Exit 0: intact; 1: the first bad sequence number is printed; "
        "4: intact, but older than the checkpoint that was kept outside, or not the same log."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--checkpoint", type=Path, help="a file that `checkpoint` wrote and that was kept outside")

    def handle(self, *args: Any, **options: Any) -> None:
        outside = _read(options["checkpoint"]) if options["checkpoint"] else None
        result = verify.run()
        if result.first_bad is not None:
            self.stdout.write(f"{result.count} events hold; first bad sequence number: {result.first_bad}")
            sys.exit(1)
        self.stdout.write(f"{result.count} events, intact, head {result.head}")
        if outside and (found := checkpoints.compare(outside)) != checkpoints.HOLDS:
            self.stdout.write(
                f"{found} than the checkpoint of {outside.at}: that log reached event {outside.sequence}"
                f" with hash {outside.head}"
            )
            sys.exit(OTHER_LOG)


def _read(path: Path) -> checkpoints.Checkpoint:
    try:
        return checkpoints.read(path)
    except (OSError, sealed.NotOurs) as error:
        raise CommandError(f"{path}: {error}") from error
