"""Read reports of failed delivery (RFC 3464) and mark the accounts and contact points that they are about."""

import mailbox
import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from email import message_from_binary_file, message_from_bytes
from email.message import Message
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from accounts.errors import WrongState
from audit.record import System
from handover import transitions
from outbox import bounces

BOUNCES = System("record_bounces")


class Command(BaseCommand):
    help = "Read reports of failed delivery from a file, an mbox, a Maildir or standard input (-). Safe to repeat."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("source", metavar="FILE", help="one mail, an mbox, a Maildir, or - for standard input")

    def handle(self, *args: Any, source: str, **options: Any) -> None:
        counts = {"recorded": 0, "known": 0, "unknown": 0, "no report": 0}
        for message in _messages(source):
            found = list(bounces.reports(message))
            if not found:
                counts["no report"] += 1
            for report in found:
                counts[_record(report)] += 1
        self.stdout.write(", ".join(f"{name}: {count}" for name, count in counts.items()))


def _record(report: bounces.Report) -> str:
    notice = bounces.find(report.message_id)
    if notice is None:
        return "unknown"
    try:
        transitions.record_bounce(notice_pk=notice.pk, status=report.status, actor=BOUNCES, at=timezone.now())
    except WrongState:
        return "known"
    return "recorded"


def _messages(source: str) -> Iterator[Message]:
    """Yield the mails of `source`, whatever it is."""
    if source == "-":
        yield message_from_binary_file(sys.stdin.buffer)
        return
    path = Path(source)
    if not path.exists():
        raise CommandError(f"{source} does not exist.", returncode=2)
    if path.is_dir():
        if not (path / "cur").is_dir() and not (path / "new").is_dir():
            raise CommandError(f"{source} is no Maildir: it has neither new nor cur.", returncode=2)
        for sub in ("new", "cur"):
            for mail in sorted((path / sub).glob("*")):
                yield message_from_bytes(mail.read_bytes())
        return
    if path.read_bytes()[:5] == b"From ":
        yield from mailbox.mbox(path)
        return
    yield message_from_bytes(path.read_bytes())
