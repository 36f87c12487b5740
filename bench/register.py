"""The register: its list and page against a hello view, the import against bare bulk writes, the start of the server.

Everything is measured in a process of its own with a database of its own, as a real installation is set up (no DEBUG,
cached templates, hashed static files): `python -m bench.register` prints the rows as JSON.
"""

import contextlib
import json
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.http import HttpRequest, HttpResponse
from django.urls import path

if TYPE_CHECKING:  # models load only once Django is set up, in the process that measures
    from accounts.models import Organisation, User
    from audit.models import Event
    from handover.models import Registration

Row = tuple[str, float, float, float, float]
RUNS = 41
IMPORTED = 3_000
LIMIT = 2_000.0
"""Milliseconds from the start of the server to its first page (speed.md)."""
HOST = "localhost"
AT = datetime(2026, 11, 27, tzinfo=UTC)
HEADER = "number,organisation_name,corporate_number,registered_name,unit,postal_code,address,phone,custodian_email"
CORPORATE_NUMBER = "1010001000006"


def hello(request: HttpRequest) -> HttpResponse:
    """The least that Django can do."""
    return HttpResponse("hello")


urlpatterns = [path("hello/", hello)]


def rows() -> list[Row]:
    """Name, bare ms, our ms, ratio and the ratio aimed at."""
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
            [sys.executable, "-m", "bench.register"], env=environment, stdout=subprocess.PIPE, check=True, text=True
        )
    return [tuple(row) for row in json.loads(done.stdout.splitlines()[-1])]


def measure() -> list[Row]:
    """Run everything in this process, whose database is empty."""
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    call_command("collectstatic", verbosity=0, interactive=False)
    client, custodian = _customer()
    table: list[Row] = []
    for size in (1_000, 20_000):
        _import(_csv("R", _last("R"), size, custodian))
        pages = (
            (f"list of 50 of {size:,} / hello", "/registrations/", 14.0),
            (f"search in {size:,} / hello", "/registrations/?q=髙橋+総務部", 14.0),
            (f"registration page of {size:,} / hello", "/registrations/R-000007/", 40.0),
        )
        table += [_page(client, name, address, aim) for name, address, aim in pages]
    return [*table, _import_against_bare(custodian), _start()]


def _customer() -> tuple[Any, str]:
    """Make one customer with an administrator who is signed in, and return the client and the address."""
    from allauth.mfa.models import Authenticator
    from django.test import Client

    from accounts.models import Membership, Organisation, Role, User

    home = Organisation.objects.create(kind="customer", legal_name="青葉商事", corporate_number=CORPORATE_NUMBER)
    user = User(email="hanako@aoba.example", display_name="青木 花子", kana="アオキ ハナコ", date_joined=AT)
    user.set_unusable_password()
    user.save()
    Membership.objects.create(user=user, organisation=home, role=Role.ADMINISTRATOR, since=AT)
    factor = Authenticator.objects.create(user=user, type="totp", data={"secret": ""})
    client = Client(SERVER_NAME=HOST)
    client.force_login(user, backend="accounts.backends.Backend")
    session = client.session
    now = time.time()
    session["account_authentication_methods"] = [
        {"method": "password", "at": now, "email": user.email},
        {"method": "mfa", "at": now, "id": factor.pk, "type": "totp"},
    ]
    session["account_authentication_methods_user"] = str(user.pk)
    session.save()
    return client, user.email


def _last(prefix: str) -> int:
    from handover.models import Registration

    return Registration.objects.filter(number__startswith=prefix).count()


def _csv(prefix: str, first: int, last: int, custodian: str) -> Path:
    from django.conf import settings

    file = Path(settings.DATA_DIR) / "bench.csv"
    with file.open("w", encoding="utf-8") as out:
        out.write(HEADER + "\n")
        for number in range(first, last):
            name = f"{('髙橋', '渡邉', '青葉', '若葉')[number % 4]}商事第{number}営業所"
            unit = ("総務部", "情報システム部", "経理部")[number % 3]
            place = f"東京都千代田区丸の内{number % 9 + 1}丁目{number}番"
            holder = custodian if number % 5 else ""
            out.write(
                f"{prefix}-{number:06},青葉商事,{CORPORATE_NUMBER},{name},{unit},1000005,{place},0312345678,{holder}\n"
            )
    return file


class _Silent:
    def problem(self, problem: object) -> None: ...

    def warning(self, problem: object) -> None: ...

    def difference(self, difference: object) -> None: ...

    def progress(self, done: int, total: int) -> None: ...


def _import(file: Path) -> None:
    from handover import importing

    importing.run(file, dry_run=False, on_record_since=AT.date(), clock=lambda: AT, reporter=_Silent())


def bare(get_response: Any) -> Any:
    """The only middleware of the hello view: where its path is. Settings that are swapped each time cost our page
    seven milliseconds more, because Django forgets every path with them.
    """

    def middleware(request: Any) -> Any:
        request.urlconf = "bench.register"
        return get_response(request)

    return middleware


def _hello() -> Any:
    from django.test import Client, override_settings

    client = Client(SERVER_NAME=HOST)
    with override_settings(MIDDLEWARE=["bench.register.bare"]):
        client.handler.load_middleware()
    return client


