"""A quarter beside its year: what raises the one alarm, what does not, and who closes it."""

from datetime import date, timedelta

import pytest

from accounts.errors import NotAllowed, Refused, WrongState
from audit.models import Event
from recovery import clock, transitions
from recovery.fairness.quarters import Quarter
from recovery.models import Claim, DriftCheck
from recovery.queries import drift
from tests.cast import Cast, actor
from tests.recovery.past import Past, lost, noon, write
from tests.seen import mark, notices, verbs

pytestmark = pytest.mark.django_db
NOW_QUARTER = Quarter(2026, 3)
AT = noon(date(2026, 10, 1))
D = DriftCheck.Status


def some(quarter: Quarter, approved: int, refused: int, **changes: object) -> list[Past]:
    """Return claims that ended in the middle of `quarter`."""
    day = quarter.first + timedelta(days=20)
    row = Past(received=day, **changes)  # type: ignore[arg-type]
    no = Past(received=day, status="refused", reason="not_confirmed", **changes)  # type: ignore[arg-type]
    return [row] * approved + [no] * refused


def year(approved: int, refused: int, **changes: object) -> list[Past]:
    """Return as many for each of the four quarters before."""
    return [one for back in range(1, 5) for one in some(NOW_QUARTER.back(back), approved, refused, **changes)]


def compared(cast: Cast, *rows: Past) -> DriftCheck | None:
    (at,) = lost(cast.aoba)
    write(cast, rows, at=at)
    for code in drift.for_comparing(AT):
        transitions.compare_quarter(code, actor=clock.CLOCK, at=AT)
    return DriftCheck.objects.first()


def groups(check: DriftCheck | None) -> set[tuple[str, str, str]]:
    assert check is not None
    return {(one["dimension"], one["group"], one["measure"]) for one in check.findings}


def test_clock_raises_one_alarm_where_fewer_are_approved(cast: Cast) -> None:
    before = mark()
    check = compared(cast, *year(20, 5), *some(NOW_QUARTER, 10, 20))
    assert check is not None and (check.quarter, check.status) == (NOW_QUARTER.first, D.OPEN)
    everybody = {("", "", "rate"), ("tier", "3", "rate"), ("route", "", "rate"), ("way", "web", "rate")}
    assert groups(check) == everybody | {("size", "1", "rate"), ("contractor", "no", "rate")}
    one = check.findings[0]
    assert (one["now"], one["before"], one["number"], one["number_before"]) == (0.3333, 0.8, 30, 100)
    written = Event.objects.get(sequence__gt=before, verb="drift.compared")
    assert (written.actor, written.subject) == ("system:clock", "drift:2026-07-01")
    assert written.facts == {"quarter": 20263, "differing": 6}
    assert notices(before) == [("drift_found", cast.senior.label)]
    assert drift.for_comparing(AT + timedelta(days=30)) == []
    assert DriftCheck.objects.count() == 1


def test_clock_raises_the_alarm_where_it_takes_longer(cast: Cast) -> None:
    check = compared(cast, *year(25, 0, took=12), *some(NOW_QUARTER, 25, 0, took=18))
    assert ("", "", "days") in groups(check) and not {one for one in groups(check) if one[2] == "rate"}


def test_alarm_names_the_group_that_differs_and_no_other(cast: Cast) -> None:
    alike = [*year(30, 10), *some(NOW_QUARTER, 90, 30)]
    check = compared(cast, *alike, *year(20, 5, stated="contractor"), *some(NOW_QUARTER, 10, 15, stated="contractor"))
    assert groups(check) == {("contractor", "yes", "rate")}


@pytest.mark.parametrize(
    ("before", "now"),
    [
        pytest.param((20, 5), (23, 7), id="as before"),
        pytest.param((20, 5), (20, 10), id="fewer, as chance may have it"),
        pytest.param((200, 50), (210, 90), id="surely fewer, but not by much"),
        pytest.param((4, 0), (2, 18), id="too few before"),
    ],
)
def test_no_alarm_is_raised(cast: Cast, before: tuple[int, int], now: tuple[int, int]) -> None:
    check = compared(cast, *year(*before), *some(NOW_QUARTER, *now))
    assert check is not None and (check.status, check.findings) == (D.CLEAR, [])
    assert Event.objects.get(verb="drift.compared").facts == {"quarter": 20263, "differing": 0}
    assert drift.checks() == []


