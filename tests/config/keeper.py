"""
Processes that work on a place while it is backed up; run by tests/config/places.py.

`prepare` makes the people. `write NAME` adds registrations with their events and a paper each, printing the number of
each that is acknowledged, and `turn` puts every paper under the other key again and again; both until their input
ends. `large` keeps a paper of 12 MB, `killed POINT DIR` takes a backup that dies, `another` adds events. `rows` prints
a hash of every row by table, and `papers` whether every paper's clear bytes are right and what the log holds, as JSON.
"""

import hashlib
import json
import select
import sys
from typing import Any

import django


def contents(number: str) -> bytes:
    """Return the text of the paper of registration `number`; 200 KB."""
    return f"契約番号 {number}\r\n".encode() * 8_000


def going_on() -> bool:
    return not select.select([sys.stdin], [], [], 0)[0]


def prepare() -> None:
    from tests.cast import build
    from tests.stock import registration, tell_first

    cast = build()
    tell_first(registration(cast.aoba, "R-1", custodian=cast.taro))


def write(name: str) -> None:
    from django.contrib.sessions.backends.db import SessionStore

    from accounts.models import User
    from tests.handover.paper_files import kept
    from tests.stock import registration, tell_first

    taro = User.objects.get(email="taro@aoba.example")
    aoba = taro.memberships.get().organisation
    count = 0
    while going_on():
        count += 1
        number = f"R-{name}-{count}"
        held = registration(aoba, number, custodian=taro)
        tell_first(held)
        kept(held, taro, title=number, body=contents(number))
        SessionStore().create()
        print(number, flush=True)


def turn() -> None:
    from django.conf import settings

    from handover.models import Blob
    from handover.vault import store

    print("turning", flush=True)
    while going_on():
        settings.KEY_ENCRYPTION_KEYS = settings.KEY_ENCRYPTION_KEYS[::-1]
        for blob in Blob.objects.all():
            store.rewrap(blob.name, tenant=blob.tenant.encode(), document=blob.document.encode())


def another() -> None:
    """Write a log on that is not the one which was."""
    from django.db import transaction

    from audit.record import System, event
    from tests.stock import NOW

    for number in range(3):
        with transaction.atomic():
            event("tests.another", actor=System("tests"), at=NOW, subject=f"x:{number}")


def large() -> None:
    """Keep one paper of 12 MB."""
    from accounts.models import User
    from handover.models import Registration
    from tests.handover.paper_files import kept

    taro = User.objects.get(email="taro@aoba.example")
    body = "契約番号 R-1\r\n".encode() * 700_000
    kept(Registration.objects.get(number="R-1"), taro, title="R-1", body=body)


def killed(point: str, folder: str) -> None:
    """Back up, and die when the papers are "copied" or just before the list has its name."""
    import os
    import signal

    from django.core.management import call_command

    from config.backup import taking

    def dying(*args: Any, **kwargs: Any) -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    if point == "copied":
        taking.manifest.write = dying
    else:
        os.rename = dying  # type: ignore[assignment]
    call_command("backup", folder)


def rows() -> None:
    from django.db import connection

    found: dict[str, Any] = {}
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            hashes = [hashlib.sha256(repr(row).encode()).hexdigest() for row in cursor.fetchall()]
            found[table] = sorted(hashes)
    print(json.dumps(found))


def papers() -> None:
    from audit.models import Event
    from handover import documents
    from handover.models import Document

    right = {
        row.title: documents.read_bytes(row.versions.get().blob) == contents(row.title)
        for row in Document.objects.all()
    }
    added = Event.objects.filter(verb="document.added").order_by("sequence")
    events = list(Event.objects.order_by("sequence").values_list("hash", flat=True))
    print(json.dumps({"right": right, "added": list(added.values_list("sequence", "subject")), "events": events}))


if __name__ == "__main__":
    django.setup()
    match sys.argv[1:]:
        case ["write", name]:
            write(name)
        case ["killed", point, folder]:
            killed(point, folder)
        case [errand]:
            errands = [prepare, turn, large, another, rows, papers]
            {each.__name__: each for each in errands}[errand]()
