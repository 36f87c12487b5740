"""Mail as files, until a mail server is configured."""

from collections.abc import Sequence
from email.utils import parsedate_to_datetime
from typing import Any

from django.conf import settings
from django.core.mail.backends.base import BaseEmailBackend
from django.core.mail.message import EmailMessage


class MailFolder(BaseEmailBackend):
    """Write each mail as one `.eml` file into `settings.MAIL_DIR`, named by time and recipient."""

    def __init__(self, fail_silently: bool = False, **kwargs: Any) -> None:
        super().__init__(fail_silently=fail_silently)

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        folder = settings.MAIL_DIR
        folder.mkdir(parents=True, exist_ok=True)
        for number, message in enumerate(email_messages):
            sent = message.message()
            name = f"{sent['Message-ID'].strip('<>').partition('@')[0]}"
            stamp = message_stamp(sent["Date"])
            to = "".join(c if c.isalnum() or c in "@.-_" else "-" for c in (message.to or ["nobody"])[0])
            draft = folder / f".{name}-{number}"
            draft.write_bytes(sent.as_bytes())
            draft.rename(folder / f"{stamp}-{to}-{name[:8]}.eml")
        return len(email_messages)


def message_stamp(date: str) -> str:
    """Return a sortable stamp such as `20261127-093000` from a mail's Date header."""
    return parsedate_to_datetime(date).strftime("%Y%m%d-%H%M%S")
