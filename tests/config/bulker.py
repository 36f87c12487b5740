"""
Processes around one job of many certificates; run by tests/config/places.py for test_work_lasting and `make bench`.

`prepare COUNT` makes the people, COUNT registrations and the job. `work HOURS` is the worker as it is run, HOURS later
than now so that nobody waits until a killed one is missed; it prints a line each time that a process of it begins.
`work HOURS FAULT` is one with a fault that the experiment has to find: "counts first" counts a certificate as issued
before it is, "asks not" does not ask what it had done before it was killed, and is killed by itself between the third
certificate and its mark, unless three are there already.
Once a line comes in, `look` prints as JSON what the job's page shows and what the log had just before and after it;
until its input ends.
"""

import json
import os
import re
import signal
import sys
import time
import uuid
from dataclasses import replace
from datetime import timedelta
from typing import Any

import django

DIES_AT = 3


def prepare(count: str) -> None:
    from django.utils import timezone

    from accounts.models import User
    from handover import transitions
    from tests.cast import actor, build
    from tests.stock import registration

    if not User.objects.exists():
        build()
    hanako, taro = (User.objects.get(email=f"{name}@aoba.example") for name in ("hanako", "taro"))
    aoba = taro.memberships.get().organisation
    rows = [registration(aoba, f"R-{number}", custodian=taro) for number in range(1, int(count) + 1)]
    transitions.start_bulk(
        kind="issue_certificates",
        registration_pks=[row.pk for row in rows],
        confirmed=len(rows),
        arguments={"language": "ja"},
        token=uuid.uuid4(),
        actor=actor(hanako),
        at=timezone.now(),
    )


def counts_first() -> None:
    from handover import bulk
    from handover.models import BulkItem

    do = bulk._do

    def late(item: BulkItem, *rest: Any) -> None:
        BulkItem.objects.filter(pk=item.pk).update(status=BulkItem.Status.DONE)
        time.sleep(0.5)
        do(item, *rest)

    bulk._do = late


def asks_not() -> None:
    from handover import bulk
    from handover.models import BulkItem
    from handover.transitions import certificates as issuing

    issuing.issued_for = lambda *given: None
    act, do, there = bulk.ACTS[bulk.CERTIFICATES], bulk._do, _issued()
    bulk.ACTS[bulk.CERTIFICATES] = replace(act, is_done=lambda **given: False)

    def dying(item: BulkItem, *rest: Any) -> None:
        do(item, *rest)
        if there < DIES_AT <= _issued():
            os.kill(os.getpid(), signal.SIGKILL)

    bulk._do = dying


def work(hours: str, fault: str = "") -> None:
    import time_machine
    from django.core.management import call_command
    from django.utils import timezone

    from config import working

    if pause := os.environ.get("LIVES_AT_LEAST"):
        working.LIVES_AT_LEAST = float(pause)
    if fault:
        {"counts first": counts_first, "asks not": asks_not}[fault]()
    print("working", flush=True)
    with time_machine.travel(timezone.now() + timedelta(hours=float(hours)), tick=True):
        call_command("work")


def look() -> None:
    from django.test import Client
    from django.urls import reverse

    from accounts.models import User
    from handover.models import BulkJob
    from tests.cast import sign_in

    client = sign_in(Client(headers={"host": "localhost"}), User.objects.get(email="hanako@aoba.example"))
    job = BulkJob.objects.get()
    for _line in sys.stdin:
        before = _issued()
        page = client.get(reverse("handover:job", args=[job.number])).content.decode()
        after = _issued()
        [(most, value)] = re.findall(r'<progress id="bar" max="(\d+)" value="(\d+)">', page)
        job.refresh_from_db()
        seen = {"max": int(most), "value": int(value), "before": before, "after": after, "status": job.status}
        print(json.dumps(seen), flush=True)


def _issued() -> int:
    from audit.models import Event

    return Event.objects.filter(verb="certificate.issued").count()


def check() -> None:
    """Print what there is at the end."""
    from audit import verify
    from handover import documents
    from handover.models import BulkJob, Certificate
    from outbox.models import Notice

    job = BulkJob.objects.counted().get()
    rows = list(Certificate.objects.filter(job=job).select_related("blob"))
    found: dict[str, Any] = {
        "figures": [job.status, job.done, job.failed, job.waiting],
        "certificates": len(rows),
        "registrations": len({row.registration_id for row in rows}),
        "events": _issued(),
        "readable": sum(documents.read_bytes(row.blob).startswith(b"%PDF") for row in rows),
        "told": Notice.objects.filter(template="job_ended").count(),
        "first_bad_event": verify.run().first_bad,
    }
    print(json.dumps(found))


if __name__ == "__main__":
    django.setup()
    errand, *rest = sys.argv[1:]
    {"prepare": prepare, "work": work, "look": look, "check": check}[errand](*rest)
