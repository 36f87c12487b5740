"""`issue_certificate`: a certificate as a file, for operations."""

import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from accounts.errors import DomainError
from audit.record import System
from handover import documents, transitions
from handover.queries import certificates as queries


class Command(BaseCommand):
    help = "Issue a certificate of a registration. Exit 1: it cannot be issued; 2: unusable input."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("number", help="number of the registration")
        parser.add_argument("--language", choices=["ja", "en"], default="ja")
        parser.add_argument("--output", required=True, type=Path, help="file to write")

    def handle(self, *args: Any, **options: Any) -> None:
        registration = queries.find_registration(options["number"])
        if registration is None:
            self.stderr.write(f"number: there is no registration {options['number']}")
            sys.exit(2)
        output: Path = options["output"]
        if not output.parent.is_dir():
            self.stderr.write(f"--output: there is no folder {output.parent}")
            sys.exit(2)
        try:
            made = transitions.issue_certificate(
                registration_pk=registration.pk,
                language=options["language"],
                actor=System("issue_certificate"),
                at=timezone.now(),
            )
        except DomainError as said_no:
            self.stderr.write(f"{registration.number}: {said_no.words}")
            sys.exit(1)
        output.write_bytes(documents.read_bytes(made.blob))
        self.stdout.write(f"{made.serial} {output}")
