"""The log only grows: statements against it are refused, and tampering behind its back is found."""

import io
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction

from audit import verify
from audit.models import Event, EventAbout
from audit.record import Public, System, event
from tests.conftest import triggers_off

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 20, 1, 2, 3, 456789, tzinfo=UTC)
ACTOR = System("test")


@pytest.fixture
def three() -> list[Event]:
    return [
        event(
            "handover.offered", actor=ACTOR, at=NOW, subject="registration:R-1", about=["user:5"], facts={"number": 1}
        ),
        event(
            "handover.accepted",
            actor=Public(),
            at=NOW,
            subject="registration:R-1",
            facts={"name": "𠮷", "list": (1, 2)},
        ),
        event("handover.closed", actor=ACTOR, at=NOW + timedelta(seconds=1), subject="registration:R-2"),
    ]


def test_events_follow_one_another_and_appear_in_their_histories(three: list[Event]) -> None:
    assert [row.sequence for row in three] == [three[0].sequence + place for place in range(3)]
    assert three[1].previous_hash == three[0].hash
    assert list(EventAbout.objects.filter(event=three[0]).order_by("label").values_list("label", flat=True)) == [
        "registration:R-1",
        "user:5",
    ]
    assert verify.run().first_bad is None
    assert verify.run().count == Event.objects.count()
    assert verify.run().head == three[2].hash


def test_event_that_is_appended_while_the_log_is_read_is_no_damage(three: list[Event]) -> None:
    """Whoever reads page after page meets acts of others in between; the last look is at the histories."""
    looks = 0

    def appending(execute: Any, sql: str, *rest: Any) -> Any:
        nonlocal looks
        if sql.startswith("SELECT") and 'FROM "audit_eventabout"' in sql:
            looks += 1
            if looks == 2:
                event("handover.offered", actor=ACTOR, at=NOW, subject="registration:R-1", about=["user:5"])
        return execute(sql, *rest)

    with connection.execute_wrapper(appending):
        found = verify.run()
    assert (looks, found) == (2, verify.Result(three[2].sequence, None, three[2].hash))
    assert verify.run().count == three[2].sequence + 1


@pytest.mark.django_db(transaction=True)
def test_event_outside_a_transaction_is_refused() -> None:
    with pytest.raises(transaction.TransactionManagementError):
        event("handover.offered", actor=ACTOR, at=NOW, subject="x")


def test_event_rolls_back_with_its_act(three: list[Event]) -> None:
    before = Event.objects.count()
    with pytest.raises(RuntimeError), transaction.atomic():
        event("handover.offered", actor=ACTOR, at=NOW, subject="x")
        raise RuntimeError
    assert Event.objects.count() == before
    assert verify.run().first_bad is None


COPY = (
    "SELECT {sequence}, {previous}, hash || 'x', verb, actor, actor_organisation, subject, about, facts, at"
    " FROM audit_event"
)
COLUMNS = "(sequence, previous_hash, hash, verb, actor, actor_organisation, subject, about, facts, at)"
STATEMENTS = [
    "UPDATE audit_event SET verb = 'x'",
    "UPDATE audit_event SET facts = '{}' WHERE sequence = (SELECT MAX(sequence) FROM audit_event)",
    "UPDATE audit_event SET sequence = sequence + 1000",
    "DELETE FROM audit_event",
    "DELETE FROM audit_event WHERE sequence = (SELECT MAX(sequence) FROM audit_event)",
    f"INSERT INTO audit_event {COLUMNS} {COPY.format(sequence='sequence + 1000', previous='previous_hash')} LIMIT 1",
    f"INSERT INTO audit_event {COLUMNS} {COPY.format(sequence='sequence + 1', previous='previous_hash')}"
    " ORDER BY sequence DESC LIMIT 1",
    f"INSERT INTO audit_event {COLUMNS} {COPY.format(sequence='0', previous='previous_hash')} LIMIT 1",
    f"INSERT INTO audit_event {COLUMNS} {COPY.format(sequence='sequence', previous='previous_hash')} LIMIT 1"
    " ON CONFLICT (sequence) DO UPDATE SET verb = 'x'",
    "UPDATE audit_eventabout SET label = 'x'",
    "DELETE FROM audit_eventabout",
    "INSERT INTO audit_eventabout (event_id, label) SELECT MIN(sequence), 'registration:R-9' FROM audit_event",
]
SQLITE_ONLY = [
    f"INSERT OR REPLACE INTO audit_event {COLUMNS}"
    f" {COPY.format(sequence='sequence', previous='previous_hash')} LIMIT 1",
    # The right number and predecessor, but the hash of an event that is there: REPLACE would take that one away.
    f"INSERT OR REPLACE INTO audit_event {COLUMNS} SELECT (SELECT MAX(sequence) + 1 FROM audit_event),"
    " (SELECT hash FROM audit_event ORDER BY sequence DESC LIMIT 1), hash, verb, actor, actor_organisation, subject,"
    " about, facts, at FROM audit_event ORDER BY sequence LIMIT 1",
    "REPLACE INTO audit_eventabout (id, event_id, label) SELECT id, event_id, 'x' FROM audit_eventabout LIMIT 1",
    "UPDATE OR REPLACE audit_event SET sequence = 2 WHERE sequence = 1",
]
POSTGRES_ONLY = [
    "TRUNCATE audit_event CASCADE",
    "TRUNCATE audit_eventabout",
    "TRUNCATE audit_event, audit_eventabout, outbox_notice CASCADE",
    "MERGE INTO audit_event AS t USING (SELECT 1) AS s ON true WHEN MATCHED THEN UPDATE SET verb = 'x'",
    "WITH gone AS (DELETE FROM audit_event RETURNING 1) SELECT COUNT(*) FROM gone",
]


