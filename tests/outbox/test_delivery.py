"""Notices: with their act or not at all, delivered at least once with the same Message-ID, wiped when delivered."""

import email
import socket
import threading
from collections.abc import Iterator
from datetime import datetime, timedelta
from email import policy
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from django.core.management import call_command
from django.db import connections
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from handover import transitions
from handover.models import Registration
from outbox import cipher, delivery
from outbox.models import Notice
from outbox.tasks import sweep
from tests.cast import Cast, actor
from tests.stock import NOW, drafted, offered, paper, registration


class Mailbox:
    """A real SMTP server that keeps what it gets, and can refuse for a while."""

    def __init__(self) -> None:
        self.messages: list[email.message.EmailMessage] = []
        self.refuses = 0

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        if self.refuses:
            self.refuses -= 1
            return "451 try again later"
        self.messages.append(email.message_from_bytes(envelope.content, policy=policy.default))
        return "250 OK"


@pytest.fixture
def mailbox(settings: Any) -> Iterator[Mailbox]:
    box = Mailbox()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    controller = Controller(box, hostname="127.0.0.1", port=port)
    controller.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
    yield box
    controller.stop()


@pytest.mark.django_db
def test_notice_is_encrypted_and_task_waits_with_it(cast: Cast, held: Registration) -> None:
    offered(cast, held)
    rows = list(Notice.objects.filter(template="handover_offered"))
    assert len(rows) == 2 and DBTaskResult.objects.count() == 2
    for row in rows:
        kept = bytes(row.payload or b"")
        assert b"aoba.example" not in kept
        assert "aoba.example" in cipher.decrypt(kept)


@pytest.mark.django_db
def test_act_that_fails_leaves_neither_notice_nor_task(
    cast: Cast, held: Registration, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = drafted(cast, held)

    def broken(*args: Any, **kwargs: Any) -> None:
        raise RuntimeError

    monkeypatch.setattr("outbox.post.cipher.encrypt", broken)
    with pytest.raises(RuntimeError):
        transitions.offer(handover_pk=made.pk, actor=actor(cast.taro), at=NOW)
    assert Notice.objects.count() == 0 and DBTaskResult.objects.count() == 0
    made.refresh_from_db()
    assert made.status == "draft"


@pytest.mark.django_db
def test_mail_arrives_in_the_language_of_its_reader_and_is_wiped(
    cast: Cast, held: Registration, mailbox: Mailbox
) -> None:
    cast.jiro.language = "en"
    cast.jiro.save()
    made = offered(cast, held)
    for row in Notice.objects.all():
        assert delivery.send(row.pk, at=NOW)
    by_address = {str(message["To"]): message for message in mailbox.messages}
    assert set(by_address) == {"taro@aoba.example", "jiro@aoba.example"}
    assert "offered" in str(by_address["jiro@aoba.example"]["Subject"])
    assert "申し出" in str(by_address["taro@aoba.example"]["Subject"])
    body = by_address["taro@aoba.example"].get_content()
    assert f"http://localhost:8000/handovers/{made.number}/" in body
    assert not Notice.objects.exclude(payload=None).exists()
    assert {row.message_id for row in Notice.objects.all()} == {
        str(message["Message-ID"]) for message in mailbox.messages
    }


@pytest.mark.django_db
def test_refusing_server_gets_the_same_message_again_later(cast: Cast, held: Registration, mailbox: Mailbox) -> None:
    offered(cast, held)
    row = Notice.objects.order_by("queued_at")[0]
    mailbox.refuses = 2
    at = NOW
    for _try in range(2):
        assert not delivery.send(row.pk, at=at)
        row.refresh_from_db()
        assert (row.status, row.last_error) == ("queued", "SMTPDataError")
        assert not delivery.send(row.pk, at=row.next_try_at - timedelta(seconds=1))
        at = row.next_try_at
    assert delivery.send(row.pk, at=at)
    row.refresh_from_db()
    assert (row.status, row.tries, row.payload) == ("sent", 3, None)
    assert [str(message["Message-ID"]) for message in mailbox.messages] == [row.message_id]


@pytest.mark.django_db
def test_notice_is_given_up_after_its_last_try_and_kept(cast: Cast, held: Registration, settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    offered(cast, held)
    row = Notice.objects.order_by("queued_at")[0]
    at, waited = NOW, timedelta()
    for _try in range(delivery.MAX_TRIES):
        assert not delivery.send(row.pk, at=at)
        row.refresh_from_db()
        waited, at = row.next_try_at - NOW, row.next_try_at
    assert row.status == "failed" and row.payload is not None
    assert not delivery.send(row.pk, at=at + timedelta(days=9))
    assert timedelta(days=1) < waited < timedelta(days=5)


@pytest.mark.django_db
def test_sweeper_brings_back_what_a_killed_worker_left(cast: Cast, held: Registration) -> None:
    offered(cast, held)
    row = Notice.objects.order_by("queued_at")[0]
    DBTaskResult.objects.all().delete()
    now = timezone.now()
    Notice.objects.filter(pk=row.pk).update(status="sending", claimed_at=now - timedelta(minutes=11), tries=1)
    assert sweep() == 2
    assert DBTaskResult.objects.count() == 2
    assert sweep() == 0
    row.refresh_from_db()
    assert row.status == "queued"


@pytest.mark.django_db
def test_worker_in_the_middle_of_sending_is_left_alone(cast: Cast, held: Registration) -> None:
    offered(cast, held)
    row = Notice.objects.order_by("queued_at")[0]
    DBTaskResult.objects.all().delete()
    Notice.objects.filter(pk=row.pk).update(status="sending", claimed_at=timezone.now() - timedelta(minutes=5))
    assert sweep() == 1


@pytest.mark.django_db(transaction=True)
def test_many_workers_send_each_notice_once(cast: Cast, mailbox: Mailbox) -> None:
    made = registration(cast.aoba, "R-1", custodian=cast.taro)
    paper(made, "利用契約書", cast.taro)
    offered(cast, made)
    pk = Notice.objects.order_by("queued_at")[0].pk
    sent: list[bool] = []

    def work() -> None:
        try:
            sent.append(delivery.send(pk, at=NOW + timedelta(hours=1)))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work) for _worker in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(sent) == [False] * 5 + [True]
    assert len(mailbox.messages) == 1


@pytest.mark.django_db(transaction=True)
def test_worker_command_sends_what_waits(cast: Cast, mailbox: Mailbox) -> None:
    made = registration(cast.aoba, "R-1", custodian=cast.taro)
    transitions.leave(user_pk=cast.taro.pk, actor=actor(cast.hanako), at=datetime.fromisoformat("2026-11-01T00:00Z"))
    call_command("work", "--once")
    assert {str(message["To"]) for message in mailbox.messages} == {"hanako@aoba.example", "r-1@record.example"}
    assert made.number
    assert Notice.objects.get(template="custody_in_care").status == "sent"
