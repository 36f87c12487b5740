"""Make the index of the search for a lost registration anew, from the register."""

import time
from typing import Any

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from handover.models import Registration
from recovery.matching import index

EVERY = 2.0
"""Seconds between two lines of progress."""


class Command(BaseCommand):
    help = "Make the index of the search for lost registrations anew. Safe to stop and to repeat."

    def handle(self, *args: Any, **options: Any) -> None:
        began = self.told = time.monotonic()
        self.whole = Registration.objects.count()
        done = index.rebuild(told=self._progress)
        words = _("%(count)d registrations are in the index; it took %(seconds).1f s.")
        self.stdout.write(words % {"count": done, "seconds": time.monotonic() - began})

    def _progress(self, done: int) -> None:
        now = time.monotonic()
        if now - self.told >= EVERY:
            self.told = now
            self.stderr.write(_("%(done)d of %(whole)d") % {"done": done, "whole": self.whole})
