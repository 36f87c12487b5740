"""What the outbox would send."""

import json
import re
from typing import Any

from outbox import cipher
from outbox.models import Notice


def mails(template: str = "") -> list[dict[str, Any]]:
    """Return queued mails in the order they were queued (to, subject, body, template, recipient)."""
    rows = Notice.objects.filter(channel=Notice.Channel.MAIL, payload__isnull=False).order_by("queued_at", "event_id")
    return [
        {**json.loads(cipher.decrypt(bytes(row.payload))), "template": row.template, "recipient": row.recipient}
        for row in rows
        if not template or row.template == template
    ]


def link_in(body: str) -> str:
    """Return the path of the first link to our own origin in a mail's text."""
    found = re.search(r"http://localhost:8000(/\S+)", body)
    assert found, body
    return found[1]
