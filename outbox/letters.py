"""Letters are handed out for printing once; nobody can open them again."""

import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import F

from outbox import cipher
from outbox.models import Notice


def hand_out(notices: Iterable[Notice], *, at: datetime) -> list[tuple[Notice, dict[str, Any]]]:
    """Return the content of each letter that is still to be printed and wipe it, in the caller's transaction.

    If printing fails the caller's transaction rolls back and the letters are still there. A letter that another print
    run took is left out. Raises `TransactionManagementError` outside a transaction.
    """
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("letters are handed out in the transaction of the print run")
    wanted = [notice.pk for notice in notices]
    rows = Notice.objects.select_for_update(no_key=True).filter(
        pk__in=wanted, channel=Notice.Channel.LETTER, status=Notice.Status.QUEUED
    )
    taken = [(row, json.loads(cipher.decrypt(row.payload or b""))) for row in rows.order_by("queued_at", "pk")]
    Notice.objects.filter(pk__in=[row.pk for row, _content in taken]).update(
        status=Notice.Status.SENT, sent_at=at, payload=None, tries=F("tries") + 1
    )
    return taken
