"""
Processes that go on while the database is away; run by tests/config/places.py for test_database_away.

`write` keeps papers through the web stack and `ask` takes inquiries down, both until their input ends. They print
"kept" with the number of each that was acknowledged, or "refused": `write` with the status of the answer and whether it
told so clearly, and then it sends the same again. `work` is the worker as it is run.

Two faults that the experiment has to find: `forget` is a `write` that tells of a paper as kept whatever the answer is,
and with `babble` the portal's page of an error says nothing. On SQLite neither waits for the lock.
"""

import sys
import time
import uuid

import django

from tests.config.keeper import going_on

CLEAR = "直前の操作は保存されていません"


def write(*, forgets: bool = False) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile
    from django.db import close_old_connections
    from django.test import Client
    from django.urls import reverse

    from accounts.models import User
    from tests.cast import sign_in
    from tests.handover.uploader import contents

    client = sign_in(Client(raise_request_exception=False), User.objects.get(email="taro@aoba.example"))
    page = reverse("handover:add_document", args=["R-1"])
    number = 0
    while going_on():
        number += 1
        given = {"kind": "contract", "title": f"書類{number}", "token": str(uuid.uuid4())}
        while True:
            close_old_connections()  # as a server does with each request; the client of tests leaves it out
            file = SimpleUploadedFile(f"書類{number}.txt", contents(number))
            response = client.post(page, given | {"paper": file}, headers={"host": "localhost"})
            if response.status_code == 302 or forgets:
                break
            told = "clear" if CLEAR in response.content.decode() else "unclear"
            print(f"refused {response.status_code} {told}", flush=True)
            time.sleep(0.5)
        print(f"kept {number}", flush=True)


def impatient() -> None:
    from django.db import connection

    if connection.vendor == "sqlite":
        connection.settings_dict["OPTIONS"]["timeout"] = 0.5


def forget() -> None:
    impatient()
    write(forgets=True)


def babble() -> None:
    from django.http import HttpResponseServerError

    from config import urls

    impatient()
    urls.handler500 = lambda request: HttpResponseServerError(b"oops")
    write()


def ask() -> None:
    from django.db import InterfaceError, OperationalError, close_old_connections
    from django.utils import timezone

    from accounts.models import User
    from desk import transitions
    from desk.models import Statement
    from tests.cast import actor

    agent = actor(User.objects.get(email="agent@desk.example"))
    stated = Statement(name="相田 透", own_phone="03-1111-2222", mail="toru@example.jp", remarks="請求書の送り先")
    wanted = {"topic": "question", "capacity": "unknown", "answer_by": "mail", "language": "ja"}
    while going_on():
        close_old_connections()
        try:
            inquiry, _code = transitions.open_inquiry(statement=stated, **wanted, actor=agent, at=timezone.now())
            print(f"kept {inquiry.receipt_number}", flush=True)
        except (InterfaceError, OperationalError):
            print("refused", flush=True)
        time.sleep(0.3)


def work() -> None:
    from django.core.management import call_command

    print("working", flush=True)
    call_command("work")


if __name__ == "__main__":
    django.setup()
    {"write": write, "ask": ask, "work": work, "forget": forget, "babble": babble}[sys.argv[1]]()
