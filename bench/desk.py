"""The desk: its pages beside 10,000 and 100,000 inquiries with ten contacts each, and the figures of all of them.

Measured in a process of its own with a database of its own (4 GB: a statement takes 16 KiB, whatever it says), as a
real installation is set up: `python -m bench.desk` prints the rows as JSON. A page's aim is a ratio between the two
sizes: its time does not grow with the table. On SQLite; with a server of PostgreSQL's own on that, its time counted
along: `python -m tests.postgres python -m bench desk`.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:  # models load only once Django is set up, in the process that measures
    from accounts.models import User

Row = tuple[str, float, float, float, float]
RUNS = 21
HOST = "localhost"
SIZES = (10_000, 100_000)
GROWS = 1.3
"""How much longer a page may take beside ten times as much: the noise of a shared machine."""
ALL = 10.0
"""The same of a list of everything there ever was: it says how many there are, so it counts them."""
STATEMENTS = 12
"""Statements of one page of the queue or the console at most."""
BUDGET = 300.0
"""Milliseconds for the figures of 1,000,000 contacts (issue: figures)."""


class Page(NamedTuple):
    """One page as one person opens it; `is_counted`: its statements are held against `STATEMENTS`.

    `grows`: how much longer it may take beside ten times as much.
    """

    name: str
    who: str
    address: str
    is_counted: bool = False
    grows: float = GROWS


def rows() -> list[Row]:
    """Name, ms beside 10,000, ms beside 100,000, ratio and the ratio aimed at; then statements beside their most."""
    with tempfile.TemporaryDirectory() as folder:
        given = os.environ.get("DATABASE_URL", "")
        environment = {
            **os.environ,
            "DATA_DIR": folder,
            "DATABASE_URL": given if given.startswith("postgres") else f"sqlite:///{folder}/bench.sqlite3",
            # Other processes of the server would help without being counted.
            "PGOPTIONS": "-c max_parallel_workers_per_gather=0",
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

    from bench import desk_people, desk_rows

    call_command("migrate", verbosity=0)
    call_command("collectstatic", verbosity=0, interactive=False)
    people, clients = desk_people.make(HOST)
    taken: dict[str, list[float]] = {}
    asked: dict[str, int] = {}
    aims: dict[str, float] = {}
    first = 0
    for size in SIZES:
        desk_rows.fill(first, size, people)
        if not first:
            desk_rows.ring(people)
        first = size
        _settle()
        for page in _pages():
            client = clients[page.who]
            aims[page.name] = page.grows
            taken.setdefault(page.name, []).append(_ms(_open(client, page.address)))
            if page.is_counted:
                asked[page.name] = _statements(client, page.address)
        sums = _ms(_adds_up(people.supervisor, size))
    table = [(f"{name}: 100,000 / 10,000", small, big, big / small, aims[name]) for name, (small, big) in taken.items()]
    most = float(STATEMENTS)
    counted = [
        (f"{name}: statements / {STATEMENTS}", most, number, number / most, 1.0) for name, number in asked.items()
    ]
    return [*table, *counted, ("figures of 1,000,000 contacts / 300 ms", BUDGET, sums, sums / BUDGET, 1.0)]


def _pages() -> list[Page]:
    from desk.models import Call, Inquiry

    waiting = Inquiry.objects.exclude(status="closed").exclude(pk__in=Call.objects.running().values("inquiry"))
    number = waiting.order_by("pk").values_list("receipt_number", flat=True)[0]
    return [
        Page("queue", "agent", "/desk/", is_counted=True),
        Page("queue, mine", "agent", "/desk/?show=mine", is_counted=True),
        Page("queue, overdue", "supervisor", "/desk/?show=overdue", is_counted=True),
        Page("queue of the provider", "operator", "/desk/", is_counted=True),
        Page("console", "agent", "/desk/console/", is_counted=True),
        Page("console in a call", "caller", "/desk/console/", is_counted=True),
        Page("console of a supervisor", "supervisor", "/desk/console/", is_counted=True),
        Page("console of one inquiry", "agent", f"/desk/console/{number}/", is_counted=True),
        Page("inquiry", "supervisor", f"/desk/inquiries/{number}/"),
        Page("announced calls", "agent", "/desk/calls/announced/"),
        Page("team", "supervisor", "/desk/team/"),
        Page("climbed", "supervisor", "/desk/climbed/"),
        Page("handing over", "supervisor", "/desk/shift/"),
        Page("feedback", "supervisor", "/desk/feedback/"),
        Page("feedback of all time", "supervisor", "/desk/feedback/?show=all", grows=ALL),
        Page("mistakes", "supervisor", "/desk/mistakes/"),
        Page("mistakes of all time", "supervisor", "/desk/mistakes/?show=all", grows=ALL),
        Page("letters due", "supervisor", "/desk/post/"),
        Page("alarms", "supervisor", "/desk/alarms/"),
        Page("places and numbers", "supervisor", "/desk/sites/"),
        Page("calls back", "operator", "/desk/call-backs/"),
        Page("climbed to the provider", "senior", "/desk/climbed/"),
        Page("feedback at the provider", "senior", "/desk/feedback/"),
        Page("reported callers", "senior", "/desk/caller-reports/"),
    ]


def _settle() -> None:
    """Let the database know its tables as it would by the next morning."""
    from django.db import connection

    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")


def _open(client: Any, address: str) -> Callable[[], None]:
    def act() -> None:
        response = client.get(address)
        if response.status_code != 200:
            raise SystemExit(f"{address} answered {response.status_code} {response.headers.get('Location', '')}")

    return act


def _adds_up(supervisor: "User", size: int) -> Callable[[], None]:
    """Return what adds up all figures of a year."""
    from accounts.actors import find_actor
    from bench.desk_rows import NOW
    from desk.queries.figures import figures

    actor = find_actor(supervisor)
    assert actor is not None
    by = actor

    def act() -> None:
        found = figures(by, first=NOW.date() - timedelta(days=366), last=NOW.date(), at=NOW)
        assert found.whole.number == size

    return act


def _ms(act: Callable[[], None]) -> float:
    """Return the median CPU time of `act`, that of the database's server included, after one run that warms up."""
    act()
    took = []
    for _run in range(RUNS):
        begun = _spent_ms()
        act()
        took.append(_spent_ms() - begun)
    return statistics.median(took)


def _spent_ms() -> float:
    """Return what this process has spent, and the server's process that works for it."""
    from django.db import connection

    own = time.process_time() * 1_000
    if connection.vendor != "postgresql":
        return own
    connection.ensure_connection()
    # The kernel's count in nanoseconds: what the server itself tells is time that passed.
    spent = Path(f"/proc/{connection.connection.info.backend_pid}/schedstat").read_text().split()[0]
    return own + int(spent) / 1_000_000


def _statements(client: Any, address: str) -> int:
    """Return how many statements one request asks, without those that begin and end transactions."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as seen:
        _open(client, address)()
    framing = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE")
    return sum(not query["sql"].startswith(framing) for query in seen.captured_queries)


if __name__ == "__main__":
    import django

    django.setup()
    print(json.dumps(measure()))
