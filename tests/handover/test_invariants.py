"""Invariants 1 to 9 and 28 of the domain, over whatever people do; and proof that the search finds planted faults."""

from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError
from django.db.utils import DatabaseError
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from handover import custody, switching, transitions
from handover.models import Custody, Deputy, HandoverItem, Registration
from handover.queries.handovers import holder_on
from tests.cast import Cast, actor
from tests.handover.machine import VISITED, Handovers
from tests.stock import NOW, START, drafted

QUICK = settings(
    max_examples=20,
    stateful_step_count=25,
    deadline=None,
    derandomize=True,  # the same examples each time; `make soak` takes new ones
    suppress_health_check=list(HealthCheck),
)


# Looking for a planted fault: found is found, the shortest example is of no interest.
SEARCH = settings(QUICK, max_examples=300, derandomize=False, print_blob=False, phases=[Phase.generate])


@pytest.mark.django_db
def test_people_do_anything_and_the_invariants_hold() -> None:
    VISITED.clear()
    run_state_machine_as_test(Handovers, settings=QUICK)
    reached = {act for act, number in VISITED.items() if number}
    assert {"draft_handover", "offer", "accept", "leave", "make_recovery_kit", "confirm"} <= reached, VISITED


@pytest.mark.soak
@pytest.mark.django_db
def test_people_do_anything_for_long() -> None:
    VISITED.clear()
    long = settings(QUICK, max_examples=10_000, stateful_step_count=50, derandomize=False)
    run_state_machine_as_test(Handovers, settings=long)
    assert all(number >= 200 for number in VISITED.values()), VISITED


def _without_voiding_kits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(custody, "RecoveryKit", _Nothing)


def _without_superseding(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(custody, "supersede_certificates", lambda registration, at: ())


def _without_ending_deputies(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(custody, "Deputy", _Nothing)


def _anybody_accepts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("handover.transitions.receiving.check", lambda table, action, thing, actor: table[action])


def _last_administrator_leaves_silently(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("handover.transitions.leaving._refuse_last_administrator", lambda leaver, actor: None)
    monkeypatch.setattr(custody, "mind_administrator_gap", lambda organisation, at: None)


def _leaver_keeps_what_was_held(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("handover.transitions.leaving._pass_on", lambda *args, **kwargs: [])


def _switch_without_event(monkeypatch: pytest.MonkeyPatch) -> None:
    original = switching.event
    monkeypatch.setattr(
        switching,
        "event",
        lambda verb, **facts: original("handover.reminded", **facts),
    )


class _Nothing:
    """Stands for rows that nobody touches: the planted fault."""

    class objects:
        @staticmethod
        def filter(**kwargs: Any) -> type["_Nothing"]:
            return _Nothing

        @staticmethod
        def current() -> type["_Nothing"]:
            return _Nothing

    @staticmethod
    def filter(**kwargs: Any) -> type["_Nothing"]:
        return _Nothing

    @staticmethod
    def update(**kwargs: Any) -> int:
        return 0


@pytest.mark.django_db
@pytest.mark.parametrize(
    "plant",
    [
        _without_voiding_kits,
        _without_superseding,
        _without_ending_deputies,
        _anybody_accepts,
        _last_administrator_leaves_silently,
        _leaver_keeps_what_was_held,
        _switch_without_event,
    ],
)
@pytest.mark.soak
def test_planted_fault_is_found(plant: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    plant(monkeypatch)
    with pytest.raises((AssertionError, ExceptionGroup)):
        run_state_machine_as_test(Handovers, settings=SEARCH)


def _refused(act: Any) -> None:
    with pytest.raises(DatabaseError), transaction.atomic():
        act()


def test_database_refuses_second_current_custody(cast: Cast, held: Registration) -> None:
    _refused(lambda: custody.begin(held, cast.jiro, basis="registered", at=NOW))


def test_database_refuses_hole_and_overlap(cast: Cast, held: Registration) -> None:
    Custody.objects.current().update(to_at=NOW)
    _refused(lambda: custody.begin(held, cast.jiro, basis="registered", at=NOW.replace(hour=5)))
    _refused(lambda: custody.begin(held, cast.jiro, basis="registered", at=START))
    custody.begin(held, cast.jiro, basis="registered", at=NOW)


def test_database_refuses_to_rewrite_or_delete_a_custody(cast: Cast, held: Registration) -> None:
    row = Custody.objects.get()
    _refused(lambda: Custody.objects.update(user=cast.jiro))
    _refused(lambda: Custody.objects.update(from_at=NOW))
    _refused(lambda: Custody.objects.filter(pk=row.pk)._raw_delete("default"))
    Custody.objects.update(to_at=NOW)
    _refused(lambda: Custody.objects.update(to_at=None))
    _refused(lambda: Custody.objects.update(to_at=NOW.replace(hour=9)))


def test_database_refuses_two_open_handovers_of_one_registration(cast: Cast, held: Registration) -> None:
    made = drafted(cast, held)
    item = made.items.get(kind="registration")
    with pytest.raises(IntegrityError), transaction.atomic():
        HandoverItem.objects.create(handover=made, kind="registration", registration=held, name="x", is_open=True)
    assert item.is_open


def test_people_and_registrations_are_never_deleted(cast: Cast, held: Registration) -> None:
    Deputy.objects.create(registration=held, user=cast.jiro, since=START)
    for row in (cast.taro, cast.jiro, cast.aoba, held):
        with pytest.raises(ProtectedError), transaction.atomic():
            row.delete()


def test_who_held_it_on_a_day_is_answered_for_any_day(cast: Cast, held: Registration) -> None:
    transitions.leave(user_pk=cast.taro.pk, actor=actor(cast.hanako), at=NOW)
    before = holder_on(held, NOW.replace(hour=0))
    after = holder_on(held, NOW)
    assert before is not None and before.user == cast.taro
    assert after is not None and after.user == cast.hanako
    assert holder_on(held, START.replace(year=2020)) is None
