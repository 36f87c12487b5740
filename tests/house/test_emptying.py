"""Tests that commit can end although the log refuses to be emptied, and the log refuses again afterwards."""

from datetime import UTC, datetime

import pytest
from django.db import DatabaseError, connection, transaction

from audit import record
from audit.models import Event

AT = datetime(2026, 11, 27, tzinfo=UTC)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("turn", [1, 2])
def test_log_is_empty_at_each_start_and_refuses_deletion_each_time(turn: int) -> None:
    with transaction.atomic():
        written = record.event("tests.ran", actor=record.System("tests"), at=AT, subject="tests:1")
    assert written.sequence == 1, "the log of the test before is still there"
    with connection.cursor() as cursor, pytest.raises(DatabaseError):
        cursor.execute("DELETE FROM audit_event")
    assert Event.objects.count() == 1
