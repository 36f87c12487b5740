"""`replay_custody`: the log alone tells every period, and a row that says something else is found (invariant 28)."""

import json
from datetime import datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import transaction

from audit import record
from audit.models import Event
from handover import transitions
from handover.models import Custody, Registration
from handover.queries import replay as replaying
from handover.queries.replay import replay
from tests import claims
from tests.cast import Cast, actor
from tests.conftest import triggers_off
from tests.handover.imported import BARE, FULL, HEADER
from tests.stock import NOW, START, accepted, registration, tell_first

pytestmark = pytest.mark.django_db


def run(*options: str) -> tuple[int, str]:
    """Run the command; return its exit status and what it printed."""
    out = StringIO()
    try:
        call_command("replay_custody", *options, stdout=out)
    except SystemExit as end:
        return int(end.code or 0), out.getvalue()
    return 0, out.getvalue()


@pytest.fixture
def told(cast: Cast) -> Registration:
    """R-1 of 太郎, whose first custody the log tells."""
    made = registration(cast.aoba, "R-1", custodian=cast.taro)
    tell_first(made)
    return made


@pytest.fixture
def long(cast: Cast, told: Registration) -> Registration:
    """R-1 after a handover, two who left, the provider's keeping and the care of an administrator."""
    accepted(cast, told, days=0)
    transitions.leave(user_pk=cast.jiro.pk, actor=actor(cast.hanako), at=NOW + timedelta(hours=1))
    transitions.leave(user_pk=cast.hanako.pk, actor=actor(cast.approver), at=NOW + timedelta(hours=2))
    cast.saburo.memberships.update(role="administrator")
    transitions.take_into_care(registration_pk=told.pk, actor=actor(cast.saburo), at=NOW + timedelta(hours=3))
    assert list(Custody.objects.order_by("from_at").values_list("user", "kind")) == [
        (cast.taro.pk, "custodian"),
        (cast.jiro.pk, "custodian"),
        (cast.hanako.pk, "caretaker"),
        (None, "caretaker"),
        (cast.saburo.pk, "caretaker"),
    ]
    return told


def test_command_says_exact_about_an_empty_register(db: None) -> None:
    assert run() == (0, "0 registrations, 0 periods, exact\n")


@pytest.mark.django_db(transaction=True)
def test_command_rebuilds_what_an_import_wrote(cast: Cast, tmp_path: Path) -> None:
    file = tmp_path / "register.csv"
    file.write_text("\r\n".join([HEADER, FULL, BARE, ""]))
    call_command("import_registrations", str(file), stdout=StringIO(), stderr=StringIO())
    assert run() == (0, "2 registrations, 2 periods, exact\n")


def test_command_rebuilds_handover_leaving_and_care(long: Registration) -> None:
    assert run() == (0, "1 registrations, 5 periods, exact\n")


def test_command_rebuilds_a_recovery(cast: Cast) -> None:
    lost = claims.held(cast)
    tell_first(lost)
    claims.executed(cast, lost)
    held = Custody.objects.current().get(registration=lost)
    assert held.basis == "recovery" and held.basis_label.startswith("claim:")
    assert run() == (0, "1 registrations, 2 periods, exact\n")


def _as_of_old(event: Event) -> None:
    several = event.facts.get("registrations")
    for facts in several.values() if isinstance(several, dict) else [event.facts]:
        facts.pop("basis_label", None)
        if event.verb == "registration.registered":
            facts.pop("basis", None)


def test_command_understands_events_of_old(cast: Cast, long: Registration) -> None:
    """Events written before they said the first basis and on what a change rests."""
    lost = registration(cast.aoba, "R-9", custodian=cast.taro)
    tell_first(lost, of_old=True)
    none = registration(cast.aoba, "R-8", custodian=None)
    tell_first(none, of_old=True)
    with triggers_off():
        for event in Event.objects.all():
            _as_of_old(event)
            Event.objects.filter(pk=event.pk).update(facts=event.facts)
    assert run() == (0, "3 registrations, 7 periods, exact\n")


