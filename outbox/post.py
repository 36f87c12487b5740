"""The only way to queue a notice."""

import json
import uuid
from datetime import datetime
from email.utils import parseaddr
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation

from audit.models import Event
from outbox import cipher
from outbox.models import Notice
from outbox.tasks import deliver


def mail(
    template: str, *, to: str, language: str, context: dict[str, Any], event: Event, recipient: str, at: datetime
) -> Notice:
    """Queue one mail in the transaction of `event`.

    `template` names `templates/mail/<template>.txt`: first line `Subject: …`, an empty line, the text; it is rendered
    now, in `language`, so what is queued is what is sent. `recipient` is a label (`user:5`) for the record.
    The delivery task is a row of the same transaction: if the act rolls back, nothing is sent.
    """
    with translation.override(language):
        rendered = render_to_string(
            f"mail/{template}.txt", {**context, "origin": settings.PUBLIC_ORIGIN, "site_name": settings.SITE_NAME}
        )
    head, _, body = rendered.lstrip().partition("\n\n")
    # What people wrote stands in subjects; a line break there would begin another header.
    payload = {"to": to, "subject": " ".join(head.removeprefix("Subject:").split()), "body": body.strip() + "\n"}
    notice = _queue(Notice.Channel.MAIL, template, payload, event=event, recipient=recipient, at=at)
    deliver.enqueue(str(notice.id))
    return notice


def letter(template: str, *, content: dict[str, Any], event: Event, recipient: str, at: datetime) -> Notice:
    """Queue one letter in the transaction of `event`, for the next print run.

    `content` is plain JSON with all that is printed, codes included; it lies encrypted until it is handed out for
    printing, once (`outbox.letters`). `template` says which letter; `recipient` is a label for the record.
    """
    return _queue(Notice.Channel.LETTER, template, content, event=event, recipient=recipient, at=at)


def _queue(
    channel: str, template: str, payload: dict[str, Any], *, event: Event, recipient: str, at: datetime
) -> Notice:
    """Write the row of one notice; what it says is encrypted."""
    return Notice.objects.create(
        event=event,
        channel=channel,
        template=template,
        recipient=recipient,
        message_id=_message_id(),
        payload=cipher.encrypt(json.dumps(payload)),
        queued_at=at,
        next_try_at=at,
    )


def _message_id() -> str:
    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2] or urlsplit(settings.PUBLIC_ORIGIN).hostname
    return f"<{uuid.uuid4()}@{domain}>"
