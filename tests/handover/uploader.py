"""
A process that keeps papers through the whole web stack until it is killed; run by test_papers_killed.

`prepare` makes the database. `upload FIRST:POINT …` signs 太郎 in and posts papers numbered from FIRST one after the
other, printing the number of each acknowledged one; with several, each goes in a process of its own. POINT is the call
at which the process kills itself, at the third paper: a name of `os` with "<" (just before) or ">" (just after),
"write>", "commit<", "commit>", or nothing to go on until somebody else kills it. `check` prints, as JSON, what is in
the rows and whether their bytes are right.
"""

import contextlib
import json
import os
import signal
import sys
import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import django

KILL_AT = 3


def contents(number: int) -> bytes:
    return f"書類{number}\r\n".encode() * 70_000  # 1.1 MB: two segments


def prepare() -> None:
    from django.core.management import call_command

    from tests.cast import build
    from tests.stock import registration

    call_command("migrate", verbosity=0)
    cast = build()
    registration(cast.aoba, "R-1", custodian=cast.taro)


def _dying(call: Callable[..., Any], when: str, armed: list[bool]) -> Callable[..., Any]:
    def dying(*args: Any, **kwargs: Any) -> Any:
        if armed and when == "<":
            os.kill(os.getpid(), signal.SIGKILL)
        result = call(*args, **kwargs)
        if armed:
            os.kill(os.getpid(), signal.SIGKILL)
        return result

    return dying


def upload(first: int, point: str) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile
    from django.db import connection
    from django.test import Client
    from django.urls import reverse

    from accounts.models import User
    from handover.vault.store import Draft
    from tests.cast import sign_in

    armed: list[bool] = []
    name, when = point[:-1], point[-1:]
    if name == "write":
        Draft.write = _dying(Draft.write, when, armed)  # type: ignore[method-assign]
    elif name == "commit":
        connection.ensure_connection()
        connection._commit = _dying(connection._commit, when, armed)  # type: ignore[method-assign]
    elif name:
        setattr(os, name, _dying(getattr(os, name), when, armed))
    client = sign_in(Client(), User.objects.get(email="taro@aoba.example"))
    page = reverse("handover:add_document", args=["R-1"])
    for number in range(first, first + 1000):
        given = {"kind": "contract", "title": f"書類{number}", "token": str(uuid.uuid4())}
        armed += [True] if number == first + KILL_AT - 1 and name else []
        file = SimpleUploadedFile(f"書類{number}.txt", contents(number))
        response = client.post(page, given | {"paper": file}, headers={"host": "localhost"})
        assert response.status_code == 302, response.content.decode()
        print(number, flush=True)


def check() -> None:
    from django.utils import timezone

    from audit import verify
    from audit.models import Event
    from handover import documents
    from handover.models import Blob, Document
    from handover.vault import store

    rows, good = [], []
    for row in Document.objects.order_by("pk"):
        rows.append(number := int(row.title.removeprefix("書類")))
        with contextlib.suppress(documents.Damaged):  # gone or cut: the row is not among the good ones
            good += [number] if documents.read_bytes(row.versions.get().blob) == contents(number) else []
    swept = documents.sweep(at=timezone.now() + timedelta(days=2))
    left = sorted(path.name for path in store.folder().iterdir())
    answer = {
        "rows": sorted(rows),
        "good": sorted(good),
        "events": Event.objects.filter(verb="document.added").count(),
        "blobs": Blob.objects.count(),
        "swept": sum(swept.values()),
        "left_is_named": left == sorted(Blob.objects.values_list("name", flat=True)),
        "first_bad_event": verify.run().first_bad,
    }
    print(json.dumps(answer))


def uploads(errands: list[str]) -> None:
    pairs = [(int(first), point) for first, _, point in (errand.partition(":") for errand in errands)]
    children = []
    for first, point in pairs if len(pairs) > 1 else []:
        if not (child := os.fork()):
            upload(first, point)
        children.append(child)
    if not children:
        upload(*pairs[0])
    statuses = [os.waitpid(child, 0)[1] for child in children]
    assert {os.waitstatus_to_exitcode(status) for status in statuses} == {-signal.SIGKILL}, statuses
    os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    django.setup()
    {"prepare": prepare, "check": check, "upload": lambda: uploads(sys.argv[2:])}[sys.argv[1]]()
