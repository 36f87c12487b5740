"""Imports beside other acts: two at once, and somebody who leaves while the import names him."""

import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from django.db import connections, transaction
from django.utils import timezone

from accounts import memberships
from accounts.models import User
from handover.importing.locking import Busy, only_one
from handover.models import Custody, GapAlert
from tests.cast import Cast
from tests.handover.imported import FULL, HEADER, run

pytestmark = pytest.mark.django_db(transaction=True)


def beside(act: Callable[[], None]) -> threading.Thread:
    """Start `act` on a connection of its own."""

    def go() -> None:
        try:
            act()
        finally:
            connections.close_all()

    thread = threading.Thread(target=go)
    thread.start()
    return thread


def test_only_one_import_holds_the_lock() -> None:
    found: list[str] = []

    def second() -> None:
        try:
            with only_one():
                found.append("in")
        except Busy as busy:
            found.append(str(busy))

    with only_one():
        beside(second).join(30)
    assert found and found != ["in"]
    beside(second).join(30)
    assert found[1:] == ["in"]


def test_custodian_who_leaves_at_the_same_moment_gets_nothing(cast: Cast, tmp_path: Path) -> None:
    file = tmp_path / "r.csv"
    file.write_text(f"{HEADER}\r\n{FULL}\r\n", encoding="utf-8")
    locked = threading.Event()

    def leaving() -> None:
        with transaction.atomic():
            user = User.objects.select_for_update(no_key=True).get(pk=cast.taro.pk)
            memberships.close(user, organisation=cast.aoba, at=timezone.now())
            locked.set()
            # The import has begun by now and waits for this to end.
            time.sleep(1)

    thread = beside(leaving)
    assert locked.wait(30)
    run(file)
    thread.join(30)
    held = Custody.objects.get()
    assert (held.user, held.kind) == (None, "caretaker")
    assert GapAlert.objects.filter(kind="no_custodian", closed_at=None).count() == 1
