"""Asking every path as every role, each time from the very same state, and what each answer left behind."""

import hashlib
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import time_machine
from django.apps import apps
from django.db import connection, transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import Resolver404, resolve

from audit.models import Event
from tests.cast import sign_in
from tests.walk.world import World, body

# Who is signed in and how often somebody tried: not what the portal is about, and changed by looking.
PASSING = {"django_session", "usersessions_usersession", "config_cache", "desk_tally", "django_migrations"}
# What the log keeps of looking (R11).
LOOKS = {"registration.viewed", "organisation.viewed", "certificate.downloaded", "document.downloaded"}
LOOKS |= {"document.viewed"}
LOOKS |= {"registration.exported", "registrations.listed", "handover.pack_opened"}
LOOKS |= {"activation.viewed"}
# What the log of a case keeps of looking (invariant 24).
LOOKS |= {"claim.candidates_listed", "submission.viewed"}
LOOKS |= {"audit.read"}
WRITES = re.compile(r"\s*(INSERT|UPDATE|DELETE|REPLACE|MERGE|TRUNCATE)", re.IGNORECASE)
# Of these the table is told; no trigger of ours writes, it only refuses.
INTO = re.compile(r'\s*(?:INSERT(?: OR \w+)? INTO|UPDATE|DELETE FROM) "(\w+)"')


@dataclass(frozen=True)
class Answer:
    """`told` is the status, or `>name` of the path that a redirect leads to; `did` what it left in the tables."""

    told: str
    did: str
    body: bytes


class Visitor(Client):
    """A client without what a walk has no use for: the contexts of templates, copied for each answer."""

    def request(self, **request: Any) -> HttpResponse:
        return self.handler(self._base_environ(**request))


class Walk:
    """Requests of signed-in people. Whatever one does is undone before the next."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.cookies: dict[str, str] = {}
        for role, user in world.roles.items():
            if user is not None:
                client = sign_in(Client(), user)
                self.cookies[role] = client.cookies["session"].value
        # Every request comes right after the sign-in: a slow machine must not make a walk of many paths stale.
        self.begun = datetime.now(UTC) + timedelta(seconds=1)
        self.before = digests()
        # Setting up the middleware anew for each request would take longer than the request.
        self.handler = Client(raise_request_exception=False).handler

    def ask(self, role: str, method: str, address: str, data: dict[str, Any] | None = None) -> Answer:
        """Send one request as `role` and undo it."""
        # A new client each time: some answers take the cookies away.
        client = Visitor(raise_request_exception=False)
        client.handler = self.handler
        if cookie := self.cookies.get(role):
            client.cookies["session"] = cookie
        with undone(), time_machine.travel(self.begun):
            with writing() as wrote:
                response = getattr(client, method)(address, data or {})
                content = b"".join(response) if response.streaming else response.content
            did = self.changes(wrote) if wrote else ""
        return Answer(told(response), did, content)

    def post(self, role: str, name: str, address: str) -> Answer:
        """Send a body that is right for those who may."""
        return self.ask(role, "post", address, body(self.world, name, role))

    def changes(self, wrote: list[str]) -> str:
        """Return "" when nothing changed, "looked" when the log took down a look, else "changed".

        `wrote` are the statements that may have; only the tables that they name are looked at.
        """
        named = [INTO.match(sql) for sql in wrote]
        after = digests({one[1] for one in named if one} if all(named) else None)
        tables = {table for table, digest in after.items() if digest != self.before[table]}
        if not tables:
            return ""
        last = Event.objects.order_by("-sequence").values_list("verb", flat=True).first()
        log = {"audit_event", "audit_eventabout", "audit_head"}
        return "looked" if tables <= log and last in LOOKS else "changed"


def told(response: HttpResponse) -> str:
    """Return the status, or where a redirect leads to by the name of its path."""
    if response.status_code not in (301, 302):
        return str(response.status_code)
    path = urlsplit(response["Location"]).path
    try:
        return f">{resolve(path).view_name}"
    except Resolver404:
        return f">{path}"


@contextmanager
def undone() -> Iterator[None]:
    """Undo what the block does."""
    point = transaction.atomic()
    # As the tests' own outer transaction: acts of the portal insist on opening the outermost one.
    point._from_testcase = True
    with point:
        yield
        transaction.set_rollback(True)


@contextmanager
def writing() -> Iterator[list[str]]:
    """Collect the statements of the block that write. Comparing tables is needed only after one of those."""
    wrote: list[str] = []

    def listen(execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
        if WRITES.match(sql):
            wrote.append(sql)
        return execute(sql, *rest)

    with connection.execute_wrapper(listen):
        yield wrote


def digests(among: set[str] | None = None) -> dict[str, str]:
    """Return a digest of every table that is not in passing, or of those `among` them."""
    tables = sorted({model._meta.db_table for model in apps.get_models(include_auto_created=True)} - PASSING)
    tables = [table for table in tables if among is None or table in among]
    found = {}
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f'SELECT * FROM "{table}"')
            rows = sorted(repr(row) for row in cursor.fetchall())
            found[table] = hashlib.sha256("\n".join(rows).encode()).hexdigest()
    return found
