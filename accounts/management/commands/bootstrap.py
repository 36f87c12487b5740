"""`manage.py bootstrap ADDRESS`: the way in for the provider's first two people."""

from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.core.validators import validate_email
from django.utils import timezone

from accounts import links, transitions
from accounts.errors import Refused
from audit.record import System


class Command(BaseCommand):
    help = (
        "Print a link of one use, good for seven days, that makes ADDRESS a member of the provider. Allowed for the "
        "first two people: from then on each invitation into the provider is made by one and agreed to by another."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("address", metavar="ADDRESS", help="mail address of the person")
        parser.add_argument("--name", default="", help="name, which the person can correct")
        parser.add_argument(
            "--staff-number",
            default="1",
            help="tells natural persons apart; the second person has another one (default 1)",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Exit status 2: unusable address. 1: refused, with the reason."""
        try:
            validate_email(options["address"])
        except ValidationError as error:
            raise CommandError(f"not a mail address: {options['address']}", returncode=2) from error
        try:
            _invitation, token = transitions.bootstrap(
                email=options["address"],
                display_name=options["name"],
                staff_number=options["staff_number"],
                actor=System("bootstrap"),
                at=timezone.now(),
            )
        except Refused as refusal:
            raise CommandError(str(refusal.words), returncode=1) from refusal
        self.stdout.write(links.link(token))
