"""Many events in one go hold to everything that single ones do."""

from datetime import UTC, datetime

import pytest
from django.db import IntegrityError, connection, transaction

from audit import queries, record, verify
from audit.models import Event, EventAbout

AT = datetime(2026, 11, 27, 3, 4, 5, 678, tzinfo=UTC)
SYSTEM = record.System("tests")


def write(count: int) -> int:
    entries = (
        record.Entry(f"registration:R{number}", {f"organisation:{number % 2}"}, {"b": (1, 2), "a": number})
        for number in range(count)
    )
    return record.events("registration.registered", entries, actor=SYSTEM, at=AT)


@pytest.mark.django_db
def test_bulk_events_continue_the_chain_of_single_ones() -> None:
    record.event("a.done", actor=SYSTEM, at=AT, subject="a:1")
    assert write(7) == 7
    record.event("a.done", actor=SYSTEM, at=AT, subject="a:2", about=["organisation:1"])
    assert verify.run() == verify.Result(9, None, Event.objects.get(sequence=9).hash)


@pytest.mark.django_db
def test_bulk_event_equals_a_single_one() -> None:
    write(1)
    bulk = Event.objects.get()
    assert (bulk.sequence, bulk.verb, bulk.actor, bulk.subject) == (
        1,
        "registration.registered",
        SYSTEM.label,
        "registration:R0",
    )
    assert bulk.facts == {"a": 0, "b": [1, 2]} and bulk.at == AT
    assert bulk.about == ["organisation:0", "registration:R0"]


@pytest.mark.django_db
def test_bulk_events_appear_in_each_history() -> None:
    write(4)
    assert [event.sequence for event in queries.about("organisation:1")] == [4, 2]
    assert EventAbout.objects.count() == 8


@pytest.mark.django_db
def test_no_bulk_events_write_nothing() -> None:
    assert record.events("a.done", [], actor=SYSTEM, at=AT) == 0
    assert not Event.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_bulk_events_outside_a_transaction_are_refused() -> None:
    with pytest.raises(transaction.TransactionManagementError):
        write(1)
    assert not Event.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_bulk_events_roll_back_as_one() -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        write(3)
        with connection.cursor() as cursor:
            cursor.execute("UPDATE audit_event SET verb = 'x'")
    assert not Event.objects.exists() and not EventAbout.objects.exists()