@pytest.mark.parametrize("statement", STATEMENTS + SQLITE_ONLY + POSTGRES_ONLY)
def test_statement_against_the_log_is_refused(three: list[Event], statement: str) -> None:
    if statement in (POSTGRES_ONLY if connection.vendor == "sqlite" else SQLITE_ONLY):
        return
    before = list(Event.objects.order_by("sequence").values())
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert list(Event.objects.order_by("sequence").values()) == before
    assert verify.run().first_bad is None


def _verb() -> int:
    row = Event.objects.order_by("sequence")[1]
    Event.objects.filter(pk=row.pk).update(verb="handover.declined")
    return row.sequence


def _facts() -> int:
    row = Event.objects.order_by("sequence")[0]
    Event.objects.filter(pk=row.pk).update(facts={"number": 2})
    return row.sequence


def _removed() -> int:
    row = Event.objects.order_by("sequence")[1]
    EventAbout.objects.filter(event=row).delete()
    Event.objects.filter(pk=row.pk).delete()
    return row.sequence


def _rehashed() -> int:
    from audit.chain import digest

    row = Event.objects.order_by("sequence")[1]
    values: dict[str, Any] = {
        field: getattr(row, field)
        for field in (
            "sequence",
            "previous_hash",
            "actor",
            "actor_organisation",
            "subject",
            "about",
            "facts",
            "at",
        )
    }
    Event.objects.filter(pk=row.pk).update(verb="handover.declined", hash=digest(**values, verb="handover.declined"))
    return row.sequence + 1


def _before_the_first() -> int:
    row = Event.objects.order_by("sequence")[0]
    Event.objects.create(
        sequence=-5,
        previous_hash="x",
        hash="y",
        verb="handover.declined",
        actor="user:1",
        subject="registration:R-1",
        about=["registration:R-1"],
        facts={},
        at=row.at,
    )
    EventAbout.objects.create(event_id=-5, label="registration:R-1")
    return -5


def _hidden_from_history() -> int:
    row = Event.objects.order_by("sequence")[0]
    EventAbout.objects.filter(event=row, label="user:5").delete()
    return row.sequence


def _put_into_history() -> int:
    row = Event.objects.order_by("sequence")[2]
    EventAbout.objects.create(event=row, label="registration:R-9")
    return row.sequence


@pytest.mark.parametrize(
    "tamper", [_verb, _facts, _removed, _rehashed, _before_the_first, _hidden_from_history, _put_into_history]
)
def test_tampering_without_triggers_is_found(three: list[Event], tamper: Any) -> None:
    with triggers_off():
        bad = tamper()
    assert verify.run().first_bad == bad
    out = io.StringIO()
    with pytest.raises(SystemExit) as end:
        call_command("verify_audit", stdout=out)
    assert end.value.code == 1
    assert str(bad) in out.getvalue()


def test_command_says_intact(three: list[Event]) -> None:
    out = io.StringIO()
    call_command("verify_audit", stdout=out)
    assert out.getvalue() == f"{Event.objects.count()} events, intact, head {three[2].hash}\n"
