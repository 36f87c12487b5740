"""`erasures FILE`: a signed list of what was erased, to be kept outside; `--apply` erases it again after a restore."""

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from audit import sealed
from handover import reerasing


class Command(BaseCommand):
    help = (
        "Write a signed list of everything that two persons erased. Keep it beside the checkpoint, on another machine: "
        "`restore DIR --erasures FILE` erases it again. With --apply, erase here what FILE lists."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE", help="a new file; with --apply, one written before")
        parser.add_argument("--apply", action="store_true", help="erase again what is listed and still here")

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"]
        try:
            if options["apply"]:
                listed = reerasing.read(path)
                done = reerasing.apply(listed, at=timezone.now())
                self.stdout.write(f"{done} of {len(listed)} erasures had to be applied again")
                return
            document = reerasing.signed(at=timezone.now())
            with path.open("x") as file:
                file.write(json.dumps(document, indent=1) + "\n")
        except (OSError, sealed.NotOurs) as error:
            words = error.strerror if isinstance(error, OSError) else error
            raise CommandError(f"{path}: {words}") from error
        self.stdout.write(f"{len(document['erasures'])} erasures")
