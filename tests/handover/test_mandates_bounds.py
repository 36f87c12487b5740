"""Invariant 25: whatever the mandate and the day, an act lies within its registrations, its scope and its period."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from django.db import transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from accounts.errors import DomainError, Refused
from handover import transitions
from handover.models import Mandate, MandateRegistration, Registration
from handover.queries import mandates as queries
from handover.rules.mandates import SETTINGS
from tests.cast import Cast, actor
from tests.handover.mandated import YEAR, granted, row
from tests.stock import NOW, TODAY, registration

LONGEST = (YEAR - TODAY).days
DAYS = st.integers(-2, LONGEST + 30)


@contextmanager
def undone() -> Iterator[None]:
    """Undo one example, so that the next begins from the same rows."""
    point = transaction.atomic()
    point._from_testcase = True  # type: ignore[attr-defined]
    with point:
        yield
        transaction.set_rollback(True)


def does(act: str, of: MandateRegistration, cast: Cast, day: int) -> bool:
    """Whether the contractor's act goes through, so many days after the grant."""
    at = NOW + timedelta(days=day)
    try:
        if act == "look":
            transitions.look_by_mandate(row_pk=of.pk, actor=actor(cast.worker), at=at)
        else:
            transitions.report_fault(row_pk=of.pk, text="x", token=uuid.uuid4(), actor=actor(cast.worker), at=at)
    except DomainError:
        return False
    return True


@settings(max_examples=60)
@given(
    covered=st.sets(st.integers(0, 2), min_size=1),
    length=st.integers(0, LONGEST),
    removed_on=st.none() | DAYS,
    ended_on=st.none() | DAYS,
    closed=st.booleans(),
    day=DAYS,
    place=st.integers(0, 2),
    act=st.sampled_from(["look", "fault"]),
    scope=st.sampled_from([1, 2]),
)
def test_act_of_a_mandate_is_within_its_registrations_scope_and_period(
    cast: Cast,
    covered: set[int],
    length: int,
    removed_on: int | None,
    ended_on: int | None,
    closed: bool,
    day: int,
    place: int,
    act: str,
    scope: int,
) -> None:
    with undone():
        held = [registration(cast.aoba, f"R-{number}", custodian=cast.taro) for number in range(3)]
        names = ["hours"] if scope == 2 else []
        last = TODAY + timedelta(days=length)
        made = granted(cast, *(f"R-{number}" for number in sorted(covered)), scope=scope, settings=names, ends_on=last)
        first = min(covered)
        for when, what in sorted((when, what) for when, what in ((removed_on, "out"), (ended_on, "end")) if when):
            if when < day:
                _shorten(made, held[first], what, cast, when)
        if closed:
            Registration.objects.filter(pk=held[place].pk).update(status="closed")
        out = removed_on not in (None, 0) and removed_on < day and first == place
        over = ended_on not in (None, 0) and ended_on < day
        fits = place in covered and 0 <= day <= length and not (out or over or closed)
        found = queries.find_row(actor(cast.worker), made.number, f"R-{place}", NOW + timedelta(days=day))
        assert (found is not None) == fits
        if place in covered:
            assert does(act, row(made, held[place]), cast, day) == fits
        if found:
            shown = queries.glimpse(found, actor(cast.worker), TODAY).settings
            assert shown == ([str(SETTINGS["hours"])] if scope == 2 else [])


def _shorten(made: Mandate, held: Registration, what: str, cast: Cast, day: int) -> None:
    at = max(NOW, NOW + timedelta(days=day))
    try:
        if what == "end":
            transitions.end_mandate(mandate_pk=made.pk, reason="", actor=actor(cast.hanako), at=at)
        else:
            transitions.remove_registration(row_pk=row(made, held).pk, actor=actor(cast.taro), at=at)
    except DomainError:
        pass


@settings(max_examples=60)
@given(
    scope=st.integers(0, 3),
    names=st.sets(st.sampled_from([*SETTINGS, "change_of_holder", "termination", "address_of_record", "transfer"])),
    length=st.integers(-3, LONGEST + 10),
)
def test_no_mandate_goes_beyond_daily_settings_and_twelve_months(
    cast: Cast, scope: int, names: set[str], length: int
) -> None:
    with undone():
        registration(cast.aoba, "R-1", custodian=cast.taro)
        fits = scope in (1, 2) and names <= set(SETTINGS) and bool(names) == (scope == 2) and 0 <= length <= LONGEST
        try:
            made = granted(cast, "R-1", scope=scope, settings=sorted(names), ends_on=TODAY + timedelta(days=length))
        except Refused:
            assert not fits
        else:
            assert fits and made.ends_on <= YEAR
