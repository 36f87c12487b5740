"""`rotate_keys`: everything encrypted under the first key of each list, while the portal runs."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from config import rotating
from config.backup import keys
from config.backup.errors import DAMAGED
from handover.vault import cipher


class Command(BaseCommand):
    help = (
        "Put every paper under the first of KEY_ENCRYPTION_KEYS and every short field under the first of FIELD_KEYS. "
        "Safe while the portal runs, once both processes were restarted with the new lists; safe to stop and to give "
        "again. Exit 0: all is under the current keys; 1: stopped, give it again; 3: something could not be opened."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            done = rotating.rotate(at=timezone.now(), progress=self.stderr.write)
        except OSError as error:
            raise CommandError(f"{error.strerror}: stopped, nothing is lost; make room and give it again") from error
        ring = cipher.keyring()
        self.stdout.write(f"{done.papers} papers rewrapped with {ring.current}, {done.fields} fields encrypted anew")
        if not done.is_whole:
            named = ", ".join([*done.damaged, *done.unreadable][:5])
            count = len(done.damaged) + len(done.unreadable)
            told = f"{count} could not be opened ({named}): keep every old key until that is mended"
            raise CommandError(told, returncode=DAMAGED)
        self._needed_no_more([name for name in ring.keys if name != ring.current])

    def _needed_no_more(self, old: list[str]) -> None:
        self.stdout.write(f"KEY_ENCRYPTION_KEYS needed no more for papers: {', '.join(old) or 'none'}")
        if old:
            self.stdout.write(
                "  They still check what they signed: checkpoints, lists of erasures, and backups taken before now. "
                "Make a new checkpoint, list and backup, and keep the old key for as long as you keep the old ones."
            )
        prints = keys.needed([])["FIELD_KEYS"][1:]
        self.stdout.write(f"FIELD_KEYS needed no more: {', '.join(prints) or 'none'} (prints as in a backup's list)")
        if len(settings.FIELD_KEYS) > 1:
            self.stdout.write("  A backup needs all that were in the list then: take these out, then make a new one.")
