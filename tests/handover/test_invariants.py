"""Invariants 1, 2, 7 and 9 of the domain, where the database itself refuses. What people do: test_life.py."""

from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError
from django.db.utils import DatabaseError

from handover import custody, transitions
from handover.models import Custody, Deputy, HandoverItem, Registration
from handover.queries.handovers import holder_on
from tests.cast import Cast, actor
from tests.stock import NOW, START, drafted


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
