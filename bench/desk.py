"""The desk: its pages beside 10,000 and 100,000 inquiries with ten contacts each, and the figures of all of them.

Measured in a process of its own with a database of its own (3 GB: a statement takes 16 KiB, whatever it says), as a
real installation is set up: `python -m bench.desk` prints the rows as JSON. A page's aim is a ratio between the two
sizes: its time does not grow with the table.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:  # models load only once Django is set up, in the process that measures
    from accounts.models import User

Row = tuple[str, float, float, float, float]
RUNS = 21
HOST = "localhost"
NOW = datetime(2026, 11, 27, 1, 0, tzinfo=UTC)
SIZES = (10_000, 100_000)
CONTACTS = 10
"""Of each inquiry: 1,000,000 of 100,000."""
OPEN = 200
"""Inquiries that wait, whatever the size: the rest is closed, as in a desk that keeps up."""
GROWS = 1.3
"""How much longer a page may take beside ten times as much: the noise of a shared machine."""
BUDGET = 300.0
"""Milliseconds for the figures of 1,000,000 contacts (issue: figures)."""


def rows() -> list[Row]:
    """Name, ms beside 10,000, ms beside 100,000, ratio and the ratio aimed at."""
    with tempfile.TemporaryDirectory() as folder:
        environment = {
            **os.environ,
            "DATA_DIR": folder,
            "DATABASE_URL": f"sqlite:///{folder}/bench.sqlite3",
            "DEBUG": "off",
            "PUBLIC_ORIGIN": f"http://{HOST}:8000",
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "LOG_LEVEL": "ERROR",
        }
        done = subprocess.run(
            [sys.executable, "-m", "bench.desk"], env=environment, stdout=subprocess.PIPE, check=True, text=True
        )
    return [tuple(row) for row in json.loads(done.stdout.splitlines()[-1])]


def measure() -> list[Row]:
    """Run everything in this process, whose database is empty."""
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    call_command("collectstatic", verbosity=0, interactive=False)
    supervisor, client = _supervisor()
    taken: dict[str, list[float]] = {}
    first = 0
    for size in SIZES:
        _fill(first, size, supervisor)
        first = size
        for name, address in _pages():
            taken.setdefault(name, []).append(_ms(client, address))
        taken.setdefault("figures, added up in the database", []).append(_sums_ms(supervisor))
    sums = taken.pop("figures, added up in the database")
    table = [(f"{name}: 100,000 / 10,000", small, big, big / small, GROWS) for name, (small, big) in taken.items()]
    return [*table, ("figures of 1,000,000 contacts / 300 ms", BUDGET, sums[1], sums[1] / BUDGET, 1.0)]


def _pages() -> list[tuple[str, str]]:
    from desk.models import Inquiry

    number = Inquiry.objects.filter(closed_at=None).order_by("pk").values_list("receipt_number", flat=True)[0]
    return [("queue", "/desk/"), ("overdue", "/desk/?show=overdue"), ("inquiry", f"/desk/inquiries/{number}/")]


def _supervisor() -> tuple["User", Any]:
    """Make one agency with a supervisor who is signed in."""
    from allauth.mfa.models import Authenticator
    from django.test import Client

    from accounts import undertakings
    from accounts.models import Membership, Organisation, Person, Role, Undertaking, User

    home = Organisation.objects.create(kind="agency", legal_name="窓口受託株式会社")
    user = User(email="sv@desk.example", display_name="日向 司", kana="ヒナタ ツカサ", date_joined=NOW)
    user.person = Person.objects.create(organisation=home, staff_number="S-1")
    user.set_unusable_password()
    user.save()
    Membership.objects.create(user=user, organisation=home, role=Role.SUPERVISOR, since=NOW - timedelta(days=900))
    version = undertakings.CURRENT
    Undertaking.objects.create(
        user=user,
        organisation=home,
        version=version,
        text_hash=undertakings.text_hash(version, "ja"),
        signed_at=NOW,
    )
    factor = Authenticator.objects.create(user=user, type="totp", data={"secret": ""})
    client = Client(SERVER_NAME=HOST)
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    session, now = client.session, time.time()
    session["account_authentication_methods"] = [
        {"method": "password", "at": now, "email": user.email},
        {"method": "mfa", "at": now, "id": factor.pk, "type": "totp"},
    ]
    session["account_authentication_methods_user"] = str(user.pk)
    session.save()
    return user, client


def _fill(first: int, size: int, supervisor: "User") -> None:
    """Write inquiries from number `first` up to `size` with their contacts, and count their figures."""
    from desk import counting
    from desk.models import Inquiry, Statement

    sealed = Statement(name="相田 透", own_phone="03-1111-2222").sealed()
    for start in range(first, size, 2_000):
        made = Inquiry.objects.bulk_create(
            [_inquiry(number, sealed) for number in range(start, min(start + 2_000, size))], batch_size=500
        )
        _contacts(made, supervisor)
        counting.count([one.pk for one in made])


def _inquiry(number: int, sealed: bytes) -> Any:
    from desk.models import Inquiry

    came, is_open = NOW - timedelta(minutes=number % 400_000), number < OPEN
    return Inquiry(
        receipt_number=f"C-{number // 1_000_000:04}-{number // 1_000 % 1_000:03}-{number % 1_000:03}",
        tracking_hash="!",
        topic=("question", "use", "bill", "feedback")[number % 4],
        came_by=("phone", "web")[number % 2],
        sealed=sealed,
        capacity_stated="unknown",
        status="open" if is_open else "closed",
        stage="received" if is_open else "answered",
        turn="desk" if is_open else "nobody",
        next_on=NOW.date() if is_open else None,
        received_at=came,
        closed_at=None if is_open else came + timedelta(days=number % 9),
    )


def _contacts(inquiries: list[Any], by: "User") -> None:
    from desk.models import Contact
    from outbox import cipher

    note = cipher.encrypt("用件")
    Contact.objects.bulk_create(
        [
            Contact(
                inquiry=one,
                direction="in" if place % 2 else "out",
                channel="phone" if place % 3 else "mail",
                party="claimant",
                by=by,
                at=one.received_at + timedelta(hours=7 * place + 1),
                minutes=5,
                sealed_note=note,
            )
            for one in inquiries
            for place in range(CONTACTS)
        ],
        batch_size=2_000,
    )


def _ms(client: Any, address: str) -> float:
    """Return the median CPU time of one request, after one that warms up."""
    took = []
    for _run in range(RUNS + 1):
        begun = time.process_time()
        response = client.get(address)
        took.append((time.process_time() - begun) * 1_000)
        if response.status_code != 200:
            raise SystemExit(f"{address} answered {response.status_code} {response.headers.get('Location', '')}")
    return statistics.median(took[1:])


def _sums_ms(supervisor: "User") -> float:
    """Return the median CPU time of adding up all figures of a year."""
    from accounts.actors import find_actor
    from desk.queries.figures import figures

    actor = find_actor(supervisor)
    assert actor is not None
    took = []
    for _run in range(RUNS):
        begun = time.process_time()
        found = figures(actor, first=NOW.date() - timedelta(days=366), last=NOW.date(), at=NOW)
        took.append((time.process_time() - begun) * 1_000)
        assert found.whole.number in SIZES
    return statistics.median(took)


if __name__ == "__main__":
    import django

    django.setup()
    print(json.dumps(measure()))
