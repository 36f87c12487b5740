"""`restore DIR`: a backup into an empty place."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from django.core.management.base import BaseCommand, CommandError, CommandParser

from audit import checkpoints, sealed
from config.backup import restoring
from config.backup.errors import DAMAGED, BackupError
from handover import reerasing

T = TypeVar("T")


class Command(BaseCommand):
    help = (
        "Give the backup in DIR back into an empty database and an empty folder of papers, and verify it. "
        "Exit 0: all is there; 1: refused, nothing was written; 3: not what was backed up, or papers damaged before; "
        "4: the log is older than the checkpoint, or another one."
    )
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path, metavar="DIR", help="what `backup` wrote")
        parser.add_argument("--checkpoint", type=Path, help="a file that `checkpoint` wrote and that was kept outside")
        parser.add_argument("--erasures", type=Path, help="a file that `erasures` wrote: what it lists is erased again")
        parser.add_argument("--even-older", action="store_true", help="also where the log ends before the checkpoint")

    def handle(self, *args: Any, **options: Any) -> None:
        outside = self._kept(checkpoints.read, options["checkpoint"])
        erasures = self._kept(reerasing.read, options["erasures"])
        try:
            restored = restoring.restore(
                options["folder"],
                outside=outside,
                even_older=options["even_older"],
                progress=self.stderr.write,
                erasures=erasures,
            )
        except BackupError as error:
            raise CommandError(str(error), returncode=error.status) from error
        taken = restored.taken
        self.stdout.write(f"restored the state of {taken.at}: {len(taken.files) - 1} papers, every one opened")
        self.stdout.write(f"{taken.log.sequence} events, intact, head {taken.log.head}")
        if outside is None:
            self.stdout.write("No checkpoint from outside was given: that this is the newest log was not checked.")
        if erasures is None:
            self.stdout.write("No list of erasures was given: what was erased after the backup is here again.")
        else:
            self.stdout.write(f"{restored.erased_again} of {len(erasures)} erasures were applied again.")
        if restored.newer:
            self.stdout.write("This release is newer than the backup: run migrate before the start.")
        if restored.damaged:
            told = f"{len(restored.damaged)} papers were damaged or missing when it was taken: "
            raise CommandError(told + ", ".join(restored.damaged[:5]), returncode=DAMAGED)

    def _kept(self, read: Callable[[Path], T], path: Path | None) -> T | None:
        """Return what is in a signed file that was kept outside."""
        try:
            return read(path) if path else None
        except (OSError, sealed.NotOurs) as error:
            raise CommandError(f"{path}: {error}") from error
