"""Letters: queued with their act, never touched by the worker, handed out for printing once."""

from datetime import timedelta

import pytest
from django.db import DEFAULT_DB_ALIAS, connections, transaction
from django_tasks_db.models import DBTaskResult

from audit import record
from outbox import delivery, letters, post
from outbox.models import Notice
from outbox.tasks import deliver
from tests.stock import NOW

CONTENT = {"code": "7Q4M2-KXH9P", "address": "東京都千代田区千代田1-1"}


def queued(number: int = 1, *, minutes: int = 0) -> Notice:
    at = NOW + timedelta(minutes=minutes)
    with transaction.atomic():
        written = record.event("letter.ordered", actor=record.System("tests"), at=at, subject=f"claim:C-{number}")
        return post.letter(
            "claim_letter", content={**CONTENT, "number": number}, event=written, recipient="holder", at=at
        )


@pytest.mark.django_db
def test_letter_waits_encrypted_and_without_a_task() -> None:
    notice = queued()
    assert (notice.channel, notice.status) == ("letter", "queued")
    assert b"7Q4M2" not in bytes(notice.payload or b"")
    assert not DBTaskResult.objects.exists()


@pytest.mark.django_db
def test_worker_never_sends_a_letter_as_a_mail() -> None:
    notice = queued()
    assert delivery.claim(notice.pk, at=NOW) is None
    assert delivery.send(notice.pk, at=NOW) is False
    assert delivery.sweep(deliver, at=NOW + timedelta(days=30)) == 0
    notice.refresh_from_db()
    assert (notice.status, notice.tries) == ("queued", 0)
    assert notice.payload is not None


@pytest.mark.django_db
def test_letters_are_handed_out_in_order_once_and_wiped() -> None:
    second, first = queued(2, minutes=5), queued(1)
    with transaction.atomic():
        taken = letters.hand_out([second, first], at=NOW)
    assert [content["number"] for _row, content in taken] == [1, 2]
    assert taken[0][1]["code"] == CONTENT["code"]
    for row in Notice.objects.all():
        assert (row.status, row.payload, row.sent_at, row.tries) == ("sent", None, NOW, 1)
    with transaction.atomic():
        assert letters.hand_out([first, second], at=NOW) == []


@pytest.mark.django_db
def test_only_the_chosen_letters_are_handed_out() -> None:
    chosen, left = queued(1), queued(2)
    with transaction.atomic():
        assert [row.pk for row, _content in letters.hand_out([chosen], at=NOW)] == [chosen.pk]
    left.refresh_from_db()
    assert left.payload is not None


@pytest.mark.django_db
def test_mail_is_not_handed_out_as_a_letter() -> None:
    with transaction.atomic():
        written = record.event("letter.ordered", actor=record.System("tests"), at=NOW, subject="claim:C-1")
        mail = post.mail(
            "claim_closed",
            to="a@new.example",
            language="ja",
            context={"claim": {"number": "C-1"}},
            event=written,
            recipient="claim:C-1",
            at=NOW,
        )
        assert letters.hand_out([mail], at=NOW) == []


@pytest.mark.django_db
def test_printing_that_fails_leaves_the_letters_as_they_were() -> None:
    notice = queued()
    with pytest.raises(OSError, match="no paper"), transaction.atomic():
        letters.hand_out([notice], at=NOW)
        raise OSError("no paper")
    notice.refresh_from_db()
    assert notice.status == "queued"
    with transaction.atomic():
        assert len(letters.hand_out([notice], at=NOW)) == 1


@pytest.mark.django_db(transaction=True)
def test_letters_are_handed_out_only_within_the_act_that_prints_them() -> None:
    notice = queued()
    with pytest.raises(transaction.TransactionManagementError):
        letters.hand_out([notice], at=NOW)
    assert not connections[DEFAULT_DB_ALIAS].in_atomic_block
    notice.refresh_from_db()
    assert notice.payload is not None
