"""What a mail server said about a recipient: refused at sending, or reported later (RFC 3464)."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from email.message import Message
from email.utils import parseaddr
from smtplib import SMTPRecipientsRefused

from outbox.models import Notice

ENHANCED = re.compile(r"\b([245])\.(\d{1,3})\.(\d{1,3})\b")
FOR_GOOD = frozenset({550, 551, 553})
"""Replies that speak of the mailbox itself (RFC 5321, 4.2.3); 552 and 554 also mean a full one, or our own fault."""
REFUSED = "SMTPRecipientsRefused"
"""The class of error that stands in `Notice.last_error` when the recipient was refused, not the whole delivery."""


@dataclass(frozen=True)
class Report:
    """One recipient of a report of failed delivery: whose mail it was, and what became of it."""

    message_id: str
    address: str
    status: str


def status_of(error: Exception) -> str | None:
    """Return the status of a refusal for good of the recipient (may be empty), None for every other error.

    A server that is away, refuses our sign-in or takes us for a spammer (5.7) says nothing about the recipient.
    """
    if not isinstance(error, SMTPRecipientsRefused) or not error.recipients:
        return None
    found = ""
    for code, words in error.recipients.values():
        text = words.decode(errors="replace") if isinstance(words, bytes) else str(words)
        enhanced = ENHANCED.search(text)
        if enhanced and not is_for_good(enhanced[0]):
            return None
        if not enhanced and code not in FOR_GOOD:
            return None
        found = enhanced[0] if enhanced else ""
    return found


def is_for_good(status: str) -> bool:
    """Whether an enhanced status code (RFC 3463) says that the address itself is no good: 5.1.x, or disabled 5.2.1."""
    return status.startswith("5.1.") or status == "5.2.1"


def reports(message: Message) -> Iterator[Report]:
    """Yield what a delivery status notification says of each recipient that failed for good."""
    if message.get_content_type() != "multipart/report":
        return
    original = _original_id(message)
    for part in message.walk():
        if part.get_content_type() != "message/delivery-status":
            continue
        blocks = part.get_payload()
        for block in _messages(blocks):
            status = str(block.get("Status", "")).split("(")[0].strip()
            if str(block.get("Action", "")).strip().lower() != "failed" or not is_for_good(status):
                continue
            named = block.get("Original-Recipient") or block.get("Final-Recipient") or ""
            yield Report(original, parseaddr(str(named).partition(";")[2].strip())[1], status)


def _messages(payload: object) -> list[Message]:
    return [each for each in payload if isinstance(each, Message)] if isinstance(payload, list) else []


def _original_id(message: Message) -> str:
    """Return the Message-ID of the mail that a report is about, wherever the server put it."""
    for part in message.walk():
        if part.get_content_type() == "message/rfc822":
            for inner in _messages(part.get_payload()):
                return str(inner.get("Message-ID", "")).strip()
        if part.get_content_type() in ("text/rfc822-headers", "message/rfc822-headers"):
            found = re.search(r"^Message-ID:\s*(<[^>]+>)", str(part.get_payload()), re.IGNORECASE | re.MULTILINE)
            if found:
                return found[1]
    return str(message["In-Reply-To"] or "").strip()


def find(message_id: str) -> Notice | None:
    """Return the mail with this Message-ID, if we sent or tried to send it."""
    return Notice.objects.filter(message_id=message_id, channel=Notice.Channel.MAIL).first() if message_id else None


def mark(notice: Notice, *, status: str, at: datetime) -> bool:
    """Note that `notice` bounced; returns False when that was known. The caller says what follows."""
    return bool(Notice.objects.filter(pk=notice.pk, bounced_at=None).update(bounced_at=at, bounce_status=status[:12]))