def test_no_alarm_is_raised_by_four_days(cast: Cast) -> None:
    check = compared(cast, *year(25, 0, took=12), *some(NOW_QUARTER, 25, 0, took=16))
    assert check is not None and check.status == D.CLEAR


def test_quarter_with_too_few_is_not_compared_at_all(cast: Cast) -> None:
    assert compared(cast, *year(20, 5), *some(NOW_QUARTER, 1, 18)) is None


def test_who_never_answered_is_no_refusal(cast: Cast) -> None:
    silent = [Past(received=NOW_QUARTER.first, status="refused", reason="no_response")] * 40
    check = compared(cast, *year(25, 0), *some(NOW_QUARTER, 25, 0), *silent)
    assert check is not None and check.status == D.CLEAR


def test_worker_compares_a_quarter_once_it_is_over(cast: Cast) -> None:
    (at,) = lost(cast.aoba)
    write(cast, some(NOW_QUARTER, 0, 20), at=at)
    assert clock.run(at=AT - timedelta(hours=12, seconds=1))["quarters_compared"] == 0
    assert clock.run(at=AT - timedelta(hours=12))["quarters_compared"] == 1
    assert clock.run(at=AT)["quarters_compared"] == 0


def test_comparing_changes_no_claim(cast: Cast) -> None:
    (at,) = lost(cast.aoba)
    write(cast, [*year(20, 5), *some(NOW_QUARTER, 10, 20)], at=at)
    rows = list(Claim.objects.order_by("pk").values())
    before = mark()
    transitions.compare_quarter(20263, actor=clock.CLOCK, at=AT)
    assert verbs(before) == ["drift.compared"]
    assert list(Claim.objects.order_by("pk").values()) == rows


def test_quarter_that_is_not_over_or_was_compared_is_refused(cast: Cast) -> None:
    (at,) = lost(cast.aoba)
    write(cast, [*year(20, 5), *some(NOW_QUARTER, 10, 20)], at=at)
    with pytest.raises(WrongState):
        transitions.compare_quarter(20263, actor=clock.CLOCK, at=noon(date(2026, 9, 30)))
    transitions.compare_quarter(20263, actor=clock.CLOCK, at=AT)
    with pytest.raises(WrongState):
        transitions.compare_quarter(20263, actor=clock.CLOCK, at=AT)
    with pytest.raises(NotAllowed):
        transitions.compare_quarter(20262, actor=actor(cast.senior), at=AT)
    assert DriftCheck.objects.count() == 1


# Closing ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def alarm(cast: Cast) -> DriftCheck:
    check = compared(cast, *year(20, 5), *some(NOW_QUARTER, 10, 20))
    assert check is not None
    return check


def test_senior_closes_the_alarm_with_a_reason(cast: Cast, alarm: DriftCheck) -> None:
    before = mark()
    closed = transitions.close_drift(alarm.pk, words=" 大規模な改組のため ", actor=actor(cast.senior), at=AT)
    assert (closed.status, closed.words, closed.closed_by, closed.closed_at) == (
        D.CLOSED,
        "大規模な改組のため",
        cast.senior,
        AT,
    )
    written = Event.objects.get(sequence__gt=before)
    assert (written.verb, written.subject, written.facts) == ("drift.explained", alarm.label, {})
    with pytest.raises(WrongState):
        transitions.close_drift(alarm.pk, words="もう一度", actor=actor(cast.senior), at=AT)
    assert verbs(before) == ["drift.explained"]


def test_alarm_is_not_closed_without_a_reason(cast: Cast, alarm: DriftCheck) -> None:
    with pytest.raises(Refused):
        transitions.close_drift(alarm.pk, words="  ", actor=actor(cast.senior), at=AT)
    alarm.refresh_from_db()
    assert alarm.status == D.OPEN


def test_nobody_but_a_senior_closes_the_alarm(cast: Cast, alarm: DriftCheck) -> None:
    for user in (cast.auditor, cast.approver, cast.operator, cast.editor, cast.agent):
        with pytest.raises(NotAllowed):
            transitions.close_drift(alarm.pk, words="理由", actor=actor(user), at=AT)
