"""
The processes of tests/desk/receiver.py with a fault in them; run by test_receipts_killed, which has to find each.

`careless FAULT desk` and `careless FAULT work HOURS` are those of a portal that tells of an inquiry before it is
committed ("told early"), marks a mail as sent before it goes ("marked first"), or names it anew with each try ("another
name"). The first two die where it hurts by themselves: at the third receipt, at the first mail.
"""

import os
import signal
import sys

import django

from tests.desk import receiver

KILL_AT = 3
calls = 0


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def die_at_the_third() -> None:
    global calls
    calls += 1
    if calls == KILL_AT:
        die()


def told_early() -> None:
    from django.db import connection

    from desk.models import Inquiry

    connection.ensure_connection()
    commit = connection._commit

    def late() -> None:
        made = Inquiry.objects.latest("pk")
        print(made.receipt_number, flush=True)
        die_at_the_third()
        commit()

    connection._commit = late  # type: ignore[method-assign]


def marked_first() -> None:
    from outbox import delivery
    from outbox.models import Notice

    send = delivery._mail

    def late(notice: Notice) -> None:
        Notice.objects.filter(pk=notice.pk).update(status="sent", sent_at=notice.claimed_at, payload=None)
        die()
        send(notice)

    delivery._mail = late


def another_name() -> None:
    from outbox import delivery, post
    from outbox.models import Notice

    send = delivery._mail

    def anew(notice: Notice) -> None:
        notice.message_id = post._message_id()
        send(notice)

    delivery._mail = anew


FAULTS = {"told early": told_early, "marked first": marked_first, "another name": another_name}

if __name__ == "__main__":
    django.setup()
    fault, errand, *rest = sys.argv[1:]
    FAULTS[fault]()
    {"desk": receiver.desk, "work": receiver.work}[errand](*map(float, rest))
