"""
Processes that are killed while receipts go out; run by test_receipts_killed.

`prepare` makes the database with the cast. `desk` takes inquiries down until it is killed and prints the number of each
once it is acknowledged. `work HOURS` is the worker, HOURS later than now, until it is killed; `drain HOURS` the same
until nothing waits. Time runs ahead so that what a killed worker left is due: nobody waits ten minutes here.
"""

import sys
import time
from datetime import timedelta

import django


def prepare() -> None:
    from django.core.management import call_command

    from tests.cast import build

    call_command("migrate", verbosity=0)
    build()


def desk() -> None:
    from django.utils import timezone

    from accounts.models import User
    from desk import transitions
    from desk.models import Statement
    from tests.cast import actor

    agent = actor(User.objects.get(email="agent@desk.example"))
    stated = Statement(name="相田 透", own_phone="03-1111-2222", mail="toru@example.jp", remarks="請求書の送り先")
    wanted = {"topic": "question", "capacity": "unknown", "answer_by": "mail", "language": "ja"}
    while True:
        inquiry, _code = transitions.open_inquiry(statement=stated, **wanted, actor=agent, at=timezone.now())
        print(inquiry.receipt_number, flush=True)
        time.sleep(0.05)


def _work(hours: float) -> None:
    import time_machine
    from django.core.management import call_command
    from django.utils import timezone

    with time_machine.travel(timezone.now() + timedelta(hours=hours), tick=True):
        call_command("work", once=True)


def work(hours: float) -> None:
    print("working", flush=True)
    while True:
        _work(hours)


def drain(hours: float) -> None:
    from outbox.models import Notice

    for number in range(40):
        _work(hours + 13 * number)
        if not Notice.objects.exclude(status="sent").exists():
            break
    print(Notice.objects.exclude(status="sent").count(), flush=True)


if __name__ == "__main__":
    django.setup()
    errand, *rest = sys.argv[1:]
    {"prepare": prepare, "desk": desk, "work": work, "drain": drain}[errand](*map(float, rest))
