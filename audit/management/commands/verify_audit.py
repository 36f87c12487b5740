"""`verify_audit`: is the log whole?"""

import sys
from typing import Any

from django.core.management.base import BaseCommand

from audit import verify


class Command(BaseCommand):
    help = "Recompute the hash chain of the log. Exit 0: intact; 1: the first bad sequence number is printed."

    def handle(self, *args: Any, **options: Any) -> None:
        result = verify.run()
        if result.first_bad is None:
            self.stdout.write(f"{result.count} events, intact, head {result.head}")
            return
        self.stdout.write(f"{result.count} events hold; first bad sequence number: {result.first_bad}")
        sys.exit(1)