def _page(client: Any, name: str, address: str, aim: float) -> Row:
    """Milliseconds of CPU of both, taken in turns so that a busy machine weighs on both."""
    from config.memory import settle

    hello = _hello()
    taken: tuple[list[float], list[float]] = ([], [])
    for turn in range(RUNS + 3):
        if turn == 3:
            settle()  # as a server does once it has loaded what it keeps
        _timed(hello, "/hello/", taken[0], keep=turn > 2)
        _timed(client, address, taken[1], keep=turn > 2)
    first, second = (statistics.median(times) for times in taken)
    return name, first, second, second / first, aim


def _timed(client: Any, address: str, times: list[float], *, keep: bool) -> None:
    began = time.process_time()
    response = client.get(address)
    passed = (time.process_time() - began) * 1000
    if response.status_code != 200:
        raise RuntimeError(f"{address} answered {response.status_code} {response.headers.get('Location', '')}")
    if keep:
        times.append(passed)


def _import_against_bare(custodian: str) -> Row:
    """CPU a row: reading, checking, comparing, folding, hashing and writing, against writing the same rows bare."""
    file = _csv("I", 0, IMPORTED, custodian)
    began = time.process_time()
    _import(file)
    ours = time.process_time() - began
    file = _csv("B", 0, IMPORTED, custodian)
    began = time.process_time()
    _write_bare(custodian)
    bare = time.process_time() - began
    each = 1000 / IMPORTED
    return "import of a row / the same rows by bulk_create", bare * each, ours * each, ours / bare, 1.5


def _write_bare(custodian: str) -> None:
    from django.db import transaction

    from accounts.models import Organisation, User
    from audit.models import Event

    home, user = Organisation.objects.get(), User.objects.get(email=custodian)
    last = Event.objects.order_by("-sequence")[0]
    for first in range(0, IMPORTED, 500):
        with transaction.atomic():
            made = _bare_rows(home, user, first)
            for each in made:
                last = _bare_event(each.label, home.label, last)


def _bare_rows(home: "Organisation", user: "User", first: int) -> "list[Registration]":
    """Five hundred registrations from `first` on, with what an import hangs on each."""
    from handover.models import ContactPoint, Custody, GapAlert, Registration

    made = Registration.objects.bulk_create(
        Registration(
            number=f"B-{number:06}",
            organisation=home,
            registered_name="青葉商事第1営業所",
            unit="総務部",
            postal_code="1000005",
            address="東京都千代田区丸の内1丁目1番",
            registered_at=AT,
            search_text="b000001|青葉商事第1営業所|青葉商事|総務部|1000005|東京都千代田区丸の内1丁目1番",
        )
        for number in range(first, first + 500)
    )
    ContactPoint.objects.bulk_create(
        ContactPoint(registration=each, kind=kind, value="03-1234-5678", since=AT.date(), purposes=["procedure"])
        for each in made
        for kind in ("phone", "post")
    )
    Custody.objects.bulk_create(
        Custody(registration=each, user=user, kind="custodian", basis="registered", from_at=AT) for each in made
    )
    GapAlert.objects.bulk_create(
        GapAlert(kind="no_custodian", organisation=home, registration=each, opened_at=AT) for each in made[::5]
    )
    return made


def _bare_event(label: str, home: str, last: "Event") -> "Event":
    from audit.models import Event, EventAbout

    sequence = last.sequence + 1
    written = Event.objects.create(
        sequence=sequence,
        previous_hash=last.hash,
        hash=f"{sequence:064}",
        verb="registration.registered",
        actor="system:bench",
        subject=label,
        about=[label, home],
        facts={"import": "import:1", "to": "provider"},
        at=AT,
    )
    EventAbout.objects.bulk_create(EventAbout(event=written, label=each) for each in written.about)
    return written


def _start() -> Row:
    """Wall time from starting the server until it has given its first page; median of five starts."""
    times = [_started() for _ in range(5)]
    ours = statistics.median(times)
    return "first page after the start (wall) / limit of 2 s", LIMIT, ours, ours / LIMIT, 1.0


def _started() -> float:
    with contextlib.closing(socket.socket()) as free:
        free.bind((HOST, 0))
        port = free.getsockname()[1]
    began = time.perf_counter()
    with _server(port):
        address = f"http://{HOST}:{port}/accounts/login/"
        while time.perf_counter() - began < 30:
            with contextlib.suppress(OSError), urllib.request.urlopen(address, timeout=5) as page:
                page.read()
                return (time.perf_counter() - began) * 1000
            time.sleep(0.01)
    raise RuntimeError("the server did not start")


@contextlib.contextmanager
def _server(port: int) -> Iterator[None]:
    command = [sys.executable, "-m", "gunicorn", "config.wsgi", "--bind", f"{HOST}:{port}", "--log-level", "error"]
    server = subprocess.Popen(command)
    try:
        yield
    finally:
        server.terminate()
        server.wait(10)


if __name__ == "__main__":
    import django

    django.setup()
    print(json.dumps(measure()))
