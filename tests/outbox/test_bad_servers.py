"""Mail servers that refuse, hang and cut off: each notice goes at least once, as the same message (trust.md, X5)."""

import contextlib
import email
import re
import socket
import struct
import threading
import time
from collections.abc import Callable
from typing import Any

import pytest

from handover.models import Registration
from outbox import delivery, post
from outbox.models import Notice
from tests.cast import Cast
from tests.outbox.test_delivery import Mailbox
from tests.outbox.test_delivery import mailbox as mailbox
from tests.stock import NOW, offered

Behaviour = Callable[[socket.socket, list[bytes]], None]


def said(line: socket.socket, words: str) -> None:
    line.sendall(words.encode() + b"\r\n")


def cut(line: socket.socket) -> None:
    line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def taken(line: socket.socket, got: list[bytes]) -> None:
    """Speak until the whole message is here, and leave its last dot without an answer."""
    said(line, "220 here")
    data = b""
    while piece := line.recv(65536):
        data += piece
        if data.endswith(b"\r\n.\r\n"):
            got.append(data.partition(b"data\r\n")[2])
            return
        said(line, "354 go on" if data.endswith(b"data\r\n") else "250 OK")


def refuses_to_talk(line: socket.socket, got: list[bytes]) -> None:
    said(line, "421 too busy")


def hangs_at_once(line: socket.socket, got: list[bytes]) -> None:
    line.recv(1)


def cuts_off_at_once(line: socket.socket, got: list[bytes]) -> None:
    cut(line)


def hangs_with_the_message(line: socket.socket, got: list[bytes]) -> None:
    taken(line, got)
    line.recv(1)


def cuts_off_with_the_message(line: socket.socket, got: list[bytes]) -> None:
    taken(line, got)
    cut(line)


def babbles(line: socket.socket, got: list[bytes]) -> None:
    said(line, "welcome")


@contextlib.contextmanager
def listening(behaviour: Behaviour, got: list[bytes], settings: Any) -> Any:
    door = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        with contextlib.suppress(OSError):
            while True:
                line, _peer = door.accept()
                with line, contextlib.suppress(OSError):
                    line.settimeout(30)
                    behaviour(line, got)

    threading.Thread(target=serve, daemon=True).start()
    usual = settings.EMAIL_PORT
    settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = door.getsockname()[1], 1
    try:
        yield
    finally:
        settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = usual, 20
        door.close()


BAD: dict[Behaviour, int] = {
    refuses_to_talk: 0,
    hangs_at_once: 0,
    cuts_off_at_once: 0,
    babbles: 0,
    hangs_with_the_message: 1,
    cuts_off_with_the_message: 1,
}


@pytest.mark.django_db
@pytest.mark.parametrize("behaviour", BAD, ids=lambda one: one.__name__)
def test_bad_server_costs_a_try_and_the_next_one_gets_the_same_message(
    behaviour: Behaviour, cast: Cast, held: Registration, mailbox: Mailbox, settings: Any
) -> None:
    tried(behaviour, cast, held, mailbox, settings)


def renames(notice: Notice) -> None:
    """A try under a name of its own."""
    notice.message_id = post._message_id()
    MAIL(notice)


def shrugs(notice: Notice) -> None:
    """A try that counts whatever the server says."""
    with contextlib.suppress(Exception):
        MAIL(notice)


MAIL = delivery._mail
FAULTS = {renames: "not the same message", shrugs: "called sent"}


@pytest.mark.django_db
@pytest.mark.parametrize("fault", FAULTS, ids=lambda one: one.__name__)
def test_planted_fault_is_found(
    fault: Callable[[Notice], None],
    cast: Cast,
    held: Registration,
    mailbox: Mailbox,
    settings: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(delivery, "_mail", fault)
    with pytest.raises(AssertionError, match=FAULTS[fault]):
        tried(cuts_off_with_the_message, cast, held, mailbox, settings)


def tried(behaviour: Behaviour, cast: Cast, held: Registration, mailbox: Mailbox, settings: Any) -> None:
    offered(cast, held)
    row = Notice.objects.order_by("queued_at")[0]
    got: list[bytes] = []
    with listening(behaviour, got, settings):
        begun = time.monotonic()
        assert not delivery.send(row.pk, at=NOW), "called sent"
        assert time.monotonic() - begun < 10  # a second for each answer that does not come
    row.refresh_from_db()
    assert (row.status, row.tries, bool(row.payload), row.last_error != "") == ("queued", 1, True, True)
    assert not re.search(r"@|\.example", row.last_error)
    assert delivery.send(row.pk, at=row.next_try_at)
    row.refresh_from_db()
    assert (row.status, row.payload) == ("sent", None)
    names = [str(email.message_from_bytes(one)["Message-ID"]) for one in got]
    names += [str(message["Message-ID"]) for message in mailbox.messages]
    assert names == [row.message_id] * (1 + BAD[behaviour]), "not the same message"
