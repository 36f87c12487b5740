"""
A process that imports until it is killed; run by test_import_killed.

`prepare` makes the database with the cast. `import FILE POINT [OPTION …]` imports; POINT is "commit<3" (killed just
before the third commit), "commit>3" (just after it), "hold" (waits for a line on its input within the second piece),
or "-". `check` prints what is there as JSON.
"""

import json
import os
import signal
import sys
from typing import Any

import django


def prepare() -> None:
    from django.core.management import call_command

    from tests.cast import build

    call_command("migrate", verbosity=0)
    build()


def take(file: str, point: str, options: list[str]) -> None:
    from django.core.management import call_command
    from django.db import connections

    kind = type(connections["default"])
    commit, count = kind._commit, 0

    def counted(self: Any) -> None:
        nonlocal count
        count += 1
        if point == f"commit<{count}":
            os.kill(os.getpid(), signal.SIGKILL)
        if point == "hold" and count == 2:
            print("holding", flush=True)
            sys.stdin.readline()
        commit(self)
        if point == f"commit>{count}":
            os.kill(os.getpid(), signal.SIGKILL)

    kind._commit = counted  # type: ignore[method-assign]
    call_command("import_registrations", file, *options)
    print(f"commits {count}")


def check() -> None:
    from audit import verify
    from audit.models import Event
    from handover.models import GapAlert, ImportRun, ImportTold
    from outbox.models import Notice
    from tests.handover.imported import state

    found = state()
    events = Event.objects.exclude(verb="accounts.signed_in").order_by("subject", "verb")
    found |= {
        "events": sorted(events.values_list("verb", "subject")),
        "gaps": sorted((one.kind, one.registration_id or 0, one.closed_at is None) for one in GapAlert.objects.all()),
        "runs": [
            [
                one.rows,
                one.created,
                one.unchanged,
                one.different,
                one.updated,
                one.missing,
                one.closed,
                one.finished_at is None,
            ]
            for one in ImportRun.objects.order_by("pk")
        ],
        "told": sorted(ImportTold.objects.values_list("user__email", "address", "changed", "closed"), key=repr),
        "mails": Notice.objects.count(),
        "first_bad": verify.run().first_bad,
    }
    print(json.dumps(found, default=str, ensure_ascii=False))


if __name__ == "__main__":
    django.setup()
    match sys.argv[1:]:
        case ["prepare"]:
            prepare()
        case ["check"]:
            check()
        case ["import", file, point, *options]:
            take(file, point, options)