PLANTED: dict[str, dict[str, Any]] = {
    "holder": {"user": None, "kind": "caretaker"},
    "kind": {"kind": "caretaker"},
    "basis": {"basis": "reassignment"},
    "basis_label": {"basis_label": "handover:H-0"},
    "beginning": {"from_at": START + timedelta(days=1)},
    "end": {"to_at": NOW - timedelta(days=1)},
}


@pytest.mark.parametrize("changed", PLANTED.values(), ids=PLANTED)
def test_command_finds_a_changed_row(cast: Cast, long: Registration, changed: dict[str, Any]) -> None:
    registration(cast.aoba, "R-2", custodian=cast.taro)
    tell_first(Registration.objects.get(number="R-2"))
    first = Custody.objects.filter(registration=long).order_by("from_at")[0]
    with triggers_off():
        Custody.objects.filter(pk=first.pk).update(**changed)
    code, printed = run()
    lines = printed.splitlines()
    assert code == 1 and lines[-1] == "2 registrations, 6 periods, 1 differences"
    assert lines[0].startswith(f"R-1 period 1: the log tells user:{cast.taro.pk} as custodian (registered)")
    code, printed = run("--json")
    answer = json.loads(printed)
    assert code == 1 and not answer["exact"]
    [found] = answer["differences"]
    assert (found["registration"], found["period"]) == ("R-1", 1)
    assert found["log"] != found["table"]


def test_command_finds_rows_that_are_gone_and_rows_nobody_told_of(cast: Cast, told: Registration) -> None:
    with triggers_off():
        Custody.objects.filter(registration=told).delete()
    registration(cast.aoba, "R-2", custodian=cast.jiro)
    code, printed = run()
    assert code == 1
    assert [line.rpartition("; ")[2] for line in printed.splitlines() if line.startswith("R-1")] == [
        "the table holds nothing"
    ]
    assert "R-2 period 1: the log tells nothing; the table holds" in printed


def test_command_finds_a_change_that_no_event_tells(cast: Cast, told: Registration) -> None:
    with triggers_off():
        Custody.objects.filter(registration=told).update(to_at=NOW)
        Custody.objects.create(registration=told, user=cast.jiro, basis="handover", basis_label="x", from_at=NOW)
    result = replay()
    assert [(found.place, found.log is None) for found in result.differences] == [(1, False), (2, True)]


def test_change_during_the_comparison_is_no_difference(
    cast: Cast, told: Registration, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody hands over after the log was read and before the table is."""
    table = replaying._table
    rounds: list[datetime] = []

    def slow() -> Any:
        if not rounds:
            accepted(cast, told, days=0)
        rounds.append(NOW)
        return table()

    monkeypatch.setattr(replaying, "_table", slow)
    result = replay()
    assert (result.differences, result.periods, len(rounds)) == ([], 2, 2)


def test_looks_and_other_facts_change_no_custody(cast: Cast, told: Registration) -> None:
    for facts in ({"kind": "mail"}, {"to": "user:1", "kind": "mail"}, {"registrations": ["R-1"]}, {"registrations": 3}):
        with transaction.atomic():
            record.event("contact_point.added", actor=actor(cast.taro), at=NOW, subject=told.label, facts=facts)
    transitions.look(registration=told, capacity="custodian", actor=actor(cast.taro), at=NOW)
    assert run() == (0, "1 registrations, 1 periods, exact\n")


@pytest.mark.parametrize("count", [1, 3])
def test_command_costs_the_same_for_any_number(cast: Cast, count: int, django_assert_num_queries: Any) -> None:
    for number in range(count):
        tell_first(registration(cast.aoba, f"R-{number}", custodian=cast.taro))
    with django_assert_num_queries(2):
        assert replay().differences == []
