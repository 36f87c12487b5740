"""Invariants 1 to 24 as far as they apply, over whatever people do; and proof that the search finds planted faults."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from accounts import codes
from accounts.models import OneTimeCode
from recovery import clock, endpoints, steps
from recovery.models import Claim, Dispatch, Evidence
from recovery.procedure import windows
from recovery.queries import weighing
from recovery.rules import people
from recovery.transitions import deciding, posting, proving
from tests.handover.machine import VISITED
from tests.recovery.machine import TROUBLES, Recoveries

pytestmark = pytest.mark.django_db

QUICK = settings(
    max_examples=20,
    stateful_step_count=12,
    deadline=None,
    derandomize=True,  # the same examples each time; `make soak` takes new ones
    suppress_health_check=list(HealthCheck),
)
# Looking for a planted fault: found is found, the shortest example is of no interest.
SEARCH = settings(QUICK, max_examples=300, derandomize=False, print_blob=False, phases=[Phase.generate])


@pytest.fixture(autouse=True)
def plain_paper(monkeypatch: pytest.MonkeyPatch) -> None:
    """Letters are printed elsewhere: here thousands of them would take the time that the search needs."""
    monkeypatch.setattr(posting, "letters_pdf", lambda letters: b"%PDF-")


def test_people_do_anything_and_the_invariants_hold() -> None:
    VISITED.clear()
    run_state_machine_as_test(Recoveries, settings=QUICK)
    reached = {act for act, number in VISITED.items() if number}
    assert {"link", "accept", "open_claim"} <= reached, VISITED  # how far a claim gets is shown below


@pytest.mark.soak
def test_people_do_anything_for_long() -> None:
    VISITED.clear()
    run_state_machine_as_test(
        Recoveries, settings=settings(QUICK, max_examples=10_000, stateful_step_count=50, derandomize=False)
    )
    assert all(number >= 200 for number in VISITED.values()), VISITED


Patch = pytest.MonkeyPatch


def same_person_through_two_accounts(patch: Patch) -> None:
    patch.setattr(people, "_is_among", lambda user, accounts: False)


def execution_after_an_objection(patch: Patch) -> None:
    patch.setattr(steps, "freeze", lambda claim, why, at: None)


def clock_that_approves(patch: Patch) -> None:
    original = clock.run

    def run(*, at: Any) -> dict[str, int]:
        over = Claim.objects.filter(status="notified", window_ends_on__lt=at.date())
        return original(at=at) | {"approved": over.update(status="approved")}

    patch.setattr(clock, "run", run)


def code_of_another_case(patch: Patch) -> None:
    def charge(*, purpose: str, subject: str, at: Any, step: str | None = None) -> list[OneTimeCode]:
        return list(OneTimeCode.objects.usable(at).filter(purpose=purpose))

    original = codes.redeem
    patch.setattr(codes, "charge", charge)

    def redeem(code: OneTimeCode, *, at: Any) -> None:
        OneTimeCode.objects.filter(pk=code.pk).update(throttling_failure_count=1)
        original(code, at=at)

    patch.setattr(codes, "redeem", redeem)

    class Anywhere:
        """Dispatches of any claim."""

        Purpose, Channel = Dispatch.Purpose, Dispatch.Channel

        class objects:
            @staticmethod
            def filter(**kwargs: Any) -> Any:
                kwargs.pop("claim", None)
                return Dispatch.objects.filter(**kwargs)

    patch.setattr(proving, "Dispatch", Anywhere)


def missing_event(patch: Patch) -> None:
    original = steps.note

    def note(rule: Any, claim: Any, **facts: Any) -> Any:
        if "registrations" in facts:
            facts["registrations"] = {}
        return original(rule, claim, **facts)

    patch.setattr(steps, "note", note)


def agent_who_approves(patch: Patch) -> None:
    rules = deciding.TABLE
    loose = {**rules, "approve": type(rules["approve"])(**{**vars(rules["approve"]), "who": lambda actor, claim: True})}
    patch.setattr(deciding, "TABLE", loose)
    patch.setattr(deciding, "_role_to_give", lambda claim, actor: "approver")


def window_cut_short_by_a_holiday(patch: Patch) -> None:
    patch.setattr(windows, "business_days_after", lambda day, number: day + timedelta(days=number))


def evidence_counted_twice(patch: Patch) -> None:
    numbers = iter(range(10**9))
    patch.setattr(endpoints, "print_of", lambda *given: f"{next(numbers):064}")


def channel_29_days_old(patch: Patch) -> None:
    original = Evidence.item

    def item(self: Evidence, checked_on: date) -> Any:
        told = original(self, checked_on)
        return replace(told, on_record_since=told.on_record_since and told.on_record_since - timedelta(days=1))

    patch.setattr(Evidence, "item", item)


def custodians_activity_ignored(patch: Patch) -> None:
    patch.setattr(weighing, "custodian_was_here", lambda claim: False)


FAULTS = {
    same_person_through_two_accounts: "same_person",
    execution_after_an_objection: "objection",
    clock_that_approves: "nobody_approves",
    code_of_another_case: "foreign_code",
    missing_event: "",
    agent_who_approves: "agent_approves",
    window_cut_short_by_a_holiday: "next_day",
    evidence_counted_twice: "same_phone",
    channel_29_days_old: "young_phone",
    custodians_activity_ignored: "custodian_comes",
}
"""Each planted fault, and the trouble that shows it."""
DECEMBER = datetime(2026, 12, 10, 3, tzinfo=UTC)
"""From here the time to object runs over the turn of the year."""


def goes_through(trouble: str) -> None:
    """One claim before it for a foreign code, one with `trouble`, and every invariant after it."""
    machine = Recoveries()
    machine.begin()
    machine.at = DECEMBER
    try:
        if trouble == "foreign_code":
            machine._claims(1)
        machine.goes_all_the_way(0, trouble)
        for found in machine.invariants:
            found.function(machine)
    finally:
        machine.teardown()


@pytest.mark.parametrize("trouble", TROUBLES)
def test_trouble_stops_a_claim_and_nothing_else_does(trouble: str) -> None:
    VISITED.clear()
    goes_through(trouble)
    assert (VISITED["execute"] == 1) == (trouble in ("", "next_day")), VISITED


@pytest.mark.parametrize("plant", FAULTS, ids=lambda plant: plant.__name__)
def test_planted_fault_is_found(plant: Any, monkeypatch: Patch) -> None:
    plant(monkeypatch)
    with pytest.raises((AssertionError, ExceptionGroup)):
        goes_through(FAULTS[plant])


@pytest.mark.soak
@pytest.mark.parametrize("plant", FAULTS, ids=lambda plant: plant.__name__)
def test_search_finds_a_planted_fault_by_itself(plant: Any, monkeypatch: Patch) -> None:
    plant(monkeypatch)
    with pytest.raises((AssertionError, ExceptionGroup)):
        run_state_machine_as_test(Recoveries, settings=SEARCH)
